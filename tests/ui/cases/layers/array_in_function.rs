use frobenius::function;

#[function]
fn chain(x: Matrix<N, K>, w: [Matrix<K, K>; 3]) -> Matrix<N, K> {
    x * w[0] * w[1] * w[2]
}

fn main() {}
