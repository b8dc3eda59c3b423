//! README's first example.

use frobenius::prelude::*;

/// Squared error of a network with one hidden layer.
#[loss]
fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    let e = tanh(x * w) * a - y;
    norm_sq(e)
}

fn main() -> Result<(), frobenius::Error> {
    // Four samples of two features, and one target each, a row after the other.
    let x = [0.0f32, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0];
    let y = [0.0f32, 1.0, 1.0, 0.0];
    let data = two_layer::Data { x: MatrixRef::new(&x, 4, 2)?, y: MatrixRef::new(&y, 4, 1)? };

    // All shapes are checked and all buffers made here; K is in no data argument, so it is given.
    let mut loss = two_layer::Loss::new(data, two_layer::Sizes { k: 3 })?;
    let mut params = loss.params()?;
    let mut gradient = loss.params()?;
    for (i, p) in params.as_mut_slice().iter_mut().enumerate() {
        *p = (i as f32).sin();
    }

    let before = loss.value_and_gradient(&params, &mut gradient)?;
    for (p, g) in params.as_mut_slice().iter_mut().zip(gradient.as_slice()) {
        *p -= 0.01 * g;
    }
    assert!(loss.value(&params)? < before);

    assert_eq!(two_layer::FORMULA, "‖E‖²  where H = tanh(X W), E = H A − Y");
    assert_eq!(two_layer::GRADIENTS[1].1, "2 Hᵀ E  where H = tanh(X W), E = H A − Y");
    Ok(())
}
