use frobenius::prelude::*;

#[loss]
fn two_layer(
    x: Matrix<N, D>,
    y: Matrix<N, M>,
    #[param] w: Matrix<D, K>,
    #[param] a: Matrix<K, M>,
) -> Scalar {
    let e = tanh(x * w) * a - y;
    norm_sq(e)
}

#[test]
fn it_works() {
    println!("{} {:?}", two_layer::FORMULA, two_layer::GRADIENTS);
    let (n, d, k, m) = (7, 3, 2, 2);
    let x: Vec<f64> = (0..n * d).map(|i| (i as f64).sin()).collect();
    let y: Vec<f64> = (0..n * m).map(|i| (i as f64).cos()).collect();
    let data = two_layer::Data { x: MatrixRef::new(&x, n, d).unwrap(), y: MatrixRef::new(&y, n, m).unwrap() };
    let mut loss = two_layer::Loss::new(data, two_layer::Sizes { k }).unwrap();
    let mut p = loss.params().unwrap();
    for (i, v) in p.as_mut_slice().iter_mut().enumerate() {
        *v = (i as f64 * 0.7).cos();
    }
    let mut g = loss.params().unwrap();
    let v = loss.value_and_gradient(&p, &mut g).unwrap();
    println!("{v} {:?}", g.as_slice());
    for i in 0..p.as_slice().len() {
        let mut q = p.clone();
        q.as_mut_slice()[i] += 1e-6;
        let up = loss.value(&q).unwrap();
        q.as_mut_slice()[i] -= 2e-6;
        let down = loss.value(&q).unwrap();
        let numeric = (up - down) / 2e-6;
        assert!((numeric - g.as_slice()[i]).abs() < 1e-6, "{i}: {numeric} {}", g.as_slice()[i]);
    }
}
