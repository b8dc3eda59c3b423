//! Reads printed formulas back: `2 Xᵀ (E Aᵀ ⊙ H′)  where H = tanh(X W), …` as a function that the front end takes.
//!
//! Nothing here knows how the compiler prints; this is what a person does who types a formula from a page.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::iter::Peekable;
use std::str::Chars;

use crate::{Random, Reference, close};

/// Rows and columns, as they are written; none of a line that is repeated along them.
type Dims = [Option<String>; 2];

/// An expression of the language, and its shape.
#[derive(Clone, Debug)]
struct Value {
    code: String,
    dims: Dims,
}

impl Value {
    fn new(code: impl Into<String>, rows: &str, columns: &str) -> Self {
        Self { code: code.into(), dims: [Some(rows.to_owned()), Some(columns.to_owned())] }
    }

    fn scalar(code: impl Into<String>) -> Self {
        Self::new(code, "1", "1")
    }

    fn is_scalar(&self) -> bool {
        self.dims.iter().all(|dim| dim.as_deref() == Some("1"))
    }

    fn rows(&self) -> &str {
        self.dims[0].as_deref().unwrap_or("?")
    }

    fn columns(&self) -> &str {
        self.dims[1].as_deref().unwrap_or("?")
    }

    fn transposed(self) -> Self {
        let [rows, columns] = self.dims;
        Self { code: format!("({}).t()", self.code), dims: [columns, rows] }
    }
}

/// A factor of a product.
#[derive(Clone, Debug)]
enum Factor {
    Value(Value),
    /// 1 and 1ᵀ
    Ones,
    OnesT,
    /// diag(v)
    Diagonal(Value),
    /// tril(A)⁻¹ and its like: the function that solves, and A.
    Solves(&'static str, Value),
}

struct Reader<'t> {
    rest: Peekable<Chars<'t>>,
    /// The values that names stand for.
    names: &'t BTreeMap<String, Value>,
    /// The sizes of dimensions, which stand in formulas as well.
    sizes: &'t [(String, usize)],
    is_in_norm: bool,
    is_in_bars: bool,
}

/// Exponents as they are raised, and what they are.
#[rustfmt::skip]
const RAISED: [(char, char); 26] = [
    ('⁰', '0'), ('¹', '1'), ('²', '2'), ('³', '3'), ('⁴', '4'), ('⁵', '5'), ('⁶', '6'), ('⁷', '7'), ('⁸', '8'), ('⁹', '9'),
    ('⁻', '−'), ('⁺', '+'), ('ᵃ', 'a'), ('ᵇ', 'b'), ('ᶜ', 'c'), ('ᵈ', 'd'), ('ᵉ', 'e'), ('ⁱ', 'i'), ('ʲ', 'j'), ('ᵏ', 'k'),
    ('ᵐ', 'm'), ('ⁿ', 'n'), ('ᵖ', 'p'), ('ʳ', 'r'), ('ˢ', 's'), ('ᵗ', 't'),
];

fn raised(c: char) -> Option<char> {
    RAISED.iter().find(|(raised, _)| *raised == c).map(|(_, plain)| *plain)
}

type Read<T> = Result<T, String>;

