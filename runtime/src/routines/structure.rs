//! Operations that arrange elements. Of square matrices a block of rows may be all there is: its first row has the
//! number `first`. Parts begin at the row or column `start`, and are as large as their views.

use core::ops::Range;

use crate::simd::{Isa, Scalar};
use crate::view::{View, ViewMut};

/// `v` on the diagonal, zeros elsewhere. Of `v` the entries of the rows are there.
pub fn diag<T: Scalar>(_: Isa, first: usize, v: View<'_, T>, mut out: ViewMut<'_, T>) {
    for (i, &x) in v.row(0).iter().enumerate() {
        let row = out.row_mut(i);
        row.fill(T::default());
        row[first + i] = x;
    }
}

/// The diagonal, as a line.
pub fn diagonal<T: Scalar>(_: Isa, first: usize, a: View<'_, T>, mut out: ViewMut<'_, T>) {
    for (i, x) in out.row_mut(0).iter_mut().enumerate() {
        *x = a.row(i)[first + i];
    }
}

/// The lower triangle.
pub fn tril<T: Scalar>(_: Isa, first: usize, a: View<'_, T>, mut out: ViewMut<'_, T>) {
    for i in 0..a.rows() {
        keep(a.row(i), out.row_mut(i), 0..first + i + 1);
    }
}

/// The upper triangle.
pub fn triu<T: Scalar>(_: Isa, first: usize, a: View<'_, T>, mut out: ViewMut<'_, T>) {
    for i in 0..a.rows() {
        keep(a.row(i), out.row_mut(i), first + i..a.columns());
    }
}

/// All but the diagonal.
pub fn off_diagonal<T: Scalar>(_: Isa, first: usize, a: View<'_, T>, mut out: ViewMut<'_, T>) {
    for i in 0..a.rows() {
        let out = out.row_mut(i);
        out.copy_from_slice(a.row(i));
        out[first + i] = T::default();
    }
}

/// The elements of `kept`, zeros elsewhere.
fn keep<T: Scalar>(row: &[T], out: &mut [T], kept: Range<usize>) {
    out[..kept.start].fill(T::default());
    out[kept.end..].fill(T::default());
    out[kept.clone()].copy_from_slice(&row[kept]);
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is the number of a row, or of a column"
)]
fn index(start: f64) -> usize {
    start as usize
}

/// The rows from `start` on.
pub fn slice_rows<T: Scalar>(_: Isa, a: View<'_, T>, start: f64, mut out: ViewMut<'_, T>) {
    let (count, columns) = (out.rows(), out.columns());
    if count == 0 {
        return;
    }
    let rows = a.row_range(index(start)..index(start) + count);
    match rows.flat() {
        // Rows of one element, as a vector has them, would each be a call.
        Some(line) if out.stride() == columns => out.rest_mut(0)[..count * columns].copy_from_slice(line.row(0)),
        _ => {
            for i in 0..count {
                out.row_mut(i).copy_from_slice(rows.row(i));
            }
        }
    }
}

/// `a` in the rows from `start` on, zeros elsewhere.
pub fn pad_rows<T: Scalar>(_: Isa, a: View<'_, T>, start: f64, mut out: ViewMut<'_, T>) {
    for i in 0..out.rows() {
        match i.checked_sub(index(start)).filter(|&own| own < a.rows()) {
            Some(own) => out.row_mut(i).copy_from_slice(a.row(own)),
            None => out.row_mut(i).fill(T::default()),
        }
    }
}

/// The columns from `start` on.
pub fn slice_columns<T: Scalar>(_: Isa, a: View<'_, T>, start: f64, mut out: ViewMut<'_, T>) {
    let width = out.columns();
    for i in 0..out.rows() {
        out.row_mut(i).copy_from_slice(&a.row(i)[index(start)..][..width]);
    }
}

/// `a` in the columns from `start` on, zeros elsewhere.
pub fn pad_columns<T: Scalar>(_: Isa, a: View<'_, T>, start: f64, mut out: ViewMut<'_, T>) {
    for i in 0..out.rows() {
        let out = out.row_mut(i);
        out.fill(T::default());
        out[index(start)..][..a.columns()].copy_from_slice(a.row(i));
    }
}

/// The rows of `a`, below them those of `b`.
pub fn concat_rows<T: Scalar>(_: Isa, a: View<'_, T>, b: View<'_, T>, mut out: ViewMut<'_, T>) {
    for i in 0..a.rows() {
        out.row_mut(i).copy_from_slice(a.row(i));
    }
    for i in 0..b.rows() {
        out.row_mut(a.rows() + i).copy_from_slice(b.row(i));
    }
}

/// The columns of `a`, to the right of them those of `b`.
pub fn concat_columns<T: Scalar>(_: Isa, a: View<'_, T>, b: View<'_, T>, mut out: ViewMut<'_, T>) {
    for i in 0..out.rows() {
        let (left, right) = out.row_mut(i).split_at_mut(a.columns());
        left.copy_from_slice(a.row(i));
        right.copy_from_slice(b.row(i));
    }
}

/// The rows one after the other, in a line.
pub fn vec_rows<T: Scalar>(_: Isa, a: View<'_, T>, mut out: ViewMut<'_, T>) {
    for i in 0..a.rows() {
        out.row_mut(0)[i * a.columns()..][..a.columns()].copy_from_slice(a.row(i));
    }
}

