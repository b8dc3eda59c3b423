//! Groups and pairs: sums, means, maxima and log-sum-exps by label; a column and a row of which each pair has an element. Models that are
//! made of them are compared with loops.

use frobenius::{Error, loss};
use frobenius_tests::{Random, close, compare, count};

compare! {
    sums_and_means_by_group_agree
    data { x: matrix, g: labels }
    given { k: "K" }
    sizes { "D": 3, "K": 2 }
    fn means(x: Matrix<N, D>, g: Labels<N, 5>, #[param] w: Matrix<D, K>) -> Scalar {
        let z = tanh(x * w);
        let m = mean_by(z, g);
        norm_sq(m - 0.5) + 0.1 * norm_sq(sum_by(row_sums(z), g)) + norm_sq(z - gather(m, g)) + sum(sq(count_by(g)))
    }
}

compare! {
    maxima_and_softmax_by_group_agree
    data { x: matrix, g: labels }
    given { k: "K" }
    sizes { "D": 3, "K": 2 }
    fn maxima(x: Matrix<N, D>, g: Labels<N, 3>, #[param] w: Matrix<D, K>, #[param] b: Matrix<3, K>) -> Scalar {
        let z = x * w;
        let known = min(1, count_by(g));
        sum(sq(gather(max_by(z, g), g) - z)) + sum(hadamard(softmax_by(z, g), gather(b, g)))
            + sum(sq(sin(select(known, lse_by(row_sums(z), g), 0))))
    }
}

compare! {
    pairs_agree
    data { x: matrix, y: matrix }
    sizes { "D": 3, "M": 6 }
    fn pairs(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Vector<D>, #[param] b: Vector<M>) -> Scalar {
        let z = outer_difference(x * w, b.t());
        sum(softplus(z) - hadamard(y, z)) + norm_sq(tanh(outer_sum(x * w, sq(b).t())))
    }
}

/// Item response (Rasch): persons × items, of which only the answers are a matrix.
#[loss]
fn rasch(y: Matrix<N, M>, #[param] ability: Vector<N>, #[param] difficulty: RowVector<M>) -> Scalar {
    let z = outer_difference(ability, difficulty);
    sum(softplus(z) - hadamard(y, z))
}

#[test]
fn pairs_need_no_memory_of_their_own() -> Result<(), Error> {
    let (n, m) = (3000, 700);
    let y = vec![1.0; n * m];
    let loss = rasch::Loss::<f64>::new(rasch::Data { y: frobenius::MatrixRef::new(&y, n, m)? })?;
    assert!(loss.workspace_bytes() < n * m, "{} bytes for {n} x {m} pairs", loss.workspace_bytes());
    Ok(())
}

/// Conditional logit (`McFadden`, 1973): of each group one alternative is chosen.
#[loss]
fn conditional_logit(x: Matrix<N, D>, chosen: Vector<N>, group: Labels<N, 40>, #[param] beta: Vector<D>) -> Scalar {
    let u = x * beta;
    sum(lse_by(u, group)) - dot(chosen, u)
}

/// Cox's partial likelihood with Efron's ties (Efron, 1977), in time linear in the samples: `time` numbers the distinct times in order,
/// `tied` is how much of the risk of an event's ties it does not see, (l − 1) / d for the l-th of d events.
#[loss]
fn cox(x: Matrix<N, D>, event: Vector<N>, tied: Vector<N>, time: Labels<N, 30>, #[param] beta: Vector<D>) -> Scalar {
    let eta = x * beta;
    let risk = exp(eta);
    let at_risk = cumsum_reverse(sum_by(risk, time));
    let dying = sum_by(hadamard(event, risk), time);
    let seen = gather(at_risk, time) - hadamard(tied, gather(dying, time));
    dot(event, ln(seen) - eta)
}

/// A random intercept and slope for each group, with their precisions.
#[loss]
fn mixed(
    x: Vector<N>,
    y: Vector<N>,
    group: Labels<N, 7>,
    #[param] b: Vector<2>,
    #[param] u: Matrix<7, 2>,
    #[param] s: Vector<2>,
) -> Scalar {
    let own = gather(u, group);
    let fitted = b.rows(0..1) + x * b.rows(1..2) + own.columns(0..1) + hadamard(x, own.columns(1..2));
    0.5 * norm_sq(y - fitted) + 0.5 * dot(exp(s), column_sums(sq(u)).t()) - 0.5 * rows(u) * sum(s)
}

