//! Dimensions of every kind, data in any strides, and what is said when sizes don't fit.

use frobenius::prelude::*;
use frobenius_tests::close;
use ndarray::{Array1, Array2, s};

const HIDDEN: usize = 3;

#[loss]
fn sized<const M: usize>(
    x: Matrix<N, 2>,
    y: Matrix<N, M>,
    #[param] w: Matrix<2, { HIDDEN }>,
    #[param] a: Matrix<{ HIDDEN }, M>,
) -> Scalar {
    norm_sq(tanh(x * w) * a - y)
}

#[loss]
fn named(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    norm_sq(tanh(x * w) * a - y)
}

#[loss]
fn weighted(x: Matrix<N, D>, c: Vector<N>, g: Matrix<D, D>, #[param] w: Vector<D>) -> Scalar {
    let z = x * (g * w);
    sum(hadamard(c, sin(z)))
}

fn filled(rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(i, j)| f64::from(u32::try_from(3 * i + 5 * j + 1).unwrap()).sin())
}

#[test]
fn sizes_may_be_written_generic_computed_or_named() {
    let (x, y) = (filled(9, 2), filled(9, 4));
    let start: Vec<f64> = (0..18u32).map(|i| f64::from(i).cos()).collect();
    let mut fixed = sized::Loss::<f64, 4>::new(sized::Data { x: (&x).into(), y: (&y).into() }).unwrap();
    let data = named::Data { x: (&x).into(), y: (&y).into() };
    let mut free = named::Loss::new(data, named::Sizes { k: HIDDEN }).unwrap();
    let fixed_at = sized::Params::from_vec(fixed.dims(), start.clone()).unwrap();
    let free_at = named::Params::from_vec(free.dims(), start).unwrap();
    let (mut of_fixed, mut of_free) = (fixed.params().unwrap(), free.params().unwrap());
    let values = [
        fixed.value_and_gradient(&fixed_at, &mut of_fixed).unwrap(),
        free.value_and_gradient(&free_at, &mut of_free).unwrap(),
    ];
    assert_eq!(values[0].to_bits(), values[1].to_bits());
    assert_eq!(of_fixed.as_slice(), of_free.as_slice());
    assert_eq!((fixed_at.w().rows(), fixed_at.a().columns()), (2, 4));
}

/// Value and gradient of `weighted` for data that lie in some way.
fn at(x: MatrixRef<'_, f64>, c: VectorRef<'_, f64>, g: MatrixRef<'_, f64>) -> Vec<f64> {
    let mut loss = weighted::Loss::new(weighted::Data { x, c, g }).unwrap();
    let params = weighted::Params::from_vec(loss.dims(), vec![0.3, -0.2, 0.7]).unwrap();
    let mut gradient = loss.params().unwrap();
    let value = loss.value_and_gradient(&params, &mut gradient).unwrap();
    [&[value], gradient.as_slice()].concat()
}

#[test]
fn data_may_lie_in_any_way() {
    // More rows than a block.
    let (x, g) = (filled(1500, 3), filled(3, 3));
    let c = Array1::from_shape_fn(1500, |i| f64::from(u32::try_from(i).unwrap()).cos());
    let expected = at((&x).into(), (&c).into(), (&g).into());
    let check = |found: Vec<f64>| close(&found, &expected, 1e-13).unwrap();

    let (columns, gram) = (x.t().as_standard_layout().into_owned(), g.t().as_standard_layout().into_owned());
    check(at(columns.t().into(), (&c).into(), gram.t().into()));
    check(at(MatrixRef::from(&columns).t(), (&c).into(), MatrixRef::from(&gram).t()));
    check(at(MatrixRef::column_major(columns.as_slice().unwrap(), 1500, 3).unwrap(), (&c).into(), (&g).into()));

    let wide = Array2::from_shape_fn((3000, 7), |(i, j)| if j % 2 == 1 { x[[i / 2, j / 2]] } else { f64::NAN });
    let sparse = Array1::from_shape_fn(4500, |i| if i % 3 == 0 { c[i / 3] } else { f64::NAN });
    check(at(wide.slice(s![..;2, 1..;2]).into(), sparse.slice(s![..;3]).into(), (&g).into()));

    let (upside_down, backwards) = (x.slice(s![..;-1, ..]).into_owned(), c.slice(s![..;-1]).into_owned());
    check(at(upside_down.slice(s![..;-1, ..]).into(), backwards.slice(s![..;-1]).into(), (&g).into()));
}

