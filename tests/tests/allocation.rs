//! After `Loss::new`, nothing allocates.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use frobenius::{MatrixMut, prelude::*};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: all calls go to the system's allocator as they are.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[loss]
fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    norm_sq(tanh(x * w) * a - y) + 0.1 * norm_sq(w)
}

#[loss(jvp, hvp, hessian_diagonal, line_search, ggn = e)]
fn beyond(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    let e = tanh(x * w) * a - y;
    norm_sq(e) + 0.1 * norm_sq(w)
}

#[loss(outputs(scores, best))]
fn model(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, M>) -> Scalar {
    let scores = tanh(x * w);
    let best = row_max(scores);
    norm_sq(scores - y)
}

#[loss(sample_norms, data_gradient(x))]
fn of_samples(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, M>) -> Scalar {
    norm_sq(tanh(x * w) - y)
}

/// Allocations of this thread while `work` runs.
fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.with(Cell::get);
    work();
    ALLOCATIONS.with(Cell::get) - before
}

#[test]
fn calls_do_not_allocate() {
    let (n, d, k, m) = (1000, 20, 30, 3);
    let (x, y) = (vec![0.5f32; n * d], vec![0.25f32; n * m]);
    // Once in place, once by way of a copy of each block.
    for x in [MatrixRef::new(&x, n, d), MatrixRef::column_major(&x, n, d)] {
        let data = two_layer::Data { x: x.unwrap(), y: MatrixRef::new(&y, n, m).unwrap() };
        let mut loss = two_layer::Loss::new(data, two_layer::Sizes { k }).unwrap();
        let params = loss.params().unwrap();
        let mut gradient = loss.params().unwrap();
        let mut all = 0.0;
        let count = allocations(|| {
            all += loss.value(&params).unwrap();
            all += loss.value_and_gradient(&params, &mut gradient).unwrap();
            loss.gradient(&params, &mut gradient).unwrap();
        });
        assert_eq!(count, 0);
        assert!(all > 0.0);
    }
}

/// States that products mix.
#[loss(hvp)]
fn elman(x: Matrix<T, D>, #[param] w: Matrix<D, K>, #[param] u: Matrix<K, K>, #[param] b: RowVector<K>) -> Scalar {
    let mut h = b;
    let mut l = 0;
    for t in 0..T {
        h = tanh(x[t] * w + h * u);
        l += norm_sq(h);
    }
    l
}

#[test]
fn loops_over_time_do_not_allocate() {
    let (t, d, k) = (100, 5, 9);
    let x = vec![0.5f32; t * d];
    let data = elman::Data { x: MatrixRef::new(&x, t, d).unwrap() };
    let mut loss = elman::Loss::new(data, elman::Sizes { k }).unwrap();
    let params = loss.params().unwrap();
    let (mut gradient, mut product) = (loss.params().unwrap(), loss.params().unwrap());
    let count = allocations(|| {
        loss.value_and_gradient(&params, &mut gradient).unwrap();
        loss.hvp(&params, &params, &mut product).unwrap();
    });
    assert_eq!(count, 0);
}

#[test]
fn outputs_do_not_allocate() {
    let (n, d, m) = (1000, 4, 3);
    let x = vec![0.5f32; n * d];
    let params = model::Params::from_vec(model::ParamDims { d, m }, vec![0.25; d * m]).unwrap();
    let x = MatrixRef::new(&x, n, d).unwrap();
    let mut scores = model::scores::Output::new(model::scores::Data { x }, &params).unwrap();
    let mut best = model::best::Output::new(model::best::Data { x }, &params).unwrap();
    let (mut all, mut largest) = (vec![0.0; n * m], vec![0.0; n]);
    let count = allocations(|| {
        scores.write(&params, MatrixMut::new(&mut all, n, m).unwrap()).unwrap();
        best.write(&params, &mut largest).unwrap();
    });
    assert_eq!(count, 0);
    // One block of rows and packed parameters, and not the output.
    assert!((1..n * m * size_of::<f32>()).contains(&scores.workspace_bytes()), "{} bytes", scores.workspace_bytes());
    assert_eq!(all[0].to_bits(), largest[n - 1].to_bits());
}

