//! `#[loss(bench)]`: what is measured is the same loss, fused and not.

use frobenius::prelude::*;

#[loss(bench)]
fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    norm_sq(tanh(x * w) * a - y) + 0.1 * norm_sq(w)
}

#[loss(bench)]
fn several_passes(x: Matrix<N, D>, y: Labels<N, C>, #[param] w: Matrix<D, C>, #[param] b: RowVector<C>) -> Scalar {
    let z = x * w + b;
    let c = z - column_means(z);
    mean(cross_entropy(scale_columns(c, rsqrt(column_means(sq(c)) + 0.1)), y)) + 0.01 * lse(row_sums(z))
}

#[loss(bench)]
fn of_one_number(#[param] s: Scalar, t: Scalar) -> Scalar {
    sq(s - t) * exp(s)
}

fn values(count: usize) -> Vec<f64> {
    (0..count).map(|i| f64::from(u32::try_from(i * 7919 % 1009).unwrap()) / 1009.0 - 0.5).collect()
}

macro_rules! assert_measured {
    ($loss:ident, $($made:expr),*) => {{
        let mut loss = $loss::Loss::new($($made),*).unwrap();
        let mut params = loss.params().unwrap();
        let count = params.as_slice().len();
        params.as_mut_slice().copy_from_slice(&values(count));
        let report = loss.bench(&params).unwrap();
        assert!(report.time > 0.0 && report.unfused > 0.0 && report.bound() > 0.0, "{report}");
        assert!(report.difference < 1e-12, "{report}");
        assert_eq!((report.name, report.element), (stringify!($loss), "f64"));
    }};
}

#[test]
fn the_unfused_reference_computes_the_same() {
    let (n, d, m) = (70, 7, 5);
    let (x, y) = (values(n * d), values(n * m));
    let x = MatrixRef::new(&x, n, d).unwrap();
    let data = two_layer::Data { x, y: MatrixRef::new(&y, n, m).unwrap() };
    assert_measured!(two_layer, data, two_layer::Sizes { k: 6 });
    let labels: Vec<u8> = (0..70).map(|i| i % 5).collect();
    let data = several_passes::Data { x, y: (&labels).into() };
    assert_measured!(several_passes, data, several_passes::Sizes { c: m });
    assert_measured!(of_one_number, of_one_number::Data { t: 0.7 });
}
