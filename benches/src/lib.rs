//! Benchmarks of `frobenius`; see README.md.
