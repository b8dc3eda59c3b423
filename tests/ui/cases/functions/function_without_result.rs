use frobenius::function;

#[function]
fn half(z: Scalar) {
    z / 2
}

#[function]
fn third(z: Scalar) -> f64 {
    z / 3;
}

#[function]
struct Fourth;

fn main() {}
