//! Printed formulas as LaTeX and `MathML`.
//!
//! A formula is printed once, as text; here that text is read as far as typesetting needs it: what is a name, what stands in
//! brackets, what is raised. So the three never say different things.

/// A piece of a formula.
enum Piece {
    /// A name: `W`, `H₁′`, `dW[2]`, `softmax`.
    Name {
        /// True if it is the differential of the name.
        differential: bool,
        name: String,
        below: String,
        primes: usize,
        /// True if the brackets behind it hold its argument.
        is_called: bool,
    },
    Number(String),
    /// The vector of ones.
    Ones,
    Symbol(char),
    /// Pieces in brackets or bars.
    Fenced(char, Vec<Piece>, char),
    Raised(Box<Piece>, String),
    Root(Box<Piece>),
    Words(String),
}

/// Meanings of raised characters.
const RAISED: [(char, char); 6] = [('ᵀ', '⊤'), ('²', '2'), ('¹', '1'), ('⁻', '−'), ('⁺', '+'), ('½', '½')];

struct Reader<'t> {
    rest: std::iter::Peekable<std::str::Chars<'t>>,
    /// True if dW is the differential of W.
    differentials: bool,
}

impl Reader<'_> {
    /// Pieces up to a closing bracket, which is taken.
    fn row(&mut self, end: Option<char>) -> Vec<Piece> {
        let mut row: Vec<Piece> = Vec::new();
        while let Some(c) = self.rest.next() {
            if Some(c) == end {
                break;
            }
            let piece = match c {
                // `^` says nothing more: a raised character shows that it is raised.
                ' ' | '^' => continue,
                '(' => Piece::Fenced('(', self.row(Some(')')), ')'),
                '[' => Piece::Fenced('[', self.row(Some(']')), ']'),
                '⟨' => Piece::Fenced('⟨', self.row(Some('⟩')), '⟩'),
                '‖' => Piece::Fenced('‖', self.row(Some('‖')), '‖'),
                '|' => Piece::Fenced('|', self.row(Some('|')), '|'),
                '√' => {
                    let under = if self.rest.next_if_eq(&'(').is_some() {
                        Piece::Fenced(' ', self.row(Some(')')), ' ')
                    } else {
                        let Some(next) = self.rest.next() else { break };
                        self.word(next)
                    };
                    Piece::Root(Box::new(under))
                }
                '*' => raise(row.pop(), "*".to_owned()),
                c if raised(c).is_some() => {
                    let mut above = String::from(raised(c).unwrap_or(c));
                    while let Some(more) = self.rest.peek().copied().and_then(raised) {
                        above.push(more);
                        self.rest.next();
                    }
                    raise(row.pop(), above)
                }
                c if c.is_alphanumeric() && !c.is_numeric() => self.word(c),
                c if c.is_ascii_digit() => {
                    let mut number = String::from(c);
                    while let Some(c) = self.rest.next_if(|c| c.is_ascii_digit() || matches!(c, '.' | 'e')) {
                        number.push(c);
                    }
                    Piece::Number(number)
                }
                c => Piece::Symbol(c),
            };
            row.push(piece);
        }
        row
    }

    fn word(&mut self, first: char) -> Piece {
        let mut name = String::from(first);
        while let Some(c) =
            self.rest.next_if(|c| (c.is_alphanumeric() && raised(*c).is_none() && !is_below(*c)) || *c == '_')
        {
            name.push(c);
        }
        if name == "where" {
            return Piece::Words(name);
        }
        let mut below = String::new();
        while let Some(c) = self.rest.next_if(|c| is_below(*c)) {
            below.push(char::from_u32(u32::from(c) - 0x2080 + u32::from('0')).unwrap_or(c));
        }
        // An element of an array, and not an argument of a derivative.
        let mut ahead = self.rest.clone();
        if ahead.next() == Some('[') && ahead.next().is_some_and(|c| c.is_ascii_digit()) && name != "rows" {
            self.rest.next();
            while let Some(c) = self.rest.next_if(|c| *c != ']') {
                below.push(c);
            }
            self.rest.next();
        }
        let mut primes = 0;
        while self.rest.next_if_eq(&'′').is_some() {
            primes += 1;
        }
        let rest = name
            .strip_prefix('d')
            .filter(|_| self.differentials)
            .filter(|rest| rest.chars().next().is_some_and(|c| c.is_uppercase() || rest.chars().count() == 1));
        let (differential, name) = match rest {
            Some(rest) => (true, rest.to_owned()),
            None => (false, name),
        };
        let is_called = matches!(self.rest.peek(), Some('(' | '['));
        Piece::Name { differential, name, below, primes, is_called }
    }
}

