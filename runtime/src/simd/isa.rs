//! Instruction sets: which one a call uses, and work that is compiled once for each.

use std::sync::OnceLock;

use pulp::Simd;

/// An instruction set that this machine has. Chosen once a call, before any loop.
///
/// ```
/// use frobenius::Isa;
///
/// // Plain Rust runs on any machine; the best instruction set is the last one.
/// let available = Isa::available();
/// assert_eq!(available.first(), Some(&Isa::Scalar));
/// assert!(available.contains(&Isa::detect()));
/// println!("vectors of {}", Isa::detect().name());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Isa {
    /// Plain Rust, on any machine.
    Scalar,
    /// 256-bit vectors: AVX2 and FMA.
    Avx2,
    /// 512-bit vectors: AVX-512 F, BW, CD, DQ and VL.
    Avx512,
    /// 128-bit vectors of `AArch64`.
    Neon,
    /// 128-bit vectors of WebAssembly, for modules compiled with `-C target-feature=+simd128`.
    Simd128,
}

/// Work that is compiled once for each instruction set.
pub trait Vectorized {
    /// The result of the work.
    type Output;
    /// The work, with vectors of `S`. Implementations are `#[inline(always)]`, and so is all that they
    /// call with `S`: a function that is not inlined is compiled without the instruction set.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

struct Adapter<W>(W);

impl<W: Vectorized> pulp::WithSimd for Adapter<W> {
    type Output = W::Output;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> W::Output {
        self.0.run(simd)
    }
}

/// Runs `work` as a function of its own, compiled once for the instruction set, whoever calls it.
///
/// A call takes about a nanosecond. LLVM's passes over the loops of a function take longer the larger it is, for each loop, and
/// what two callers inline is compiled twice.
#[inline(never)]
pub(crate) fn outlined<S: Simd, W: Vectorized>(simd: S, work: W) -> W::Output {
    simd.vectorize(Adapter(work))
}

/// Asks for the cache line at an address that need not be valid, into the second-level cache.
#[inline(always)]
pub(crate) fn prefetch<T>(at: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch is a hint, which does nothing for an address that can't be read; the instruction is in
    // every x86-64.
    unsafe {
        core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T1 }>(at.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// The plain-Rust "vectors": single numbers. Arrays of lanes run up to twice as fast, and are loops that
/// LLVM has to unroll.
pub(crate) type Plain = pulp::Scalar;

// Functions, so that what asks the processor is compiled here alone, and not with each loop.

#[cfg(all(target_arch = "x86_64", not(frobenius_plain)))]
#[inline(never)]
fn avx2() -> Option<pulp::x86::V3> {
    pulp::x86::V3::try_new()
}

#[cfg(all(target_arch = "x86_64", not(frobenius_plain)))]
#[inline(never)]
fn avx512() -> Option<pulp::x86::V4> {
    pulp::x86::V4::try_new()
}

#[cfg(all(target_arch = "aarch64", not(frobenius_plain)))]
#[inline(never)]
fn neon() -> Option<pulp::aarch64::Neon> {
    pulp::aarch64::Neon::try_new()
}

// A module with vectors is refused as a whole where there are none, so that the compiler is asked and not the machine.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128", not(frobenius_plain)))]
#[inline(never)]
fn simd128() -> Option<pulp::wasm::Simd128> {
    pulp::wasm::Simd128::try_new()
}

impl Isa {
    /// The best instruction set of this machine, or the one that the environment variable
    /// `FROBENIUS_SIMD` (`scalar`, `avx2`, `avx512`, `neon`, `simd128`) asks for, if the machine has it.
    #[must_use]
    pub fn detect() -> Self {
        static DETECTED: OnceLock<Isa> = OnceLock::new();
        *DETECTED.get_or_init(|| {
            let asked = std::env::var("FROBENIUS_SIMD").unwrap_or_default();
            Self::available().into_iter().find(|isa| isa.name() == asked).unwrap_or_else(Self::best)
        })
    }

    /// Every instruction set that this machine can run, the best one last.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut all = vec![Self::Scalar];
        #[cfg(all(target_arch = "x86_64", not(frobenius_plain)))]
        {
            if avx2().is_some() {
                all.push(Self::Avx2);
            }
            if avx512().is_some() {
                all.push(Self::Avx512);
            }
        }
        #[cfg(all(target_arch = "aarch64", not(frobenius_plain)))]
        if neon().is_some() {
            all.push(Self::Neon);
        }
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128", not(frobenius_plain)))]
        if simd128().is_some() {
            all.push(Self::Simd128);
        }
        all
    }

    /// The name that `FROBENIUS_SIMD` takes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Neon => "neon",
            Self::Simd128 => "simd128",
        }
    }

    fn best() -> Self {
        Self::available().pop().unwrap_or(Self::Scalar)
    }

    /// Runs `work` with this instruction set; with plain Rust where the machine does not have it.
    ///
    /// With `--cfg frobenius_plain` nothing else is compiled: a third of the build time for whoever tests thousands of
    /// losses, and not their speed.
    #[inline]
    pub fn run<W: Vectorized>(self, work: W) -> W::Output {
        match self {
            #[cfg(all(target_arch = "x86_64", not(frobenius_plain)))]
            Self::Avx512 => match avx512() {
                Some(simd) => Simd::vectorize(simd, Adapter(work)),
                None => Simd::vectorize(Plain {}, Adapter(work)),
            },
            #[cfg(all(target_arch = "x86_64", not(frobenius_plain)))]
            Self::Avx2 => match avx2() {
                Some(simd) => Simd::vectorize(simd, Adapter(work)),
                None => Simd::vectorize(Plain {}, Adapter(work)),
            },
            #[cfg(all(target_arch = "aarch64", not(frobenius_plain)))]
            Self::Neon => match neon() {
                Some(simd) => Simd::vectorize(simd, Adapter(work)),
                None => Simd::vectorize(Plain {}, Adapter(work)),
            },
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128", not(frobenius_plain)))]
            Self::Simd128 => match simd128() {
                Some(simd) => Simd::vectorize(simd, Adapter(work)),
                None => Simd::vectorize(Plain {}, Adapter(work)),
            },
            _ => Simd::vectorize(Plain {}, Adapter(work)),
        }
    }
}
