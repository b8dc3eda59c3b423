//! Names, compared by address of one stored copy.

use rustc_hash::FxHashSet as HashSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Mutex, PoisonError};

/// A name or a piece of source text. Copies are cheap; each text is kept once for the life of the compiler.
#[derive(Clone, Copy, Eq, PartialOrd, Ord)]
#[expect(clippy::derive_ord_xor_partial_ord, reason = "one text has one address")]
pub(crate) struct Symbol(&'static str);

impl PartialEq for Symbol {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self.0, other.0)
    }
}

impl Hash for Symbol {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.0.as_ptr().addr());
    }
}

impl Symbol {
    pub(crate) fn new(text: &str) -> Self {
        static TEXTS: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
        let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
        let texts = texts.get_or_insert_with(HashSet::default);
        if let Some(known) = texts.get(text) {
            return Self(known);
        }
        let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
        texts.insert(kept);
        Self(kept)
    }

    pub(crate) fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// `₁₂`: what tells several values of one name apart.
pub(crate) fn subscript(number: usize) -> String {
    let digit = |c: char| c.to_digit(10).and_then(|d| char::from_u32(0x2080 + d)).unwrap_or(c);
    number.to_string().chars().map(digit).collect()
}

/// `¹²`: a power.
pub(crate) fn superscript(number: usize) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = |c: char| c.to_digit(10).and_then(|d| DIGITS.get(usize::try_from(d).ok()?).copied()).unwrap_or(c);
    number.to_string().chars().map(digit).collect()
}
