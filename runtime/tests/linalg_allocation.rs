//! The routines of dense linear algebra allocate nothing once their scratch memory is made.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use frobenius_runtime::__rt_0_1::linalg::{self as rt, LuScratch, SolveScratch};
use frobenius_runtime::__rt_0_1::{Buffer, Isa};

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

/// Allocations of this thread while `work` runs.
fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.with(Cell::get);
    work();
    ALLOCATIONS.with(Cell::get) - before
}

fn matrix(rows: usize, columns: usize) -> Buffer<f64> {
    let mut buffer = Buffer::new(rows, columns).unwrap();
    for i in 0..rows {
        for (j, x) in buffer.view_mut().row_mut(i).iter_mut().enumerate() {
            let diagonal = if i == j { 200.0 } else { 0.0 };
            let (i, j) = (f64::from(u32::try_from(i).unwrap()), f64::from(u32::try_from(j).unwrap()));
            *x = (1.0 + i * 1.7 + j * 0.3 + i * j).sin() + diagonal;
        }
    }
    buffer
}

#[test]
fn calls_do_not_allocate() {
    let isa = Isa::detect();
    // Small enough for faer's simple loops, and large enough for its blocks and packed panels.
    for n in [5, 200] {
        let (a, b, v) = (matrix(n, n), matrix(n, 70), matrix(1, n));
        let (mut out, mut sides, mut line) = (matrix(n, n), matrix(n, 70), matrix(1, n));
        let (mut factors, mut pair, mut triple) = (matrix(n, n + 1), matrix(n, n + 1), matrix(2 * n + 1, n));
        let (mut lu, mut solve) = (LuScratch::new(n, n).unwrap(), SolveScratch::new(n, n).unwrap());
        let mut cofactors = rt::CofactorScratch::new(n, n).unwrap();
        let mut cholesky = rt::CholeskyScratch::new(n, n).unwrap();
        let (mut eigh, mut spectral) = (rt::EighScratch::new(n, n).unwrap(), rt::SpectralScratch::new(n, n).unwrap());
        let (mut svd, mut singular) = (rt::SvdScratch::new(n, n).unwrap(), rt::SingularScratch::new(n, n).unwrap());
        let mut expm = rt::ExpmScratch::new(n, n).unwrap();
        let mut derivative = rt::ExpmDerivativeScratch::new(n, n).unwrap();
        let mut lyapunov = rt::LyapunovScratch::new(n, n).unwrap();
        let mut run = || {
            let mut counts = Vec::with_capacity(20);
            let mut count = |name: &'static str, work: &mut dyn FnMut()| counts.push((name, allocations(work)));
            count("lu", &mut || rt::lu(isa, a.view(), factors.view_mut(), &mut lu));
            let f = factors.view();
            count("inverse", &mut || rt::inverse(isa, a.view(), f, out.view_mut(), &mut solve));
            count("solve", &mut || rt::solve(isa, a.view(), b.view(), f, sides.view_mut(), &mut solve));
            count("solve_t", &mut || rt::solve_t(isa, a.view(), v.view(), f, line.view_mut(), &mut solve));
            count("solve_lower", &mut || rt::solve_lower(isa, a.view(), b.view(), sides.view_mut(), &mut solve));
            count("logdet", &mut || assert!(rt::logdet(isa, a.view(), f) > rt::det(isa, a.view(), f).signum() - 9.0));
            count("cofactors", &mut || rt::cofactors(isa, a.view(), out.view_mut(), &mut cofactors));
            count("cholesky", &mut || rt::cholesky(isa, a.view(), out.view_mut(), &mut cholesky));
            count("eigh", &mut || rt::eigh(isa, a.view(), pair.view_mut(), &mut eigh));
            let p = pair.view();
            count("sqrtm", &mut || rt::sqrtm(isa, a.view(), p, out.view_mut(), &mut spectral));
            count("logm", &mut || rt::logm_spd_adjoint(isa, a.view(), a.view(), p, out.view_mut(), &mut spectral));
            count("svd", &mut || rt::svd(isa, a.view(), triple.view_mut(), &mut svd));
            let t = triple.view();
            count("polar", &mut || rt::polar(isa, a.view(), t, out.view_mut(), &mut singular));
            count("expm", &mut || rt::expm(isa, a.view(), out.view_mut(), &mut expm));
            count("expm_derivative", &mut || {
                rt::expm_derivative(isa, a.view(), a.view(), out.view_mut(), &mut derivative);
            });
            count("lyapunov", &mut || rt::lyapunov(isa, a.view(), a.view(), out.view_mut(), &mut lyapunov));
            counts.retain(|(_, count)| *count > 0);
            counts
        };
        // A thread's first product may make memory that later ones reuse.
        run();
        assert_eq!(run(), [], "n = {n}");
    }
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(vec![1u8]))), 1);
}
