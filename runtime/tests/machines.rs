//! Losses where the machine is not as usual: in a child made by fork, and with numbers below the smallest normal one taken as zero.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use frobenius::prelude::*;

#[loss]
fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    norm_sq(tanh(x * w) * a - y)
}

/// Numbers between -1 and 1.
fn values(count: usize, seed: u32) -> Vec<f64> {
    (0..count).map(|i| (f64::from(seed) + f64::from(u32::try_from(i).unwrap())).sin()).collect()
}

/// The bits of a value and its gradient.
fn bits(loss: &mut two_layer::Loss<'_, f64>) -> Vec<u64> {
    let params = two_layer::Params::from_vec(loss.dims(), values(24, 3)).unwrap();
    let mut gradient = loss.params().unwrap();
    let value = loss.value_and_gradient(&params, &mut gradient).unwrap();
    gradient.as_slice().iter().chain([&value]).map(|x| x.to_bits()).collect()
}

/// A loss whose rows are cut into eight chunks, so that threads share them.
fn shared<'a>(x: &'a [f64], y: &'a [f64]) -> two_layer::Loss<'a, f64> {
    let data = two_layer::Data { x: MatrixRef::new(x, 64, 4).unwrap(), y: MatrixRef::new(y, 64, 2).unwrap() };
    frobenius::__rt_0_1::with_cuts(8, 4, || two_layer::Loss::new(data, two_layer::Sizes { k: 4 })).unwrap()
}

mod system {
    unsafe extern "C" {
        fn fork() -> i32;
        fn waitpid(child: i32, status: *mut i32, options: i32) -> i32;
        fn alarm(seconds: u32) -> u32;
        fn _exit(code: i32) -> !;
    }

    /// Does `work` in a child made by fork, and returns how the child ended: 0 if the work returned true, an odd signal if it took
    /// more than 20 seconds.
    pub(crate) fn in_a_child(work: impl FnOnce() -> bool) -> i32 {
        // SAFETY: the child uses memory of its own, which the C library makes usable for it, and ends below.
        let child = unsafe { fork() };
        assert!(child >= 0, "no child");
        if child == 0 {
            // SAFETY: its signal ends the child, which has nothing to lose.
            unsafe { alarm(20) };
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
            // SAFETY: ends the child without what the parent would do at its end.
            unsafe { _exit(i32::from(!outcome.unwrap_or(false))) };
        }
        let mut status = -1;
        // SAFETY: the status is written, and lives.
        assert_eq!(unsafe { waitpid(child, &raw mut status, 0) }, child);
        status
    }

    /// Flush to zero, and denormals are zero.
    const ZERO: u32 = 0x8040;

    fn mode() -> u32 {
        let mut mode = 0u32;
        // SAFETY: stores the register of this thread.
        unsafe { core::arch::asm!("stmxcsr [{}]", in(reg) &raw mut mode, options(nostack)) };
        mode
    }

    fn set_mode(mode: u32) {
        // SAFETY: a mode that `mode` has returned, or with subnormal numbers taken as zero, of which what runs meanwhile has none
        // but at run time.
        unsafe { core::arch::asm!("ldmxcsr [{}]", in(reg) &raw const mode, options(nostack, readonly)) };
    }

    /// Does `work` with subnormal numbers taken as zero on this thread.
    pub(crate) fn without_subnormals<R>(work: impl FnOnce() -> R) -> R {
        let before = mode();
        set_mode(before | ZERO);
        let result = work();
        set_mode(before);
        result
    }
}

#[test]
fn a_child_made_by_fork_computes_the_same() {
    let (x, y) = (values(256, 1), values(128, 2));
    let mut loss = shared(&x, &y);
    let expected = bits(&mut loss);
    // The loss of the parent, whose threads the child does not have; one of its own; and one by a pool of its own.
    assert_eq!(system::in_a_child(|| bits(&mut loss) == expected), 0);
    assert_eq!(system::in_a_child(|| bits(&mut shared(&x, &y)) == expected), 0);
    let pool = || rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    assert_eq!(system::in_a_child(|| pool().install(|| bits(&mut shared(&x, &y))) == expected), 0);
    assert_eq!(bits(&mut loss), expected);
}

