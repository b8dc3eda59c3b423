//! Parts that the benchmarks share: the cases, the machine's limits, and how both are measured. See README.md.

pub mod cases;
pub mod inputs;
pub mod limits;
pub mod measure;
pub mod options;
pub mod output;
