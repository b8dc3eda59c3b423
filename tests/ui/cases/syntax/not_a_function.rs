use frobenius::loss;

#[loss]
struct Squared {
    x: f64,
}

fn main() {
    let _ = Squared { x: 1.0 }.x;
}
