use frobenius::loss;

#[loss]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    let h = |left, right| lefft * right;
    let g = |a| {
        let b = c + a;
        let c = a;
        b * c
    };
    norm_sq(h(g(x * w), 2))
}

fn main() {}
