//! Class indices as data: their length and their range are checked when the loss is made. Samples whose label is missing are as if they
//! were not there.

use frobenius::prelude::*;
use frobenius_tests::reader::Printed;
use frobenius_tests::second::direction;
use frobenius_tests::{Case, Random, Reference, close, compare, compare_requests, count, cut, ways};

/// A loss that uses only the number of labels.
#[loss]
fn fixed(x: Matrix<N, D>, y: Labels<N, 3>, #[param] w: Vector<D>) -> Scalar {
    norm_sq(x * w) / size(y)
}

/// The number of classes is in no argument but the labels.
#[loss]
fn given(y: Labels<N, C>, #[param] w: Scalar) -> Scalar {
    w * size(y)
}

/// The number of classes is that of another argument's columns.
#[loss]
fn inferred(y: Labels<N, C>, z: Matrix<N, C>, #[param] w: Scalar) -> Scalar {
    w * norm_sq(z) + size(y)
}

#[test]
fn labels_are_borrowed_integers_of_any_width() {
    let x = [1.0f32, 2.0, 3.0, 4.0];
    let x = MatrixRef::new(&x, 2, 2).unwrap();
    for y in [Labels::from(&[2u8, 0]), (&vec![2u16, 0]).into(), (&[2usize, 0]).into(), (&[2i64, 0]).into()] {
        let mut loss = fixed::Loss::new(fixed::Data { x, y }).unwrap();
        let params = fixed::Params::from_vec(loss.dims(), vec![1.0, 1.0]).unwrap();
        assert_eq!(loss.value(&params).unwrap().to_bits(), 29.0f64.to_bits());
    }
}

#[test]
fn labels_fit_the_samples_and_the_classes() {
    let x = [1.0, 2.0, 3.0, 4.0];
    let x = MatrixRef::new(&x, 2, 2).unwrap();
    let error = |y| fixed::Loss::<f64>::new(fixed::Data { x, y }).err().unwrap().to_string();
    assert_eq!(error((&[0u8]).into()), "`y` is 1 x 1, but `x` has 2 rows: Labels<N, 3> needs 2 x 1");
    assert_eq!(error((&[0u8, 3]).into()), "label 3 in row 1 of `y`: labels of Labels<N, 3> are 0 to 2");
    assert_eq!(
        error((&[-1i32, 3]).into()),
        "label -1 in row 0 of `y`: labels of Labels<N, 3> are 0 to 2; where some are missing, it declares `Option<Labels<N, 3>>`"
    );
}

#[test]
fn the_number_of_classes_comes_from_elsewhere() {
    let y = [4u32, 0, 1];
    let data = given::Data { y: (&y).into() };
    assert!(given::Loss::<f64>::new(data, given::Sizes { c: 5 }).is_ok());
    let error = given::Loss::<f64>::new(data, given::Sizes { c: 4 }).err().unwrap();
    assert_eq!(error.to_string(), "label 4 in row 0 of `y`: labels of Labels<N, C> are 0 to 3");

    let z = [0.5f64; 15];
    let data = |columns| inferred::Data { y: (&y).into(), z: MatrixRef::new(&z[..3 * columns], 3, columns).unwrap() };
    assert_eq!(inferred::Loss::new(data(5)).unwrap().dims(), inferred::Dims { n: 3, c: 5 });
    assert!(inferred::Loss::new(data(4)).is_err());
}

compare! {
    what_samples_without_a_label_add_agrees
    data { x: matrix, y: optional_labels }
    sizes { "D": 3 }
    fn labelled_rows(x: Matrix<N, D>, y: Option<Labels<N, 3>>, #[param] w: Matrix<D, 3>, #[param] b: Matrix<3, 2>) -> Scalar {
        let z = x * w;
        sum(sq(cross_entropy(z, y))) + sum(exp(pick(z, y))) + sum(exp(gather(b, y))) + sum(has_label(y)) / rows(y)
    }
}

compare! {
    groups_without_the_unlabelled_agree
    data { x: matrix, y: optional_labels }
    given { k: "K" }
    sizes { "D": 3, "K": 2 }
    fn labelled_groups(x: Matrix<N, D>, y: Option<Labels<N, 2>>, #[param] w: Matrix<D, K>, #[param] b: Matrix<2, K>) -> Scalar {
        let z = x * w;
        let known = min(1, count_by(y)) + zeros_like(b);
        sum(sq(select(known, max_by(z, y), b))) + sum(sq(sin(select(known, lse_by(z, y), 0))))
            + norm_sq(softmax_by(z, y) - z) + norm_sq(mean_by(sq(z), y)) + sum(sin(sum_by(z, y)))
    }
}

