//! Counts as numbers.

/// How large a dimension is, as a number.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "no axis has 2^53 elements")]
pub fn count(size: usize) -> f64 {
    size as f64
}
