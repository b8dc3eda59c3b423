//! `ndarray`: arrays and views with any strides.
//!
//! ```
//! use frobenius::MatrixRef;
//! use ndarray::{array, s};
//!
//! let x = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
//! let columns_reversed = MatrixRef::from(x.slice(s![.., ..;-1]));
//! assert_eq!(columns_reversed.get(1, 0), Some(6.0));
//! ```

use core::marker::PhantomData;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use crate::matrix::{MatrixRef, ReadMatrix, ReadVector, VectorRef};

impl<'a, T> From<ArrayView2<'a, T>> for MatrixRef<'a, T> {
    fn from(view: ArrayView2<'a, T>) -> Self {
        let ((rows, columns), strides) = (view.dim(), view.strides());
        // SAFETY: a view borrows its elements for 'a, and they stand at its pointer plus multiples of its strides.
        unsafe { Self::from_raw(view.as_ptr(), rows, columns, (strides[0], strides[1])) }
    }
}

impl<T> ReadMatrix<Array2<T>> for PhantomData<T> {
    type Element = T;
    fn matrix(source: &Array2<T>) -> MatrixRef<'_, T> {
        source.view().into()
    }
}

impl<'a, T> From<ArrayView1<'a, T>> for VectorRef<'a, T> {
    fn from(view: ArrayView1<'a, T>) -> Self {
        let stride = view.strides()[0];
        // SAFETY: a view borrows its elements for 'a, and they stand at its pointer plus multiples of its stride.
        unsafe { Self::from_raw(view.as_ptr(), view.len(), stride) }
    }
}

impl<T> ReadVector<Array1<T>> for PhantomData<T> {
    type Element = T;
    fn vector(source: &Array1<T>) -> VectorRef<'_, T> {
        source.view().into()
    }
}
