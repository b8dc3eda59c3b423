// Random losses that are well typed by construction, as source text: shared by the build script, which writes a test for
// each, and by nobody else.

/// `SplitMix64` (Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.bits() % count as u64).unwrap_or(0)
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// A dimension: 1, or one of the names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dim {
    One,
    Named(&'static str),
}

/// Rows and columns.
type Shape = (Dim, Dim);

const SCALAR: Shape = (Dim::One, Dim::One);
/// The names of dimensions; `N` is the number of samples.
const NAMES: [&str; 4] = ["N", "D", "K", "M"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Data,
    Param,
    Labels,
}

struct Argument {
    name: String,
    role: Role,
    shape: Shape,
}

/// Functions of each element that are smooth, bounded in their growth and defined everywhere.
const FUNCTIONS: [&str; 22] = [
    "tanh",
    "sigmoid",
    "softplus",
    "sin",
    "cos",
    "silu",
    "gelu",
    "mish",
    "log_cosh",
    "pseudo_huber",
    "softsign",
    "erf",
    "ndtr",
    "atan",
    "asinh",
    "gaussian",
    "log_sigmoid",
    "tanhshrink",
    "sinc",
    "log_ndtr",
    "gelu_tanh",
    "sq",
];
/// Functions that are applied to 1 + z².
const OF_POSITIVE: [&str; 7] = ["ln", "sqrt", "recip", "rsqrt", "log1p", "lgamma", "xlogx"];

pub(crate) struct Program {
    arguments: Vec<Argument>,
    statements: Vec<String>,
    result: String,
}

struct Writer<'r> {
    random: &'r mut Random,
    arguments: Vec<Argument>,
    /// Values that have a name, and their shapes.
    lets: Vec<(String, Shape)>,
    statements: Vec<String>,
    /// The size of the loop over time whose step is being written, and how many of the values are there outside of it.
    time: Option<(Dim, usize)>,
    /// Operations that may still be written.
    budget: usize,
}

