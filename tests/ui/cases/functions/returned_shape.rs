use frobenius::function;

#[function]
fn column(x: Matrix<N, D>, w: Vector<D>, s: Scalar) -> Matrix<N, D> {
    let unused = x;
    x * w
}

#[function]
fn wrong(x: Matrix<N, D>, w: Matrix<K, D>) -> Matrix<N, K> {
    x * w
}

fn main() {}
