//! Class indices as data: their length and their range are checked when the loss is made.

use frobenius::prelude::*;

/// A loss that uses only the number of labels.
#[loss]
fn fixed(x: Matrix<N, D>, y: Labels<N, 3>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w) / size(y)
}

/// The number of classes is in no argument but the labels.
#[loss]
fn given(y: Labels<N, C>, #[param] w: Scalar) -> Scalar {
    w * size(y)
}

/// The number of classes is that of another argument's columns.
#[loss]
fn inferred(y: Labels<N, C>, z: Matrix<N, C>, #[param] w: Scalar) -> Scalar {
    w * norm_sq(z) + size(y)
}

#[test]
fn labels_are_borrowed_integers_of_any_width() {
    let x = [1.0f32, 2.0, 3.0, 4.0];
    let x = MatrixRef::new(&x, 2, 2).unwrap();
    for y in [Labels::from(&[2u8, 0]), (&vec![2u16, 0]).into(), (&[2usize, 0]).into(), (&[2i64, 0]).into()] {
        let mut loss = fixed::Loss::new(fixed::Data { x, y }).unwrap();
        let params = fixed::Params::from_vec(loss.dims(), vec![1.0, 1.0]).unwrap();
        assert_eq!(loss.value(&params).unwrap().to_bits(), 29.0f64.to_bits());
    }
}

#[test]
fn labels_fit_the_samples_and_the_classes() {
    let x = [1.0, 2.0, 3.0, 4.0];
    let x = MatrixRef::new(&x, 2, 2).unwrap();
    let error = |y| fixed::Loss::<f64>::new(fixed::Data { x, y }).err().unwrap().to_string();
    assert_eq!(error((&[0u8]).into()), "`y` is 1 x 1, but `x` has 2 rows: Labels<N, 3> needs 2 x 1");
    assert_eq!(error((&[0u8, 3]).into()), "label 3 in row 1 of `y`: labels of Labels<N, 3> are 0 to 2");
    assert_eq!(error((&[-1i32, 3]).into()), "label -1 in row 0 of `y`: labels of Labels<N, 3> are 0 to 2");
}

#[test]
fn the_number_of_classes_comes_from_elsewhere() {
    let y = [4u32, 0, 1];
    let data = given::Data { y: (&y).into() };
    assert!(given::Loss::<f64>::new(data, given::Sizes { c: 5 }).is_ok());
    let error = given::Loss::<f64>::new(data, given::Sizes { c: 4 }).err().unwrap();
    assert_eq!(error.to_string(), "label 4 in row 0 of `y`: labels of Labels<N, C> are 0 to 3");

    let z = [0.5f64; 15];
    let data = |columns| inferred::Data { y: (&y).into(), z: MatrixRef::new(&z[..3 * columns], 3, columns).unwrap() };
    assert_eq!(inferred::Loss::new(data(5)).unwrap().dims(), inferred::Dims { n: 3, c: 5 });
    assert!(inferred::Loss::new(data(4)).is_err());
}
