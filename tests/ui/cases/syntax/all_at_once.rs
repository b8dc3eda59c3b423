use frobenius::loss;

#[loss]
fn first(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<K>, #[parm] b: Scaler) -> Scalar {
    let h = thna(x * w);
    let g = x * y;
    norm_sq(h - g) + trace(x) + lambda
}

#[loss]
fn second(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w) + 1
}

// Code that uses a loss with mistakes gets no errors of its own from them, and keeps those that it has.
fn main() -> Result<(), frobenius::Error> {
    let x = [1.0, 2.0];
    let data = second::Data { x: frobenius::MatrixRef::new(&x, 1, 2)? };
    let mut loss = second::Loss::new(data)?;
    let params = loss.params()?;
    let _: f64 = loss.value(&params)?;

    let data = first::Data {
        x: frobenius::MatrixRef::new(&x, 1, 2)?,
        y: frobenius::VectorRef::from(&x),
    };
    let mut loss = first::Loss::new(data, first::Sizes { k: 2 })?;
    let mut gradient = loss.params()?;
    let params = first::Params::zeros(loss.dims())?;
    let _: f64 = loss.value_and_gradient(&params, &mut gradient)?;
    Ok(())
}
