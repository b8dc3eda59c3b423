//! Value and gradient have the same bits, whatever the number of threads.

use frobenius::prelude::*;

#[loss]
fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    norm_sq(tanh(x * w) * a - y) + 0.1 * norm_sq(w)
}

#[loss]
fn several_passes(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, M>, #[param] b: RowVector<M>) -> Scalar {
    let z = x * w + b;
    let c = z - column_means(z);
    sum(log_cosh(scale_columns(c, rsqrt(column_means(sq(c)) + 0.1)) - y)) + lse(row_sums(z)) + sum(lse_columns(z))
}

#[loss]
fn maxima(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, M>) -> Scalar {
    sum(column_max(x * w - y)) + dot(y, cumulative_lse(x * w))
}

#[loss]
fn rows_of_parameters(x: Matrix<N, M>, y: Matrix<N, M>, #[param] u: Matrix<N, 3>, #[param] v: Matrix<M, 3>) -> Scalar {
    norm_sq(hadamard(x, u * v.t() - y)) + 0.1 * norm_sq(u)
}

#[loss]
fn column_samples(x: Matrix<D, N>, y: Matrix<M, N>, #[param] w: Matrix<M, D>) -> Scalar {
    sum(log_cosh(w * x - y))
}

#[loss(jvp, hvp, line_search, sample_norms, ggn = e, data_gradient(x))]
fn beyond(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, M>, #[param] b: RowVector<M>) -> Scalar {
    let e = tanh(x * w + b) - y;
    norm_sq(e) + 0.1 * norm_sq(w)
}

/// Values of a linear congruence in (-0.5, 0.5).
fn values(count: usize, seed: u32) -> Vec<f64> {
    let mut state = seed;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state) / f64::from(u32::MAX) - 0.5
    };
    (0..count).map(next).collect()
}

/// Value and gradient as bits, and the bytes of the workspace, by this many threads.
type Result = (Vec<u64>, usize);

/// Asserts that 1, 2, 3 and 5 threads give the same bits; and that several have indeed been at work: each has blocks of its
/// own.
fn assert_same(name: &str, evaluate: impl Fn() -> Result + Sync) {
    let by = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(&evaluate)
    };
    let (one, least) = by(1);
    for threads in [2, 3, 5] {
        let (bits, bytes) = by(threads);
        assert!(bits == one, "{name}: {threads} threads");
        assert!(bytes > least, "{name}: {bytes} bytes for {threads} threads, {least} for one");
    }
    assert!(evaluate().0 == one, "{name}: as many threads as the machine has");
}

/// Evaluates a loss of data that its arguments to `new` are of.
macro_rules! evaluate {
    ($loss:ident, $($made:expr),*) => {
        || {
            let mut loss = $loss::Loss::new($($made),*).unwrap();
            let mut params = loss.params().unwrap();
            let count = params.as_slice().len();
            params.as_mut_slice().copy_from_slice(&values(count, 3));
            let mut gradient = loss.params().unwrap();
            let both = loss.value_and_gradient(&params, &mut gradient).unwrap();
            let value = loss.value(&params).unwrap();
            assert!((value - both).abs() <= 1e-12 * value.abs());
            let bits = gradient.as_slice().iter().chain([&both, &value]).map(|x| x.to_bits()).collect();
            (bits, loss.workspace_bytes())
        }
    };
}

#[test]
fn the_bits_are_those_of_one_thread() {
    let (n, d, m, k) = (50_003, 7, 5, 11);
    let (x, y) = (values(n * d, 1), values(n * m, 2));
    let (x, y) = (MatrixRef::new(&x, n, d).unwrap(), MatrixRef::new(&y, n, m).unwrap());
    assert_same("two layers", evaluate!(two_layer, two_layer::Data { x, y }, two_layer::Sizes { k }));
    assert_same("several passes", evaluate!(several_passes, several_passes::Data { x, y }));
    assert_same("maxima", evaluate!(maxima, maxima::Data { x, y }));
    let data = rows_of_parameters::Data { x: y, y };
    assert_same("rows of parameters", evaluate!(rows_of_parameters, data));
    let data = column_samples::Data { x: x.t(), y: y.t() };
    assert_same("column samples", evaluate!(column_samples, data));
}

#[test]
fn the_bits_of_derivatives_on_request_are_those_of_one_thread() {
    let (n, d, m) = (50_003, 7, 5);
    let (x, y) = (values(n * d, 1), values(n * m, 2));
    let (x, y) = (MatrixRef::new(&x, n, d).unwrap(), MatrixRef::new(&y, n, m).unwrap());
    assert_same("on request", || {
        let mut loss = beyond::Loss::new(beyond::Data { x, y }).unwrap();
        let (mut params, mut direction) = (loss.params().unwrap(), loss.params().unwrap());
        let count = params.as_slice().len();
        params.as_mut_slice().copy_from_slice(&values(count, 3));
        direction.as_mut_slice().copy_from_slice(&values(count, 4));
        let (mut hvp, mut ggn) = (loss.params().unwrap(), loss.params().unwrap());
        let mut inward = beyond::DataGradient::zeros(loss.dims()).unwrap();
        let (mut at, mut slopes) = ([0.0; 9], [0.0; 9]);
        let (value, slope) = loss.jvp(&params, &direction).unwrap();
        loss.hvp(&params, &direction, &mut hvp).unwrap();
        loss.ggn(&params, &direction, &mut ggn).unwrap();
        let steps = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
        loss.line_search(&params, &direction, &steps, &mut at, &mut slopes).unwrap();
        loss.data_gradient(&params, &mut inward).unwrap();
        let mut bits: Vec<u64> = loss.sample_norms(&params).unwrap().iter().map(|x| x.to_bits()).collect();
        let results = [hvp.as_slice(), ggn.as_slice(), inward.as_slice(), &at, &slopes, &[value, slope]];
        bits.extend(results.concat().iter().map(|x| x.to_bits()));
        (bits, loss.workspace_bytes())
    });
}

/// Rows that are not of unit stride are copied block by block, by each thread to a place of its own.
#[test]
fn the_bits_of_data_with_a_stride_are_those_of_one_thread() {
    let (n, d, m, k) = (50_003, 7, 5, 11);
    let (x, y) = (values(n * d, 1), values(n * m, 2));
    let (x, y) = (MatrixRef::column_major(&x, n, d).unwrap(), MatrixRef::column_major(&y, n, m).unwrap());
    assert_same("two layers", evaluate!(two_layer, two_layer::Data { x, y }, two_layer::Sizes { k }));
}
