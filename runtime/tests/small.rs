//! Small losses that go through all that is unsafe: strides, padding, chunks by several threads, parts of rows, labels. An interpreter
//! that finds undefined behaviour takes seconds for them (`.ci/targets`).

use frobenius::prelude::*;

#[loss(jvp, hvp, line_search, sample_norms, data_gradient(x))]
fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    let e = tanh(x * w) * a - y;
    norm_sq(e) + 0.1 * norm_sq(w)
}

#[loss]
fn passes(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, M>, #[param] b: RowVector<M>) -> Scalar {
    let z = x * w + b;
    let c = z - column_means(z);
    sum(log_cosh(scale_columns(c, rsqrt(column_means(sq(c)) + 0.1)) - y)) + lse(row_sums(z)) + sum(column_max(z))
}

#[loss]
fn rows_of_parameters(x: Matrix<N, M>, #[param] u: Matrix<N, 3>, #[param] v: Matrix<M, 3>) -> Scalar {
    norm_sq(x - u * v.t()) + sum(squared_distances(u, u))
}

#[loss]
fn classes(x: Matrix<N, D>, y: Labels<N, K>, #[param] w: Matrix<D, K>) -> Scalar {
    mean(cross_entropy(x * w, y))
}

#[loss]
fn lines(x: Matrix<D, N>, y: RowVector<N>, #[param] w: Vector<D>) -> Scalar {
    sum(softplus(w.t() * x - y)) + sum(cumsum(y - w.t() * x))
}

// A loss for each family of routines, and for loops that are tables.

#[loss]
fn arranged(x: Matrix<N, D>, #[param] w: Matrix<D, 2>, #[param] u: Vector<N>, #[param] p: Matrix<4, 2>) -> Scalar {
    let z = tanh(x * w);
    sum(sin(concat_rows(z, w)))
        + sum(sin(concat_columns(z, u)))
        + norm_sq(z.columns(1..2) - 1)
        + sum(exp(p.rows(1..3)))
        + norm_sq(differences(z))
        + dot(sin(vec_rows(w)), vec_rows(w))
        + sum(sin(kron(w, w.t())))
        + sum(sin(khatri_rao(w, sin(w))))
}

#[loss]
fn diagonals(x: Matrix<N, D>, #[param] w: Matrix<D, D>, #[param] u: Vector<N>) -> Scalar {
    let k = tanh(x * w * x.t());
    norm_sq(tril(k) - diag(u))
        + sum(sin(triu(k)))
        + norm_sq(diagonal(k) - u)
        + sum(exp(off_diagonal(k))) / 10
        + norm_sq(eye_like(k) + k) / 10
        + sq(trace(k))
        + trace(w)
}

#[loss]
fn looked_up(
    x: Matrix<N, D>,
    y: Labels<N, C>,
    #[param] w: Matrix<D, C>,
    #[param] e: Matrix<C, D>,
    #[param] b: Vector<C>,
) -> Scalar {
    norm_sq(gather(e, y) - x) + sum(sq(gather(b, y))) + sum(sq(pick(x * w, y))) + sum(sq(cross_entropy(x * w, y)))
}

#[loss]
fn extrema(x: Matrix<N, D>, #[param] w: Matrix<D, 2>, #[param] v: Vector<D>) -> Scalar {
    let z = x * w;
    sum(sq(row_max(sin(z))))
        + sum(exp(column_max(z)))
        + sum(sq(lse_columns(z)))
        + exp(largest(x * v))
        + sum(sq(lse_rows(z)))
        + sum(sq(softmax_rows(cos(z))))
        + lse(z)
        + sum(sq(column_max(w)))
        + sum(sq(lse_columns(w)))
}

#[loss]
fn scans(x: Matrix<N, D>, #[param] w: Matrix<D, 2>) -> Scalar {
    sum(sq(cumulative_lse(x * w))) + sum(sq(cumsum(x * w)))
}

#[loss]
fn long(x: Matrix<N, D>, c: Vector<N>, #[param] r: RowVector<D>, #[param] s: Scalar) -> Scalar {
    let mut z = x + r;
    for i in 0..50 {
        z = z / 1.5 + s * r + 0.25 * c;
    }
    norm_sq(row_sums(z) - c) + sum(hadamard(z, x)) + norm_sq(column_sums(z) - r)
}

#[loss]
fn over_time(x: Matrix<N, D>, c: Vector<N>, #[param] s: Scalar, #[param] r: RowVector<D>) -> Scalar {
    let mut h = s;
    let mut m = r;
    let mut l = 0;
    for t in 1..N {
        l += sq(h - c[t]) + dot(m, x[t - 1]);
        h = tanh(h * s) + c[t];
        m = hadamard(m, sin(x[t])) + s * r;
    }
    l + h + sum(m)
}

/// Numbers between -1 and 1.
fn values(count: usize) -> Vec<f64> {
    (0..count).map(|i| f64::from(u32::try_from(i).unwrap()).sin()).collect()
}