impl Writer<'_> {
    fn dim(&mut self) -> Dim {
        // A step for each of many rows that takes all of them, or all pairs, takes minutes to interpret.
        let names = if self.time.is_some() { &NAMES[1..] } else { &NAMES };
        Dim::Named(self.random.one(names))
    }

    /// An argument of `shape`: one that is there, or a new one.
    fn argument(&mut self, shape: Shape) -> String {
        let known: Vec<usize> = (0..self.arguments.len())
            .filter(|&i| self.arguments[i].shape == shape && self.arguments[i].role != Role::Labels)
            .collect();
        if !known.is_empty() && self.random.below(3) > 0 {
            let i = self.random.one(&known);
            return self.arguments[i].name.clone();
        }
        let role = if self.random.below(2) == 0 { Role::Data } else { Role::Param };
        self.new_argument(shape, role)
    }

    fn new_argument(&mut self, shape: Shape, role: Role) -> String {
        let letter = match role {
            Role::Data => "x",
            Role::Param => "p",
            Role::Labels => "y",
        };
        let name = format!("{letter}{}", self.arguments.len());
        self.arguments.push(Argument { name: name.clone(), role, shape });
        name
    }

    /// Labels with a row for each of `shape`'s first dimension and a class for each of its second.
    fn labels(&mut self, shape: Shape) -> String {
        let known = self.arguments.iter().find(|argument| argument.role == Role::Labels && argument.shape == shape);
        match known {
            Some(argument) => argument.name.clone(),
            None => self.new_argument(shape, Role::Labels),
        }
    }

    fn leaf(&mut self, shape: Shape) -> String {
        if let Some((steps, outside)) = self.time
            && shape.0 == Dim::One
            && self.random.below(2) == 0
        {
            let rows = (steps, shape.1);
            let named = self.lets[..outside].iter().rposition(|(_, known)| *known == rows);
            let whole = match named {
                Some(i) if self.random.below(2) == 0 => self.lets[i].0.clone(),
                _ => self.argument(rows),
            };
            return format!("{whole}[t]");
        }
        let named: Vec<usize> = (0..self.lets.len()).filter(|&i| self.lets[i].1 == shape).collect();
        if !named.is_empty() && self.random.below(2) == 0 {
            let i = self.random.one(&named);
            return self.lets[i].0.clone();
        }
        if shape == SCALAR && self.random.below(2) == 0 {
            return self.random.one(&["0.5", "2", "1", "0.25"]).to_owned();
        }
        self.argument(shape)
    }

    /// An expression of `shape`.
    fn expression(&mut self, shape: Shape, depth: usize) -> String {
        if depth == 0 || self.budget == 0 {
            return self.leaf(shape);
        }
        self.budget -= 1;
        let deeper = depth - 1;
        if shape == SCALAR {
            return self.scalar(deeper);
        }
        let (rows, columns) = shape;
        if rows == Dim::One || columns == Dim::One {
            if let Some(text) = self.line(shape, deeper) {
                return text;
            }
        } else if let Some(text) = self.matrix(shape, deeper) {
            return text;
        }
        self.any(shape, deeper)
    }

    /// One of the expressions that exist for every shape.
    fn any(&mut self, shape: Shape, depth: usize) -> String {
        let a = self.expression(shape, depth);
        match self.random.below(9) {
            0 => format!("({a} + {})", self.expression(shape, depth)),
            1 => format!("({a} - {})", self.expression(shape, depth)),
            2 => format!("hadamard({a}, {})", self.expression(shape, depth)),
            3 => format!("({a} / (1 + sq({})))", self.expression(shape, depth)),
            4 => format!("({} * {a})", self.expression(SCALAR, depth)),
            5 => format!("max({a}, {})", self.expression(shape, depth)),
            6 => format!("{}(1 + sq({a}))", self.random.one(&OF_POSITIVE)),
            _ => format!("{}({a})", self.random.one(&FUNCTIONS)),
        }
    }

    fn scalar(&mut self, depth: usize) -> String {
        let (rows, columns) = (self.dim(), self.dim());
        let inner = match self.random.below(3) {
            0 => (rows, Dim::One),
            _ => (rows, columns),
        };
        match self.random.below(12) {
            10 => format!("{}({})", self.random.one(&["norm_21", "norm_1", "largest"]), self.expression(inner, depth)),
            11 => format!("logdet({})", self.positive(rows, depth)),
            0 => format!("mean({})", self.expression(inner, depth)),
            1 => format!("norm_sq({})", self.expression(inner, depth)),
            2 => format!("sqrt(1 + norm_sq({}))", self.expression(inner, depth)),
            3 => format!("dot({}, {})", self.expression(inner, depth), self.expression(inner, depth)),
            4 => format!("trace({})", self.expression((rows, rows), depth)),
            5 => format!("lse({})", self.expression(inner, depth)),
            6 => self.any(SCALAR, depth),
            7 => {
                let (a, b) = (self.expression((rows, Dim::One), depth), self.expression((rows, Dim::One), depth));
                format!("({a}.t() * {b})")
            }
            _ => format!("sum({})", self.expression(inner, depth)),
        }
    }

    fn line(&mut self, shape: Shape, depth: usize) -> Option<String> {
        let other = self.dim();
        if shape.0 == Dim::One {
            return match self.random.below(5) {
                4 => {
                    let function = self.random.one(&["column_means", "lse_columns", "column_norms", "column_max"]);
                    Some(format!("{function}({})", self.expression((other, shape.1), depth)))
                }
                0 => Some(format!("{}.t()", self.atom((shape.1, Dim::One), depth))),
                1 => Some(format!("column_sums({})", self.expression((other, shape.1), depth))),
                2 => {
                    let (a, b) = (self.atom((Dim::One, other), depth), self.atom((other, shape.1), depth));
                    Some(format!("({a} * {b})"))
                }
                _ => None,
            };
        }
        match self.random.below(13) {
            9 => {
                let function = self.random.one(&["row_means", "row_norms", "row_max", "row_variances"]);
                Some(format!("{function}({})", self.expression((shape.0, other), depth)))
            }
            10 => Some(format!("diagonal({})", self.expression((shape.0, shape.0), depth))),
            11 => Some(format!("solve({}, {})", self.positive(shape.0, depth), self.expression(shape, depth))),
            0 => Some(format!("row_sums({})", self.expression((shape.0, other), depth))),
            1 => Some(format!("lse_rows({})", self.expression((shape.0, other), depth))),
            2 => {
                let (z, y) = (self.expression((shape.0, other), depth), self.labels((shape.0, other)));
                Some(format!("{}({z}, {y})", self.random.one(&["pick", "cross_entropy"])))
            }
            3 => Some(format!("cumsum({})", self.expression(shape, depth))),
            4 | 5 => {
                let (a, b) = (self.atom((shape.0, other), depth), self.atom((other, Dim::One), depth));
                Some(format!("({a} * {b})"))
            }
            _ => None,
        }
    }

    fn matrix(&mut self, shape: Shape, depth: usize) -> Option<String> {
        let (rows, columns) = shape;
        let other = self.dim();
        match self.random.below(24) {
            16 => {
                let (v, a) = (self.expression((rows, Dim::One), depth), self.expression(shape, depth));
                Some(format!("scale_rows({v}, {a})"))
            }
            17 => {
                let (a, v) = (self.expression(shape, depth), self.expression((Dim::One, columns), depth));
                Some(format!("scale_columns({a}, {v})"))
            }
            18 => Some(format!(
                "{}({}, 0.5)",
                self.random.one(&["layer_norm", "rms_norm"]),
                self.expression(shape, depth)
            )),
            19 | 20 => {
                let functions =
                    ["log_softmax_rows", "softmax_columns", "center_columns", "cumulative_lse", "differences"];
                Some(format!("{}({})", self.random.one(&functions), self.expression(shape, depth)))
            }
            21 if rows == columns => Some(format!(
                "{}({})",
                self.random.one(&["tril", "off_diagonal", "sym"]),
                self.expression(shape, depth)
            )),
            22 if rows == columns => Some(format!("diag({})", self.expression((rows, Dim::One), depth))),
            0..=3 => {
                let (a, b) = (self.atom((rows, other), depth), self.atom((other, columns), depth));
                Some(format!("({a} * {b})"))
            }
            4 => Some(format!("{}.t()", self.atom((columns, rows), depth))),
            5 => Some(format!("softmax_rows({})", self.expression(shape, depth))),
            6 => Some(format!("({} + {})", self.expression(shape, depth), self.expression((Dim::One, columns), depth))),
            7 => Some(format!("({} - {})", self.expression(shape, depth), self.expression((rows, Dim::One), depth))),
            8 => {
                let (a, b) = (self.expression((rows, other), depth), self.expression((columns, other), depth));
                Some(format!("squared_distances({a}, {b})"))
            }
            9 => {
                let (w, y) = (self.expression((other, columns), depth), self.labels((rows, other)));
                Some(format!("gather({w}, {y})"))
            }
            10 => Some(format!("cumsum({})", self.expression(shape, depth))),
            11 => {
                let (u, v) = (self.atom((rows, Dim::One), depth), self.atom((Dim::One, columns), depth));
                Some(format!("({u} * {v})"))
            }
            _ => None,
        }
    }

    /// A loop over time: its states, which are mixed by whatever there is, but forget what was long ago, and a sum over its steps.
    fn time_loop(&mut self, number: usize, depth: usize) {
        use std::fmt::Write as _;
        let steps = self.dim();
        let mut text = String::new();
        let first = self.lets.len();
        self.time = Some((steps, first));
        for k in 0..=self.random.below(2) {
            let shape = match self.random.below(4) {
                0 => SCALAR,
                1 => (self.dim(), Dim::One),
                2 => (Dim::One, self.dim()),
                _ => (self.dim(), self.dim()),
            };
            let initial = self.argument(shape);
            let _ = writeln!(text, "let mut s{number}_{k} = 0.5 * {initial};");
            self.lets.push((format!("s{number}_{k}"), shape));
        }
        let states = self.lets[first..].to_vec();
        let Dim::Named(size) = steps else { return };
        let _ = writeln!(text, "        let mut l{number} = 0;\n        for t in 0..{size} {{");
        for (name, shape) in &states {
            let (new, of_state) = (self.expression(*shape, depth), self.any(*shape, 1));
            let _ = writeln!(text, "            {name} = 0.3 * {name} + tanh({new} + {of_state}) / 4;");
            let _ = writeln!(text, "            l{number} += mean(sq({name}));");
        }
        // An argument tells how many steps there are.
        let row = format!("{}[t]", self.argument((steps, Dim::One)));
        let _ = writeln!(text, "            l{number} += tanh({row} * {});", self.scalar(depth));
        let _ = write!(text, "        }}");
        self.time = None;
        self.statements.push(text);
        self.lets.push((format!("l{number}"), SCALAR));
    }

    /// A symmetric positive definite matrix.
    fn positive(&mut self, rows: Dim, depth: usize) -> String {
        let other = self.dim();
        let a = self.atom((rows, other), depth / 2);
        format!("({a} * {a}.t() + eye_like({a} * {a}.t()))")
    }

    /// An expression that can be a factor, and is not large.
    fn atom(&mut self, shape: Shape, depth: usize) -> String {
        let text = self.expression(shape, depth);
        if text.chars().all(char::is_alphanumeric) { text } else { format!("tanh({text})") }
    }
}

