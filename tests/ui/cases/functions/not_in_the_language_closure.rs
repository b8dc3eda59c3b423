use frobenius::loss;

#[loss]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    let h = move |z| z;
    let (g, k) = |z: &f64, (a, b)| if z > a { z } else { b };
    let n = |z| {
        return z;
    };
    norm_sq(h(x * w)) + sum(g(k(x))) + sum(n(x))
}

fn main() {}
