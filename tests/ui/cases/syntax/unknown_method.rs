use frobenius::loss;

#[loss]
fn methods(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    let h = (x * w).tanh();
    let g = x.transpose() * y.clone();
    let p = (h - y).powi(2);
    p.sum() + h.dot(y) + g.nrom_sq() + w.foo() + x.t(1)
}

fn main() {}