impl Reader<'_> {
    fn skip(&mut self) {
        while self.rest.next_if_eq(&' ').is_some() {}
    }

    fn takes(&mut self, c: char) -> bool {
        self.skip();
        self.rest.next_if_eq(&c).is_some()
    }

    /// True if this word comes next.
    fn is_at(&self, word: &str) -> bool {
        let rest: String = self.rest.clone().take(word.len() + 1).collect();
        rest.strip_prefix(word).is_some_and(|rest| !rest.chars().any(|c| c.is_alphanumeric() || c == '_'))
    }

    /// Takes a word, if it comes next.
    fn takes_word(&mut self, word: &str) -> bool {
        self.skip();
        let is_at = self.is_at(word);
        if is_at {
            for _ in word.chars() {
                self.rest.next();
            }
        }
        is_at
    }

    /// `a > b`, as a number that is 1 where it holds; the left side may have been read.
    fn comparison(&mut self, left: Option<Value>) -> Read<Value> {
        let a = match left {
            Some(a) => a,
            None => self.sum()?,
        };
        let signs = [('>', "greater"), ('<', "less"), ('≥', "greater_equal"), ('≤', "less_equal"), ('=', "equal")];
        let sign = signs.into_iter().find(|(sign, _)| self.takes(*sign));
        let (_, name) = sign.ok_or_else(|| format!("nothing is compared with `{}`", a.code))?;
        let b = self.sum()?;
        let dims = if a.is_scalar() { b.dims } else { a.dims };
        Ok(Value { code: format!("{name}({}, {})", a.code, b.code), dims })
    }

    /// `a if c, b if d, e otherwise`.
    fn cases(&mut self) -> Read<Value> {
        let a = self.sum()?;
        if self.takes_word("otherwise") {
            return Ok(a);
        }
        if !self.takes_word("if") {
            return Err("a case without a condition".to_owned());
        }
        let mut condition = self.comparison(None)?;
        while self.takes_word("and") {
            let other = self.comparison(None)?;
            condition.code = format!("hadamard({}, {})", condition.code, other.code);
        }
        self.expect(',')?;
        let b = self.cases()?;
        let widest = [&a, &b, &condition].into_iter().find(|value| !value.is_scalar()).unwrap_or(&a).clone();
        let dims = widest.dims;
        if !condition.is_scalar() && condition.dims != dims {
            // A line, repeated.
            condition.code = format!("({} + zeros_like({}))", condition.code, widest.code);
        }
        Ok(Value { code: format!("select({}, {}, {})", condition.code, a.code, b.code), dims })
    }

    /// The power of a value, whose exponent comes next: a number, a name, or both with a sign between them.
    fn power(&mut self, base: Value) -> Read<Value> {
        let mut exponent = String::new();
        while let Some(c) = self.rest.peek().copied().and_then(raised) {
            exponent.push(c);
            self.rest.next();
        }
        if exponent == "2" {
            return Ok(Value { code: format!("sq({})", base.code), ..base });
        }
        let rest = exponent.chars().peekable();
        let mut reader = Reader { rest, names: self.names, sizes: self.sizes, is_in_norm: false, is_in_bars: false };
        let exponent = reader.sum()?;
        Ok(Value { code: format!("pow({}, {})", base.code, exponent.code), ..base })
    }

    fn expect(&mut self, c: char) -> Read<()> {
        let rest: String = self.rest.clone().take(20).collect();
        self.takes(c).then_some(()).ok_or_else(|| format!("no `{c}` before `{rest}`"))
    }

    fn sum(&mut self) -> Read<Value> {
        let mut sum = if self.takes('−') {
            let first = self.product()?;
            Value { code: format!("(-{})", first.code), ..first }
        } else {
            self.product()?
        };
        loop {
            let operator = if self.takes('+') {
                '+'
            } else if self.takes('−') {
                '-'
            } else {
                return Ok(sum);
            };
            let term = self.product()?;
            // I has the shape of what it is added to.
            let (left, right) = (sum.code.replace('@', &term.code), term.code.replace('@', &sum.code));
            let dims = if sum.is_scalar() { [None, None] } else { sum.dims };
            let other = if term.is_scalar() { [None, None] } else { term.dims };
            let both_scalar = dims.iter().chain(&other).all(Option::is_none);
            let [rows, columns] = dims;
            let [other_rows, other_columns] = other;
            let dims = if both_scalar && !left.contains("eye_like") && !right.contains("eye_like") {
                [Some("1".to_owned()), Some("1".to_owned())]
            } else {
                [rows.or(other_rows), columns.or(other_columns)]
            };
            sum = Value { code: format!("({left} {operator} {right})"), dims };
        }
    }

    fn product(&mut self) -> Read<Value> {
        let mut product = self.factors()?;
        loop {
            let name = if self.takes('⊙') {
                "hadamard"
            } else if self.takes('⊘') {
                "⊘"
            } else if self.takes('/') {
                "/"
            } else if self.takes('∘') {
                "khatri_rao"
            } else {
                return Ok(product);
            };
            let next = self.factors()?;
            let (a, b) = (product, next);
            product = match name {
                "/" => Value::scalar(format!("({} / {})", a.code, b.code)),
                "⊘" if a.is_scalar() => Value { code: format!("({} / ({}))", a.code, b.code), dims: b.dims },
                "⊘" => Value { code: format!("({} / ({}))", a.code, b.code), dims: a.dims },
                "khatri_rao" => {
                    let rows = format!("{} * {}", a.rows(), b.rows());
                    Value { code: format!("khatri_rao({}, {})", a.code, b.code), dims: [Some(rows), b.dims[1].clone()] }
                }
                _ => Value { code: format!("hadamard({}, {})", a.code, b.code), dims: a.dims },
            };
        }
    }

    /// Factors next to one another.
    fn factors(&mut self) -> Read<Value> {
        let mut factors = Vec::new();
        loop {
            self.skip();
            match self.rest.peek().copied() {
                None => break,
                Some(c) if ")]⟩},;+−⊙⊘∘/><≥≤=".contains(c) => break,
                Some('|') if self.is_in_bars && !factors.is_empty() => break,
                Some(_) if ["if", "otherwise", "and"].into_iter().any(|word| self.is_at(word)) => break,
                // Inside of a norm, what is multiplied with one would open it.
                Some('‖') if self.is_in_norm && !factors.is_empty() => break,
                Some(_) => factors.push(self.factor()?),
            }
        }
        if let [Factor::Ones] = factors.as_slice() {
            return Ok(Value::scalar("1.0"));
        }
        multiplied(&factors)
    }

    fn factor(&mut self) -> Read<Factor> {
        let mut factor = self.atom()?;
        loop {
            factor = match (self.rest.peek().copied(), factor) {
                (Some('ᵀ'), Factor::Ones) => self.after(Factor::OnesT),
                (Some('ᵀ'), Factor::Value(a)) => self.after(Factor::Value(a.transposed())),
                (Some('²'), Factor::Value(a)) if a.code.starts_with("norm(") => {
                    self.after(Factor::Value(Value { code: a.code.replacen("norm(", "norm_sq(", 1), ..a }))
                }
                // (A B)⊙²
                (Some('⊙'), Factor::Value(a)) if self.rest.clone().nth(1).and_then(raised).is_some() => {
                    self.rest.next();
                    Factor::Value(self.power(a)?)
                }
                (Some(c), Factor::Value(a)) if raised(c).is_some() && !"⁻⁺".contains(c) => {
                    Factor::Value(self.power(a)?)
                }
                (Some('⁺'), Factor::Value(a)) => {
                    let code = format!("pinv({})", a.code);
                    self.after(Factor::Value(Value { code, ..a }.transposed_shape()))
                }
                (Some('^'), Factor::Value(a)) => {
                    self.rest.next();
                    self.expect('½')?;
                    Factor::Value(Value { code: format!("sqrtm({})", a.code), ..a })
                }
                (Some('⁻'), Factor::Value(a)) => {
                    self.rest.next();
                    let is_transposed = match self.rest.next() {
                        Some('ᵀ') => true,
                        Some('¹') => false,
                        other => return Err(format!("⁻{other:?}")),
                    };
                    inverse(a, is_transposed)
                }
                (Some('['), Factor::Value(a)) => {
                    self.rest.next();
                    let index = self.sum()?;
                    self.expect(']')?;
                    let is_pick = a.rows() == index.rows() && a.rows() != "?";
                    Factor::Value(if is_pick {
                        Value::new(format!("pick({}, {})", a.code, index.code), a.rows(), "1")
                    } else {
                        Value::new(format!("gather({}, {})", a.code, index.code), index.rows(), a.columns())
                    })
                }
                (_, factor) => return Ok(factor),
            };
        }
    }

    fn after(&mut self, factor: Factor) -> Factor {
        self.rest.next();
        factor
    }

    fn atom(&mut self) -> Read<Factor> {
        self.skip();
        let Some(c) = self.rest.next() else { return Err("the end".to_owned()) };
        Ok(Factor::Value(match c {
            '(' => {
                let inner = self.sum()?;
                self.expect(')')?;
                Value { code: format!("({})", inner.code), ..inner }
            }
            '‖' => {
                let before = std::mem::replace(&mut self.is_in_norm, true);
                let inner = self.sum()?;
                self.is_in_norm = before;
                self.expect('‖')?;
                Value::scalar(format!("norm({})", inner.code))
            }
            '⟨' => {
                let a = self.sum()?;
                self.expect(',')?;
                let b = self.sum()?;
                self.expect('⟩')?;
                Value::scalar(format!("dot({}, {})", a.code, b.code))
            }
            '|' => {
                let before = std::mem::replace(&mut self.is_in_bars, true);
                let inner = self.sum()?;
                self.is_in_bars = before;
                self.expect('|')?;
                Value { code: format!("abs({})", inner.code), ..inner }
            }
            '{' => {
                let cases = self.cases()?;
                self.expect('}')?;
                cases
            }
            '[' => {
                let a = self.sum()?;
                self.skip();
                if matches!(self.rest.peek(), Some('>' | '<' | '≥' | '≤' | '=')) {
                    let holds = self.comparison(Some(a))?;
                    self.expect(']')?;
                    holds
                } else if self.takes(';') {
                    let b = self.sum()?;
                    self.expect(']')?;
                    let rows = format!("{} + {}", a.rows(), b.rows());
                    Value::new(
                        format!("concat_rows({}, {})", a.code, b.code),
                        &rows,
                        if a.is_scalar() { b.columns() } else { a.columns() },
                    )
                } else {
                    return Err("columns beside columns".to_owned());
                }
            }
            '√' => {
                let Factor::Value(inner) = self.factor()? else { return Err("√ of what?".to_owned()) };
                Value { code: format!("sqrt({})", inner.code), ..inner }
            }
            '∞' => Value::scalar("INFINITY"),
            'π' => Value::scalar(format!("{:?}", std::f64::consts::PI)),
            c if c.is_ascii_digit() => {
                let mut number = String::from(c);
                while let Some(c) = self.rest.next_if(|c| c.is_ascii_digit() || matches!(c, '.' | 'e')) {
                    number.push(c);
                }
                if number == "1" {
                    return Ok(Factor::Ones);
                }
                Value::scalar(if number.contains('.') { number } else { format!("{number}.0") })
            }
            c if c.is_alphabetic() => return self.name(c),
            c => return Err(format!("`{c}`")),
        }))
    }

    fn name(&mut self, first: char) -> Read<Factor> {
        let mut name = String::from(first);
        let is_part = |c: &char| {
            c.is_alphanumeric() && raised(*c).is_none() && !"ᵀ½".contains(*c)
                || matches!(c, '_' | '′' | '↑' | '\u{302}')
        };
        while let Some(c) = self.rest.next_if(is_part) {
            name.push(c);
        }
        // D²(X, C)
        if name == "D" && self.rest.next_if_eq(&'²').is_some() {
            name.push('²');
        }
        if name == "ln" && self.rest.peek() == Some(&' ') {
            self.skip();
            if self.takes('|') {
                "det ".chars().try_for_each(|c| if c == ' ' { Ok(()) } else { self.expect(c) })?;
                let Factor::Value(inner) = self.factor()? else { return Err("|det of what?".to_owned()) };
                self.expect('|')?;
                return Ok(Factor::Value(Value::scalar(format!("logdet({})", inner.code))));
            }
            self.expect('Φ')?;
            name = String::from("log_ndtr");
        }
        if self.rest.next_if_eq(&'(').is_some() {
            let mut arguments = vec![self.sum()?];
            while self.takes(',') {
                arguments.push(self.sum()?);
            }
            self.expect(')')?;
            return call(&name, &arguments);
        }
        if let Some(value) = self.names.get(&name) {
            return Ok(Factor::Value(value.clone()));
        }
        if name == "I" {
            return Ok(Factor::Value(Value { code: "eye_like(@)".to_owned(), dims: [None, None] }));
        }
        let size = self.sizes.iter().find(|(dim, _)| *dim == name);
        size.map(|(_, size)| Factor::Value(Value::scalar(format!("{size}.0")))).ok_or(format!("no name `{name}`"))
    }
}

