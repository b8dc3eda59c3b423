use frobenius::loss;

#[loss(outputs = z)]
fn not_a_list(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
    let z = x * w;
    norm_sq(z)
}

// Mistakes beside an output leave its types as they are.
#[loss(outputs(z, size))]
fn elsewhere(x: Matrix<N, D>, y: Vector<M>, #[param] w: Vector<D>) -> Scalar {
    let z = x * w;
    let size = norm(w);
    norm_sq(z - y)
}

fn main() -> Result<(), frobenius::Error> {
    let x = [[1.0f64, 2.0]];
    let params = elsewhere::Params::zeros(elsewhere::ParamDims { d: 2 })?;
    let z: Vec<f64> = elsewhere::z(elsewhere::z::Data { x: (&x).into() }, &params)?;
    let size: f64 = elsewhere::size(&params)?;
    println!("{z:?} {size}");
    Ok(())
}