#[test]
fn derivatives_on_request_do_not_allocate() {
    let (n, d, k, m) = (1000, 4, 3, 2);
    let (x, y) = (vec![0.5f32; n * d], vec![0.25f32; n * m]);
    let (x, y) = (MatrixRef::new(&x, n, d).unwrap(), MatrixRef::new(&y, n, m).unwrap());
    let mut loss = beyond::Loss::new(beyond::Data { x, y }, beyond::Sizes { k }).unwrap();
    let (params, direction, mut out) = (loss.params().unwrap(), loss.params().unwrap(), loss.params().unwrap());
    let (mut values, mut slopes) = ([0.0; 11], [0.0; 11]);
    let count = allocations(|| {
        loss.jvp(&params, &direction).unwrap();
        loss.hvp(&params, &direction, &mut out).unwrap();
        loss.ggn(&params, &direction, &mut out).unwrap();
        loss.hessian_diagonal(&params, &mut out).unwrap();
        loss.line_search(&params, &direction, &[0.5; 11], &mut values, &mut slopes).unwrap();
    });
    assert_eq!(count, 0);
    let mut loss = of_samples::Loss::new(of_samples::Data { x, y }).unwrap();
    let (params, mut out) = (loss.params().unwrap(), of_samples::DataGradient::zeros(loss.dims()).unwrap());
    let count = allocations(|| {
        assert_eq!(loss.sample_norms(&params).unwrap().len(), n);
        loss.data_gradient(&params, &mut out).unwrap();
    });
    assert_eq!(count, 0);
}

/// Neither do those of several threads of a pool, whose calls are made on one of them.
#[test]
fn calls_on_several_threads_do_not_allocate() {
    let (n, d, k, m) = (2000, 20, 30, 3);
    let (x, y) = (vec![0.5f32; n * d], vec![0.25f32; n * m]);
    let data = two_layer::Data { x: MatrixRef::new(&x, n, d).unwrap(), y: MatrixRef::new(&y, n, m).unwrap() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    // Chunks for all threads, as far more rows have them by themselves.
    let make = || two_layer::Loss::new(data, two_layer::Sizes { k });
    let mut loss = pool.install(|| frobenius_tests::cut(Some((64, 16)), make)).unwrap();
    let params = loss.params().unwrap();
    let mut gradient = loss.params().unwrap();
    // Of all threads; asking them allocates, so that only differences say something.
    let all = || pool.broadcast(|_| ALLOCATIONS.with(Cell::get)).iter().sum::<usize>();
    let mut during = |calls: usize| {
        let before = all();
        pool.install(|| {
            for _ in 0..calls {
                loss.value_and_gradient(&params, &mut gradient).unwrap();
            }
        });
        all() - before
    };
    let once = during(1);
    assert_eq!(during(50), once);
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(vec![1u8]))), 1);
}

/// A whole N x K matrix would be seen here: what a call needs stops growing with N when there are as many chunks of
/// rows as there can be.
#[test]
fn the_workspace_is_of_blocks() {
    let bytes = |n: usize| {
        let (x, y) = (vec![0.5f32; n * 4], vec![0.25f32; n * 2]);
        let data = two_layer::Data { x: MatrixRef::new(&x, n, 4).unwrap(), y: MatrixRef::new(&y, n, 2).unwrap() };
        let loss = two_layer::Loss::new(data, two_layer::Sizes { k: 8 }).unwrap();
        loss.workspace_bytes()
    };
    assert_eq!(bytes(1_000_000), bytes(2_000_000));
    let bytes = |n: usize| {
        let (x, y) = (vec![0.5f32; n * 4], vec![0.25f32; n * 2]);
        let data = beyond::Data { x: MatrixRef::new(&x, n, 4).unwrap(), y: MatrixRef::new(&y, n, 2).unwrap() };
        beyond::Loss::new(data, beyond::Sizes { k: 8 }).unwrap().workspace_bytes()
    };
    assert_eq!(bytes(1_000_000), bytes(2_000_000));
}
