//! Class indices, borrowed in whatever integers the caller has.

use core::fmt;
use core::marker::PhantomData;
use core::ops::Range;

use crate::error::Error;

/// Borrowed class indices: a slice of integers of any width. What is negative, or not below the number of classes,
/// is refused when the loss is made.
///
/// Where a label may be missing, the slice is one of `Option`s, or an index stands for "no label", which
/// [`ignoring`](Self::ignoring) names; the loss declares such labels as `Option<Labels<N, C>>`.
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
///
/// let some: Labels = (&[Some(2_u8), None]).into();
/// assert_eq!((some.get(0), some.get(1)), (Some(2), None));
/// ```
#[derive(Clone, Copy)]
pub struct Labels<'a> {
    indices: Indices<'a>,
    /// The index that stands for a label that is missing.
    ignored: Option<i128>,
}

/// A source that is read in place as class indices by `Labels::from(&y)`, or `(&y).into()`, like
/// [`ReadMatrix`](crate::matrix::ReadMatrix).
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Source}` is not read as labels",
    label = "write `Labels::from(&classes)`, where `classes` is a slice, an array or a `Vec` of integers such as `u8` or `usize`, or of `Option`s of them"
)]
pub trait ReadLabels<Source: ?Sized> {
    fn labels(source: &Source) -> Labels<'_>;
}

/// Reads slices, arrays and `Vec`s of integers, and of `Option`s of them.
impl<'a, Source: ?Sized> From<&'a Source> for Labels<'a>
where
    PhantomData<()>: ReadLabels<Source>,
{
    fn from(source: &'a Source) -> Self {
        PhantomData::<()>::labels(source)
    }
}

/// An element of a slice of labels.
trait Index: Copy {
    /// The class; `None` where there is no label, and where no class can be: below 0, or beyond all memory.
    fn class(self) -> Option<usize>;

    /// The integer as it is written; `None` where there is no label.
    fn written(self) -> Option<i128>;
}

impl<I: Index> Index for Option<I> {
    #[inline]
    fn class(self) -> Option<usize> {
        self.and_then(I::class)
    }

    fn written(self) -> Option<i128> {
        self.and_then(I::written)
    }
}

macro_rules! integers {
    ($($integer:ty),*) => {
        $(
            impl Index for $integer {
                #[inline]
                fn class(self) -> Option<usize> {
                    usize::try_from(self).ok()
                }

                fn written(self) -> Option<i128> {
                    i128::try_from(self).ok()
                }
            }
        )*
    };
}

integers! { u8, u16, u32, u64, usize, i32, i64 }

macro_rules! elements {
    ($($name:ident: $element:ty),*) => {
        #[derive(Clone, Copy)]
        enum Indices<'a> {
            $($name(&'a [$element]),)*
        }

        impl Indices<'_> {
            #[inline]
            fn len(self) -> usize {
                match self {
                    $(Self::$name(slice) => slice.len(),)*
                }
            }

            fn range(self, range: Range<usize>) -> Self {
                match self {
                    $(Self::$name(slice) => Self::$name(&slice[range]),)*
                }
            }

            /// Class `i`.
            #[inline]
            fn class(self, i: usize) -> Option<usize> {
                match self {
                    $(Self::$name(slice) => slice[i].class(),)*
                }
            }

            /// Index `i` as it is written.
            fn written(self, i: usize) -> Option<i128> {
                match self {
                    $(Self::$name(slice) => slice.get(i).and_then(|index| index.written()),)*
                }
            }

            /// The first place from `start` on whose class is not below `classes`, or `ignored`.
            fn outside(self, start: usize, classes: usize, ignored: Option<usize>) -> Option<usize> {
                let is_class = |class: usize| class < classes && Some(class) != ignored;
                match self {
                    $(Self::$name(slice) => slice[start..]
                        .iter()
                        .position(|&index| !index.class().is_some_and(is_class))
                        .map(|place| start + place),)*
                }
            }
        }

        $(
            impl ReadLabels<[$element]> for PhantomData<()> {
                fn labels(source: &[$element]) -> Labels<'_> {
                    Labels { indices: Indices::$name(source), ignored: None }
                }
            }

            impl ReadLabels<Vec<$element>> for PhantomData<()> {
                fn labels(source: &Vec<$element>) -> Labels<'_> {
                    source.as_slice().into()
                }
            }

            impl<const N: usize> ReadLabels<[$element; N]> for PhantomData<()> {
                fn labels(source: &[$element; N]) -> Labels<'_> {
                    source.as_slice().into()
                }
            }
        )*
    };
}

elements! {
    U8: u8, U16: u16, U32: u32, U64: u64, Usize: usize, I32: i32, I64: i64, SomeU8: Option<u8>, SomeU16: Option<u16>,
    SomeU32: Option<u32>, SomeU64: Option<u64>, SomeUsize: Option<usize>, SomeI32: Option<i32>, SomeI64: Option<i64>
}

impl Labels<'_> {
    /// Labels of which those that are `index` are missing, as `ignore_index` says elsewhere. It may be
    /// negative, a class, or beyond all classes.
    ///
    /// ```
    /// use frobenius::prelude::*;
    ///
    /// #[loss]
    /// fn classify(z: Matrix<N, C>, y: Option<Labels<N, C>>, #[param] t: Scalar) -> Scalar {
    ///     sum(cross_entropy(t * z, y)) / sum(has_label(y))
    /// }
    ///
    /// # fn main() -> Result<(), Error> {
    /// let z = [[2.0, 0.0], [0.5, 0.5], [0.0, 1.0]];
    /// let value = |z, y| -> Result<f64, Error> {
    ///     let mut loss = classify::Loss::new(classify::Data { z, y })?;
    ///     let params = classify::Params::from_vec(loss.dims(), vec![1.0])?;
    ///     loss.value(&params)
    /// };
    /// // The second sample is as if it were not there.
    /// let some = value(MatrixRef::from(&z), Labels::from(&[0, -100, 1]).ignoring(-100))?;
    /// let without = value(MatrixRef::from(&[z[0], z[2]]), Labels::from(&[0, 1]))?;
    /// assert_eq!(some, without);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn ignoring(self, index: impl TryInto<i128>) -> Self {
        // No label is as large as an integer that does not fit.
        Self { ignored: index.try_into().ok(), ..self }
    }

    /// How many there are, with those that are missing.
    #[must_use]
    pub fn len(&self) -> usize {
        self.indices.len()
    }

    /// True if there are no labels.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Index `i`, from 0; `None` past the end, where there is no label, and where the integer is negative.
    #[must_use]
    pub fn get(&self, i: usize) -> Option<usize> {
        self.written(i).and_then(|index| usize::try_from(index).ok())
    }

    /// Index `i` as it is written; `None` where there is no label.
    fn written(&self, i: usize) -> Option<i128> {
        self.indices.written(i).filter(|index| Some(*index) != self.ignored)
    }
}