impl Value {
    /// This expression, with the shape of the transpose.
    fn transposed_shape(self) -> Self {
        let [rows, columns] = self.dims;
        Self { code: self.code, dims: [columns, rows] }
    }
}

fn inverse(a: Value, is_transposed: bool) -> Factor {
    for (triangle, straight, transposed_solve) in
        [("tril(", "solve_lower", "solve_upper"), ("triu(", "solve_upper", "solve_lower")]
    {
        if let Some(inner) = a.code.strip_prefix(triangle).and_then(|code| code.strip_suffix(')')) {
            let inner = Value { code: inner.to_owned(), ..a };
            return if is_transposed {
                Factor::Solves(transposed_solve, inner.transposed())
            } else {
                Factor::Solves(straight, inner)
            };
        }
    }
    let inverse = Value { code: format!("inverse({})", a.code), ..a };
    Factor::Value(if is_transposed { inverse.transposed() } else { inverse })
}

/// A call of a function by its printed name.
fn call(name: &str, arguments: &[Value]) -> Read<Factor> {
    let codes: Vec<_> = arguments.iter().map(|argument| argument.code.clone()).collect();
    let codes = codes.join(", ");
    let widest = arguments.iter().find(|argument| !argument.is_scalar()).or(arguments.first());
    let (first, widest) = match (arguments.first(), widest) {
        (Some(first), Some(widest)) => (first.clone(), widest.clone()),
        _ => return Err(format!("`{name}` of nothing")),
    };
    let known = match name {
        "σ" => "sigmoid",
        "Φ" => "ndtr",
        "ψ" => "digamma",
        "Φ⁻¹" => "ndtri",
        "softmax" => "softmax_rows",
        "cumlse" => "cumulative_lse",
        name => name,
    };
    let call = |function: &str| format!("{function}({codes})");
    Ok(Factor::Value(match known {
        "diag" => return Ok(Factor::Diagonal(first)),
        "sum" | "lse" | "det" | "spectral_norm" | "nuclear_norm" => Value::scalar(call(known)),
        "tr" => Value::scalar(call("trace")),
        "lse_rows" | "row_max" | "diagonal" | "has_label" => Value::new(call(known), first.rows(), "1"),
        "lse_columns" | "column_max" => Value::new(call(known), "1", first.columns()),
        "CE" => Value::new(call("cross_entropy"), first.rows(), "1"),
        // The rows of the identity that the labels name.
        "onehot" => {
            let classes = first.columns();
            Value::new(format!("gather(identity_{classes}, {})", first.code), first.rows(), classes)
        }
        "D²" => Value::new(call("squared_distances"), first.rows(), arguments[1].rows()),
        known => Value { code: call(known), dims: widest.dims },
    }))
}

