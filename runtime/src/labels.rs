//! Class indices, borrowed in whatever integers the caller has.

use core::fmt;
use core::marker::PhantomData;
use core::ops::Range;

use crate::error::Error;

/// Borrowed class indices: a slice of integers of any width. What is negative, or not below the number of classes,
/// is refused when the loss is made.
///
/// ```
/// use frobenius::Labels;
///
/// let digits: Vec<u8> = vec![3, 1, 4];
/// assert_eq!(Labels::from(&digits).get(2), Some(4));
///
/// // Slices and arrays too, and any integers; what is negative is no index.
/// assert_eq!(Labels::from(&[7_usize, 0][..]).len(), 2);
/// let signed: Labels = (&[-1_i32, 5]).into();
/// assert_eq!((signed.get(0), signed.get(1)), (None, Some(5)));
/// ```
#[derive(Clone, Copy)]
pub struct Labels<'a> {
    indices: Indices<'a>,
}

/// A source that is read in place as class indices by `Labels::from(&y)`, or `(&y).into()`, like
/// [`ReadMatrix`](crate::matrix::ReadMatrix).
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Source}` is not read as labels",
    label = "write `Labels::from(&classes)`, where `classes` is a slice, an array or a `Vec` of integers such as `u8` or `usize`"
)]
pub trait ReadLabels<Source: ?Sized> {
    fn labels(source: &Source) -> Labels<'_>;
}

/// Reads slices, arrays and `Vec`s of integers.
impl<'a, Source: ?Sized> From<&'a Source> for Labels<'a>
where
    PhantomData<()>: ReadLabels<Source>,
{
    fn from(source: &'a Source) -> Self {
        PhantomData::<()>::labels(source)
    }
}

macro_rules! widths {
    ($($width:ident: $integer:ty),*) => {
        #[derive(Clone, Copy)]
        enum Indices<'a> {
            $($width(&'a [$integer]),)*
        }

        impl Indices<'_> {
            #[inline]
            fn len(self) -> usize {
                match self {
                    $(Self::$width(slice) => slice.len(),)*
                }
            }

            fn range(self, range: Range<usize>) -> Self {
                match self {
                    $(Self::$width(slice) => Self::$width(&slice[range]),)*
                }
            }

            /// Index `i`; the largest number where it is negative, so that it is below no number of classes.
            #[inline]
            fn get(self, i: usize) -> usize {
                match self {
                    $(Self::$width(slice) => usize::try_from(slice[i]).unwrap_or(usize::MAX),)*
                }
            }

            /// Index `i` as it is written.
            fn written(self, i: usize) -> Option<i128> {
                match self {
                    $(Self::$width(slice) => slice.get(i).and_then(|&index| i128::try_from(index).ok()),)*
                }
            }

            /// The first place whose index is not below `classes`.
            fn outside(self, classes: usize) -> Option<usize> {
                match self {
                    $(Self::$width(slice) => slice
                        .iter()
                        .position(|&index| usize::try_from(index).map_or(true, |index| index >= classes)),)*
                }
            }
        }

        $(
            impl ReadLabels<[$integer]> for PhantomData<()> {
                fn labels(source: &[$integer]) -> Labels<'_> {
                    Labels { indices: Indices::$width(source) }
                }
            }

            impl ReadLabels<Vec<$integer>> for PhantomData<()> {
                fn labels(source: &Vec<$integer>) -> Labels<'_> {
                    source.as_slice().into()
                }
            }

            impl<const N: usize> ReadLabels<[$integer; N]> for PhantomData<()> {
                fn labels(source: &[$integer; N]) -> Labels<'_> {
                    source.as_slice().into()
                }
            }
        )*
    };
}

widths! { U8: u8, U16: u16, U32: u32, U64: u64, Usize: usize, I32: i32, I64: i64 }

impl Labels<'_> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.indices.len()
    }

    /// True if there are no labels.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Index `i`, from 0; `None` past the end, and where the integer is negative.
    #[must_use]
    pub fn get(&self, i: usize) -> Option<usize> {
        self.indices.written(i).and_then(|index| usize::try_from(index).ok())
    }
}

impl fmt::Debug for Labels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((0..self.len()).filter_map(|i| self.indices.written(i))).finish()
    }
}

/// Labels that have been checked: each is a class.
pub struct LabelInput<'a> {
    indices: Indices<'a>,
}

impl<'a> LabelInput<'a> {
    /// The labels of the argument `argument`, which is declared as `declared` and has `classes` classes.
    ///
    /// # Errors
    /// [`Error::Label`] for the first that is no class.
    pub fn new(
        argument: &'static str,
        declared: &'static str,
        labels: Labels<'a>,
        classes: usize,
    ) -> Result<Self, Error> {
        let indices = labels.indices;
        match indices.outside(classes) {
            None => Ok(Self { indices }),
            Some(position) => {
                let found = indices.written(position).unwrap_or(i128::MAX);
                Err(Error::Label { argument, declared, position, found, classes })
            }
        }
    }

    /// The labels of one block of rows.
    #[must_use]
    pub fn rows(&self, rows: Range<usize>) -> LabelView<'_> {
        LabelView { indices: self.indices.range(rows) }
    }

    /// All labels.
    #[must_use]
    pub fn whole(&self) -> LabelView<'_> {
        LabelView { indices: self.indices }
    }
}

/// Labels as kernels read them.
#[derive(Clone, Copy)]
pub struct LabelView<'a> {
    indices: Indices<'a>,
}

impl LabelView<'_> {
    /// How many there are.
    #[inline]
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "kernels ask only how many there are")]
    pub fn len(self) -> usize {
        self.indices.len()
    }

    /// Label `i`.
    #[inline]
    #[must_use]
    pub fn get(self, i: usize) -> usize {
        self.indices.get(i)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_width_gives_the_same_labels() {
        let vector = vec![0u16, 2, 1];
        let all = [
            Labels::from(&[0u8, 2, 1]),
            Labels::from(&vector),
            Labels::from([0u32, 2, 1].as_slice()),
            Labels::from(&[0u64, 2, 1]),
            Labels::from(&[0usize, 2, 1]),
            Labels::from(&[0i32, 2, 1]),
            Labels::from(&[0i64, 2, 1]),
        ];
        for labels in all {
            assert_eq!(format!("{labels:?}"), "[0, 2, 1]");
            let input = LabelInput::new("y", "Labels<N, 3>", labels, 3).unwrap();
            let (whole, part) = (input.whole(), input.rows(1..3));
            assert_eq!((0..whole.len()).map(|i| whole.get(i)).collect::<Vec<_>>(), [0, 2, 1]);
            assert_eq!((0..part.len()).map(|i| part.get(i)).collect::<Vec<_>>(), [2, 1]);
        }
    }

    #[test]
    fn what_is_no_class_is_an_error_with_its_place() {
        let error = |labels: Labels<'_>, classes| {
            LabelInput::new("y", "Labels<N, C>", labels, classes).map(|_| ()).unwrap_err().to_string()
        };
        let labels = "labels of Labels<N, C>";
        assert_eq!(error((&[0u8, 1, 3]).into(), 3), format!("label 3 in row 2 of `y`: {labels} are 0 to 2"));
        assert_eq!(error((&[0i32, -1]).into(), 2), format!("label -1 in row 1 of `y`: {labels} are 0 to 1"));
        assert_eq!(error((&[u64::MAX]).into(), 1), format!("label {} in row 0 of `y`: {labels} are all 0", u64::MAX));
        assert_eq!(error((&[0i64]).into(), 0), "label 0 in row 0 of `y`: Labels<N, C> has no classes");
        assert!(LabelInput::new("y", "Labels<N, C>", Labels::from(&[0u8; 0]), 0).is_ok());
    }
}