/// The gradient of a loss against differences of its values, with its rows as they are and cut into chunks, by two threads.
macro_rules! agree {
    ($name:ident($($data:expr),*; $($sizes:expr),*)) => {{
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        // An interpreter has time for the more difficult one.
        for (chunks, block) in [(3, 2), (1, 100)].into_iter().take(if cfg!(miri) { 1 } else { 2 }) {
            pool.install(|| {
                let make = || $name::Loss::new($($data,)* $($sizes,)*).unwrap();
                let mut loss = frobenius::__rt_0_1::with_cuts(chunks, block, make);
                let (mut params, mut gradient) = (loss.params().unwrap(), loss.params().unwrap());
                let point = values(params.as_slice().len());
                params.as_mut_slice().copy_from_slice(&point);
                loss.value_and_gradient(&params, &mut gradient).unwrap();
                // And for one element.
                for (i, slope) in gradient.as_slice().iter().enumerate().take(if cfg!(miri) { 1 } else { usize::MAX }) {
                    let mut at = |step: f64| {
                        params.as_mut_slice()[i] = point[i] + step;
                        let value = loss.value(&params).unwrap();
                        params.as_mut_slice()[i] = point[i];
                        value
                    };
                    // The step's error is about 1e-10, and that of the difference 1e-11 times the loss.
                    let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
                    assert!((slope - difference).abs() < 1e-6, "{}: {slope}, {difference}", stringify!($name));
                }
            });
        }
    }};
}

#[test]
fn gradients_are_those_of_the_values() {
    let (x, y) = (values(40), values(14));
    // Seven rows of three columns, of a matrix whose rows have five; and of one whose columns stand one after the other.
    let strided = MatrixRef::strided(&x, (7, 3), (5, 1)).unwrap();
    let turned = MatrixRef::strided(&x, (7, 3), (1, 9)).unwrap();
    let targets = MatrixRef::new(&y, 7, 2).unwrap();
    for x in [strided, turned] {
        agree!(two_layer(two_layer::Data { x, y: targets }; two_layer::Sizes { k: 2 }));
        agree!(passes(passes::Data { x, y: targets }; ));
        agree!(rows_of_parameters(rows_of_parameters::Data { x }; ));
        let labels = [2u8, 0, 1, 1, 2, 0, 2];
        agree!(classes(classes::Data { x, y: (&labels).into() }; classes::Sizes { k: 3 }));
        agree!(lines(lines::Data { x: x.t(), y: (&y[..7]).into() }; ));
    }
}

#[test]
fn gradients_of_routines_are_those_of_the_values() {
    let (x, c) = (values(40), values(7));
    let x = MatrixRef::strided(&x, (7, 3), (5, 1)).unwrap();
    agree!(arranged(arranged::Data { x }; ));
    agree!(diagonals(diagonals::Data { x }; ));
    let labels = [2u8, 0, 1, 1, 2, 0, 2];
    agree!(looked_up(looked_up::Data { x, y: (&labels).into() }; looked_up::Sizes { c: 3 }));
    agree!(extrema(extrema::Data { x }; ));
    agree!(scans(scans::Data { x }; ));
    agree!(long(long::Data { x, c: (&c).into() }; ));
    agree!(over_time(over_time::Data { x, c: (&c).into() }; ));
}

/// Rows in f32 are padded to other sizes than in f64.
#[test]
fn single_precision_agrees_with_double_precision() {
    fn at<T: Element>() -> Vec<f64> {
        let of = |count: usize| values(count).into_iter().map(T::from_f64).collect::<Vec<T>>();
        let (x, y) = (of(21), of(14));
        let data = two_layer::Data { x: MatrixRef::new(&x, 7, 3).unwrap(), y: MatrixRef::new(&y, 7, 2).unwrap() };
        let make = || two_layer::Loss::<T>::new(data, two_layer::Sizes { k: 2 });
        let mut loss = frobenius::__rt_0_1::with_cuts(3, 2, make).unwrap();
        let params = two_layer::Params::from_vec(loss.dims(), of(10)).unwrap();
        let mut gradient = loss.params().unwrap();
        let value = loss.value_and_gradient(&params, &mut gradient).unwrap();
        gradient.as_slice().iter().map(|x| x.to_f64()).chain([value]).collect()
    }
    for (single, double) in at::<f32>().into_iter().zip(at::<f64>()) {
        assert!((single - double).abs() < 1e-5, "{single}, {double}");
    }
}

#[test]
fn derivatives_on_request_agree_with_each_other() {
    let (x, y) = (values(21), values(14));
    let data = two_layer::Data { x: MatrixRef::new(&x, 7, 3).unwrap(), y: MatrixRef::new(&y, 7, 2).unwrap() };
    let mut loss =
        frobenius::__rt_0_1::with_cuts(3, 2, || two_layer::Loss::new(data, two_layer::Sizes { k: 2 })).unwrap();
    let params = two_layer::Params::from_vec(loss.dims(), values(10)).unwrap();
    let (mut gradient, mut product) = (loss.params().unwrap(), loss.params().unwrap());
    let value = loss.value_and_gradient(&params, &mut gradient).unwrap();
    let (same, slope) = loss.jvp(&params, &params).unwrap();
    let along: f64 = gradient.as_slice().iter().zip(params.as_slice()).map(|(g, v)| g * v).sum();
    assert!((value - same).abs() < 1e-12 && (slope - along).abs() < 1e-12);
    let (steps, mut values, mut slopes) = ([0.0, 1e-4, -1e-4], [0.0; 3], [0.0; 3]);
    loss.line_search(&params, &params, &steps, &mut values, &mut slopes).unwrap();
    assert!((values[0] - value).abs() < 1e-12 && (slopes[0] - slope).abs() < 1e-12);
    loss.hvp(&params, &params, &mut product).unwrap();
    let curvature: f64 = product.as_slice().iter().zip(params.as_slice()).map(|(h, v)| h * v).sum();
    assert!((curvature - (slopes[1] - slopes[2]) / 2e-4).abs() < 1e-6);
    assert!(loss.sample_norms(&params).unwrap().iter().all(|norm| norm.is_finite()));
}