/// The product of factors next to one another.
fn multiplied(factors: &[Factor]) -> Read<Value> {
    // Scalars stand anywhere.
    let is_scalar = |factor: &&Factor| matches!(factor, Factor::Value(value) if value.is_scalar());
    let scalars: Vec<_> = factors.iter().filter(is_scalar).collect();
    let others: Vec<_> = factors.iter().filter(|factor| !is_scalar(factor)).cloned().collect();
    let mut product = match others.as_slice() {
        [] => None,
        others => Some(multiplied_matrices(others)?),
    };
    for factor in scalars.into_iter().rev() {
        let Factor::Value(scalar) = factor else { continue };
        product = Some(match product {
            None => scalar.clone(),
            Some(product) => Value { code: format!("({} * {})", scalar.code, product.code), ..product },
        });
    }
    product.ok_or_else(|| "an empty product".to_owned())
}

fn multiplied_matrices(factors: &[Factor]) -> Read<Value> {
    let (first, rest) = factors.split_first().ok_or("an empty product")?;
    let mut product = match first {
        Factor::Value(value) => value.clone(),
        Factor::Diagonal(v) if rest.is_empty() => {
            return Ok(Value::new(format!("diag({})", v.code), v.rows(), v.rows()));
        }
        Factor::Diagonal(v) => {
            let a = multiplied_matrices(rest)?;
            return Ok(Value { code: format!("scale_rows({}, {})", v.code, a.code), ..a });
        }
        Factor::Solves(function, l) => {
            let a = multiplied_matrices(rest)?;
            return Ok(Value { code: format!("{function}({}, {})", l.code, a.code), ..a });
        }
        Factor::Ones => {
            let row = multiplied_matrices(rest)?;
            return Ok(Value { dims: [None, row.dims[1].clone()], ..row });
        }
        Factor::OnesT => {
            let a = multiplied_matrices(rest)?;
            return Ok(Value::new(format!("column_sums({})", a.code), "1", a.columns()));
        }
    };
    for (i, factor) in rest.iter().enumerate() {
        let after = &factors[i + 1..];
        product = match factor {
            Factor::Value(b) => Value {
                code: format!("({} * {})", product.code, b.code),
                dims: [product.dims[0].clone(), b.dims[1].clone()],
            },
            Factor::Ones => Value::new(format!("row_sums({})", product.code), product.rows(), "1"),
            Factor::OnesT => Value { dims: [product.dims[0].clone(), None], ..product },
            Factor::Diagonal(v) if v.rows() == "1" => {
                Value { code: format!("scale_columns({}, {})", product.code, v.code), ..product }
            }
            Factor::Diagonal(_) | Factor::Solves(..) => {
                let b = multiplied_matrices(after)?;
                let dims = [product.dims[0].clone(), b.dims[1].clone()];
                return Ok(Value { code: format!("({} * {})", product.code, b.code), dims });
            }
        };
    }
    Ok(product)
}

