//! The library beside others.
fn main() {}
