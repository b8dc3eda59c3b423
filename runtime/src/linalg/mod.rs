//! Dense linear algebra: the routines that expansions call for `inverse`, `solve`, `logdet` and their kin.
//!
//! All of it is computed in f64, for both element types, by functions that are compiled here and not in each user's
//! crate. Matrices are copied into memory of the scratch object, which is made once: no call allocates, and none
//! uses threads. What has no answer, such as the inverse of a singular matrix, is inf or NaN; nothing panics.
//!
//! A factorisation is a matrix like others, in the loss's own memory and element type, so that one serves many calls:
//! `lu` packs the factors of P A = L U next to the numbers of the rows, `eigh` the eigenvectors next to the eigenvalues,
//! `svd` the left singular vectors above the right ones above the values.

mod columns;
mod determinant;
mod exponential;
mod lyapunov;
mod singular;
mod solve;
mod spectral;
#[cfg(test)]
mod tests;
mod triangle;

pub use determinant::{CofactorScratch, cofactors, det, logdet};
pub use exponential::{ExpmDerivativeScratch, ExpmScratch, expm, expm_derivative};
pub use lyapunov::{LyapunovScratch, lyapunov};
pub use singular::{
    AlongScratch, SingularScratch, SvdScratch, nuclear_norm, pinv, polar, polar_along, spectral_norm, svd,
    top_singular, top_singular_along,
};
pub use solve::{
    LuScratch, SolveScratch, inverse, lu, solve, solve_lower, solve_lower_t, solve_t, solve_upper, solve_upper_t,
};
pub use spectral::{
    EighScratch, SpectralScratch, eigenvalues_along, eigenvectors_times, eigh, eigvals_sym, logm_spd, logm_spd_adjoint,
    sqrtm, sqrtm_adjoint,
};
pub use triangle::{CholeskyScratch, cholesky, half_lower};
