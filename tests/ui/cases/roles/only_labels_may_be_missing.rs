use frobenius::loss;

#[loss]
fn data(x: Option<Matrix<N, D>>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w)
}

#[loss]
fn parameter(x: Matrix<N, D>, #[param] w: Vector<D>, #[param] b: Option<Scalar>) -> Scalar {
    norm_sq(x * w + b)
}

#[loss]
fn twice(y: Option<Option<Labels<N, 3>>>, #[param] z: Matrix<N, 3>) -> Scalar {
    sum(cross_entropy(z, y))
}

#[loss]
fn nothing(y: Option, #[param] z: Matrix<N, 3>) -> Scalar {
    sum(cross_entropy(z, y))
}

#[loss]
fn classes(y: Option<Labels<N>>, #[param] z: Matrix<N, 3>) -> Scalar {
    sum(cross_entropy(z, y))
}

#[loss]
fn differentiated(x: Vector<N>, #[param] y: Option<Labels<N, 10>>, #[param] b: Scalar) -> Scalar {
    sum(x) * b + size(y)
}

#[loss]
fn numbers(y: Option<Labels<N, 3>>, #[param] z: Matrix<N, 3>) -> Scalar {
    sum(z) + sum(y)
}

#[loss]
fn computed(y: Option<Labels<N, 3>>, #[param] z: Matrix<N, 3>) -> Scalar {
    let known: Option<Labels<N, 3>> = y;
    sum(cross_entropy(z, known))
}

fn main() {}