/// The rows that stand one after the other in a line.
pub fn unvec_rows<T: Scalar>(_: Isa, v: View<'_, T>, mut out: ViewMut<'_, T>) {
    let width = out.columns();
    for i in 0..out.rows() {
        out.row_mut(i).copy_from_slice(&v.row(0)[i * width..][..width]);
    }
}

/// Block (i, j) is a[i, j] b.
pub fn kron<T: Scalar>(_: Isa, a: View<'_, T>, b: View<'_, T>, mut out: ViewMut<'_, T>) {
    for i in 0..a.rows() {
        for k in 0..b.rows() {
            let row = out.row_mut(i * b.rows() + k);
            for (j, &factor) in a.row(i).iter().enumerate() {
                let block = &mut row[j * b.columns()..][..b.columns()];
                block.iter_mut().zip(b.row(k)).for_each(|(out, &b)| *out = T::from_f64(factor.to_f64() * b.to_f64()));
            }
        }
    }
}

/// out[i, j] = ⟨block (i, j) of g, b⟩.
pub fn kron_left<T: Scalar>(_: Isa, g: View<'_, T>, b: View<'_, T>, mut out: ViewMut<'_, T>) {
    for i in 0..out.rows() {
        for j in 0..out.columns() {
            let rows = (0..b.rows()).map(|k| dot(block_row(g, b.rows(), b.columns(), [i, j, k]), b.row(k)));
            out.row_mut(i)[j] = T::from_f64(rows.sum());
        }
    }
}

/// out = Σ of the blocks (i, j) of g, each times a[i, j].
pub fn kron_right<T: Scalar>(_: Isa, g: View<'_, T>, a: View<'_, T>, mut out: ViewMut<'_, T>) {
    let (tall, wide) = (out.rows(), out.columns());
    for k in 0..tall {
        for l in 0..wide {
            let sum = |i: usize| -> f64 {
                let elements = a.row(i).iter().enumerate();
                elements.map(|(j, x)| x.to_f64() * block_row(g, tall, wide, [i, j, k])[l].to_f64()).sum()
            };
            out.row_mut(k)[l] = T::from_f64((0..a.rows()).map(sum).sum());
        }
    }
}

/// Row k of the block (i, j) of g.
fn block_row<T: Scalar>(g: View<'_, T>, tall: usize, wide: usize, [i, j, k]: [usize; 3]) -> &[T] {
    &g.row(i * tall + k)[j * wide..][..wide]
}

fn dot<T: Scalar>(a: &[T], b: &[T]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a.to_f64() * b.to_f64()).sum()
}

/// Row `p * Q + q` is `c[p] ⊙ b[q]`.
pub fn khatri_rao<T: Scalar>(_: Isa, c: View<'_, T>, b: View<'_, T>, mut out: ViewMut<'_, T>) {
    for p in 0..c.rows() {
        for q in 0..b.rows() {
            let factors = c.row(p).iter().zip(b.row(q));
            let row = out.row_mut(p * b.rows() + q);
            row.iter_mut().zip(factors).for_each(|(out, (c, b))| *out = T::from_f64(c.to_f64() * b.to_f64()));
        }
    }
}

/// Row p is `Σ g[p, q] ⊙ b[q]` over q.
pub fn khatri_rao_left<T: Scalar>(_: Isa, g: View<'_, T>, b: View<'_, T>, mut out: ViewMut<'_, T>) {
    for p in 0..out.rows() {
        for (j, out) in out.row_mut(p).iter_mut().enumerate() {
            let products = (0..b.rows()).map(|q| g.row(p * b.rows() + q)[j].to_f64() * b.row(q)[j].to_f64());
            *out = T::from_f64(products.sum());
        }
    }
}

/// Row q is `Σ g[p, q] ⊙ c[p]` over p.
pub fn khatri_rao_right<T: Scalar>(_: Isa, g: View<'_, T>, c: View<'_, T>, mut out: ViewMut<'_, T>) {
    let rows = out.rows();
    for q in 0..rows {
        for (j, out) in out.row_mut(q).iter_mut().enumerate() {
            let products = (0..c.rows()).map(|p| g.row(p * rows + q)[j].to_f64() * c.row(p)[j].to_f64());
            *out = T::from_f64(products.sum());
        }
    }
}

/// Each row's distance to the next one; 0 in the last row.
pub fn differences<T: Scalar>(_: Isa, a: View<'_, T>, mut out: ViewMut<'_, T>) {
    for i in 0..a.rows() {
        let (row, next) = (a.row(i), a.row(a.rows().min(i + 2) - 1));
        let elements = next.iter().zip(row);
        out.row_mut(i).iter_mut().zip(elements).for_each(|(out, (b, a))| *out = T::from_f64(b.to_f64() - a.to_f64()));
    }
}

/// The transpose of [`differences`]: each row's distance from the one before, as if zeros stood around all but the last.
pub fn differences_t<T: Scalar>(_: Isa, g: View<'_, T>, mut out: ViewMut<'_, T>) {
    let last = g.rows().saturating_sub(1);
    for i in 0..g.rows() {
        for (j, out) in out.row_mut(i).iter_mut().enumerate() {
            let before = if i > 0 { g.row(i - 1)[j].to_f64() } else { 0.0 };
            let own = if i < last { g.row(i)[j].to_f64() } else { 0.0 };
            *out = T::from_f64(before - own);
        }
    }
}