compare_requests! {
    second_derivatives_without_the_unlabelled_agree
    requests { jvp, hvp, hessian, line_search, sample_norms }
    data { x: matrix, y: optional_labels }
    given { c: "C" }
    sizes { "D": 3, "C": 4 }
    fn classified(x: Matrix<N, D>, y: Option<Labels<N, C>>, #[param] w: Matrix<D, C>, #[param] b: RowVector<C>) -> Scalar {
        sum(cross_entropy(tanh(x * w) + b, y)) + sum(sin(pick(x * w, y)))
    }
}

/// The norm of a sample that looks a row up and has no label is 0, though the slope of the loss there is not.
#[loss(sample_norms)]
fn looked_up(y: Option<Labels<N, 3>>, #[param] w: Matrix<3, K>) -> Scalar {
    sum(exp(gather(w, y)))
}

#[test]
fn samples_without_a_label_have_no_gradient() -> Result<(), Error> {
    let labels = [Some(1u8), None, Some(2)];
    let data = looked_up::Data { y: (&labels).into() };
    let mut loss = looked_up::Loss::<f64>::new(data, looked_up::Sizes { k: 1 })?;
    let params = looked_up::Params::from_vec(loss.dims(), vec![0.0; 3])?;
    assert_eq!(loss.sample_norms(&params)?, [1.0, 0.0, 1.0]);
    Ok(())
}

/// Losses of one body, to which a sample without a label adds nothing: with labels that may be missing, and with labels that may not.
macro_rules! pair {
    ($some:ident $all:ident ($($arguments:tt)*) $body:block) => {
        #[loss(jvp, hvp)]
        fn $some(x: Matrix<N, D>, y: Option<Labels<N, 3>>, $($arguments)*) -> Scalar $body

        #[loss(jvp, hvp)]
        fn $all(x: Matrix<N, D>, y: Labels<N, 3>, $($arguments)*) -> Scalar $body
    };
}

pair! {
    some_rows all_rows (#[param] w: Matrix<D, 3>, #[param] b: Matrix<3, 2>) {
        let z = x * w + tanh(x * w);
        sum(cross_entropy(z, y)) + sum(sq(cross_entropy(sq(z), y))) + sum(sin(pick(z, y))) + norm_sq(tanh(gather(sq(b), y)))
    }
}

pair! {
    some_groups all_groups (#[param] w: Matrix<D, 3>, #[param] b: Matrix<3, 3>) {
        let z = tanh(x * w);
        let known = min(1, count_by(y)) + zeros_like(b);
        norm_sq(sum_by(z, y) - b) + norm_sq(mean_by(exp(z), y)) + norm_sq(softmax_by(z, y)) + sum(sq(count_by(y)))
            + sum(select(known, sq(max_by(z, y)), b)) + sum(sin(select(known, lse_by(z, y), 0)))
    }
}

/// Value, gradient, slope and product with the Hessian.
macro_rules! all_of {
    ($loss:ident, $x:expr, $y:expr, $isa:expr, $cuts:expr) => {{
        let x = frobenius_tests::MatrixRef::from($x);
        let mut loss = cut($cuts, || $loss::Loss::<f64>::new($loss::Data { x, y: $y }))?.with_isa($isa);
        let dims = loss.dims();
        let count = loss.params()?.as_slice().len();
        let params = $loss::Params::from_vec(dims, direction(count, 3))?;
        let along = $loss::Params::from_vec(dims, direction(count, 4))?;
        let [mut gradient, mut product] = [loss.params()?, loss.params()?];
        let values = [loss.value(&params)?, loss.value_and_gradient(&params, &mut gradient)?];
        let (value, slope) = loss.jvp(&params, &along)?;
        loss.hvp(&params, &along, &mut product)?;
        [&values, &[value, slope], gradient.as_slice(), product.as_slice()].concat()
    }};
}

