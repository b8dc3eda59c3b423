use frobenius::loss;

#[loss]
fn choice(x: Matrix<N, D>, s: Scalar, #[param] w: Vector<D>) -> Scalar {
    let e = x * w;
    let h = if s > 0 { e } else { -e };
    match s {
        0 => 1.0,
        _ => sum(h),
    }
}

fn main() {}
