//! The losses of the gallery. Tests compare what is printed of them with what was.

use frobenius::operator::RowOperator;
use frobenius::prelude::*;

/// The texts that the module of a loss has.
#[allow(dead_code, reason = "the page takes the HTML, and tests the others")]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) formula: &'static str,
    pub(crate) gradients: &'static [(&'static str, &'static str)],
    pub(crate) derivation: &'static str,
    pub(crate) latex: &'static str,
    pub(crate) html: &'static str,
}

macro_rules! gallery {
    ($($loss:ident)*) => {
        &[$(Entry {
            name: stringify!($loss),
            formula: $loss::FORMULA,
            gradients: &$loss::GRADIENTS,
            derivation: $loss::DERIVATION,
            latex: $loss::DERIVATION_LATEX,
            html: $loss::HTML,
        }),*]
    };
}

/// The losses, in the order of the page.
pub(crate) const GALLERY: &[Entry] =
    gallery! { two_layer deep logistic classes factors mixture attention normalised swish operator robust survival };

/// ‖h(X W) A − Y‖²: where this library began, with its derivatives along a direction V of the parameters.
#[loss(jvp, hvp, sample_norms)]
fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    let h = tanh(x * w);
    let e = h * a - y;
    norm_sq(e)
}

/// h(h(h(X W₀) W₁) W₂), as a trace.
#[loss]
fn deep(x: Matrix<N, D>, y: Matrix<N, D>, #[param] w: [Matrix<D, D>; 3]) -> Scalar {
    let mut h = x;
    for l in 0..3 {
        h = tanh(h * w[l]);
    }
    let e = h - y;
    trace(e * e.t())
}

/// Logistic regression with a ridge.
#[loss]
fn logistic(x: Matrix<N, D>, y: Vector<N>, lambda: Scalar, #[param] w: Vector<D>) -> Scalar {
    let z = x * w;
    sum(softplus(z) - hadamard(y, z)) + lambda * norm_sq(w)
}

/// Softmax regression: class indices, and never a one-hot matrix.
#[loss]
fn classes(x: Matrix<N, D>, y: Labels<N, C>, #[param] w: Matrix<D, C>, #[param] b: RowVector<C>) -> Scalar {
    let z = x * w + b;
    mean(cross_entropy(z, y))
}

/// Factors of a matrix of which some elements are known.
#[loss]
fn factors(r: Matrix<N, M>, mask: Matrix<N, M>, #[param] u: Matrix<N, K>, #[param] v: Matrix<M, K>) -> Scalar {
    let e = hadamard(mask, u * v.t() - r);
    norm_sq(e) + 0.1 * (norm_sq(u) + norm_sq(v))
}

/// A mixture of Gaussians with unit variances.
#[loss]
fn mixture(x: Matrix<N, D>, #[param] c: Matrix<K, D>, #[param] l: RowVector<K>) -> Scalar {
    let z = l - 0.5 * squared_distances(x, c);
    -sum(lse_rows(z))
}

/// One head of attention.
#[loss]
fn attention(
    x: Matrix<N, D>,
    t: Matrix<N, M>,
    #[param] q: Matrix<D, K>,
    #[param] k: Matrix<D, K>,
    #[param] v: Matrix<D, M>,
) -> Scalar {
    let s = (x * q) * (x * k).t();
    let p = softmax_rows(s);
    let e = p * (x * v) - t;
    0.5 * norm_sq(e)
}

/// A network whose layer is normalised.
#[loss]
fn normalised(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>) -> Scalar {
    let z = layer_norm(x * w, 0.00001);
    norm_sq(z - y)
}

/// An elementwise function of one's own.
#[loss]
fn swish(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>) -> Scalar {
    let h = |z| z * sigmoid(z);
    norm_sq(h(x * w) - y)
}

/// Each element times the next one, around the row.
#[allow(dead_code, reason = "the page shows its derivation, and evaluates nothing")]
struct Cyclic;

impl RowOperator for Cyclic {
    fn apply<T: Element>(z: &[T], out: &mut [T]) {
        for i in 0..z.len() {
            out[i] = z[i] * z[(i + 1) % z.len()];
        }
    }
    fn jvp<T: Element>(z: &[T], v: &[T], out: &mut [T]) {
        for i in 0..z.len() {
            let next = (i + 1) % z.len();
            out[i] = v[i] * z[next] + z[i] * v[next];
        }
    }
    fn vjp<T: Element>(z: &[T], g: &[T], out: &mut [T]) {
        for i in 0..z.len() {
            let (next, before) = ((i + 1) % z.len(), (i + z.len() - 1) % z.len());
            out[i] = g[i] * z[next] + g[before] * z[before];
        }
    }
}

/// A function that is not elementwise, with its derivative as an operator.
#[loss]
fn operator(x: Matrix<N, D>, y: Matrix<N, K>, #[param] w: Matrix<D, K>) -> Scalar {
    let h = row_operator(Cyclic, x * w);
    norm_sq(h - y)
}

/// Huber's loss, with a kink in its derivative.
#[loss]
fn robust(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>, #[param] b: Scalar) -> Scalar {
    let e = x * w + b - y;
    mean(huber(e, 1.5))
}

/// Cox's partial likelihood: the samples are in the order of their times, the last one first.
#[loss]
fn survival(x: Matrix<N, D>, event: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    let z = x * w;
    dot(event, cumulative_lse(z) - z)
}