impl Program {
    /// The program of `seed`: at most `depth` operations inside of each other.
    pub(crate) fn new(seed: u64, depth: usize) -> Self {
        let mut random = Random(seed);
        let budget = 12 + random.below(18);
        let (arguments, lets, statements) = (Vec::new(), Vec::new(), Vec::new());
        let mut writer = Writer { random: &mut random, arguments, lets, statements, time: None, budget };
        let mut others = Vec::new();
        for i in 0..writer.random.below(4) {
            if writer.random.below(6) == 0 {
                writer.time_loop(i, depth / 2);
                continue;
            }
            let shape = match writer.random.below(3) {
                0 => (writer.dim(), Dim::One),
                _ => (writer.dim(), writer.dim()),
            };
            let text = writer.expression(shape, depth / 2);
            // A `let` of a mere argument would be another name of it.
            if text.contains('(') {
                writer.statements.push(format!("let h{i} = {text};"));
                writer.lets.push((format!("h{i}"), shape));
            } else {
                others.push(text);
            }
        }
        // Everything is used, and there is a parameter.
        let mut result = writer.scalar(depth - 1);
        for other in others {
            result = format!("{result} + mean(sq({other}))");
        }
        for (name, shape) in &writer.lets {
            let term = if *shape == SCALAR { name.clone() } else { format!("mean(tanh({name}))") };
            result = format!("{result} + {term}");
        }
        if !writer.arguments.iter().any(|argument| argument.role == Role::Param) {
            let shape = (Dim::Named("D"), Dim::One);
            let name = writer.new_argument(shape, Role::Param);
            result = format!("{result} + norm_sq({name})");
        }
        Self { arguments: writer.arguments, statements: writer.statements, result }
    }

