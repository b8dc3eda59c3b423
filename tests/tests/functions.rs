//! Functions of the user's own, against their definitions.

use frobenius_tests::compare;

compare! {
    closures
    data { x: matrix, y: vector, s: scalar }
    sizes { "D": 5 }
    fn of_each_element(x: Matrix<N, D>, y: Vector<N>, s: Scalar, #[param] w: Vector<D>, #[param] b: Scalar) -> Scalar {
        let h = |z| z * sigmoid(z);
        let blend = |a, c| {
            let gate = sigmoid(s * c);
            a * gate + c * (1 - gate) / 2
        };
        let bowl = |e| sqrt(1 + e * e) - 1;
        sum(bowl(blend(h(x * w + b), y))) + h(b)
    }
}

/// Used before it is defined, as any item may be.
#[frobenius::loss(with(gate, smooth))]
fn shared(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>, #[param] b: Scalar) -> Scalar {
    sum(smooth(gate(x * w + b, 2) - y)) + gate(b, 1)
}

/// z σ(s z)
#[frobenius::function]
pub fn gate(z: Scalar, s: Scalar) -> Scalar {
    let open = sigmoid(s * z);
    z * open
}

#[frobenius::function]
fn smooth(e: Scalar) -> Scalar {
    sqrt(1 + e * e) - 1
}

/// Functions as closures.
#[frobenius::loss]
fn alone(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>, #[param] b: Scalar) -> Scalar {
    let gate = |z, s| z * sigmoid(s * z);
    let smooth = |e| sqrt(1 + e * e) - 1;
    sum(smooth(gate(x * w + b, 2) - y)) + gate(b, 1)
}

mod helpers {
    /// A helper of matrices: its dimensions stand for any sizes.
    #[frobenius::function]
    pub(super) fn ridge(w: Matrix<R, C>, l: Scalar) -> Scalar {
        let scaled = l * w;
        0.5 * dot(scaled, w)
    }

    #[frobenius::function]
    pub(super) fn affine(x: Matrix<N, D>, w: Matrix<D, K>, b: RowVector<K>) -> Matrix<N, K> {
        x * w + b
    }

    #[frobenius::function]
    pub(super) fn count(y: Labels<N, C>) -> Scalar {
        size(y)
    }
}

mod runtime {
    pub(crate) use ::frobenius as renamed;
}

#[frobenius::loss(crate = self::runtime::renamed, with(helpers::ridge, self::helpers::affine, helpers::count), stream = N)]
fn of_matrices(
    x: Matrix<N, D>,
    y: Labels<N, 3>,
    #[param] w: Matrix<D, 2>,
    #[param] b: RowVector<2>,
    #[param] a: Vector<2>,
) -> Scalar {
    let h = tanh(affine(x, w, b));
    norm_sq(h * a) / count(y) + ridge(w, 0.1) + ridge(a, 0.1)
}

#[frobenius::loss]
fn written_out(x: Matrix<N, D>, #[param] w: Matrix<D, 2>, #[param] b: RowVector<2>, #[param] a: Vector<2>) -> Scalar {
    let h = tanh(x * w + b);
    norm_sq(h * a) / size(h) * 2 + 0.5 * 0.1 * (norm_sq(w) + norm_sq(a))
}

const X: [f64; 6] = [0.5, -1.0, 2.0, 0.25, -0.75, 1.5];

#[test]
fn shared_functions_are_what_closures_are() {
    let x = frobenius::MatrixRef::new(&X, 3, 2).unwrap();
    let y = frobenius::VectorRef::from(&X[..3]);
    let flat = vec![0.3, -0.2, 0.1];
    let mut one = shared::Loss::new(shared::Data { x, y }).unwrap();
    let mut other = alone::Loss::new(alone::Data { x, y }).unwrap();
    let params = shared::Params::from_vec(one.dims(), flat.clone()).unwrap();
    let mut gradient = one.params().unwrap();
    let value = one.value_and_gradient(&params, &mut gradient).unwrap();
    let params = alone::Params::from_vec(other.dims(), flat).unwrap();
    let mut expected = other.params().unwrap();
    assert_eq!(value.to_bits(), other.value_and_gradient(&params, &mut expected).unwrap().to_bits());
    assert_eq!(gradient.as_slice(), expected.as_slice());
    assert_eq!(shared::FORMULA, alone::FORMULA);
}

#[test]
fn functions_of_matrices_are_written_out() {
    let x = frobenius::MatrixRef::new(&X, 3, 2).unwrap();
    let flat = vec![0.3, -0.2, 0.1, 0.7, -0.4, 0.2, 0.9, -0.6];
    let mut one = of_matrices::Loss::new(of_matrices::Data { x, y: (&[0u8, 2, 1]).into() }).unwrap();
    let mut other = written_out::Loss::new(written_out::Data { x }).unwrap();
    let params = of_matrices::Params::from_vec(one.dims(), flat.clone()).unwrap();
    let mut gradient = one.params().unwrap();
    let value = one.value_and_gradient(&params, &mut gradient).unwrap();
    let params = written_out::Params::from_vec(other.dims(), flat).unwrap();
    let mut expected = other.params().unwrap();
    let wanted = other.value_and_gradient(&params, &mut expected).unwrap();
    // The two order their products differently: a few roundings.
    frobenius_tests::close(&[value], &[wanted], 1e-14).unwrap();
    frobenius_tests::close(gradient.as_slice(), expected.as_slice(), 1e-14).unwrap();
}

/// The sizes of a function are those that its arguments have where it is called, also one with the name of a constant.
#[frobenius::function]
fn mean_square(e: Matrix<R, E>) -> Scalar {
    norm_sq(e + zeros(R, E)) / (R * E)
}

#[frobenius::loss(with(mean_square))]
fn averaged(x: Matrix<R, D>, #[param] w: Matrix<D, 2>) -> Scalar {
    mean_square(x * w) + mean_square(w.t()) + R
}

#[test]
fn sizes_of_functions_are_those_of_the_call() -> Result<(), frobenius::Error> {
    let x = [1.0f64, 2.0, 3.0];
    let x = frobenius::MatrixRef::new(&x, 3, 1)?;
    let mut loss = averaged::Loss::new(averaged::Data { x })?;
    let w = averaged::Params::from_vec(loss.dims(), vec![1.0, -2.0])?;
    // 14 · 5 of 6 elements, 5 of 2 elements, 3 rows.
    let value = loss.value(&w)?;
    assert!((value - (70.0 / 6.0 + 2.5 + 3.0)).abs() < 1e-12, "{value}");
    Ok(())
}