/// `a = …, b = …`, apart where no bracket is open.
fn definitions(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut open = 0;
    for c in text.chars() {
        match c {
            '(' | '[' | '⟨' | '{' => open += 1,
            ')' | ']' | '⟩' | '}' => open -= 1,
            _ => {}
        }
        match parts.last_mut() {
            Some(last) if c != ',' || open > 0 => last.push(c),
            _ => parts.push(String::new()),
        }
    }
    parts
}

/// A name that Rust takes.
fn plain(name: &str) -> String {
    let mut plain = String::from("n_");
    for c in name.chars() {
        match c {
            '₀'..='₉' => plain.push(char::from_u32(u32::from(c) - u32::from('₀') + u32::from('0')).unwrap_or('_')),
            '′' => plain.push_str("_prime"),
            '\u{302}' => plain.push_str("_hat"),
            c => plain.push(c),
        }
    }
    plain
}

/// A loss whose formulas are read.
pub struct Printed<'p> {
    /// The loss as it was written.
    pub written: &'p Reference,
    /// The elements of each argument.
    pub inputs: Vec<Vec<f64>>,
    /// The sizes of its dimensions.
    pub sizes: Vec<(String, usize)>,
}

impl<'p> Printed<'p> {
    /// The loss at inputs that are known by name.
    #[must_use]
    pub fn new(written: &'p Reference, inputs: impl Fn(&str) -> (Vec<f64>, (usize, usize))) -> Self {
        let mut sizes: Vec<(String, usize)> = Vec::new();
        let mut all = Vec::new();
        for (i, name) in written.arguments().into_iter().enumerate() {
            let (values, (rows, columns)) = inputs(name);
            let dims = written.dims(i);
            // A row may be given as a vector.
            let own = if dims[0] == "1" { [1, values.len()] } else { [rows, columns] };
            for (dim, size) in dims.into_iter().zip(own) {
                let is_name = dim.parse::<usize>().is_err() && !sizes.iter().any(|(known, _)| *known == dim);
                sizes.extend(is_name.then_some((dim, size)));
            }
            all.push(values);
        }
        Self { written, inputs: all, sizes }
    }

