use frobenius::loss;

mod consts {
    pub const K: usize = 3;
}

#[loss]
fn dimensions(x: Matrix<n, D>, y: Matrix<D, consts::K>, z: Vector<-1>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w) + sum(y) + sum(z)
}

fn main() {}
