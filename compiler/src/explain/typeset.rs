//! Printed formulas as LaTeX and `MathML`.
//!
//! A formula is printed once, as text; here that text is read as far as typesetting needs it: what is a name, what stands in
//! brackets, what is raised. So the three never say different things.

use super::notation::RAISED as EXPONENTS;

/// A piece of a formula.
enum Piece {
    /// A name: `W`, `H₁′`, `dW[2]`, `softmax`.
    Name {
        /// True if it is the differential of the name.
        differential: bool,
        name: String,
        below: String,
        primes: usize,
        /// True if it has a hat, as Û has.
        has_hat: bool,
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
    /// Values, each with its condition, and the last one without.
    Cases(Vec<(Vec<Piece>, Vec<Piece>)>),
    Words(String),
}

/// Raised characters that are no exponents, and what is raised.
const RAISED: [(char, char); 2] = [('ᵀ', '⊤'), ('½', '½')];

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
                '{' => cases(self.row(Some('}'))),
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
                c if raised(c).is_some() || (c == '⊙' && self.rest.peek().copied().and_then(raised).is_some()) => {
                    let mut above = String::from(raised(c).unwrap_or(c));
                    while let Some(more) = self.rest.peek().copied().and_then(raised) {
                        above.push(more);
                        self.rest.next();
                    }
                    raise(row.pop(), above)
                }
                // (X w)ₜ: what stands before it needs no name.
                c if is_below(c) => {
                    let below = String::from(level(c)) + &self.below();
                    let (name, primes) = (String::new(), 0);
                    Piece::Name { differential: false, name, below, primes, has_hat: false, is_called: false }
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

    /// The lowered characters that come next, on the line.
    fn below(&mut self) -> String {
        let mut below = String::new();
        while let Some(c) = self.rest.next_if(|c| is_below(*c)) {
            below.push(level(c));
        }
        below
    }

    fn word(&mut self, first: char) -> Piece {
        let mut name = String::from(first);
        while let Some(c) =
            self.rest.next_if(|c| (c.is_alphanumeric() && raised(*c).is_none() && !is_below(*c)) || *c == '_')
        {
            name.push(c);
        }
        if ["where", "if", "otherwise", "and"].contains(&name.as_str()) {
            return Piece::Words(name);
        }
        let has_hat = self.rest.next_if_eq(&'\u{302}').is_some();
        let mut below = self.below();
        // An element of an array, and not an argument of a derivative.
        let mut ahead = self.rest.clone();
        if ahead.next() == Some('[') && ahead.next().is_some_and(|c| c.is_ascii_digit()) && name != "rows" {
            self.rest.next();
            while let Some(c) = self.rest.next_if(|c| *c != ']') {
                below.push(c);
            }
            self.rest.next();
        }
        let is_called = matches!(self.rest.peek(), Some('(' | '['));
        // V_w
        if let Some((base, index)) = name.split_once('_').filter(|(base, index)| !base.is_empty() && !index.is_empty())
            && !is_called
            && below.is_empty()
        {
            (name, below) = (base.to_owned(), index.to_owned());
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
        Piece::Name { differential, name, below, primes, has_hat, is_called }
    }
}

fn raise(base: Option<Piece>, above: String) -> Piece {
    Piece::Raised(Box::new(base.unwrap_or(Piece::Words(String::new()))), above)
}

fn raised(c: char) -> Option<char> {
    let exponents = EXPONENTS.iter().map(|(plain, raised)| (*raised, *plain));
    RAISED.into_iter().chain(exponents).find(|(from, _)| *from == c).map(|(_, to)| to)
}

/// `a if c, b otherwise`, of which `row` is read.
fn cases(row: Vec<Piece>) -> Piece {
    let mut cases = vec![(Vec::new(), Vec::new())];
    let mut is_condition = false;
    for piece in row {
        match (&piece, cases.last_mut()) {
            (Piece::Symbol(','), _) => {
                cases.push((Vec::new(), Vec::new()));
                is_condition = false;
            }
            (Piece::Words(word), _) if word == "if" => is_condition = true,
            (Piece::Words(word), _) if word == "otherwise" => {}
            (_, Some((_, condition))) if is_condition => condition.push(piece),
            (_, Some((value, _))) => value.push(piece),
            (_, None) => {}
        }
    }
    Piece::Cases(cases)
}

/// The sides of a fraction, if a row is one.
fn fraction(row: &[Piece]) -> Option<(&[Piece], &[Piece])> {
    let mut signs = row.iter().enumerate().filter(|(_, piece)| matches!(piece, Piece::Symbol(_) | Piece::Words(_)));
    match (signs.next(), signs.next()) {
        (Some((bar, Piece::Symbol('/'))), None) => Some((&row[..bar], &row[bar + 1..])),
        _ => None,
    }
}

fn is_below(c: char) -> bool {
    ('₀'..='₉').contains(&c) || matches!(c, 'ₜ' | '₊')
}

/// A lowered character on the line.
fn level(c: char) -> char {
    match c {
        'ₜ' => 't',
        '₊' => '+',
        digit => char::from_u32(u32::from(digit) - u32::from('₀') + u32::from('0')).unwrap_or(digit),
    }
}

/// True of the number of a step or of an element, and not of a word.
fn is_index(below: &str) -> bool {
    below.chars().all(|c| c.is_ascii_digit() || matches!(c, 't' | '+'))
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
            Piece::Cases(cases) => {
                for (value, condition) in cases {
                    mark_ones(value);
                    mark_ones(condition);
                }
            }
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

/// dL/dW in `MathML`.
pub(super) fn derivative_in(name: &str) -> String {
    let d = |name: &str| format!("<mrow><mi mathvariant=\"normal\">d</mi>{}</mrow>", mathml_row(&read(name, false)));
    format!("<math><mfrac>{}{}</mfrac></math>", d("L"), d(name))
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
        Piece::Name { differential, name, below, primes, has_hat, is_called } => {
            let d = if *differential { r"\mathrm{d}" } else { "" };
            let plain = name.replace('_', r"\_");
            let known = GREEK.iter().find(|(letter, _)| *letter == name);
            let name = match (known, name.chars().count()) {
                (Some((_, latex)), _) => (*latex).to_owned(),
                (None, 0 | 1) => plain,
                (None, _) if *is_called => format!(r"\operatorname{{{plain}}}"),
                (None, _) => format!(r"\mathit{{{plain}}}"),
            };
            let name = if *has_hat { format!(r"\hat{{{name}}}") } else { name };
            let below = match below.chars().count() {
                0 => String::new(),
                1 => format!("_{{{below}}}"),
                _ if is_index(below) => format!("_{{{below}}}"),
                _ => format!(r"_{{\mathit{{{}}}}}", below.replace('_', r"\_")),
            };
            format!("{d}{name}{below}{}", "'".repeat(*primes))
        }
        Piece::Number(number) => number.clone(),
        Piece::Ones => r"\mathbf{1}".to_owned(),
        Piece::Symbol(c) => SYMBOLS
            .iter()
            .find(|(symbol, _)| symbol == c)
            .map_or_else(|| c.to_string(), |(_, latex)| (*latex).to_owned()),
        Piece::Fenced('(', row, _) if fraction(row).is_some() => {
            let (above, below) = fraction(row).unwrap_or_default();
            format!(r"\frac{{{}}}{{{}}}", latex_row(above), latex_row(below))
        }
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
            let above = above.replace('⊤', r"\top").replace('−', "-").replace('½', "1/2").replace('⊙', r"\odot ");
            format!("{}^{{{above}}}", latex_piece(base))
        }
        Piece::Root(under) => format!(r"\sqrt{{{}}}", latex_piece(under)),
        Piece::Cases(cases) => {
            let rows = cases.iter().map(|(value, condition)| {
                let condition = match condition.as_slice() {
                    [] => r"\text{otherwise}".to_owned(),
                    condition => format!(r"\text{{if }} {}", latex_row(condition)),
                };
                format!("{} & {condition}", latex_row(value))
            });
            format!(r"\begin{{cases}} {} \end{{cases}}", rows.collect::<Vec<_>>().join(r" \\ "))
        }
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
const SYMBOLS: [(char, &str); 13] = [
    ('≥', r"\ge"),
    ('≤', r"\le"),
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
        Piece::Name { differential, name, below, primes, has_hat, .. } => {
            let d = if *differential { "<mi mathvariant=\"normal\">d</mi>" } else { "" };
            let name = format!("<mi>{name}</mi>");
            let name = if *has_hat { format!("<mover>{name}<mo>^</mo></mover>") } else { name };
            // Raised, the sign would be too small to be seen.
            let prime = format!("<mo mathsize=\"140%\">{}</mo>", "′".repeat(*primes));
            let is_number = below.chars().all(|c| c.is_ascii_digit());
            let below_it = if is_number {
                format!("<mn>{below}</mn>")
            } else if let Some((step, count)) = below.split_once('+') {
                format!("<mrow><mi>{step}</mi><mo>+</mo><mn>{count}</mn></mrow>")
            } else {
                format!("<mi>{below}</mi>")
            };
            let script = match (below.is_empty(), *primes) {
                (true, 0) => name,
                (true, _) => format!("<msup>{name}{prime}</msup>"),
                (false, 0) => format!("<msub>{name}{below_it}</msub>"),
                (false, _) => format!("<msubsup>{name}{below_it}{prime}</msubsup>"),
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
        Piece::Fenced('(', row, _) if fraction(row).is_some() => {
            let (above, below) = fraction(row).unwrap_or_default();
            format!("<mfrac><mrow>{}</mrow><mrow>{}</mrow></mfrac>", mathml_row(above), mathml_row(below))
        }
        Piece::Fenced(open, row, close) => {
            format!(
                "<mrow><mo fence=\"true\" stretchy=\"false\">{open}</mo>{}<mo fence=\"true\" stretchy=\"false\">{close}</mo></mrow>",
                mathml_row(row)
            )
        }
        Piece::Raised(base, above) => format!("<msup><mrow>{}</mrow><mo>{above}</mo></msup>", mathml_piece(base)),
        Piece::Root(under) => format!("<msqrt>{}</msqrt>", mathml_piece(under)),
        Piece::Cases(cases) => {
            let rows = cases.iter().map(|(value, condition)| {
                let condition = match condition.as_slice() {
                    [] => "<mtext>otherwise</mtext>".to_owned(),
                    condition => format!("<mtext>if&#160;</mtext>{}", mathml_row(condition)),
                };
                format!("<mtr><mtd>{}</mtd><mtd>{condition}</mtd></mtr>", mathml_row(value))
            });
            format!("<mrow><mo fence=\"true\">{{</mo><mtable>{}</mtable></mrow>", rows.collect::<String>())
        }
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
            (
                "(2 / N) X V_w + lse_rows(z_in)",
                r"\frac{2}{N} X V_{w} + \operatorname{lse\_rows} \left( z_{\mathit{in}} \right)",
            ),
            ("(X w − y)⊙² + sᵖ⁻¹", r"\left( X w - y \right)^{\odot 2} + s^{p-1}"),
            (
                "(hₜ₊₁ = (a y)ₜ + b hₜ, h₀ = s)",
                r"\left( h_{t+1} = \left( a y \right) _{t} + b h_{t} , h_{0} = s \right)",
            ),
            ("[r ≥ d] ⊙ U\u{302}₁", r"\left[ r \ge d \right] \odot \hat{U}_{1}"),
            (
                "{e if |e| < 1, 0 otherwise}",
                r"\begin{cases} e & \text{if } \lvert e \rvert < 1 \\ 0 & \text{otherwise} \end{cases}",
            ),
        ] {
            assert_eq!(latex_of_line(text), expected);
        }
        assert_eq!(
            mathml("Hᵀ E₁′"),
            "<math><msup><mrow><mi>H</mi></mrow><mo>⊤</mo></msup><msubsup><mi>E</mi><mn>1</mn><mo mathsize=\"140%\">′</mo></msubsup></math>"
        );
        assert_eq!(
            latex("1 1ᵀ + dt (1 / N) G 1"),
            r"\mathbf{1} \mathbf{1}^{\top} + \mathit{dt} \frac{1}{N} G \mathbf{1}"
        );
        assert_eq!(
            mathml("hₜ₊₁ = bₜ"),
            "<math><msub><mi>h</mi><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></msub><mo>=</mo><msub><mi>b</mi><mi>t</mi></msub></math>"
        );
        assert_eq!(mathml("a < b"), "<math><mi>a</mi><mo>&lt;</mo><mi>b</mi></math>");
    }
}
