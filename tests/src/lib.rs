//! Tests of `frobenius` as its users see it; see README.md.