#[test]
fn a_stride_of_zero_repeats_a_row() {
    let (row, c, g) = ([0.5, -0.25, 1.0], vec![1.0; 100], filled(3, 3));
    let repeated = MatrixRef::strided(&row, (100, 3), (0, 1)).unwrap();
    let whole = row.repeat(100);
    let found = at(repeated, (&c).into(), (&g).into());
    let expected = at(MatrixRef::new(&whole, 100, 3).unwrap(), (&c).into(), (&g).into());
    assert_eq!(found, expected);
}

#[test]
fn nan_and_infinity_reach_the_result() {
    let (mut x, c, g) = (filled(70, 3), vec![1.0; 70], filled(3, 3));
    x[[69, 2]] = f64::NAN;
    assert!(at((&x).into(), (&c).into(), (&g).into()).iter().all(|x| x.is_nan()));
    x[[69, 2]] = f64::INFINITY;
    assert!(at((&x).into(), (&c).into(), (&g).into())[0].is_nan());
}

#[test]
fn no_rows_are_a_sum_of_nothing() {
    let x = Array2::zeros((0, 3));
    assert_eq!(at((&x).into(), (&Vec::new()).into(), (&filled(3, 3)).into()), [0.0; 4]);
}

/// The error of a loss that can't be made.
fn refusal(x: &Array2<f64>, y: &Array2<f64>) -> String {
    let data = named::Data { x: x.into(), y: y.into() };
    named::Loss::new(data, named::Sizes { k: 2 }).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn errors_say_which_argument_and_which_numbers() {
    assert_eq!(refusal(&filled(4, 2), &filled(3, 1)), "`y` is 3 x 1, but `x` has 4 rows: Matrix<N, M> needs 4 x any");
    let (x, y) = (filled(4, 5), filled(4, 1));
    let data = sized::Data::<f64, 1> { x: (&x).into(), y: (&y).into() };
    let error = sized::Loss::new(data).err().unwrap();
    assert_eq!(error.to_string(), "`x` is 4 x 5, but Matrix<N, 2> needs any x 2");
    assert_eq!(format!("{error:?}"), error.to_string());
    let (x, c, g) = (filled(2, 3), [0.0; 2], filled(3, 2));
    let data = weighted::Data { x: (&x).into(), c: (&c).into(), g: (&g).into() };
    let error = weighted::Loss::new(data).err().unwrap().to_string();
    assert_eq!(error, "`g` is 3 x 2, but `x` has 3 columns: Matrix<D, D> needs 3 x 3");
    assert_eq!(
        MatrixRef::new(&[1.0; 5], 2, 3).err().unwrap().to_string(),
        "a slice of 5 elements is not 2 x 3: that needs 6"
    );
    assert_eq!(
        MatrixRef::new(&[1.0; 5], usize::MAX, 3).err().unwrap().to_string(),
        format!("a slice of 5 elements is not {} x 3: that needs more than memory has", usize::MAX)
    );
    assert_eq!(
        MatrixRef::strided(&[1.0; 5], (2, 3), (3, 1)).err().unwrap().to_string(),
        "strides of 3 and 1 for 2 x 3 reach past the end of a slice of 5 elements"
    );
    assert!(MatrixRef::strided(&[1.0; 5], (2, 2), (usize::MAX, usize::MAX)).is_err());
}

#[test]
fn sizes_larger_than_memory_are_errors() {
    let (x, y) = (filled(1, 2), filled(1, 1));
    for k in [usize::MAX, usize::MAX / 2, 1 << 60] {
        let data = named::Data { x: (&x).into(), y: (&y).into() };
        assert!(named::Loss::new(data, named::Sizes { k }).is_err());
        assert!(named::Params::<f32>::zeros(named::Dims { n: 1, d: 2, k, m: 1 }).is_err());
    }
}

#[test]
fn parameters_of_other_sizes_are_errors_and_change_nothing() {
    let (x, y) = (filled(4, 2), filled(4, 1));
    let data = named::Data { x: (&x).into(), y: (&y).into() };
    let mut loss = named::Loss::new(data, named::Sizes { k: 2 }).unwrap();
    let right = loss.params().unwrap();
    let other = named::Params::zeros(named::Dims { k: 3, ..loss.dims() }).unwrap();
    let error = loss.value(&other).err().unwrap().to_string();
    assert_eq!(error, "the parameters have K = 3, but the loss has K = 2");
    let mut gradient = other.clone();
    gradient.as_mut_slice().fill(7.0);
    assert!(loss.gradient(&right, &mut gradient).is_err());
    assert!(gradient.as_slice().iter().all(|x| x.to_bits() == 7.0f64.to_bits()));
    assert!(named::Params::from_vec(loss.dims(), vec![0.0; 5]).is_err());
}
