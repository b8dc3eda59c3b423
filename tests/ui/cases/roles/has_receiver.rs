use frobenius::loss;

struct Model;

impl Model {
    #[loss]
    fn squared(&self, x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
        norm_sq(x * w)
    }
}

fn main() {
    let _ = Model;
}
