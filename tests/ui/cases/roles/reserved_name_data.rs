use frobenius::loss;

#[loss(data_gradient(shapes, x, x_mut))]
fn hidden(x: Matrix<N, D>, x_mut: Matrix<N, D>, shapes: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    norm_sq((x + x_mut) * w - shapes)
}

fn main() {}