#[loss]
fn largest_by(z: Vector<N>, g: Labels<N, 3>, #[param] w: Vector<N>, #[param] b: Vector<3>) -> Scalar {
    dot(b, max_by(z + w, g))
}

#[test]
fn ties_share_the_derivative_and_no_rows_have_none() -> Result<(), Error> {
    let (z, g) = ([1.0, 5.0, 5.0, 2.0, 5.0], [0u8, 1, 1, 0, 1]);
    let mut loss = largest_by::Loss::<f64>::new(largest_by::Data { z: (&z).into(), g: (&g).into() })?;
    let mut params = loss.params()?;
    params.b_mut().copy_from_slice(&[3.0, 6.0, 1.0]);
    let mut gradient = loss.params()?;
    let value = loss.value_and_gradient(&params, &mut gradient)?;
    assert!(value.is_infinite() && value < 0.0);
    assert_eq!(gradient.w().to_vec(), [0.0, 2.0, 2.0, 3.0, 2.0]);
    assert_eq!(gradient.b().to_vec(), [2.0, 5.0, f64::NEG_INFINITY]);
    Ok(())
}

#[loss]
fn shares(z: Vector<N>, g: Labels<N, 2>, c: Vector<N>, #[param] s: Scalar) -> Scalar {
    dot(c, softmax_by(z + s, g))
}

/// Numbers of few digits, so that they are shifted without a rounding.
#[test]
fn shares_of_large_elements_lose_nothing() -> Result<(), Error> {
    let (z, g, c) = ([0.5f32, -1.25, 0.75, 2.0, 1.5], [0u8, 1, 0, 1, 1], [1.0f32, -2.0, 0.25, 3.0, 0.5]);
    let mut loss = shares::Loss::new(shares::Data { z: (&z).into(), g: (&g).into(), c: (&c).into() })?;
    let mut value = |s| loss.value(&shares::Params::from_vec(loss.dims(), vec![s])?);
    let (small, large) = (value(0.0)?, value(4096.0)?);
    assert!((small - large).abs() < 1e-6, "{small} {large}");
    Ok(())
}

/// Value and gradient of a loop, by central differences of the fourth order.
fn by_hand(f: &dyn Fn(&[f64]) -> f64, at: &[f64]) -> (f64, Vec<f64>) {
    const STEP: f64 = 1e-3;
    let moved = |i: usize, by: f64| {
        let mut at = at.to_vec();
        at[i] += by * STEP;
        f(&at)
    };
    let slope = |i| (8.0 * (moved(i, 1.0) - moved(i, -1.0)) - (moved(i, 2.0) - moved(i, -2.0))) / (12.0 * STEP);
    (f(at), (0..at.len()).map(slope).collect())
}

/// Compares value and gradient of a loss at `$at` with those of a loop.
macro_rules! agrees {
    ($loss:ident, $data:expr, $at:expr, $by_hand:expr) => {
        for (isa, cuts) in frobenius_tests::ways() {
            let mut loss = frobenius_tests::cut(cuts, || $loss::Loss::<f64>::new($data))?.with_isa(isa);
            let params = $loss::Params::from_vec(loss.dims(), $at.clone())?;
            let mut gradient = loss.params()?;
            let value = loss.value_and_gradient(&params, &mut gradient)?;
            let (expected, slopes) = by_hand(&$by_hand, &$at);
            close(&[value, loss.value(&params)?], &[expected; 2], 1e-12).expect("the value of a loop");
            close(gradient.as_slice(), &slopes, 1e-9).expect("differences of a loop");
        }
    };
}

const D: usize = 3;

/// Rows of three numbers, labels of as many classes as said, and parameters.
fn samples(n: usize, classes: usize, params: usize) -> (Vec<[f64; D]>, Vec<u32>, Vec<f64>) {
    let mut random = Random::new(5);
    let x = (0..n).map(|_| [(); D].map(|()| random.between((-1.0, 1.0)))).collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "class indices")]
    let labels = (0..n).map(|_| random.class(classes) as u32).collect();
    (x, labels, (0..params).map(|_| random.between((-1.0, 1.0))).collect())
}

