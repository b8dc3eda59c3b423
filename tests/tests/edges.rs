//! Values at the edges: chunks of which each has something to say, kinks, infinities, and what vanishes.

#![expect(clippy::unreadable_literal, reason = "values as they were computed")]

use frobenius::prelude::*;
use frobenius_tests::compare;

compare! {
    extrema_of_vectors_are_merged
    data { x: matrix }
    sizes { "D": 1 }
    fn extrema(x: Matrix<N, D>, #[param] w: Vector<D>, #[param] v: Vector<N>) -> Scalar {
        largest(x * w) + 2 * smallest(v) + 3 * norm_inf(x * w + v) + sum(column_max(2 * v)) + sum(column_max(x))
    }
}

/// More rows than a chunk has by itself.
#[test]
fn the_largest_of_many_rows() -> Result<(), Error> {
    #[loss]
    fn only_max(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {
        largest(x * w)
    }
    let n = 100_000;
    let x: Vec<f64> = (0..n).map(|i| frobenius_tests::count(7919 * i % n) / frobenius_tests::count(n)).collect();
    let mut loss = only_max::Loss::new(only_max::Data { x: MatrixRef::new(&x, n, 1)? })?;
    let params = only_max::Params::from_vec(loss.dims(), vec![2.0])?;
    let mut gradient = loss.params()?;
    let value = loss.value_and_gradient(&params, &mut gradient)?;
    assert_eq!((value, gradient.as_slice()), (1.99998, &[0.99999][..]));
    Ok(())
}

/// A loss of one parameter without data, its value and its gradient.
macro_rules! root {
    ($test:ident $loss:ident at $rows:expr, [$($x:expr),*] is $value:expr, [$($gradient:expr),*] of $($body:tt)*) => {
        #[loss]
        fn $loss(#[param] x: Matrix<N, 2>) -> Scalar { $($body)* }

        #[test]
        fn $test() -> Result<(), Box<dyn std::error::Error>> {
            let mut loss = $loss::Loss::new($loss::Sizes { n: $rows })?;
            let params = $loss::Params::from_vec(loss.dims(), vec![$($x),*])?;
            let mut gradient = loss.params()?;
            let value = loss.value_and_gradient(&params, &mut gradient)?;
            frobenius_tests::close(&[value], &[$value], 1e-14)?;
            Ok(frobenius_tests::close(gradient.as_slice(), &[$($gradient),*], 1e-14)?)
        }
    };
}

// By hand and by mpmath; the subgradient at 0 is 0, as that of a norm.
root! { distances_of_equal_rows distances at 3, [1.0, 2.0, 0.0, 0.0, 3.0, 1.0]
is 15.268827230335917, [-0.8944271909999159, 2.6832815729997477, -2.7917937871009433,
    -2.4213099140335075, 3.6862209781008595, -0.26197165896624]
of sum(sqrt(squared_distances(x, x))) }
root! { deviations_of_constant_rows deviations at 2, [1.0, 1.0, 2.0, 4.0] is 1.0, [0.0, 0.0, -0.5, 0.5]
of sum(sqrt(row_variances(x))) }
root! { deviations_of_constant_columns column_deviations at 2, [1.0, 1.0, 1.0, 4.0] is 1.5, [0.0, -0.5, 0.0, 0.5]
of sum(sqrt(column_variances(x))) }
root! { root_of_the_mean_square root_mean at 2, [0.0, 0.0, 0.0, 0.0] is 0.0, [0.0, 0.0, 0.0, 0.0] of sqrt(mean(sq(x))) }
root! { norm_of_several_parts parts at 1, [0.0, 0.0] is 0.0, [0.0, 0.0] of sqrt(norm_sq(x) + 3 * sum(abs(x))) }
root! { norm_by_a_power powers at 1, [1.0, 2.0] is 0.0, [0.0, 0.0] of norm(x - x) + pow(norm_sq(x - x), 0.5) }

/// Losses with `select`, value and gradient at numbers that are not taken, which are infinite or NaN. Expected is the same
/// loss where those are 0.25: for it nothing is infinite.
macro_rules! not_taken {
    ($test:ident $loss:ident at [$($w:expr),*] x [$($x:expr),*] by $columns:literal, taken [$($ok:expr),*] $body:block) => {
        #[loss(hvp, jvp)]
        fn $loss(x: Matrix<N, D>, ok: Vector<N>, #[param] w: Matrix<D, 2>, #[param] v: Matrix<2, 2>) -> Scalar $body

        #[test]
        fn $test() -> Result<(), Box<dyn std::error::Error>> {
            let ok = [$(f64::from($ok)),*];
            let hidden = vec![$($x),*];
            let shown: Vec<f64> = hidden.iter().map(|&x: &f64| if x.is_finite() { x } else { 0.25 }).collect();
            assert_ne!(hidden.iter().map(|x| x.to_bits()).collect::<Vec<_>>(), shown.iter().map(|x| x.to_bits()).collect::<Vec<_>>());
            let mut results = Vec::new();
            for x in [&hidden, &shown] {
                let x = MatrixRef::new(x, ok.len(), $columns)?;
                let mut loss = $loss::Loss::new($loss::Data { x, ok: (&ok[..]).into() })?;
                let params = $loss::Params::from_vec(loss.dims(), vec![$($w),*])?;
                let mut direction = params.clone();
                direction.as_mut_slice().iter_mut().zip(1..).for_each(|(x, i)| *x = 0.5 - 0.1 * f64::from(i));
                let (mut gradient, mut product) = (loss.params()?, loss.params()?);
                let mut all = vec![loss.value_and_gradient(&params, &mut gradient)?, loss.value(&params)?];
                loss.hvp(&params, &direction, &mut product)?;
                let (_, slope) = loss.jvp(&params, &direction)?;
                all.push(slope);
                all.extend(gradient.as_slice());
                all.extend(product.as_slice());
                results.push(all);
            }
            assert!(results[1].iter().all(|x| x.is_finite()), "{results:?}");
            assert!(results[1][3..].iter().any(|&x| x != 0.0), "a gradient of zeros shows nothing");
            Ok(frobenius_tests::close(&results[0], &results[1], 1e-14)?)
        }
    };
}

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

not_taken! { excluded_rows_of_a_product row_products at [0.5, 0.2, 0.3, -0.4, 0.7, 0.1, 0.9, -0.6]
x [INF, 1.0, 1.0, 2.0, NAN, -INF, 0.5, 3.0] by 2, taken [0, 1, -2, 3]
{ sum(select(ok > 0, row_sums(sq(x * w * v)), 0)) } }
not_taken! { excluded_rows_of_layers row_layers at [0.5, 0.2, 0.3, -0.4, 0.7, 0.1, 0.9, -0.6]
x [INF, 1.0, 1.0, 2.0, NAN, -INF, 0.5, 3.0] by 2, taken [0, 1, -2, 3]
{ let h = tanh(x * w); sum(select(ok > 0, row_norms(exp(h * v)), 0)) } }
not_taken! { excluded_rows_of_softmax row_softmax at [0.5, 0.2, 0.3, -0.4, 0.7, 0.1, 0.9, -0.6]
x [-INF, -INF, 1.0, 2.0, NAN, 1.0, 0.5, 3.0] by 2, taken [0, 1, -2, 3]
{ let p = softmax_rows(x * w) * v; sum(select(ok <= 0, 0, row_sums(sq(p)))) } }
not_taken! { excluded_rows_of_log_sum_exp row_lse at [0.5, 0.2, 0.3, -0.4, 0.7, 0.1, 0.9, -0.6]
x [-INF, -INF, 1.0, 2.0, NAN, 1.0, 0.5, 3.0] by 2, taken [0, 1, -2, 3]
{ let z = x * w * v; sum(select(ok > 0, lse_rows(z) + row_max(z), 0)) } }
not_taken! { excluded_rows_with_excluded_elements both at [0.5, 0.2, 0.3, -0.4, 0.7, 0.1, 0.9, -0.6]
x [-INF, -INF, 1.0, 2.0, NAN, 1.0, 0.5, 3.0] by 2, taken [0, 1, -2, 3]
{ let z = x * w; let e = select(equal(z, z), sq(z * v), 0); sum(select(ok > 0, row_sums(e), 0)) } }
not_taken! { excluded_rows_in_two_sums two_sums at [0.5, 0.2, 0.3, -0.4, 0.7, 0.1, 0.9, -0.6]
x [INF, 1.0, 1.0, 2.0, NAN, -INF, 0.5, 3.0] by 2, taken [0, 1, -2, 3]
{ let r = row_sums(ln(sq(x * w * v))); sum(select(ok > 0, r, 0)) + 2 * sum(select(ok > 2, sq(r), 0)) } }
not_taken! { excluded_distances far at [0.5, 0.2, 0.3, -0.4, 0.7, 0.1, 0.9, -0.6]
x [INF, 1.0, 1.0, 2.0, NAN, -INF, 0.5, 3.0] by 2, taken [0, 1, -2, 3]
{ sum(select(ok > 0, row_sums(exp(-squared_distances(x * w, v))), 0)) } }
not_taken! { rows_after_the_last_of_a_scan scanned at [0.5, 0.2, 0.3, -0.4, 0.7, 0.1, 0.9, -0.6]
x [0.5, 1.0, 1.0, 2.0, NAN, -INF, 0.5, INF] by 2, taken [2, 1, -2, 0]
{ sum(select(ok > 0, row_sums(sq(cumulative_lse(x * w * v))), 0)) + sum(select(ok > 1, row_sums(cumsum(sq(x * w))), 0)) } }
not_taken! { excluded_samples_as_columns columns at [0.5, 0.2, 0.3, -0.4, 0.7, 0.1, 0.9, -0.6]
x [INF, 1.0, 1.0, 2.0, NAN, -INF, 0.5, 3.0] by 2, taken [0, 1, -2, 3]
{ sum(select(ok.t() > 0, column_sums(sq(v * (w.t() * x.t()))), 0)) } }

/// A loss of one parameter with data, value and gradient as computed elsewhere.
macro_rules! known {
    ($test:ident $loss:ident ($($data:ident: $kind:ty = $given:expr),*) at $rows:literal $columns:literal [$($x:expr),*]
        is $value:expr, [$($gradient:expr),*] of $($body:tt)*) => {
        #[loss]
        fn $loss($($data: $kind,)* #[param] x: Matrix<N, D>) -> Scalar { $($body)* }

        #[test]
        fn $test() -> Result<(), Box<dyn std::error::Error>> {
            let mut loss = $loss::Loss::new(
                $loss::Data { $($data: $given),* },
                $loss::Sizes { n: $rows, d: $columns },
            )?;
            let params = $loss::Params::from_vec(loss.dims(), vec![$($x),*])?;
            let mut gradient = loss.params()?;
            let value = loss.value_and_gradient(&params, &mut gradient)?;
            frobenius_tests::close(&[value], &[$value], 1e-14)?;
            Ok(frobenius_tests::close(gradient.as_slice(), &[$($gradient),*], 1e-8)?)
        }
    };
}

known! { powers_of_zero powers_of_zero_loss (p: Scalar = 0.0) at 2 1 [0.0, 3.0] is 2.0, [0.0, 0.0] of sum(pow(x, p)) }
known! { softmax_by_hand softmax_by_hand_loss (s: Scalar = 1.0) at 2 3 [1000.0, 0.0, 500.0, 1.0, 2.0, 3.0]
is 0.4076059644443803, [0.0, 0.0, 0.0, 0.09003057, 0.24472847, -0.33475904]
of let y = select(equal(x, 1000) + equal(x, 3), s, 0);
    -sum(hadamard(y, ln(scale_rows(1 / row_sums(exp(x)), exp(x))))) }

/// Of Σ xᵖ at 0, by hand: the derivative p xᵖ⁻¹, and the second one, p (p − 1) xᵖ⁻², which is 0 of x itself, and of 1.
#[test]
fn second_derivatives_of_powers_at_zero() -> Result<(), Box<dyn std::error::Error>> {
    #[loss(jvp, hvp)]
    fn powers_at_zero(p: Vector<N>, #[param] x: Vector<N>) -> Scalar {
        sum(pow(x, p))
    }
    let (p, v) = ([2.0, 1.0, 3.0, 0.0], vec![0.5, -1.5, 2.0, 3.0]);
    for (isa, cuts) in frobenius_tests::ways() {
        let data = powers_at_zero::Data { p: (&p[..]).into() };
        let mut loss = frobenius_tests::cut(cuts, || powers_at_zero::Loss::new(data))?.with_isa(isa);
        let (params, mut gradient) = (loss.params()?, loss.params()?);
        let direction = powers_at_zero::Params::from_vec(loss.dims(), v.clone())?;
        let value = loss.value_and_gradient(&params, &mut gradient)?;
        assert_eq!((value, gradient.as_slice()), (1.0, &[0.0, 1.0, 0.0, 0.0][..]));
        assert_eq!(loss.jvp(&params, &direction)?, (1.0, -1.5));
        loss.hvp(&params, &direction, &mut gradient)?;
        assert_eq!(gradient.as_slice(), [1.0, 0.0, 0.0, 0.0]);
    }
    Ok(())
}

/// Attention whose first row may look at nothing, by mpmath.
#[test]
fn a_masked_row_of_attention() -> Result<(), Box<dyn std::error::Error>> {
    #[loss(hvp)]
    fn masked(x: Matrix<N, D>, m: Matrix<N, N>, ok: Vector<N>, #[param] wq: Matrix<D, D>) -> Scalar {
        let s = x * wq * x.t() + m;
        let o = softmax_rows(s) * x;
        sum(select(ok > 0, row_sums(sq(o)), 0))
    }
    let (x, ok) = ([1.0, 2.0, 3.0, 4.0, 0.5, -1.0], [0.0, 1.0, 1.0]);
    let m = [-INF, -INF, -INF, 0.0, -INF, 0.0, 0.0, 0.0, 0.0];
    let data = masked::Data { x: MatrixRef::new(&x, 3, 2)?, m: MatrixRef::new(&m, 3, 3)?, ok: (&ok[..]).into() };
    let mut loss = masked::Loss::new(data)?;
    let params = masked::Params::from_vec(loss.dims(), vec![0.1, 0.2, 0.3, -0.4])?;
    let (mut gradient, mut product) = (loss.params()?, loss.params()?);
    let value = loss.value_and_gradient(&params, &mut gradient)?;
    frobenius_tests::close(&[value], &[13.455510502504627], 1e-14)?;
    frobenius_tests::close(gradient.as_slice(), &[5.98041101, 6.71666351, -13.57213547, -23.10120775], 1e-9)?;
    loss.hvp(&params, &params, &mut product)?;
    assert!(product.as_slice().iter().all(|x| x.is_finite()), "{product:?}");
    Ok(())
}

/// Labels of samples that are left out, for features that are no numbers, by mpmath.
#[test]
fn excluded_samples_of_cross_entropy() -> Result<(), Box<dyn std::error::Error>> {
    #[loss]
    fn kept(x: Matrix<N, D>, y: Labels<N, C>, keep: Vector<N>, #[param] w: Matrix<D, C>) -> Scalar {
        sum(select(keep > 0, cross_entropy(x * w, y), 0))
    }
    let (x, keep, y) = ([1.0, 2.0, NAN, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0], [0_usize, 1, 2]);
    let data = kept::Data { x: MatrixRef::new(&x, 3, 2)?, y: (&y[..]).into(), keep: (&keep[..]).into() };
    let mut loss = kept::Loss::new(data, kept::Sizes { c: 3 })?;
    let params = kept::Params::from_vec(loss.dims(), vec![0.1, 0.2, 0.3, 0.3, -0.2, 0.1])?;
    let mut gradient = loss.params()?;
    let value = loss.value_and_gradient(&params, &mut gradient)?;
    frobenius_tests::close(&[value], &[1.8858312411698], 1e-13)?;
    let expected = [-0.55062247, 0.18270327, 0.3679192, -0.68891826, 0.61549531, 0.07342294];
    Ok(frobenius_tests::close(gradient.as_slice(), &expected, 1e-7)?)
}

/// Logits that are all larger by 2²⁷, where a log-sum-exp has no digit below 10⁻⁸: softmax and cross-entropy are what they were, in
/// kernels, in the interpreted graph and by dual numbers.
#[test]
fn softmax_of_large_logits_loses_nothing() -> Result<(), Box<dyn std::error::Error>> {
    macro_rules! written {
        ($source:ident fn $($function:tt)*) => {
            #[loss]
            fn $($function)*
            const $source: &str = stringify!(fn $($function)*);
        };
    }
    written! { SOURCE fn shares(x: Matrix<N, C>, y: Labels<N, C>, #[param] z: Matrix<N, C>) -> Scalar {
        dot(x, softmax_rows(z)) + sum(cross_entropy(z, y))
    } }
    let (reference, sizes) = (frobenius_tests::Reference::parse(SOURCE)?, [("N", 9), ("C", 3)]);
    let mut case = frobenius_tests::Case::new(&reference, &sizes, (-1.0, 1.0), false);
    let (x, y) = (case.values::<f64>("x"), case.labels("y"));
    // Numbers of few digits, so that they are shifted without a rounding.
    let few: Vec<f64> = case.values::<f64>("z").iter().map(|z| (1024.0 * z).round() / 1024.0).collect();
    let mut results = Vec::new();
    for shift in [0.0, 134_217_728.0] {
        let z: Vec<f64> = few.iter().map(|z| z + shift).collect();
        case.inputs[2].clone_from(&z);
        for found in [reference.evaluate(&sizes, &case.inputs), reference.by_dual_numbers(&sizes, &case.inputs)] {
            results.push((format!("reference, shifted by {shift}"), found.value, found.gradients.concat()));
        }
        for (isa, cuts) in frobenius_tests::ways() {
            let data = shares::Data { x: MatrixRef::new(&x, 9, 3)?, y: (&y).into() };
            let mut loss = frobenius_tests::cut(cuts, || shares::Loss::new(data))?.with_isa(isa);
            let params = shares::Params::from_vec(loss.dims(), z.clone())?;
            let mut gradient = loss.params()?;
            let value = loss.value_and_gradient(&params, &mut gradient)?;
            let what = format!("{} cut into {cuts:?}, shifted by {shift}", isa.name());
            results.push((what, value, gradient.as_slice().to_vec()));
        }
    }
    let (_, value, gradient) = &results[0];
    for (what, found, slopes) in &results {
        frobenius_tests::close(&[*found], &[*value], 1e-14).map_err(|wrong| format!("value, {what}: {wrong}"))?;
        frobenius_tests::close(slopes, gradient, 1e-14).map_err(|wrong| format!("gradient, {what}: {wrong}"))?;
    }
    Ok(())
}

/// Losses of rows of 200 000 elements: in f32, they differ from f64 by as little as pairwise sums do, and not by the 10⁴ roundings
/// of one sum after the other.
macro_rules! long_rows {
    ($($loss:ident of $columns:literal $body:block)*) => {
        $(
            #[loss]
            fn $loss(x: Matrix<N, D>, #[param] w: Matrix<D, M>) -> Scalar $body
        )*

        #[test]
        fn long_rows_are_added_pairwise() -> Result<(), Box<dyn std::error::Error>> {
            let (n, d) = (3, 200_000);
            $({
                fn at<T: Element>(n: usize, d: usize) -> Result<Vec<f64>, Error> {
                    let number = |i: usize| T::from_f64(0.01 + frobenius_tests::count(i * 2_654_435_761 % 1_000_003) / 1e6);
                    let x: Vec<T> = (0..n * d).map(number).collect();
                    let data = $loss::Data { x: MatrixRef::new(&x, n, d)? };
                    let mut loss = $loss::Loss::new(data, $loss::Sizes { m: $columns })?;
                    let w = (0..d * $columns).map(|i| number(i + 17)).collect();
                    let (params, mut gradient) = ($loss::Params::from_vec(loss.dims(), w)?, loss.params()?);
                    let value = loss.value_and_gradient(&params, &mut gradient)?;
                    Ok(gradient.as_slice().iter().map(|x| x.to_f64()).chain([value]).collect())
                }
                let (mut single, mut double) = (at::<f32>(n, d)?, at::<f64>(n, d)?);
                frobenius_tests::close(&[single.pop().unwrap_or(0.0)], &[double.pop().unwrap_or(1.0)], 1e-6)?;
                frobenius_tests::close(&single, &double, 1e-6)?;
            })*
            Ok(())
        }
    };
}

long_rows! {
    long_vector of 1 { sum(sq(x * w)) }
    long_narrow of 5 { sum(sq(x * w)) }
    long_wide of 20 { sum(sq(x * w)) }
    long_sums of 1 { sum(sq(row_sums(sq(scale_columns(x, row_sums(w).t()))))) }
    long_norms of 1 { sum(row_norms(scale_columns(x, row_sums(w).t()))) }
    long_softmax of 1 { sum(sq(softmax_rows(x) * w)) + sum(lse_rows(scale_columns(x, row_sums(w).t()))) }
    long_variances of 1 { sum(row_variances(scale_columns(x, row_sums(w).t()))) }
}

/// Differences that agree in nearly all digits, with values of mpmath at 60 digits.
mod differences {
    use frobenius::prelude::*;
    use frobenius_tests::close;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    const COUNTS: [f64; 4] = [0.0, 3.0, 1.0, 7.0];
    const MEANS: [f64; 4] = [0.5, 2.0, 1.0, 5.0];

    #[loss(hvp)]
    fn rising(y: Vector<N>, #[param] s: Scalar) -> Scalar {
        sum(lgamma(y + s) - lgamma(s))
    }

    #[loss(hvp)]
    fn rising_by_name(y: Vector<N>, #[param] s: Scalar) -> Scalar {
        sum(lgamma_difference(y, s))
    }

    #[loss]
    fn negative_binomial(y: Vector<N>, m: Vector<N>, #[param] la: Scalar) -> Scalar {
        let s = exp(-la);
        -sum(lgamma(y + s) - lgamma(y + 1) - lgamma(s) - s * log1p(m / s) - hadamard(y, log1p(s / m)))
    }

    #[loss(hvp)]
    fn relative(#[param] x: Vector<N>) -> Scalar {
        sum((exp(x) - 1) / x)
    }

    #[test]
    fn differences_of_lgamma_lose_nothing() -> Outcome {
        let y = [0.0, 3.0, 7.0];
        macro_rules! check {
            ($loss:ident) => {{
                let mut loss = $loss::Loss::new($loss::Data { y: (&y[..]).into() })?;
                let params = $loss::Params::from_vec(loss.dims(), vec![1e10])?;
                let mut gradient = loss.params()?;
                let value = loss.value_and_gradient(&params, &mut gradient)?;
                close(&[value], &[230.25850930180457], 1e-15)?;
                close(&[1e9 * gradient.as_slice()[0]], &[0.99999999976], 1e-15)?;
                let direction = $loss::Params::from_vec(loss.dims(), vec![1.0])?;
                loss.hvp(&params, &direction, &mut gradient)?;
                close(&[1e19 * gradient.as_slice()[0]], &[-0.99999999952], 1e-14)?;
            }};
        }
        check!(rising);
        check!(rising_by_name);
        Ok(())
    }

    /// The derivative is a sum of numbers that are as large as counts, 10⁴ and 10¹¹ times its size: in `f32` their roundings
    /// leave two digits of it.
    #[test]
    fn dispersion_of_a_negative_binomial() -> Outcome {
        type Params<T> = negative_binomial::Params<T>;
        let data = negative_binomial::Data { y: (&COUNTS[..]).into(), m: (&MEANS[..]).into() };
        let mut loss = negative_binomial::Loss::new(data)?;
        let mut gradient = loss.params()?;
        for (la, value, slope) in
            [(-8.0, 5.472378210876483, 9.64163153395643e-4), (-25.0, 5.471413901614859, 3.99278386e-11)]
        {
            let params = Params::from_vec(loss.dims(), vec![la])?;
            close(&[loss.value_and_gradient(&params, &mut gradient)?], &[value], 1e-14)?;
            close(gradient.as_slice(), &[slope], 1e-14)?;
        }

        let (y, m) = ([0.0_f32, 3.0, 1.0, 7.0], [0.5_f32, 2.0, 1.0, 5.0]);
        let data = negative_binomial::Data { y: (&y[..]).into(), m: (&m[..]).into() };
        let mut loss = negative_binomial::Loss::<f32>::new(data)?;
        let params = Params::from_vec(loss.dims(), vec![-8.0])?;
        let mut gradient = loss.params()?;
        let value = loss.value_and_gradient(&params, &mut gradient)?;
        close(&[value], &[5.472378210876483], 1e-6)?;
        let slope = f64::from(gradient.as_slice()[0]);
        Ok(close(&[slope / 9.64163153395643e-4], &[1.0], 1e-2)?)
    }

    #[test]
    fn exponentials_less_one_over_what_is_small() -> Outcome {
        let mut loss = relative::Loss::new(relative::Sizes { n: 3 })?;
        let params = relative::Params::from_vec(loss.dims(), vec![1e-6, 1e-3, 0.0])?;
        let mut gradient = loss.params()?;
        let value = loss.value_and_gradient(&params, &mut gradient)?;
        close(&[value], &[3.000500666708508], 1e-15)?;
        close(gradient.as_slice(), &[0.5000003333334583, 0.5003334583666736, 0.5], 2e-16)?;
        let direction = relative::Params::from_vec(loss.dims(), vec![1.0, 1.0, 1.0])?;
        loss.hvp(&params, &direction, &mut gradient)?;
        close(gradient.as_slice(), &[0.3333335833334333, 0.333583433361117, 1.0 / 3.0], 2e-16)?;
        Ok(())
    }
}