    /// The dimensions that labels have.
    fn classes(&self) -> Vec<String> {
        let arguments = 0..self.written.arguments().len();
        arguments.filter_map(|i| self.written.written_classes(i)).collect()
    }

    fn size(&self, dim: &str) -> usize {
        let known = self.sizes.iter().find(|(known, _)| known == dim).map(|(_, size)| *size);
        known.or_else(|| dim.parse().ok()).unwrap_or(0)
    }

    /// A statement, `… where …`, as the body of a function, and its shape.
    fn body(&self, statement: &str) -> Read<(String, Value)> {
        let mut names = BTreeMap::new();
        let arguments = self.written.arguments();
        for (i, name) in arguments.iter().enumerate() {
            let [rows, columns] = self.written.dims(i);
            let capital: String =
                name.chars().enumerate().map(|(i, c)| if i == 0 { c.to_ascii_uppercase() } else { c }).collect();
            let columns = self.written.written_classes(i).unwrap_or(columns);
            names.insert((*name).to_owned(), Value::new(*name, &rows, &columns));
            if !arguments.contains(&capital.as_str()) {
                names.insert(capital, Value::new(*name, &rows, &columns));
            }
        }
        let (formula, wheres) = statement.split_once("  where ").unwrap_or((statement, ""));
        let mut body = String::new();
        for definition in definitions(wheres).iter().filter(|text| !text.trim().is_empty()) {
            let (name, text) = definition.trim().split_once(" = ").ok_or_else(|| format!("`{definition}`"))?;
            let value = self.read(text, &names)?;
            let plain = plain(name);
            let _ = write!(body, "let {plain} = {}; ", value.code);
            names.insert(name.to_owned(), Value { code: plain, ..value });
        }
        Ok((body, self.read(formula, &names)?))
    }

