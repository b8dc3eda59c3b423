//! Random losses, of all operations: their kernels against the interpreter, the interpreter against dual numbers.
//!
//! A few kernels by default, and derivations of many. `FROBENIUS_RANDOM_PROGRAMS` says how many kernels, and
//! `FROBENIUS_RANDOM_SEED` which one is the first; `../random.py` goes on with further ones for as long as it is told.

use frobenius_tests::{Case, Reference, close};

#[path = "../src/random.rs"]
mod random;

include!(concat!(env!("OUT_DIR"), "/random.rs"));

/// No kernels here, so that there can be many.
#[test]
fn derived_gradients_agree_with_dual_numbers() {
    for seed in 10_000..11_000 {
        let (program, sizes) = random::program(seed);
        let source = program.source("f");
        let reference = Reference::parse(&source).unwrap_or_else(|mistakes| panic!("{source}{mistakes}"));
        let sizes: Vec<_> = sizes.into_iter().chain([("N", 3)]).collect();
        let case = Case::new(&reference, &sizes, (-1.0, 1.0), false);
        let (derived, dual) =
            (reference.evaluate(&sizes, &case.inputs), reference.by_dual_numbers(&sizes, &case.inputs));
        close(&[derived.value], &[dual.value], 1e-11)
            .unwrap_or_else(|wrong| panic!("value of {seed}: {source}{wrong}"));
        close(&derived.gradients.concat(), &dual.gradients.concat(), 1e-9)
            .unwrap_or_else(|wrong| panic!("gradient of {seed}: {source}{wrong}"));
    }
}
