//! Shapes that don't fit.

use crate::base::{Dim, Place, Shape, Symbol};
use crate::diagnostics::Mistake;
use crate::syntax::{BinaryOp, Expr, ExprKind, Part};

/// An operand of what doesn't fit.
pub(crate) struct Operand<'e> {
    pub(crate) expr: &'e Expr,
    pub(crate) shape: Shape,
    /// The value of the `let` that the operand names.
    pub(crate) value: Option<String>,
    /// It is the name of an argument, whose declaration may be wrong.
    pub(crate) is_argument: bool,
}

/// An argument that no expression uses, and that may have been forgotten.
pub(crate) type Unused = (Symbol, Shape);

impl Operand<'_> {
    /// Text in front of its shape: `x`, `h = tanh(x * w)`.
    fn label(&self) -> String {
        match &self.value {
            Some(value) => format!("{} = {value}", self.expr),
            None => self.expr.to_string(),
        }
    }

    fn same_as(&self, other: &Self) -> bool {
        self.expr.to_string() == other.expr.to_string()
    }
}

/// One line for each operand, with the shapes below each other.
pub(super) fn declared(operands: &[&Operand<'_>]) -> Vec<String> {
    let width = operands.iter().map(|operand| operand.label().chars().count()).max().unwrap_or(0) + 1;
    operands.iter().map(|operand| format!("{:width$} {}", operand.label() + ":", operand.shape)).collect()
}

/// `D` columns, 1 column, 784 columns.
fn count(dim: Dim, word: &str) -> String {
    match dim {
        Dim::ONE => format!("1 {word}"),
        _ => format!("{} {word}s", size(dim)),
    }
}

/// A name in quotes, a size without.
fn size(dim: Dim) -> String {
    match dim {
        Dim::Size(size) => size.to_string(),
        Dim::Named(_) | Dim::Const(_) | Dim::Plus(_) | Dim::Times(_) | Dim::Less(_) | Dim::Unknown => {
            format!("`{dim}`")
        }
    }
}

/// The last resort: two names may be one size.
fn one_name(a: Dim, b: Dim) -> Option<String> {
    match (a, b) {
        (Dim::Named(a), Dim::Named(b)) => Some(format!("if `{a}` and `{b}` are always equal, give them one name")),
        _ => None,
    }
}

/// `x * w` where the inner dimensions differ.
pub(crate) fn inner_dimensions(at: Place, x: &Operand<'_>, w: &Operand<'_>, unused: &[Unused]) -> Mistake {
    let (rows, columns) = (w.shape.rows, x.shape.columns);
    let product = |a: &Expr, b: &Expr| Expr::binary(BinaryOp::Mul, a, b);
    let headline = format!(
        "cannot multiply `{}`: `{}` has {}, but `{}` has {}",
        product(x.expr, w.expr).brief(),
        x.expr.brief(),
        count(columns, "column"),
        w.expr.brief(),
        count(rows, "row"),
    );
    let between =
        unused.iter().find(|(_, shape)| shape.rows == columns && shape.columns == rows).map(|&(name, shape)| {
            let whole = product(&product(x.expr, &Expr::name(name, at)), w.expr);
            format!("`{name}: {shape}` would fit in between: `{whole}`")
        });
    let scaled = (x.shape.rows == rows && x.shape.columns.is_one() && !w.shape.is_line())
        .then(|| Expr::call("scale_rows", &[x.expr, w.expr], at));
    let help = between.or_else(|| {
        if let Some(scaled) = scaled {
            let sums = product(&x.expr.transposed(), w.expr);
            Some(format!("each row times its element is `{scaled}`, the sum of these rows `{sums}`"))
        } else if columns == w.shape.columns {
            Some(format!("transpose the second factor: `{}`", product(x.expr, &w.expr.transposed())))
        } else if x.shape.rows == rows {
            Some(format!("transpose the first factor: `{}`", product(&x.expr.transposed(), w.expr)))
        } else if w.shape.columns == x.shape.rows {
            Some(format!("swap the factors: `{}`", product(w.expr, x.expr)))
        } else {
            one_name(columns, rows)
        }
    });
    Mistake::new(at, headline).facts(declared(&[x, w])).perhaps(help)
}

/// `e * e`, or `e * f` where both have one shape, which is not square.
pub(crate) fn matrix_product_for_hadamard(at: Place, e: &Operand<'_>, f: &Operand<'_>) -> Mistake {
    let (rows, columns) = (count(f.shape.rows, "row"), count(e.shape.columns, "column"));
    let call = |function| Expr::call(function, &[e.expr, f.expr], at);
    let elementwise = format!("`*` is the matrix product; elementwise it is `{}`", call("hadamard"));
    if e.same_as(f) {
        let headline = format!("cannot multiply `{}` by itself: it has {columns}, but {rows}", e.expr.brief());
        let norm = Expr::call("norm_sq", &[e.expr], at);
        let help = format!("{elementwise}, whose sum is `{norm}`");
        return Mistake::new(at, headline).facts(declared(&[e])).cure(help);
    }
    let headline = format!(
        "cannot multiply `{}`: `{}` has {columns}, but `{}` has {rows}",
        Expr::binary(BinaryOp::Mul, e.expr, f.expr).brief(),
        e.expr.brief(),
        f.expr.brief(),
    );
    let elementwise = format!("{elementwise}, whose sum is `{}`", call("dot"));
    let help = if e.shape.is_line() {
        elementwise
    } else {
        let pairs = Expr::binary(BinaryOp::Mul, e.expr, &f.expr.transposed());
        format!("{elementwise}; of each row with each row it is `{pairs}`")
    };
    Mistake::new(at, headline).facts(declared(&[e, f])).cure(help)
}

/// The operation that two operands of one shape were meant for.
#[derive(Clone, Copy)]
pub(crate) enum Wish {
    Operator(BinaryOp),
    Call(Symbol),
}

impl Wish {
    /// `cannot subtract b from a`.
    fn refused(self, a: &Expr, b: &Expr) -> String {
        let (a, b) = (a.brief(), b.brief());
        match self {
            Self::Operator(BinaryOp::Add) => format!("cannot add `{b}` to `{a}`"),
            Self::Operator(BinaryOp::Sub) => format!("cannot subtract `{b}` from `{a}`"),
            Self::Operator(BinaryOp::Mul) => format!("cannot multiply `{a}` by `{b}`"),
            Self::Operator(BinaryOp::Div) => format!("cannot divide `{a}` by `{b}`"),
            Self::Operator(BinaryOp::Compare(_)) => format!("cannot compare `{a}` with `{b}`"),
            Self::Call(function) => format!("`{function}` needs operands of one shape"),
        }
    }

    fn written(self, a: &Expr, b: &Expr) -> Expr {
        match self {
            Self::Operator(op) => Expr::binary(op, a, b),
            Self::Call(function) => Expr::call(function.as_str(), &[a, b], a.place),
        }
    }
}

/// `a + b`, `a - b`, `a / b`, `hadamard(a, b)`, `dot(a, b)` where the shapes differ.
pub(crate) fn different_shapes(at: Place, wish: Wish, a: &Operand<'_>, b: &Operand<'_>, unused: &[Unused]) -> Mistake {
    let (one, other) = (a.expr.brief(), b.expr.brief());
    let same_rows = a.shape.rows.fits(b.shape.rows);
    let same_columns = a.shape.columns.fits(b.shape.columns);
    let short = |dim, word| {
        if matches!(dim, Dim::ONE) { count(dim, word) } else { size(dim) }
    };
    let difference = if same_rows {
        let theirs = short(b.shape.columns, "column");
        format!("`{one}` has {}, but `{other}` has {theirs}", count(a.shape.columns, "column"))
    } else if same_columns {
        let theirs = short(b.shape.rows, "row");
        format!("`{one}` has {}, but `{other}` has {theirs}", count(a.shape.rows, "row"))
    } else {
        format!("`{one}` is a {}, but `{other}` is a {}", a.shape, b.shape)
    };
    let headline = format!("{}: {difference}", wish.refused(a.expr, b.expr));
    let help = in_between(at, wish, a, b, unused).or_else(|| {
        if matches!(wish, Wish::Call(_)) && (a.shape.is_scalar() || b.shape.is_scalar()) {
            let product = Expr::binary(BinaryOp::Mul, a.expr, b.expr);
            Some(format!("scaling is written with `*`: `{product}`"))
        } else if a.shape == b.shape.t() && b.expr.transposed().to_string() != a.expr.to_string() {
            Some(format!("transpose the second operand: `{}`", wish.written(a.expr, &b.expr.transposed())))
        } else if let Some(pairs) = pairs(at, wish, a, b) {
            Some(pairs)
        } else if same_rows {
            one_name(a.shape.columns, b.shape.columns)
        } else if same_columns {
            one_name(a.shape.rows, b.shape.rows)
        } else {
            None
        }
    });
    Mistake::new(at, headline).facts(declared(&[a, b])).perhaps(help)
}

/// A matrix of all sums or differences of an element of a vector and one of a row vector.
fn pairs(at: Place, wish: Wish, a: &Operand<'_>, b: &Operand<'_>) -> Option<String> {
    let Wish::Operator(op @ (BinaryOp::Add | BinaryOp::Sub)) = wish else { return None };
    if a.shape.is_scalar() || b.shape.is_scalar() {
        return None;
    }
    let product = |left: &Expr, right: &Expr| Expr::binary(BinaryOp::Mul, left, right);
    let ones = |like: &Expr| Expr::call("ones_like", &[like], at);
    let (left, right) = if a.shape.columns.is_one() && b.shape.rows.is_one() {
        (product(a.expr, &ones(b.expr)), product(&ones(a.expr), b.expr))
    } else if a.shape.rows.is_one() && b.shape.columns.is_one() {
        (product(&ones(b.expr), a.expr), product(b.expr, &ones(a.expr)))
    } else {
        return None;
    };
    let symbol = op.symbol();
    Some(format!("`{symbol}` builds no pairs; the matrix of all pairs is `{}`", Expr::binary(op, &left, &right)))
}

/// An argument that was forgotten as a factor of one of the operands.
fn in_between(at: Place, wish: Wish, a: &Operand<'_>, b: &Operand<'_>, unused: &[Unused]) -> Option<String> {
    for &(name, shape) in unused {
        let factor = Expr::name(name, at);
        let product = |left: &Expr, right: &Expr| Expr::binary(BinaryOp::Mul, left, right);
        let fits =
            |from: Shape, to: Shape| from.rows == to.rows && from.columns == shape.rows && shape.columns == to.columns;
        let in_front =
            |from: Shape, to: Shape| shape.rows == to.rows && shape.columns == from.rows && from.columns == to.columns;
        let (position, whole) = if fits(a.shape, b.shape) {
            ("in between", wish.written(&product(a.expr, &factor), b.expr))
        } else if in_front(a.shape, b.shape) {
            ("in front", wish.written(&product(&factor, a.expr), b.expr))
        } else if in_front(b.shape, a.shape) {
            ("in between", wish.written(a.expr, &product(&factor, b.expr)))
        } else if fits(b.shape, a.shape) {
            ("at the end", wish.written(a.expr, &product(b.expr, &factor)))
        } else {
            continue;
        };
        return Some(format!("`{name}: {shape}` would fit {position}: `{whole}`"));
    }
    None
}

/// `z + b`, where `b` is a vector that doesn't fit the columns, or a row vector that doesn't fit the rows.
pub(crate) fn broadcast_direction(at: Place, op: BinaryOp, a: &Operand<'_>, b: &Operand<'_>) -> Mistake {
    let (matrix, line) = if b.shape.is_line() { (a, b) } else { (b, a) };
    let is_column = line.shape.columns.is_one();
    let (kind, along, across) = if is_column { ("Vector", "column", "row") } else { ("RowVector", "row", "column") };
    let (wanted, found, other) = if is_column {
        (matrix.shape.rows, line.shape.rows, matrix.shape.columns)
    } else {
        (matrix.shape.columns, line.shape.columns, matrix.shape.rows)
    };
    let verb = match op {
        BinaryOp::Add | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Compare(_) => "added to",
        BinaryOp::Sub if b.shape.is_line() => "subtracted from",
        BinaryOp::Sub => "combined with",
    };
    let headline = format!(
        "{}: a {kind} is {verb} every {along}, and these have {}, not {}",
        Wish::Operator(op).refused(a.expr, b.expr),
        count_elements(wanted),
        size(found),
    );
    let transposed = line.shape.t();
    let wish = match verb {
        "subtracted from" => "to subtract it from",
        "added to" => "to add it to",
        _ => "to combine it with",
    };
    let help = if found == other && line.is_argument {
        Some(format!("{wish} every {across}, declare `{}: {transposed}`", line.expr))
    } else if found == other {
        Some(format!("{wish} every {across}, transpose it: `{}`", line.expr.transposed()))
    } else {
        one_name(wanted, found)
    };
    Mistake::new(at, headline).facts(declared(&[a, b])).perhaps(help)
}

fn count_elements(dim: Dim) -> String {
    count(dim, "element")
}

/// A result that isn't a scalar.
pub(crate) fn loss_is_not_a_scalar(at: Place, loss: &Expr, shape: Shape) -> Mistake {
    // Of a residual the sum of squares is likely; of what a function made, another square would be another loss.
    let reduction = if matches!(loss.kind, ExprKind::Call { .. }) { "sum" } else { "norm_sq" };
    Mistake::new(at, format!("a loss is a Scalar, but this is a {shape}"))
        .cure(format!("reduce it, for example `{}`", Expr::call(reduction, &[loss], at)))
}

/// `trace(x * w)`; `parts` are the operands that its shape comes from.
pub(crate) fn not_square(at: Place, function: Symbol, a: &Operand<'_>, parts: &[Operand<'_>]) -> Mistake {
    let headline = format!("`{function}` needs a square matrix, but `{}` is a {}", a.expr.brief(), a.shape);
    // The declaration of an argument says no more than the headline.
    let parts: Vec<&Operand<'_>> = if a.is_argument { Vec::new() } else { parts.iter().collect() };
    Mistake::new(at, headline).facts(declared(&parts)).perhaps(one_name(a.shape.rows, a.shape.columns))
}

