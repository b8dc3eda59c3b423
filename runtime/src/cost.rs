//! The cost of a call, counted from the schedule.

/// Floating-point operations and memory traffic of one call of `value_and_gradient`.
///
/// A product of n x d and d x k counts 2 n d k operations. An elementary function counts as the operations of
/// its polynomial, so figures of losses with other functions can be compared, but not to the last digit.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Cost {
    /// Floating-point operations of value and gradient.
    pub flops: f64,
    /// Floating-point operations of the value alone.
    pub value_flops: f64,
    /// Bytes that must be read or written at least once: the data, the parameters and the gradient.
    pub bytes: f64,
}

impl Cost {
    #[doc(hidden)]
    #[must_use]
    pub fn new(flops: f64, value_flops: f64, bytes: f64) -> Self {
        Self { flops, value_flops, bytes }
    }
}
