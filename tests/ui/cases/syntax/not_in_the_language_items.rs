use frobenius::loss;

#[loss]
fn items(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    fn helper() {}
    println!("{}", 1);
    #[allow(unused)]
    let e = unsafe { x * w };
    let s = { 1.0 };
    let t = "text";
    let pi = std::f64::consts::PI;
    while true {
        break;
    }
    return sum(e) + s + t + pi;
}

fn main() {}