/// `outer(x, v)`, where `x` is a matrix: operands that are not what the signature says.
pub(crate) fn operand_shapes(at: Place, function: Symbol, signature: &str, operands: &[Operand<'_>]) -> Mistake {
    let found: Vec<String> = operands.iter().map(|operand| format!("`{}`", operand.expr.brief())).collect();
    let are = if found.len() == 1 { "does" } else { "do" };
    let headline = format!("{} {are} not fit `{function}`", found.join(" and "));
    let mut facts = declared(&operands.iter().collect::<Vec<_>>());
    facts.extend([String::new(), signature.to_owned()]);
    let help = match (function.as_str(), operands) {
        ("diag", [a]) if a.shape.rows == a.shape.columns => {
            Some(format!("the diagonal of a matrix is `{}`", Expr::call("diagonal", &[a.expr], at)))
        }
        _ => None,
    };
    Mistake::new(at, headline).facts(facts).perhaps(help)
}

/// `w.rows(2..5)` of what has fewer rows.
pub(crate) fn part_outside(at: Place, a: &Operand<'_>, part: Part) -> Mistake {
    let (dim, word) = if part.of_columns { (a.shape.columns, "column") } else { (a.shape.rows, "row") };
    Mistake::new(at, format!("`{}` has {}: there is no `{part}`", a.expr.brief(), count(dim, word)))
        .facts(declared(&[a]))
}

/// `x.rows(2..5)` where the number of rows is known at run time.
pub(crate) fn part_of_unknown_size(at: Place, a: &Operand<'_>, part: Part) -> Mistake {
    let (dim, word) = if part.of_columns { (a.shape.columns, "columns") } else { (a.shape.rows, "rows") };
    let headline = format!(
        "cannot take {word} {} to {} of `{}`: `{dim}` is known only at run time",
        part.start,
        part.end - 1,
        a.expr.brief()
    );
    Mistake::new(at, headline)
        .facts(declared(&[a]))
        .cure("declare the size as a number, or pass the part as an argument of its own")
}

/// `let h: Matrix<N, M> = …` of another shape.
pub(crate) fn declared_shape(at: Place, name: Symbol, wanted: Shape, found: Shape, parts: &[Operand<'_>]) -> Mistake {
    let parts: Vec<&Operand<'_>> = parts.iter().collect();
    Mistake::new(at, format!("`{name}` is declared as a {wanted}, but its value is a {found}"))
        .facts(declared(&parts))
        .cure(format!("write `let {name}: {found} = ...`"))
}
