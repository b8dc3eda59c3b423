use frobenius::loss;

#[loss]
fn generic<'a, T: Copy, const K: u32>(x: Matrix<N, K>, #[param] w: Vector<K>) -> Scalar
where
    T: Send,
{
    norm_sq(x * w)
}

fn main() {}