impl fmt::Debug for Labels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        for i in 0..self.len() {
            match self.written(i) {
                Some(index) => list.entry(&index),
                None => list.entry(&format_args!("None")),
            };
        }
        list.finish()
    }
}

/// Labels that have been checked: each is a class, or missing where the loss allows that.
pub struct LabelInput<'a> {
    indices: Indices<'a>,
    /// The integer that stands for a label that is missing, unless it is negative.
    ignored: Option<usize>,
}

impl<'a> LabelInput<'a> {
    /// The labels of the argument `argument`, which is declared as `declared` and has `classes` classes.
    ///
    /// # Errors
    /// [`Error::Label`] for the first that is no class, and [`Error::NoLabel`] for the first that is missing.
    pub fn new(
        argument: &'static str,
        declared: &'static str,
        labels: Labels<'a>,
        classes: usize,
    ) -> Result<Self, Error> {
        Self::checked(labels, classes, |position, found| match found {
            Some(found) => Some(Error::Label { argument, declared, position, found, classes }),
            None => Some(Error::NoLabel { argument, declared, position }),
        })
    }

    /// The labels of an argument of which some may be missing.
    ///
    /// # Errors
    /// [`Error::Label`] for the first that is neither a class nor missing.
    pub fn optional(
        argument: &'static str,
        declared: &'static str,
        labels: Labels<'a>,
        classes: usize,
    ) -> Result<Self, Error> {
        Self::checked(labels, classes, |position, found| {
            found.map(|found| Error::Label { argument, declared, position, found, classes })
        })
    }

    /// The labels, unless `wrong` has an error for the place and the integer of one that is no class; the integer is `None` where the
    /// label is missing.
    fn checked(
        labels: Labels<'a>,
        classes: usize,
        wrong: impl Fn(usize, Option<i128>) -> Option<Error>,
    ) -> Result<Self, Error> {
        let indices = labels.indices;
        let ignored = labels.ignored.and_then(|index| usize::try_from(index).ok());
        let mut start = 0;
        while let Some(position) = indices.outside(start, classes, ignored) {
            if let Some(error) = wrong(position, labels.written(position)) {
                return Err(error);
            }
            start = position + 1;
        }
        Ok(Self { indices, ignored })
    }

    /// The labels of one block of rows.
    #[must_use]
    pub fn rows(&self, rows: Range<usize>) -> LabelView<'_> {
        LabelView { indices: self.indices.range(rows), ignored: self.ignored }
    }

    /// All labels.
    #[must_use]
    pub fn whole(&self) -> LabelView<'_> {
        LabelView { indices: self.indices, ignored: self.ignored }
    }
}

/// Labels as kernels read them.
#[derive(Clone, Copy)]
pub struct LabelView<'a> {
    indices: Indices<'a>,
    ignored: Option<usize>,
}