/// Losses of one function of each element.
macro_rules! functions {
    ($($name:ident($low:literal .. $high:literal))*) => {$(
        mod $name {
            use frobenius::prelude::*;

            #[loss]
            fn each(#[param] x: Vector<N>, c: Vector<N>) -> Scalar {
                dot(c, $name(x))
            }

            /// Values and derivatives of the function at `points`, one after the other.
            pub(super) fn at<T: Element>(points: &[T], isa: frobenius::Isa) -> Vec<T> {
                let ones = [T::from_f64(1.0)];
                let mut all = Vec::new();
                for points in points.chunks(1) {
                    let data = each::Data { c: (&ones).into() };
                    let mut loss = each::Loss::new(data).unwrap().with_isa(isa);
                    let params = each::Params::from_vec(loss.dims(), points.to_vec()).unwrap();
                    let mut gradient = loss.params().unwrap();
                    let value = loss.value_and_gradient(&params, &mut gradient).unwrap();
                    all.push(T::from_f64(value));
                    all.extend_from_slice(gradient.as_slice());
                }
                all
            }
        }
    )*

        /// Each function at numbers of all sizes, subnormal ones left out, with and without subnormal numbers.
        fn compare<T: Element>(least: f64, epsilon: f64) {
            /// As docs/src/performance.md says.
            const NEAR: f64 = 8.0;
            $({
                let mut points = vec![0.0];
                let mut size = least;
                while size < f64::MAX / 4.0 {
                    points.extend([size, -size, 1.3 * size, -1.3 * size]);
                    size *= 2.0;
                }
                points.extend((0..4000).map(|i| f64::from(i - 2000) / 2.0));
                points.retain(|x| ($low..=$high).contains(x));
                let points: Vec<T> = points.into_iter().map(T::from_f64).collect();
                for isa in frobenius::Isa::available() {
                    let expected = $name::at(&points, isa);
                    let found = system::without_subnormals(|| $name::at(&points, isa));
                    for (i, (found, expected)) in found.iter().zip(&expected).enumerate() {
                        let (point, found, expected) = (points[i / 2].to_f64(), found.to_f64(), expected.to_f64());
                        let is_same = found.to_bits() == expected.to_bits() || (found.is_nan() && expected.is_nan());
                        // One unit in the last place; near the smallest normal number, what makes a result may be zero.
                        let is_near = (found - expected).abs() <= epsilon * expected.abs() + NEAR * least;
                        let what = ["", "derivative of "][i % 2];
                        assert!(is_same || is_near,
                            "{what}{}({point:e}) is {found:e}, and {expected:e} with subnormal numbers, in {} on {}",
                            stringify!($name), T::NAME, isa.name());
                    }
                }
            })*
        }
    };
}

functions! {
    exp(-1e308 .. 1e308) expm1(-1e308 .. 1e308) ln(0.0 .. 1e308) log1p(-0.9 .. 1e308) tanh(-1e308 .. 1e308)
    sigmoid(-1e308 .. 1e308) softplus(-1e308 .. 1e308) sin(-1e6 .. 1e6) erf(-1e308 .. 1e308) erfc(-1e308 .. 1e308)
    ndtr(-1e308 .. 1e308) log_ndtr(-1e308 .. 1e308) gelu(-1e308 .. 1e308) sqrt(0.0 .. 1e308) rsqrt(1e-300 .. 1e308)
    atan(-1e308 .. 1e308) asinh(-1e308 .. 1e308) lgamma(1e-300 .. 1e300)
}

#[test]
fn functions_are_as_accurate_without_subnormal_numbers() {
    compare::<f32>(f64::from(f32::MIN_POSITIVE), f64::from(f32::EPSILON));
    compare::<f64>(f64::MIN_POSITIVE, f64::EPSILON);
}

#[test]
fn a_loss_of_products_is_the_same_without_subnormal_numbers() {
    let (x, y) = (values(256, 1), values(128, 2));
    let expected = bits(&mut shared(&x, &y));
    assert_eq!(system::without_subnormals(|| bits(&mut shared(&x, &y))), expected);
}
