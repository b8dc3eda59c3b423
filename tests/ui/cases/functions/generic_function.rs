use frobenius::function;

#[function]
fn half<const K: usize>(z: Vector<K>) -> Vector<K> {
    z / 2
}

#[function]
async fn third<T>(&self, z: Scalar) -> Scalar
where
    T: Copy,
{
    z / 3
}

fn main() {}