    fn type_of(argument: &Argument) -> String {
        let text = |dim: Dim| match dim {
            Dim::One => "1",
            Dim::Named(name) => name,
        };
        match (argument.role, argument.shape) {
            (Role::Labels, (rows, classes)) => format!("Labels<{}, {}>", text(rows), text(classes)),
            (_, SCALAR) => "Scalar".to_owned(),
            (_, (rows, Dim::One)) => format!("Vector<{}>", text(rows)),
            (_, (Dim::One, columns)) => format!("RowVector<{}>", text(columns)),
            (_, (rows, columns)) => format!("Matrix<{}, {}>", text(rows), text(columns)),
        }
    }

    /// The loss, as a user would write it.
    pub(crate) fn source(&self, name: &str) -> String {
        use std::fmt::Write as _;
        let arguments: Vec<String> = self
            .arguments
            .iter()
            .map(|argument| {
                let role = if argument.role == Role::Param { "#[param] " } else { "" };
                format!("{role}{}: {}", argument.name, Self::type_of(argument))
            })
            .collect();
        let mut text = format!("fn {name}({}) -> Scalar {{\n", arguments.join(", "));
        for statement in &self.statements {
            let _ = writeln!(text, "        {statement}");
        }
        let _ = writeln!(text, "        {}\n    }}", self.result);
        text
    }