/// Samples of which those without a label are infinite, NaN or anything.
fn some_samples(n: usize, has_label: impl Fn(usize) -> bool) -> (Vec<[f64; 4]>, Vec<i64>) {
    let mut random = Random::new(9);
    let missing = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 900.0];
    let x = (0..n)
        .map(|i| [(); 4].map(|()| random.between((-1.0, 1.0))).map(|x| if has_label(i) { x } else { missing[i % 4] }));
    let x = x.collect();
    #[expect(clippy::cast_possible_truncation, reason = "class indices")]
    let class = |random: &mut Random| random.class(3) as i64;
    (x, (0..n).map(|i| if has_label(i) { class(&mut random) } else { -100 }).collect())
}

#[test]
fn samples_without_a_label_are_as_if_they_were_not_there() -> Result<(), Error> {
    type HasLabel = fn(usize) -> bool;
    let which: [(&str, HasLabel); 4] = [
        ("one in three is missing", |i| i % 3 != 1),
        ("few have one", |i| i % 13 == 5),
        ("none has one", |_| false),
        ("all have one", |_| true),
    ];
    for (what, has_label) in which {
        for n in [1, 8, 70] {
            let (x, y) = some_samples(n, has_label);
            let kept: Vec<usize> = (0..n).filter(|&i| has_label(i)).collect();
            let kept_x: Vec<[f64; 4]> = kept.iter().map(|&i| x[i]).collect();
            let kept_y: Vec<i64> = kept.iter().map(|&i| y[i]).collect();
            for (isa, cuts) in ways() {
                let context = format!("{what}, {n} rows on {} cut into {cuts:?}", isa.name());
                let some = || Labels::from(&y).ignoring(-100);
                let found = [all_of!(some_rows, &x, some(), isa, cuts), all_of!(some_groups, &x, some(), isa, cuts)];
                let kept = || Labels::from(&kept_y);
                let expected =
                    [all_of!(all_rows, &kept_x, kept(), isa, cuts), all_of!(all_groups, &kept_x, kept(), isa, cuts)];
                for (found, expected) in found.iter().zip(&expected) {
                    assert!(expected.iter().all(|x| x.is_finite()), "{context}: {expected:?}");
                    close(found, expected, 1e-12).unwrap_or_else(|wrong| panic!("{context}: {wrong}"));
                }
            }
        }
    }
    Ok(())
}

pair! {
    some_classes all_classes (#[param] w: Matrix<D, 3>, #[param] b: RowVector<3>) {
        let z = x * w + b;
        sum(cross_entropy(z, y)) + sum(pick(z, y)) + norm_sq(sum_by(x, y) * w)
    }
}

#[test]
fn with_all_labels_there_the_bits_are_those_of_plain_labels() -> Result<(), Error> {
    for n in [1, 8, 70] {
        let (x, y) = some_samples(n, |_| true);
        let some: Vec<Option<i64>> = y.iter().copied().map(Some).collect();
        let bits = |all: &[f64]| all.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        for (isa, cuts) in ways() {
            let context = format!("{n} rows on {} cut into {cuts:?}", isa.name());
            let found = all_of!(some_classes, &x, Labels::from(&some), isa, cuts);
            let expected = all_of!(all_classes, &x, Labels::from(&y), isa, cuts);
            // Products with the Hessian are selected before they are multiplied on, which changes what is rounded first.
            let first = 4 + (found.len() - 4) / 2;
            assert_eq!(bits(&found[..first]), bits(&expected[..first]), "{context}");
            close(&found[first..], &expected[first..], 1e-15).unwrap_or_else(|wrong| panic!("{context}: {wrong}"));
        }
    }
    Ok(())
}

/// The printed gradient says which samples are left out, and is that of the loss.
#[test]
fn formulas_of_labels_that_may_be_missing_are_read_back() {
    for body in ["sum(cross_entropy(x * w, y)) / sum(has_label(y))", "norm_sq(cross_entropy(x * w, y)) + norm_sq(w)"] {
        let source =
            format!("fn f(x: Matrix<N, D>, y: Option<Labels<N, K>>, #[param] w: Matrix<D, K>) -> Scalar {{ {body} }}");
        let reference = Reference::parse(&source).unwrap_or_else(|mistakes| panic!("{body}: {mistakes}"));
        let case = Case::new(&reference, &[("N", 7), ("D", 3), ("K", 4)], (0.1, 0.9), false);
        let read = Printed::new(&reference, |name| (case.values::<f64>(name), case.shape(name)));
        let computed = reference.evaluate(&case.sizes, &case.inputs);
        let printed = reference.printed(&[]);
        let gradient = &printed.gradients[0].1;
        assert!(gradient.contains("has_label(y)"), "{gradient}");
        let checked = read.check_formula(&printed.formula, computed.value);
        let checked = checked.and_then(|()| read.check_gradient(0, gradient, &computed.gradients[0]));
        checked.unwrap_or_else(|wrong| panic!("{body}: {gradient}: {wrong}"));
    }
}

