//! Numbers that every program makes alike: each is a function of its place alone, so that peers in other languages make
//! the same ones (peers.py does).

use frobenius::Element;

/// The numbers of an input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Between minus this and this.
    Uniform(f64),
    /// Whole numbers below this, as numbers.
    Whole(u32),
    /// Whole numbers below this, as class indices.
    Labels(u32),
}

/// An input of a case: its shape and what is in it.
#[derive(Clone, Debug)]
pub struct Input {
    /// The name that it has in the loss.
    pub name: &'static str,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// The kind of its numbers.
    pub kind: Kind,
    /// True if the loss is differentiated in it.
    pub is_parameter: bool,
}

impl Input {
    /// How many elements it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows * self.columns
    }

    /// True if it has no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A whole number for each place of each input: a hash of 32 bits.
fn whole(seed: u32, place: usize) -> u32 {
    let place = u32::try_from(place % (1 << 32)).unwrap_or(0);
    let mut x = place.wrapping_add(seed.wrapping_mul(0x9E37_79B9));
    x = (x ^ (x >> 16)).wrapping_mul(0x7FEB_352D);
    x = (x ^ (x >> 15)).wrapping_mul(0x846C_A68B);
    x ^ (x >> 16)
}

/// The numbers of input number `seed`.
#[must_use]
pub fn numbers<T: Element>(seed: u32, input: &Input) -> Vec<T> {
    let of = |place| match input.kind {
        Kind::Uniform(scale) => T::from_f64(scale * (f64::from(whole(seed, place) >> 8) / 8_388_608.0 - 1.0)),
        Kind::Whole(end) | Kind::Labels(end) => T::from_f64(f64::from(whole(seed, place) % end)),
    };
    (0..input.len()).map(of).collect()
}

/// The class indices of input number `seed`.
#[must_use]
pub fn labels(seed: u32, input: &Input, classes: u32) -> Vec<u32> {
    (0..input.len()).map(|place| whole(seed, place) % classes).collect()
}
