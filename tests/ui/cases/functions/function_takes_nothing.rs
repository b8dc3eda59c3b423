use frobenius::function;

#[function(stream = N)]
fn half(z: Scalar) -> Scalar {
    z / 2
}

fn main() {}
