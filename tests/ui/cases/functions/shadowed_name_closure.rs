use frobenius::loss;

#[loss]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    let h = |x| x * tanh(x);
    let w = |z| z + 1;
    let g = |z| z + 1;
    let g = |z| z + 2;
    let k = |z| {
        let z = z + 1;
        z * z
    };
    let N = |a, a| a;
    norm_sq(k(g(h(x * w)))) + sum(N(x, 1))
}

fn main() {}