fn product(x: &[f64; D], beta: &[f64]) -> f64 {
    x.iter().zip(beta).map(|(x, b)| x * b).sum()
}

#[test]
fn conditional_logit_is_a_loop_over_groups() -> Result<(), Error> {
    const GROUPS: usize = 40;
    let (x, mut group, at) = samples(150, GROUPS, D);
    // Groups of none have no sum, so each has one at least; the first one of each is chosen.
    (0..).zip(&mut group).take(GROUPS).for_each(|(g, own)| *own = g);
    let chosen: Vec<f64> = (0..group.len()).map(|i| f64::from(u8::from(i < GROUPS))).collect();
    let loop_over_groups = |beta: &[f64]| {
        let u: Vec<f64> = x.iter().map(|x| product(x, beta)).collect();
        let of_group = |g: usize| {
            let all = group.iter().zip(&u).filter(|(own, _)| **own as usize == g).map(|(_, u)| u.exp());
            all.sum::<f64>().ln()
        };
        (0..GROUPS).map(of_group).sum::<f64>() - chosen.iter().zip(&u).map(|(c, u)| c * u).sum::<f64>()
    };
    agrees!(
        conditional_logit,
        conditional_logit::Data { x: (&x).into(), chosen: (&chosen).into(), group: (&group).into() },
        at,
        loop_over_groups
    );
    Ok(())
}

#[test]
fn cox_with_efron_ties_is_a_loop_over_events() -> Result<(), Error> {
    let (x, time, at) = samples(120, 30, D);
    let event: Vec<f64> = (0..time.len()).map(|i| f64::from(u8::from(i % 3 != 0))).collect();
    let deaths = |g: u32| (0..time.len()).filter(|&j| time[j] == g && event[j] > 0.0).collect::<Vec<_>>();
    let tied: Vec<f64> = (0..time.len())
        .map(|i| {
            let all = deaths(time[i]);
            all.iter().position(|&j| j == i).map_or(0.0, |before| count(before) / count(all.len()))
        })
        .collect();
    let loop_over_events = |beta: &[f64]| {
        let eta: Vec<f64> = x.iter().map(|x| product(x, beta)).collect();
        let mut total = 0.0;
        for g in 0..30 {
            let all = deaths(g);
            let at_risk: f64 = (0..time.len()).filter(|&j| time[j] >= g).map(|j| eta[j].exp()).sum();
            let dying: f64 = all.iter().map(|&j| eta[j].exp()).sum();
            for (l, &j) in all.iter().enumerate() {
                total += (at_risk - count(l) / count(all.len()) * dying).ln() - eta[j];
            }
        }
        total
    };
    agrees!(
        cox,
        cox::Data { x: (&x).into(), event: (&event).into(), tied: (&tied).into(), time: (&time).into() },
        at,
        loop_over_events
    );
    Ok(())
}

#[test]
fn a_mixed_model_is_a_loop_over_samples() -> Result<(), Error> {
    const GROUPS: usize = 7;
    let (rows, group, at) = samples(90, GROUPS, 2 + 2 * GROUPS + 2);
    let [x, y] = [0, 1].map(|j| rows.iter().map(|row| row[j]).collect::<Vec<f64>>());
    let loop_over_samples = |at: &[f64]| {
        let (b, rest) = at.split_at(2);
        let (u, s) = rest.split_at(2 * GROUPS);
        let mut total = 0.0;
        for i in 0..x.len() {
            let own = &u[2 * group[i] as usize..][..2];
            let error = y[i] - (b[0] + own[0] + (b[1] + own[1]) * x[i]);
            total += 0.5 * error * error;
        }
        for own in u.chunks(2) {
            total += (0..2).map(|j| 0.5 * s[j].exp() * own[j] * own[j] - 0.5 * s[j]).sum::<f64>();
        }
        total
    };
    agrees!(mixed, mixed::Data { x: (&x).into(), y: (&y).into(), group: (&group).into() }, at, loop_over_samples);
    Ok(())
}