fn raise(base: Option<Piece>, above: String) -> Piece {
    Piece::Raised(Box::new(base.unwrap_or(Piece::Words(String::new()))), above)
}

fn raised(c: char) -> Option<char> {
    RAISED.iter().find(|(from, _)| *from == c).map(|(_, to)| *to)
}

fn is_below(c: char) -> bool {
    ('₀'..='₉').contains(&c)
}

fn read(text: &str, differentials: bool) -> Vec<Piece> {
    let mut row = Reader { rest: text.chars().peekable(), differentials }.row(None);
    mark_ones(&mut row);
    row
}

/// A 1 beside a factor is the vector of ones: a number 1 is no factor.
fn mark_ones(row: &mut [Piece]) {
    let is_factor = |piece: Option<&Piece>| !matches!(piece, None | Some(Piece::Symbol(_) | Piece::Words(_)));
    let is_one = |piece: &Piece| matches!(piece, Piece::Number(number) if number == "1");
    for i in 0..row.len() {
        let beside = is_factor(row.get(i + 1)) || (i > 0 && is_factor(row.get(i - 1)));
        match &mut row[i] {
            piece if is_one(piece) && beside => *piece = Piece::Ones,
            Piece::Raised(base, above) if is_one(base) && above == "⊤" => **base = Piece::Ones,
            Piece::Fenced(_, inner, _) => mark_ones(inner),
            Piece::Raised(base, _) | Piece::Root(base) => mark_ones(std::slice::from_mut(base)),
            _ => {}
        }
    }
}

/// The LaTeX of a printed formula, for mathematics mode.
pub(crate) fn latex(text: &str) -> String {
    latex_row(&read(text, false))
}

/// The LaTeX of a line of a derivation, in which dW is a differential.
pub(super) fn latex_of_line(text: &str) -> String {
    latex_row(&read(text, true))
}

/// The `MathML` of a printed formula.
pub(crate) fn mathml(text: &str) -> String {
    format!("<math>{}</math>", mathml_row(&read(text, false)))
}

/// The `MathML` of a line of a derivation, in which dW is a differential.
pub(super) fn mathml_of_line(text: &str) -> String {
    format!("<math>{}</math>", mathml_row(&read(text, true)))
}

fn latex_row(row: &[Piece]) -> String {
    row.iter().map(latex_piece).collect::<Vec<_>>().join(" ")
}

fn latex_piece(piece: &Piece) -> String {
    match piece {
        Piece::Name { differential, name, below, primes, is_called } => {
            let d = if *differential { r"\mathrm{d}" } else { "" };
            let plain = name.replace('_', r"\_");
            let known = GREEK.iter().find(|(letter, _)| *letter == name);
            let name = match (known, name.chars().count()) {
                (Some((_, latex)), _) => (*latex).to_owned(),
                (None, 1) => plain,
                (None, _) if *is_called => format!(r"\operatorname{{{plain}}}"),
                (None, _) => format!(r"\mathit{{{plain}}}"),
            };
            let below = if below.is_empty() { String::new() } else { format!("_{{{below}}}") };
            format!("{d}{name}{below}{}", "'".repeat(*primes))
        }
        Piece::Number(number) => number.clone(),
        Piece::Ones => r"\mathbf{1}".to_owned(),
        Piece::Symbol(c) => SYMBOLS
            .iter()
            .find(|(symbol, _)| symbol == c)
            .map_or_else(|| c.to_string(), |(_, latex)| (*latex).to_owned()),
        Piece::Fenced(open, row, close) => {
            let inside = latex_row(row);
            match (open, close) {
                ('⟨', _) => format!(r"\langle {inside} \rangle"),
                ('‖', _) => format!(r"\lVert {inside} \rVert"),
                ('|', _) => format!(r"\lvert {inside} \rvert"),
                (' ', _) => inside,
                (open, close) => format!(r"\left{open} {inside} \right{close}"),
            }
        }
        Piece::Raised(base, above) => {
            let above = above.replace('⊤', r"\top").replace('−', "-").replace('½', "1/2");
            format!("{}^{{{above}}}", latex_piece(base))
        }
        Piece::Root(under) => format!(r"\sqrt{{{}}}", latex_piece(under)),
        Piece::Words(words) => format!(r"\quad\text{{{words}}}\quad"),
    }
}

