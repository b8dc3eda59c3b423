//! The calculus: sweeps over the graph that know no operation by name.

mod reverse;

pub(crate) use reverse::reverse;