/// The mean over the samples that have a label.
#[loss(test)]
fn semi_supervised(z: Matrix<N, 3>, y: Option<Labels<N, 3>>, #[param] t: Scalar) -> Scalar {
    sum(cross_entropy(t * z, y)) / sum(has_label(y))
}

#[test]
fn each_way_to_say_that_a_label_is_missing_is_the_same() -> Result<(), Error> {
    let z = [[1.0, 2.0, 0.5], [f64::NAN; 3], [0.0, -1.0, 1.0]];
    let mean = |y| {
        let mut loss = semi_supervised::Loss::<f64>::new(semi_supervised::Data { z: (&z).into(), y })?;
        let params = semi_supervised::Params::from_vec(loss.dims(), vec![0.5])?;
        loss.value(&params)
    };
    let entropy = |row: [f64; 3], y: usize| row.iter().map(|z| (z / 2.0).exp()).sum::<f64>().ln() - row[y] / 2.0;
    let expected = (entropy(z[0], 1) + entropy(z[2], 0)) / count(2);
    let all = [
        Labels::from(&[Some(1u8), None, Some(0)]),
        Labels::from(&[Some(1usize), None, Some(0)]),
        Labels::from(&[1i32, -1, 0]).ignoring(-1),
        Labels::from(&[1u8, 255, 0]).ignoring(u8::MAX),
        // A class may be the one that is ignored.
        Labels::from(&[1u32, 2, 0]).ignoring(2),
    ];
    for y in all {
        close(&[mean(y)?], &[expected], 1e-15).unwrap_or_else(|wrong| panic!("{y:?}: {wrong}"));
    }
    Ok(())
}

#[test]
fn labels_are_missing_only_where_the_loss_says_so() {
    let x = [1.0, 2.0, 3.0, 4.0];
    let x = MatrixRef::new(&x, 2, 2).unwrap();
    let error = |y| fixed::Loss::<f64>::new(fixed::Data { x, y }).err().unwrap().to_string();
    let missing = "row 1 of `y` has no label, but the loss declares `y: Labels<N, 3>`; where some are missing, it declares \
                   `Option<Labels<N, 3>>`";
    assert_eq!(error((&[Some(0u8), None]).into()), missing);
    assert_eq!(error(Labels::from(&[2i64, -100]).ignoring(-100)), missing);
    // The first that is wrong is told.
    assert_eq!(error(Labels::from(&[Some(3u8), None])), "label 3 in row 0 of `y`: labels of Labels<N, 3> are 0 to 2");

    let z = [[0.0; 3]; 2];
    let error = |y| {
        let data = semi_supervised::Data { z: (&z).into(), y };
        semi_supervised::Loss::<f64>::new(data).err().unwrap().to_string()
    };
    let labels = "labels of Option<Labels<N, 3>> are 0 to 2";
    assert_eq!(error((&[None, Some(7u16)]).into()), format!("label 7 in row 1 of `y`: {labels}"));
    assert_eq!(
        error(Labels::from(&[-100i32, -1]).ignoring(-100)),
        format!("label -1 in row 1 of `y`: {labels}; `ignoring(-1)` makes it stand for a label that is missing")
    );
    assert_eq!(error((&[None::<u8>]).into()), "`y` is 1 x 1, but `z` has 2 rows: Option<Labels<N, 3>> needs 2 x 1");
}

compare! {
    labels_of_one_class_agree
    data { x: matrix, y: labels }
    sizes { "D": 3 }
    fn one_class(x: Matrix<N, D>, y: Labels<N, 1>, #[param] w: Matrix<D, 1>, #[param] b: Matrix<1, 2>) -> Scalar {
        sum(sin(pick(x * w, y))) + sum(exp(gather(b, y))) + sum(cross_entropy(x * w, y)) + norm_sq(sum_by(x, y) * w)
    }
}