/// Letters that have names in LaTeX.
const GREEK: [(&str, &str); 8] = [
    ("σ", r"\sigma"),
    ("λ", r"\lambda"),
    ("Φ", r"\Phi"),
    ("φ", r"\varphi"),
    ("Γ", r"\Gamma"),
    ("Δ", r"\Delta"),
    ("Σ", r"\sum"),
    ("π", r"\pi"),
];

/// Operators, by their names in LaTeX.
const SYMBOLS: [(char, &str); 11] = [
    ('⇒', r"\Rightarrow"),
    ('⊙', r"\odot"),
    ('⊘', r"\oslash"),
    ('⊗', r"\otimes"),
    ('∘', r"\circ"),
    ('−', "-"),
    ('…', r"\dots"),
    ('∞', r"\infty"),
    ('∈', r"\in"),
    ('×', r"\times"),
    ('·', r"\cdot"),
];

fn mathml_row(row: &[Piece]) -> String {
    row.iter().map(mathml_piece).collect()
}

fn mathml_piece(piece: &Piece) -> String {
    match piece {
        Piece::Name { differential, name, below, primes, .. } => {
            let d = if *differential { "<mi mathvariant=\"normal\">d</mi>" } else { "" };
            let name = format!("<mi>{name}</mi>");
            let prime = format!("<mo>{}</mo>", "′".repeat(*primes));
            let script = match (below.is_empty(), *primes) {
                (true, 0) => name,
                (true, _) => format!("<msup>{name}{prime}</msup>"),
                (false, 0) => format!("<msub>{name}<mn>{below}</mn></msub>"),
                (false, _) => format!("<msubsup>{name}<mn>{below}</mn>{prime}</msubsup>"),
            };
            format!("{d}{script}")
        }
        Piece::Number(number) => format!("<mn>{number}</mn>"),
        Piece::Ones => "<mi>𝟏</mi>".to_owned(),
        Piece::Symbol('<') => "<mo>&lt;</mo>".to_owned(),
        Piece::Symbol('>') => "<mo>&gt;</mo>".to_owned(),
        Piece::Symbol('&') => "<mo>&amp;</mo>".to_owned(),
        Piece::Symbol(c) => format!("<mo>{c}</mo>"),
        Piece::Fenced(' ', row, _) => format!("<mrow>{}</mrow>", mathml_row(row)),
        Piece::Fenced(open, row, close) => {
            format!(
                "<mrow><mo fence=\"true\" stretchy=\"false\">{open}</mo>{}<mo fence=\"true\" stretchy=\"false\">{close}</mo></mrow>",
                mathml_row(row)
            )
        }
        Piece::Raised(base, above) => format!("<msup><mrow>{}</mrow><mo>{above}</mo></msup>", mathml_piece(base)),
        Piece::Root(under) => format!("<msqrt>{}</msqrt>", mathml_piece(under)),
        Piece::Words(words) => format!("<mtext>&#8195;{words}&#8195;</mtext>"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_typeset_as_they_are_printed() {
        for (text, expected) in [
            ("2 Xᵀ (E Aᵀ ⊙ H′)", r"2 X^{\top} \left( E A^{\top} \odot H' \right)"),
            ("‖E‖²  where E = H₁ W[2] − Y", r"\lVert E \rVert^{2} \quad\text{where}\quad E = H_{1} W_{2} - Y"),
            ("G : dH₂ + g dw", r"G : \mathrm{d}H_{2} + g \mathrm{d}w"),
            ("D Cyclic(X W)*[G]", r"D \operatorname{Cyclic} \left( X W \right)^{*} \left[ G \right]"),
            (
                "ln |det K| + (K + s I)⁻ᵀ y",
                r"\mathit{ln} \lvert \mathit{det} K \rvert + \left( K + s I \right)^{-\top} y",
            ),
            ("√(a + 1) ⊘ σ(x)", r"\sqrt{a + 1} \oslash \sigma \left( x \right)"),
        ] {
            assert_eq!(latex_of_line(text), expected);
        }
        assert_eq!(
            mathml("Hᵀ E₁′"),
            "<math><msup><mrow><mi>H</mi></mrow><mo>⊤</mo></msup><msubsup><mi>E</mi><mn>1</mn><mo>′</mo></msubsup></math>"
        );
        assert_eq!(
            latex("1 1ᵀ + dt (1 / N) G 1"),
            r"\mathbf{1} \mathbf{1}^{\top} + \mathit{dt} \left( 1 / N \right) G \mathbf{1}"
        );
        assert_eq!(mathml("a < b"), "<math><mi>a</mi><mo>&lt;</mo><mi>b</mi></math>");
    }
}
