//! Layers in a row: arrays of arguments, and loops over them.

use frobenius::prelude::*;
use frobenius_tests::compare;

compare! {
    by_number
    data { x: matrix, y: vector }
    sizes { "K": 3 }
    fn deep(
        x: Matrix<N, K>,
        y: Vector<N>,
        #[param] w: [Matrix<K, K>; 3],
        #[param] b: [RowVector<K>; 3],
        #[param] s: [Scalar; 2],
        #[param] a: Vector<K>,
    ) -> Scalar {
        let mut h = x;
        for i in 0..=2 {
            h = tanh(h * w[i] + b[i]);
        }
        let mut penalty = 0.1 * norm_sq(a);
        for i in 0..2 {
            for j in 1..2 {
                penalty += s[i] * norm_sq(w[i + j]);
            }
        }
        norm_sq(h * a - y) + penalty
    }
}

#[loss]
fn by_element(x: Matrix<N, 2>, y: [Vector<N>; 2], l: [Labels<N, 3>; 2], #[param] w: [Matrix<2, 2>; 3]) -> Scalar {
    let mut h = x;
    for v in w {
        h += tanh(h * v);
    }
    let mut e = 0;
    for target in y {
        e += norm_sq(h - target);
    }
    e + 0 * size(l[0]) + 0 * size(l[1])
}

#[loss]
fn written_out(
    x: Matrix<N, 2>,
    y: Vector<N>,
    z: Vector<N>,
    #[param] u: Matrix<2, 2>,
    #[param] v: Matrix<2, 2>,
    #[param] w: Matrix<2, 2>,
) -> Scalar {
    let h = x + tanh(x * u);
    let g = h + tanh(h * v);
    let f = g + tanh(g * w);
    norm_sq(f - y) + norm_sq(f - z)
}

const X: [f64; 6] = [0.5, -1.0, 2.0, 0.25, -0.75, 1.5];

#[test]
fn a_loop_is_what_it_is_written_out() {
    let x = MatrixRef::new(&X, 3, 2).unwrap();
    let (y, z) = (VectorRef::from(&X[..3]), VectorRef::from(&X[3..]));
    let l = [Labels::from(&[0u8, 1, 2]), (&[2u32, 1, 0]).into()];
    let flat: Vec<f64> = (0..12).map(|i| f64::from(i).sin()).collect();
    let mut one = by_element::Loss::new(by_element::Data { x, y: [y, z], l }).unwrap();
    let mut other = written_out::Loss::new(written_out::Data { x, y, z }).unwrap();
    let params = by_element::Params::from_vec(one.dims(), flat.clone()).unwrap();
    let mut gradient = one.params().unwrap();
    let value = one.value_and_gradient(&params, &mut gradient).unwrap();
    let params = written_out::Params::from_vec(other.dims(), flat).unwrap();
    let mut expected = other.params().unwrap();
    assert_eq!(value.to_bits(), other.value_and_gradient(&params, &mut expected).unwrap().to_bits());
    assert_eq!(gradient.as_slice(), expected.as_slice());
    assert_eq!(gradient.w(1).unwrap().to_vec(), expected.v().to_vec());
    assert!(gradient.w(3).is_none() && gradient.w_mut(3).is_none());
    let mut params = one.params().unwrap();
    assert!(params.w_mut(2).is_some());
    params.as_mut_slice()[8] = 4.0;
    assert_eq!(params.w(2).unwrap().get(0, 0), Some(4.0));
}

#[test]
fn elements_have_their_own_names_and_errors() {
    let names: Vec<&str> = by_element::GRADIENTS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["w[0]", "w[1]", "w[2]"]);
    assert!(by_element::FORMULA.contains("tanh(X W[0])"), "{}", by_element::FORMULA);
    let x = MatrixRef::new(&X, 3, 2).unwrap();
    let (y, z) = (VectorRef::from(&X[..3]), VectorRef::from(&X[..2]));
    let l = [Labels::from(&[0u8, 1, 2]), (&[2u32, 1, 3]).into()];
    let error = by_element::Loss::new(by_element::Data { x, y: [y, z], l }).err().unwrap().to_string();
    assert_eq!(error, "`y[1]` is 2 x 1, but `x` has 3 rows: Vector<N> needs 3 x 1");
    let error = by_element::Loss::new(by_element::Data { x, y: [y, y], l }).err().unwrap().to_string();
    assert_eq!(error, "label 3 in row 2 of `l[1]`: labels of Labels<N, 3> are 0 to 2");
}

#[loss]
fn captured(
    x: Matrix<N, 2>,
    y: Vector<N>,
    gap: [Vector<N>; 3],
    #[param] w: Vector<2>,
    #[param] s: [Scalar; 2],
) -> Scalar {
    let h = x * w;
    let bent = |w| w * s[0] + s[1];
    let h = tanh(bent(h));
    norm_sq(h - y - gap[1])
}

#[loss]
fn told_apart(
    x: Matrix<N, 2>,
    y: Vector<N>,
    g: Vector<N>,
    #[param] w: Vector<2>,
    #[param] a: Scalar,
    #[param] b: Scalar,
) -> Scalar {
    let z = x * w;
    let h = tanh(z * a + b);
    norm_sq(h - y - g)
}

/// A closure names elements of an array, names hide others, and elements of data are left out.
#[test]
fn names_are_those_of_rust() {
    let x = MatrixRef::new(&X, 3, 2).unwrap();
    let (y, g) = (VectorRef::from(&X[..3]), VectorRef::from(&X[3..]));
    let mut one = captured::Loss::new(captured::Data { x, y, gap: [y, g, y] }).unwrap();
    let mut other = told_apart::Loss::new(told_apart::Data { x, y, g }).unwrap();
    let flat = vec![0.5, -0.25, 1.5, -2.0];
    let params = captured::Params::from_vec(one.dims(), flat.clone()).unwrap();
    let mut gradient = one.params().unwrap();
    let value = one.value_and_gradient(&params, &mut gradient).unwrap();
    let params = told_apart::Params::from_vec(other.dims(), flat).unwrap();
    let mut expected = other.params().unwrap();
    assert_eq!(value.to_bits(), other.value_and_gradient(&params, &mut expected).unwrap().to_bits());
    assert_eq!(gradient.as_slice(), expected.as_slice());
    assert!(captured::FORMULA.contains("h₁ = tanh("), "{}", captured::FORMULA);
    let short = VectorRef::from(&X[..2]);
    let error = captured::Loss::new(captured::Data { x, y, gap: [short, g, y] }).err().unwrap().to_string();
    assert_eq!(error, "`gap[0]` is 2 x 1, but `x` has 3 rows: Vector<N> needs 3 x 1");
}
