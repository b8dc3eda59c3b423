//! Random losses, of all operations: their kernels against the interpreter, the interpreter against dual numbers.
//!
//! A few of them by default. The long run:
//! `FROBENIUS_RANDOM_PROGRAMS=500 FROBENIUS_RANDOM_SEED=1000 cargo test -p frobenius-tests --test random`.

include!(concat!(env!("OUT_DIR"), "/random.rs"));
