//! The definitions of the kernels, one element after the other.

use crate::simd::Scalar;
use crate::view::{View, ViewMut};

/// `c_ij` = Σₗ `a_il` `b_lj`.
pub(super) fn product<T: Scalar>(a: View<'_, T>, b: View<'_, T>, mut c: ViewMut<'_, T>) {
    assert_eq!((a.rows(), a.columns(), b.columns()), (c.rows(), b.rows(), c.columns()));
    for i in 0..c.rows() {
        for j in 0..c.columns() {
            let mut sum = T::default();
            for l in 0..a.columns() {
                sum += a.row(i)[l] * b.row(l)[j];
            }
            c.row_mut(i)[j] = sum;
        }
    }
}

/// `c_ij` += Σₗ `a_li` `b_lj`.
pub(super) fn product_t<T: Scalar>(a: View<'_, T>, b: View<'_, T>, mut c: ViewMut<'_, T>) {
    assert_eq!((a.columns(), a.rows(), b.columns()), (c.rows(), b.rows(), c.columns()));
    for i in 0..c.rows() {
        for j in 0..c.columns() {
            let mut sum = T::default();
            for l in 0..a.rows() {
                sum += a.row(l)[i] * b.row(l)[j];
            }
            let entry = &mut c.row_mut(i)[j];
            *entry += sum;
        }
    }
}

/// `out_i` = Σₗ `a_il` `w_l`.
pub(super) fn dots<T: Scalar>(a: View<'_, T>, w: View<'_, T>, mut out: ViewMut<'_, T>) {
    assert_eq!((w.rows(), out.rows(), a.columns(), a.rows()), (1, 1, w.columns(), out.columns()));
    for i in 0..a.rows() {
        let mut sum = T::default();
        for l in 0..a.columns() {
            sum += a.row(i)[l] * w.row(0)[l];
        }
        out.row_mut(0)[i] = sum;
    }
}

/// `out_j` += Σᵢ `e_i` `a_ij`.
pub(super) fn scaled_rows<T: Scalar>(a: View<'_, T>, e: View<'_, T>, mut out: ViewMut<'_, T>) {
    assert_eq!((e.rows(), out.rows(), a.rows(), a.columns()), (1, 1, e.columns(), out.columns()));
    for j in 0..a.columns() {
        let mut sum = T::default();
        for i in 0..a.rows() {
            sum += e.row(0)[i] * a.row(i)[j];
        }
        let entry = &mut out.row_mut(0)[j];
        *entry += sum;
    }
}

/// `out_ji` = `a_ij`.
pub(super) fn transpose<T: Scalar>(a: View<'_, T>, mut out: ViewMut<'_, T>) {
    assert_eq!((a.rows(), a.columns()), (out.columns(), out.rows()));
    for i in 0..a.rows() {
        for j in 0..a.columns() {
            out.row_mut(j)[i] = a.row(i)[j];
        }
    }
}
