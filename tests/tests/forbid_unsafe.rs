//! The expansion is safe code, and finds the runtime under another name.
#![forbid(unsafe_code)]
#![deny(warnings)]

mod renamed {
    pub(crate) use ::frobenius as matrices;
}

/// Documented, so that `missing_docs` has nothing to say either.
#[frobenius::loss(crate = crate::renamed::matrices)]
fn squared(x: Matrix<N, 3>, #[param] w: Matrix<3, { 1 + 1 }>) -> Scalar {
    norm_sq(x * w)
}

#[test]
fn a_loss_through_a_re_export_works() {
    let x = [1.0f64, 2.0, 3.0];
    let data = squared::Data { x: frobenius::MatrixRef::new(&x, 1, 3).unwrap() };
    let mut loss = squared::Loss::new(data).unwrap();
    let params = squared::Params::from_vec(loss.dims(), vec![1.0; 6]).unwrap();
    assert_eq!(loss.value(&params).unwrap().to_bits(), 72.0f64.to_bits());
}
