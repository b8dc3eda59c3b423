//! Routines that are compiled once, with the runtime.

use super::labels::CrossEntropy;
use super::pairwise::SquaredDistances;
use super::softmax::LogSumExp;
use crate::labels::LabelView;
use crate::simd::{Isa, Scalar};
use crate::view::{View, ViewMut};

/// Routines of vectors that are compiled here, once for each element type, and not where a loss calls them.
pub trait Compiled: Scalar {
    /// ln Σ exp(z) of each row to the entries of `lse`, and exp(z - lse(z)) to `softmax`; either may not be wanted.
    fn log_sum_exp(isa: Isa, z: View<'_, Self>, lse: Option<ViewMut<'_, Self>>, softmax: Option<ViewMut<'_, Self>>);
    /// `lse(z) - z[y]` of each row to the entries of `out`, and softmax(z) - onehot(y) to `residual`; either may not be wanted.
    fn cross_entropy(
        isa: Isa,
        z: View<'_, Self>,
        y: LabelView<'_>,
        out: Option<ViewMut<'_, Self>>,
        residual: Option<ViewMut<'_, Self>>,
    );
    /// The squared distances of each row of `a` to each column of `bt`.
    fn squared_distances(isa: Isa, a: View<'_, Self>, bt: View<'_, Self>, out: ViewMut<'_, Self>);
}

macro_rules! compiled {
    ($($t:ty)*) => {$(
        impl Compiled for $t {
            fn log_sum_exp(
                isa: Isa,
                z: View<'_, Self>,
                lse: Option<ViewMut<'_, Self>>,
                softmax: Option<ViewMut<'_, Self>>,
            ) {
                isa.run(LogSumExp { z, lse, softmax });
            }
            fn cross_entropy(
                isa: Isa,
                z: View<'_, Self>,
                y: LabelView<'_>,
                out: Option<ViewMut<'_, Self>>,
                residual: Option<ViewMut<'_, Self>>,
            ) {
                isa.run(CrossEntropy { z, y, out, residual });
            }
            fn squared_distances(isa: Isa, a: View<'_, Self>, bt: View<'_, Self>, out: ViewMut<'_, Self>) {
                isa.run(SquaredDistances { a, bt, out });
            }
        }
    )*};
}

compiled! { f32 f64 }
