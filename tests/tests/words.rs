//! Losses whose names are words that expansions use themselves, in every role that a name has: rustc compiles them, which is
//! the test. `compiler/src/emit/words.rs` writes them, and holds that the words which are missing are refused by name.
#![allow(
    dead_code,
    non_camel_case_types,
    non_upper_case_globals,
    non_snake_case,
    clippy::upper_case_acronyms,
    reason = "names are whatever they are"
)]

/// A size by a path that is the same everywhere.
const TWO: usize = 2;

/// An operator of this name that does nothing.
macro_rules! identity {
    ($name:ident) => {
        struct $name;

        impl frobenius::operator::RowOperator for $name {
            fn apply<E: frobenius::Element>(z: &[E], out: &mut [E]) {
                out.copy_from_slice(z);
            }
            fn jvp<E: frobenius::Element>(_: &[E], v: &[E], out: &mut [E]) {
                out.copy_from_slice(v);
            }
            fn vjp<E: frobenius::Element>(_: &[E], g: &[E], out: &mut [E]) {
                out.copy_from_slice(g);
            }
        }
    };
}
pub(crate) use identity;

include!("words/losses.in");