    fn read(&self, text: &str, names: &BTreeMap<String, Value>) -> Read<Value> {
        let mut reader =
            Reader { rest: text.chars().peekable(), names, sizes: &self.sizes, is_in_norm: false, is_in_bars: false };
        let value = reader.sum().map_err(|wrong| format!("{wrong} in `{text}`"))?;
        let rest: String = reader.rest.collect();
        if rest.trim().is_empty() { Ok(value) } else { Err(format!("`{rest}` is left of `{text}`")) }
    }

    /// Evaluates a body by the front end, as a function of the arguments that it names, and of `probe` if there is one.
    fn evaluate(&self, body: &str, probe: Option<([String; 2], &[f64])>) -> Read<f64> {
        let is_used = |name: &str| body.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
        let mut signature = String::new();
        let mut inputs = Vec::new();
        let parameters = self.written.parameters();
        for (i, name) in self.written.arguments().into_iter().enumerate().filter(|(_, name)| is_used(name)) {
            let [rows, columns] = self.written.dims(i);
            let role = if probe.is_none() && parameters.contains(&i) { "#[param] " } else { "" };
            let ty = match self.written.written_classes(i) {
                Some(_) => self.written.type_text(i),
                None if (rows.as_str(), columns.as_str()) == ("1", "1") => "Scalar".to_owned(),
                None => format!("Matrix<{rows}, {columns}>"),
            };
            let _ = write!(signature, "{role}{name}: {ty}, ");
            inputs.push(self.inputs[i].clone());
        }
        for classes in self.classes().into_iter().filter(|classes| is_used(&format!("identity_{classes}"))) {
            let size = self.size(&classes);
            let _ = write!(signature, "identity_{classes}: Matrix<{classes}, {classes}>, ");
            inputs.push((0..size * size).map(|i| if i % (size + 1) == 0 { 1.0 } else { 0.0 }).collect());
        }
        if let Some(([rows, columns], values)) = probe {
            let _ = write!(signature, "#[param] probe: Matrix<{rows}, {columns}>");
            inputs.push(values.to_vec());
        }
        let source = format!("fn printed({signature}) -> Scalar {{ {body} }}");
        let read = Reference::parse(&source).map_err(|mistakes| format!("{source}\n{mistakes}"))?;
        let sizes: Vec<_> = self.sizes.iter().map(|(name, size)| (name.as_str(), *size)).collect();
        Ok(read.value(&sizes, &inputs))
    }

    /// Checks that the formula says what the kernel computed.
    ///
    /// # Errors
    /// Why it can't be read, or what it is instead.
    pub fn check_formula(&self, formula: &str, value: f64) -> Result<(), String> {
        let (lets, result) = self.body(formula)?;
        let found = self.evaluate(&format!("{lets} {}", result.code), None)?;
        close(&[found], &[value], 1e-9).map_err(|wrong| format!("`{formula}`: {wrong}"))
    }

    /// Checks the gradient in parameter `k`, along some directions, like [`check_formula`](Self::check_formula).
    ///
    /// # Errors
    /// Why it can't be read, or what it is instead.
    pub fn check_gradient(&self, k: usize, text: &str, gradient: &[f64]) -> Result<(), String> {
        let (lets, result) = self.body(text)?;
        let dims = self.written.dims(self.written.parameters()[k]);
        let mut random = Random::new(5);
        for _ in 0..3 {
            let probe: Vec<f64> = gradient.iter().map(|_| random.between((-1.0, 1.0))).collect();
            let expected: f64 = gradient.iter().zip(&probe).map(|(a, b)| a * b).sum();
            let body = format!("{lets} dot({}, probe)", result.code);
            let found = self.evaluate(&body, Some((dims.clone(), &probe)))?;
            close(&[found], &[expected], 1e-9).map_err(|wrong| format!("`{text}`: {wrong}"))?;
        }
        Ok(())
    }
}
