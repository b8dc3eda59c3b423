use frobenius::{MatrixRef, loss};

#[loss]
fn f(x: Matrix<N, D>, y: Vector<N>, s: Scalar, l: Labels<N, D>, #[param] w: Vector<D>) -> Scalar {
    s * norm_sq(x * w - y) + sum(pick(x, l))
}

fn main() {
    let rows = vec![vec![1.0, 2.0], vec![3.0, 4.0]];
    let flat = vec![1.0, 2.0];
    let words = vec!["one", "two"];
    let classes = [0_usize, 1];
    let _ = f::Data { x: (&rows).into(), y: (&flat).into(), s: 1.0, l: (&classes).into() };
    let _ = f::Data { x: (&flat).into(), y: (&flat).into(), s: 1.0, l: (&classes).into() };
    let _ = f::Data { x: (&[[1.0, 2.0], [3.0, 4.0]]).into(), y: (&rows).into(), s: 1.0, l: (&classes).into() };
    let _ = f::Data { x: (&[[1.0, 2.0], [3.0, 4.0]]).into(), y: (&flat).into(), s: 1.0, l: (&flat).into() };
    let data = f::Data {
        x: MatrixRef::new(&words, 1, 2).unwrap(),
        y: (&words).into(),
        s: "one",
        l: (&classes).into(),
    };
    let _ = f::Loss::new(data);
}