impl LabelView<'_> {
    /// How many there are.
    #[inline]
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "kernels ask only how many there are")]
    pub fn len(self) -> usize {
        self.indices.len()
    }

    /// Label `i`; `None` if it is missing.
    #[inline]
    #[must_use]
    pub fn get(self, i: usize) -> Option<usize> {
        self.indices.class(i).filter(|class| Some(*class) != self.ignored)
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
            assert_eq!((0..whole.len()).map(|i| whole.get(i)).collect::<Vec<_>>(), [0, 2, 1].map(Some));
            assert_eq!((0..part.len()).map(|i| part.get(i)).collect::<Vec<_>>(), [2, 1].map(Some));
        }
    }

    #[test]
    fn what_is_no_class_is_an_error_with_its_place() {
        let error = |labels: Labels<'_>, classes| {
            LabelInput::new("y", "Labels<N, C>", labels, classes).map(|_| ()).unwrap_err().to_string()
        };
        let labels = "labels of Labels<N, C>";
        assert_eq!(error((&[0u8, 1, 3]).into(), 3), format!("label 3 in row 2 of `y`: {labels} are 0 to 2"));
        let missing = "; where some are missing, it declares `Option<Labels<N, C>>`";
        assert_eq!(error((&[0i32, -1]).into(), 2), format!("label -1 in row 1 of `y`: {labels} are 0 to 1{missing}"));
        assert_eq!(error((&[u64::MAX]).into(), 1), format!("label {} in row 0 of `y`: {labels} are all 0", u64::MAX));
        assert_eq!(error((&[0i64]).into(), 0), "label 0 in row 0 of `y`: Labels<N, C> has no classes");
        assert!(LabelInput::new("y", "Labels<N, C>", Labels::from(&[0u8; 0]), 0).is_ok());
    }
    /// Three labels of which the middle one is missing, in every way to say so.
    fn some_missing() -> [(Labels<'static>, &'static str); 10] {
        [
            (Labels::from(&[Some(0u8), None, Some(1)]), "an Option"),
            (Labels::from(const { &[Some(0u16), None, Some(1)] }), "an Option"),
            (Labels::from([Some(0u32), None, Some(1)].as_slice()), "an Option"),
            (Labels::from(&[Some(0u64), None, Some(1)]), "an Option"),
            (Labels::from(&[Some(0usize), None, Some(1)]), "an Option"),
            (Labels::from(&[Some(0i32), None, Some(1)]), "an Option"),
            (Labels::from(&[Some(0i64), Some(-7), Some(1)]).ignoring(-7), "an Option of what is ignored"),
            (Labels::from(&[0i64, -100, 1]).ignoring(-100), "a negative index"),
            (Labels::from(&[0u8, 2, 1]).ignoring(2u64), "a class"),
            (Labels::from(&[0usize, usize::MAX, 1]).ignoring(usize::MAX), "no class"),
        ]
    }

    #[test]
    fn labels_may_be_missing_where_the_loss_says_so() {
        for (labels, what) in some_missing() {
            assert_eq!(format!("{labels:?}"), "[0, None, 1]", "{what}");
            assert_eq!((0..4).map(|i| labels.get(i)).collect::<Vec<_>>(), [Some(0), None, Some(1), None], "{what}");
            let input = LabelInput::optional("y", "Option<Labels<N, 3>>", labels, 3).unwrap();
            let (whole, part) = (input.whole(), input.rows(1..3));
            assert_eq!((0..3).map(|i| whole.get(i)).collect::<Vec<_>>(), [Some(0), None, Some(1)], "{what}");
            assert_eq!((0..2).map(|i| part.get(i)).collect::<Vec<_>>(), [None, Some(1)], "{what}");
            let error = LabelInput::new("y", "Labels<N, 3>", labels, 3).map(|_| ()).unwrap_err();
            let expected = "row 1 of `y` has no label, but the loss declares `y: Labels<N, 3>`; where some are missing, it declares \
                            `Option<Labels<N, 3>>`";
            assert_eq!(error.to_string(), expected, "{what}");
        }
    }

    #[test]
    fn neither_a_class_nor_missing_is_an_error() {
        let error = |labels: Labels<'_>| {
            LabelInput::optional("y", "Option<Labels<N, 3>>", labels, 3).map(|_| ()).unwrap_err().to_string()
        };
        let labels = "labels of Option<Labels<N, 3>> are 0 to 2";
        assert_eq!(error((&[None, Some(3u8)]).into()), format!("label 3 in row 1 of `y`: {labels}"));
        let ignoring = "; `ignoring(-1)` makes it stand for a label that is missing";
        assert_eq!(
            error(Labels::from(&[-100i32, 0, -1, 5]).ignoring(-100)),
            format!("label -1 in row 2 of `y`: {labels}{ignoring}")
        );
        // The last call counts.
        let twice = Labels::from(&[-1i32, -2]).ignoring(-2).ignoring(-1);
        assert_eq!(
            error(twice),
            format!("label -2 in row 1 of `y`: {labels}; `ignoring(-2)` makes it stand for a label that is missing")
        );
        // Of no classes, every label is missing.
        assert!(LabelInput::optional("y", "Option<Labels<N, C>>", Labels::from(&[None::<u8>; 2]), 0).is_ok());
        // An index that no label can be is no index.
        assert!(LabelInput::optional("y", "Option<Labels<N, C>>", Labels::from(&[0u8]).ignoring(u128::MAX), 1).is_ok());
    }
}
