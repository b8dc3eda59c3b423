//! The forward algorithm of a hidden Markov model, in logarithms, whose steps are written out.

use frobenius::prelude::*;

#[loss]
fn forward(y: [RowVector<S>; 8], #[param] t: Matrix<S, S>, #[param] p: RowVector<S>) -> Scalar {
    let mut h = p + y[0];
    for i in 1..8 {
        h = lse_rows(log_softmax_rows(t).t() + h).t() + y[i];
    }
    -lse(h)
}

fn main() -> Result<(), Error> {
    let s = 5;
    let of = |i: usize| (0..s).map(|j| ((i * 7 + j * 3) % 11) as f64 / 5.0 - 1.0).collect::<Vec<f64>>();
    let y: Vec<_> = (0..8).map(of).collect();
    let data = forward::Data { y: std::array::from_fn(|i| (&y[i]).into()) };
    let mut loss = forward::Loss::new(data)?;
    let mut p = loss.params()?;
    for (i, x) in p.as_mut_slice().iter_mut().enumerate() {
        *x = (i as f64).sin();
    }
    let mut g = loss.params()?;
    println!("{}", loss.value_and_gradient(&p, &mut g)?);
    Ok(())
}
