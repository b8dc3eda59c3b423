//! Loops over matrices: the products that a loss is made of, compiled once in this crate for each instruction set.
//!
//! A kernel works on one block of rows. It checks the shapes at its entry and nothing inside, allocates nothing,
//! and never lets padding flow into a result. `naive.rs` has the definition of each; every fast path is
//! tested against it.

mod add;
pub(crate) mod map;
mod matmul;
mod matmul_t;
mod matvec;
#[cfg(test)]
mod naive;
mod pack;
mod prefetch;
pub(crate) mod steps;
mod tile;

pub use pack::{Packed, Transposed};

/// Takes the piece of a product that begins at a row and a column.
pub(crate) type Epilogue<'e, T> = &'e mut dyn FnMut((usize, usize), View<'_, T>);

use crate::matrix::MatrixRef;
use crate::simd::{Isa, Scalar};
use crate::view::{View, ViewMut};

/// The kernels of an element type.
///
/// Shapes are invariants of the caller: a kernel panics if they do not fit. A view's padding may hold anything;
/// an output's padding holds anything afterwards.
pub trait Kernels: Scalar {
    /// c = a b, with `a` rows × d, `b` d × k and `c` rows × k.
    fn product(isa: Isa, a: View<'_, Self>, b: &Packed<Self>, c: ViewMut<'_, Self>);

    /// a b, with `a` rows × d and `b` d × k, in pieces that together are all of it.
    fn product_through(isa: Isa, a: View<'_, Self>, b: &Packed<Self>, epilogue: Epilogue<'_, Self>);

    /// c += aᵀ b, with `a` rows × d, `b` rows × k and `c` d × k.
    fn product_t(isa: Isa, a: View<'_, Self>, b: View<'_, Self>, c: ViewMut<'_, Self>);

    /// `out_i` = ⟨row i of a, w⟩, with `w` a line of a's columns and `out` a line of a's rows.
    fn dots(isa: Isa, a: View<'_, Self>, w: View<'_, Self>, out: ViewMut<'_, Self>);

    /// `out_j` += Σᵢ eᵢ aᵢⱼ, with `e` a line of a's rows and `out` a line of a's columns.
    fn scaled_rows(isa: Isa, a: View<'_, Self>, e: View<'_, Self>, out: ViewMut<'_, Self>);

    /// Lays out `b`, or its transpose, as [`Kernels::product`] reads it with the same `isa`.
    fn pack(isa: Isa, b: View<'_, Self>, transposed: Transposed, packed: &mut Packed<Self>);

    /// out = aᵀ.
    fn transpose(a: View<'_, Self>, out: ViewMut<'_, Self>);

    /// sums += terms, both of whole vectors of any instruction set.
    fn accumulate(isa: Isa, terms: &[Self], sums: &mut [Self]);

    /// out = a, whatever the strides of `a` are.
    fn gather(a: MatrixRef<'_, Self>, out: ViewMut<'_, Self>);

    /// The loop around the steps of a long elementwise loop, see [`steps`](steps::steps).
    fn walk(isa: Isa, walk: steps::Walk<'_, '_, Self>);
}

macro_rules! kernels {
    ($($t:ty)*) => {$(
        impl Kernels for $t {
            fn product(isa: Isa, a: View<'_, Self>, b: &Packed<Self>, c: ViewMut<'_, Self>) {
                isa.run(matmul::Product { a, b, c });
            }
            fn product_through(isa: Isa, a: View<'_, Self>, b: &Packed<Self>, epilogue: Epilogue<'_, Self>) {
                isa.run(matmul::ProductThrough { a, b, epilogue });
            }
            fn product_t(isa: Isa, a: View<'_, Self>, b: View<'_, Self>, c: ViewMut<'_, Self>) {
                isa.run(matmul_t::ProductT { a, b, c });
            }
            fn dots(isa: Isa, a: View<'_, Self>, w: View<'_, Self>, out: ViewMut<'_, Self>) {
                isa.run(matvec::MatVec { a, w, out });
            }
            fn scaled_rows(isa: Isa, a: View<'_, Self>, e: View<'_, Self>, out: ViewMut<'_, Self>) {
                isa.run(matvec::MatTVec { a, e, out });
            }
            fn pack(isa: Isa, b: View<'_, Self>, transposed: Transposed, packed: &mut Packed<Self>) {
                isa.run(pack::Pack { b, transposed, packed });
            }
            fn transpose(a: View<'_, Self>, out: ViewMut<'_, Self>) {
                pack::transpose(a, out);
            }
            fn accumulate(isa: Isa, terms: &[Self], sums: &mut [Self]) {
                isa.run(add::Add { terms, sums });
            }
            fn gather(a: MatrixRef<'_, Self>, out: ViewMut<'_, Self>) {
                pack::gather(a, out);
            }
            fn walk(isa: Isa, walk: steps::Walk<'_, '_, Self>) {
                walk.run(isa);
            }
        }
    )*};
}

kernels! { f32 f64 }

#[cfg(test)]
mod tests;
