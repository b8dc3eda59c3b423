//! Fused elementwise loops: one pass over all operands, any number of results and sums.
//!
//! ```text
//! for each row, for each vector of columns:
//!     load the sources (a matrix, or a row, a column or a scalar repeated)
//!     evaluate the expression, which is the only part that a loss brings along
//!     hand each result to its sink (store it, or add it to a sum)
//! ```
//!
//! Where an operand is a product that nothing else reads, the loop is the product's epilogue ([`product_map`]): it
//! runs over one piece of the product after the other, while each is in L1.
//!
//! Sums over all elements go through vectors of `T` for a few hundred additions at most and through f64 from
//! there on, so that a loss in f32 over a million rows keeps its digits.

mod run;
mod sinks;
mod sources;

pub use run::{Map, map, product_map};
pub(crate) use sinks::Sinks;
pub use sinks::{ColumnSums, RowSums, Store, Sum};
pub(crate) use sources::Sources;
pub use sources::{Column, ProductPiece, Row, Scalar};
