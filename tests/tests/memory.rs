//! Memory that a loss allocates, by coupling class: a loss that does not need a matrix of all pairs, or of all rows, never has
//! it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use frobenius::prelude::*;

thread_local! {
    static LIVE: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: all calls go to the system's allocator as they are.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.with(|live| {
            live.set(live.get() + layout.size());
            live.get()
        });
        PEAK.with(|peak| peak.set(peak.get().max(live)));
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.with(|live| live.set(live.get().saturating_sub(layout.size())));
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The largest number of bytes that live at a time while `work` runs, on one thread: each further one has blocks of
/// its own.
fn peak(work: impl FnOnce() -> f64 + Send) -> usize {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| {
        let before = LIVE.with(Cell::get);
        PEAK.with(|peak| peak.set(before));
        assert!(work().is_finite());
        PEAK.with(Cell::get) - before
    })
}

/// Bytes of `count` numbers.
fn numbers(count: usize) -> usize {
    count * size_of::<f64>()
}

/// Different numbers around 0.
fn values(count: usize) -> Vec<f64> {
    (0..count).map(|i| f64::from(u32::try_from(i * 7919 % 1009).unwrap_or(0)) / 1009.0 - 0.5).collect()
}

/// Makes a loss, its parameters and its gradient, and evaluates all.
macro_rules! evaluate {
    ($loss:ident, $($made:tt)*) => {{
        let mut loss = $loss::Loss::new($($made)*).unwrap();
        let mut params = loss.params().unwrap();
        params.as_mut_slice().iter_mut().zip((0..17).cycle()).for_each(|(x, i)| *x = 0.1 + 0.001 * f64::from(i));
        let mut gradient = loss.params().unwrap();
        loss.value(&params).unwrap() + loss.value_and_gradient(&params, &mut gradient).unwrap()
    }};
}

const D: usize = 6;
/// Bytes that blocks of rows may take, whatever the loss.
const BLOCKS: usize = 4 << 20;

#[loss]
fn independent_rows(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    sum(log_cosh(x * w - y))
}

#[loss]
fn scalar_known_late(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    ln(norm(x * w - y)) / mean(exp(x * w))
}

#[loss]
fn exponentials_of_all_rows(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    lse(x * w - y)
}

#[loss]
fn prefixes(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
    let z = x * w;
    dot(y, cumulative_lse(z) - z)
}

#[test]
fn losses_of_rows_need_blocks_and_at_most_lines() {
    let needed = |n: usize, of: fn(&[f64], &[f64], usize) -> f64| {
        let (x, y) = (values(n * D), values(n));
        peak(|| of(&x, &y, n))
    };
    macro_rules! of {
        ($loss:ident) => {
            |x, y, n| evaluate!($loss, $loss::Data { x: MatrixRef::new(x, n, D).unwrap(), y: y.into() })
        };
    }
    // One pass: less than a line.
    let bytes = needed(1_000_000, of!(independent_rows));
    assert!(bytes < numbers(1_000_000) / 10, "{bytes} bytes");
    // A factor that is known after the pass.
    let late = needed(200_000, of!(scalar_known_late));
    assert!(late < BLOCKS, "{late} bytes");
    // A line of all rows, or a few.
    for (name, lines, bytes) in [
        ("log-sum-exp", 4, needed(200_000, of!(exponentials_of_all_rows))),
        ("prefixes", 9, needed(200_000, of!(prefixes))),
    ] {
        assert!(bytes < numbers(lines * 200_000) + BLOCKS, "{name}: {bytes} bytes");
    }
}

#[loss]
fn statistics_that_feed_back(x: Matrix<N, D>, #[param] w: Matrix<D, 4>) -> Scalar {
    let z = x * w;
    let c = z - column_means(z);
    sum(log_cosh(scale_columns(c, rsqrt(column_means(sq(c)) + 0.1))))
}

#[test]
fn statistics_that_feed_back_keep_no_matrix() {
    let needed = |n: usize| {
        let x = values(n * D);
        peak(|| {
            evaluate!(
                statistics_that_feed_back,
                statistics_that_feed_back::Data { x: MatrixRef::new(&x, n, D).unwrap() }
            )
        })
    };
    let bytes = needed(1_000_000);
    assert!(bytes < BLOCKS, "{bytes} bytes");
}

#[loss]
fn attention(
    x: Matrix<N, D>,
    #[param] wq: Matrix<D, 3>,
    #[param] wk: Matrix<D, 3>,
    #[param] wv: Matrix<D, 2>,
) -> Scalar {
    norm_sq(softmax_rows((x * wq) * (x * wk).t()) * (x * wv))
}

#[loss]
fn kernels(x: Matrix<N, D>, c: Matrix<M, D>, #[param] s: Scalar, #[param] w: Matrix<D, D>) -> Scalar {
    mean(exp(-s * squared_distances(x * w, c * w)))
}

#[test]
fn losses_of_pairs_have_no_matrix_of_all_pairs() {
    let n = 6000;
    let x = values(n * D);
    let rows = MatrixRef::new(&x, n, D).unwrap();
    for (name, bytes) in [
        ("attention", peak(|| evaluate!(attention, attention::Data { x: rows }))),
        ("kernels", peak(|| evaluate!(kernels, kernels::Data { x: rows, c: rows }))),
    ] {
        assert!(bytes < numbers(n * n) / 8, "{name}: {bytes} bytes");
    }
}

#[loss]
fn factors(r: Matrix<N, M>, m: Matrix<N, M>, #[param] u: Matrix<N, 3>, #[param] v: Matrix<M, 3>) -> Scalar {
    norm_sq(hadamard(m, u * v.t() - r)) + 0.1 * norm_sq(u)
}

#[test]
fn parameters_of_rows_have_their_gradient_written_block_by_block() {
    let (n, m) = (20_000, 50);
    let r = values(n * m);
    let all = MatrixRef::new(&r, n, m).unwrap();
    let bytes = peak(|| evaluate!(factors, factors::Data { r: all, m: all }));
    // The parameters, and their gradient.
    let own = 2 * numbers(3 * (n + m));
    assert!(bytes < own + BLOCKS, "{bytes} bytes, {own} of them parameters and gradient");
}

#[loss]
fn process(x: Matrix<N, D>, y: Vector<N>, #[param] s: Scalar) -> Scalar {
    let d = squared_distances(x, x);
    let k = exp(-s * d) + eye_like(d);
    0.5 * dot(y, solve(k, y)) + 0.5 * logdet(k)
}

#[test]
fn factorisations_need_a_few_matrices_of_their_size() {
    let n = 150;
    let (x, y) = (values(n * D), values(n));
    let data = process::Data { x: MatrixRef::new(&x, n, D).unwrap(), y: (&y).into() };
    let bytes = peak(|| evaluate!(process, data));
    assert!(bytes < numbers(30 * n * n) + BLOCKS, "{bytes} bytes");
}