    /// The call of the macro that makes a test of it: its kernels at `sizes`, its derivation at sizes that are `small`.
    pub(crate) fn test(&self, name: &str, sizes: &[(&str, usize); 3], small: &[(&str, usize); 3]) -> String {
        use std::fmt::Write as _;
        let dims = |argument: &Argument| [argument.shape.0, argument.shape.1];
        let tells = |argument: &&Argument, dim: &'static str| match argument.role {
            Role::Data => dims(argument).contains(&Dim::Named(dim)),
            Role::Labels => argument.shape.0 == Dim::Named(dim),
            Role::Param => false,
        };
        let occurs =
            |dim: &'static str| self.arguments.iter().any(|argument| dims(argument).contains(&Dim::Named(dim)));
        let given = NAMES.iter().filter(|dim| occurs(dim) && !self.arguments.iter().any(|a| tells(&a, dim)));
        let given: Vec<String> = given.map(|dim| format!("{}: \"{dim}\"", dim.to_lowercase())).collect();
        let data: Vec<String> = self
            .arguments
            .iter()
            .filter(|argument| argument.role != Role::Param)
            .map(|argument| {
                let kind = match (argument.role, argument.shape) {
                    (Role::Labels, _) => "labels",
                    (_, SCALAR) => "scalar",
                    (_, (rows, columns)) if rows == Dim::One || columns == Dim::One => "vector",
                    _ => "matrix",
                };
                format!("{}: {kind}", argument.name)
            })
            .collect();
        let mut text = format!("frobenius_tests::random_program! {{\n    {name}_agrees\n");
        if !data.is_empty() {
            let _ = writeln!(text, "    data {{ {} }}", data.join(", "));
        }
        if !given.is_empty() {
            let _ = writeln!(text, "    given {{ {} }}", given.join(", "));
        }
        for (what, sizes) in [("sizes", sizes), ("small", small)] {
            let sizes: Vec<String> = sizes.iter().map(|(dim, size)| format!("\"{dim}\": {size}")).collect();
            let _ = writeln!(text, "    {what} {{ {} }}", sizes.join(", "));
        }
        let _ = writeln!(text, "    {}}}", self.source(name));
        text
    }
}

/// Sizes around vectors and panels: what remains of one, and the first element of the next.
#[allow(dead_code, reason = "the tests themselves need single programs")]
const EDGES: [usize; 8] = [7, 8, 9, 15, 16, 17, 31, 33];

/// The program of `seed`, and small sizes of its dimensions but for `N`.
pub(crate) fn program(seed: u64) -> (Program, [(&'static str, usize); 3]) {
    let mut random = Random(seed ^ 0xabcd);
    let sizes = ["D", "K", "M"].map(|dim| (dim, 1 + random.below(6)));
    let depth = 2 + random.below(7);
    (Program::new(seed, depth), sizes)
}

/// `count` tests, from `seed` on. Of every second dimension, the kernels have more than a vector, or a panel, holds.
#[allow(dead_code, reason = "the tests themselves need single programs")]
pub(crate) fn tests(count: usize, seed: u64) -> String {
    let mut text = String::new();
    for i in 0..count {
        let seed = seed.wrapping_add(i as u64);
        let (program, small) = program(seed);
        let mut random = Random(seed ^ 0x1234);
        let sizes = small.map(|(dim, size)| (dim, if random.below(2) == 0 { size } else { random.one(&EDGES) }));
        text.push_str(&program.test(&format!("random_{seed}"), &sizes, &small));
    }
    text
}
