//! Loops over a size that is known at run time: against the interpreter, which takes one step after the other, and against values
//! and gradients that `recurrences.py` computes by plain loops.

use frobenius::loss;
use frobenius_tests::{MatrixRef, close, compare, compare_requests, cut, ways};

compare! {
    one_state_agrees
    range 0.1 .. 0.9
    data { y: vector }
    sizes { }
    fn one_state(y: Vector<N>, #[param] a: Scalar, #[param] b: Scalar, #[param] start: Scalar) -> Scalar {
        let mut e = start;
        let mut l = 0;
        for t in 0..N {
            l += 0.01 * t * sq(e) + sin(e);
            e = y[t] - a * y[t] * tanh(e) - b;
        }
        l + e
    }
}

compare! {
    two_states_agree
    range 0.1 .. 0.9
    data { y: vector }
    sizes { }
    fn two_states(y: Vector<N>, #[param] alpha: Scalar, #[param] beta: Scalar, #[param] start: Scalar) -> Scalar {
        let mut level = start;
        let mut trend = 0.1 * start;
        let mut l = 0;
        for t in 0..N {
            let ahead = level + trend;
            l += sq(y[t] - ahead);
            let new = ahead + alpha * (y[t] - ahead);
            trend = trend + beta * (new - level - trend);
            level = new;
        }
        l + 0.3 * level * trend
    }
}

// As wide as several vectors and a rest.
compare! {
    rows_of_states_agree
    range 0.1 .. 0.9
    data { gap: matrix, seen: matrix }
    sizes { "K": 37 }
    fn rows_of_states(
        gap: Matrix<N, K>,
        seen: Matrix<N, K>,
        #[param] ease: RowVector<K>,
        #[param] gain: Scalar,
        #[param] own: Vector<K>,
    ) -> Scalar {
        let mut s = exp(ease);
        let mut v = 0.5 * own;
        let mut l = 0;
        for t in 0..N {
            let p = exp(-gap[t] / s);
            l += dot(seen[t], p);
            s = select(seen[t] > 0.5, hadamard(s, 1 + 0.1 * gain * (1 - p)), 0.5 + 0.5 * s);
            v = v * 0.9 + own * gain;
        }
        (l + sum(v) + sum(s)) / 10
    }
}

compare! {
    rows_that_do_not_feed_back_agree
    data { x: matrix, y: vector }
    given { k: "K" }
    sizes { "D": 3, "K": 5 }
    fn smoothed(x: Matrix<N, D>, y: Vector<N>, #[param] w: Matrix<D, K>, #[param] v: Vector<K>) -> Scalar {
        let mut h = 0 * v.t();
        let mut l = 0;
        for t in 0..N {
            h = 0.5 * h + tanh(x[t] * w);
            l += sq(y[t] - h * v);
        }
        l / 10
    }
}

compare_requests! {
    those_of_mixed_states_agree
    requests { jvp, hvp, line_search, data_gradient(x) }
    data { x: matrix, y: vector }
    sizes { "D": 2 }
    fn mixed(
        x: Matrix<N, D>,
        y: Vector<N>,
        #[param] w: Matrix<D, 3>,
        #[param] u: Matrix<3, 3>,
        #[param] v: Vector<3>,
    ) -> Scalar {
        let mut h = 0.1 * v.t();
        let mut l = 0;
        for t in 0..N {
            let gate = sigmoid(h * u - 1);
            h = tanh(x[t] * w + hadamard(gate, h) * u.t()) + y[t] * h / 9;
            l += sq(h * v - y[t]);
        }
        (l + norm_sq(h)) / 100
    }
}

compare_requests! {
    those_of_matrices_as_states_agree
    requests { jvp, hvp, data_gradient(y) }
    data { y: matrix }
    sizes { }
    fn matrices(y: Matrix<N, 2>, #[param] f: Matrix<2, 2>, #[param] q: Vector<2>) -> Scalar {
        let mut p = diag(sq(q)) + eye(2);
        let mut l = 0;
        for t in 0..N {
            let s = 0.2 * f * p * f.t() + eye(2);
            l += logdet(s) + dot(y[t].t(), solve(s, y[t].t()));
            p = s - 0.5 * s * inverse(s + diag(sq(q)) + eye(2)) * s;
        }
        l / 100
    }
}

/// Element i of the argument of this number, in (0.1, 0.9).
fn numbers(count: usize, seed: usize) -> Vec<f64> {
    let at = |i: usize| u32::try_from((i * 7919 + seed * 104_729) % 997).expect("below 997");
    (0..count).map(|i| 0.1 + 0.8 * f64::from(at(i)) / 997.0).collect()
}

/// The published lines of a loss: steps, value, gradient.
fn published(name: &str) -> Vec<(usize, f64, Vec<f64>)> {
    let lines = include_str!("../data/recurrences.txt").lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let lines = lines.filter(|words| words[0] == name).map(|words| {
        let number = |word: &&str| word.parse().expect("a number");
        (words[1].parse().expect("a count"), number(&words[2]), words[3..].iter().map(number).collect())
    });
    lines.collect()
}

/// Compares a loss with published values, on every instruction set, in one chunk and in several.
macro_rules! published_steps {
    ($($test:ident $loss:ident ($steps:ident) { $($field:ident: $numbers:expr => $value:expr),* })*) => {$(
        #[test]
        fn $test() {
            let lines = published(stringify!($loss));
            assert_eq!(lines.len(), 7, "lines of {}", stringify!($loss));
            for ($steps, value, gradient) in lines {
                $(let $field = $numbers;)*
                // Thousands of steps are about sums; cuts are about rows.
                for (isa, cuts) in ways().filter(|(_, cuts)| $steps < 1000 || cuts.is_none()) {
                    let found: Result<_, frobenius::Error> = cut(cuts, || {
                        let data = $loss::Data { $($field: $value),* };
                        let mut loss = $loss::Loss::<f64>::new(data)?.with_isa(isa);
                        let flat = numbers(loss.params()?.as_slice().len(), 10);
                        let params = $loss::Params::from_vec(loss.dims(), flat)?;
                        let mut out = loss.params()?;
                        let value = loss.value_and_gradient(&params, &mut out)?;
                        Ok([&[value, loss.value(&params)?], out.as_slice()].concat())
                    });
                    let found = found.expect("shapes that fit");
                    let expected = [&[value, value], gradient.as_slice()].concat();
                    // Sums of thousands of steps, each rounded.
                    close(&found, &expected, 1e-11).unwrap_or_else(|wrong| {
                        panic!("{}, {} steps on {}, cut into {cuts:?}: {wrong}", stringify!($loss), $steps, isa.name())
                    });
                }
            }
        }
    )*};
}

#[loss]
fn garch(y: Vector<T>, #[param] omega: Scalar, #[param] alpha: Scalar, #[param] beta: Scalar) -> Scalar {
    let mut h = omega / (3 - alpha - beta);
    let mut l = 0;
    for t in 0..T {
        l += 0.5 * (ln(h) + sq(y[t]) / h);
        h = omega + alpha * sq(y[t]) + 0.5 * beta * h;
    }
    l
}

#[loss]
fn arma(y: Vector<T>, #[param] a: Scalar, #[param] b: Scalar, #[param] c: Scalar) -> Scalar {
    let mut e = 0;
    let mut l = 0;
    for t in 2..T {
        e = y[t] - a * y[t - 1] - b * y[t - 2] - 0.5 * c * e;
        l += sq(e);
    }
    l
}

#[loss]
fn holt(y: Vector<T>, #[param] alpha: Scalar, #[param] beta: Scalar, #[param] start: Scalar) -> Scalar {
    let mut level = start;
    let mut trend = 0.1 * start;
    let mut l = 0;
    for t in 0..T {
        let ahead = level + trend;
        l += sq(y[t] - ahead);
        let new = ahead + alpha * (y[t] - ahead);
        trend = trend + beta * (new - level - trend);
        level = new;
    }
    l
}

#[loss]
fn kalman(y: Vector<T>, #[param] q: Scalar, #[param] r: Scalar, #[param] start: Scalar) -> Scalar {
    let mut m = start;
    let mut p = 1;
    let mut l = 0;
    for t in 0..T {
        let ahead = p + q;
        let s = ahead + r;
        let e = y[t] - m;
        l += 0.5 * (ln(s) + sq(e) / s);
        m += ahead / s * e;
        p = (1 - ahead / s) * ahead;
    }
    l
}

#[loss]
fn hawkes(
    gap: Vector<T>,
    left: Vector<T>,
    #[param] mu: Scalar,
    #[param] alpha: Scalar,
    #[param] beta: Scalar,
) -> Scalar {
    let mut a = 0;
    let mut l = 0;
    for t in 0..T {
        a = exp(-beta * gap[t]) * (1 + a);
        l += alpha / beta * (1 - exp(-beta * left[t])) - ln(mu + alpha * a);
    }
    l
}

#[loss]
fn reviews(gap: Matrix<T, N>, seen: Matrix<T, N>, length: RowVector<N>, #[param] w: [Scalar; 11]) -> Scalar {
    let mut s = exp(w[0]) + 0 * length;
    let mut d = 5 * w[1] + 0 * length;
    let mut l = 0;
    for t in 0..T {
        let y = seen[t] > 0.4;
        let is_there = t < 80 * length;
        let r = pow(1 + gap[t] / (9 * s), -w[2]);
        l -= dot(is_there, hadamard(y, ln(r)) + hadamard(1 - y, ln(1.001 - r)));
        let up = hadamard(s, 1 + exp(w[3] - 2) * hadamard(hadamard(11 - d, pow(s, -w[4])), exp(w[5] * (1 - r)) - 1));
        let down = w[6] * hadamard(hadamard(pow(d, -w[7]), pow(s + 1, w[8]) - 0.5), exp(w[9] * (1 - r)));
        s = select(is_there, select(y, up, down), s);
        d = select(is_there, d + w[10] * (5 - d) + 0.2 * (1 - y), d);
    }
    l
}

#[loss]
fn elman(
    x: Matrix<T, D>,
    y: Matrix<T, 2>,
    #[param] w: Matrix<D, 5>,
    #[param] u: Matrix<5, 5>,
    #[param] b: RowVector<5>,
    #[param] v: Matrix<5, 2>,
) -> Scalar {
    let mut h = 0.1 * b;
    let mut l = 0;
    for t in 0..T {
        h = tanh(x[t] * w - 0.4 * h * u + b);
        l += norm_sq(h * v - y[t]);
    }
    l
}

#[loss]
fn gru(
    x: Matrix<T, D>,
    y: Vector<T>,
    #[param] wz: Matrix<D, 5>,
    #[param] uz: Matrix<5, 5>,
    #[param] wr: Matrix<D, 5>,
    #[param] ur: Matrix<5, 5>,
    #[param] wh: Matrix<D, 5>,
    #[param] uh: Matrix<5, 5>,
    #[param] v: Vector<5>,
) -> Scalar {
    let mut h = 0.1 * v.t();
    let mut l = 0;
    for t in 0..T {
        let z = sigmoid(x[t] * wz + h * uz - 1);
        let r = sigmoid(x[t] * wr + h * ur - 1);
        let new = tanh(x[t] * wh - hadamard(r, h) * uh);
        h += hadamard(z, new - h);
        l += sq(h * v - y[t]);
    }
    l
}

#[loss]
fn hmm(
    seen: Labels<T, 6>,
    #[param] start: RowVector<20>,
    #[param] a: Matrix<20, 20>,
    #[param] e: Matrix<20, 6>,
) -> Scalar {
    let step = log_softmax_rows(a);
    let emitted = gather(log_softmax_rows(e).t(), seen);
    let mut alpha = log_softmax_rows(start);
    for t in 0..T {
        alpha = lse_columns(alpha.t() + step) + emitted[t];
    }
    -lse(alpha)
}

#[loss]
fn filter(
    y: Matrix<T, 2>,
    #[param] f: Matrix<4, 4>,
    #[param] h: Matrix<2, 4>,
    #[param] q: Vector<4>,
    #[param] r: Vector<2>,
    #[param] start: Vector<4>,
) -> Scalar {
    let mut x = start;
    let mut p = diag(q);
    let mut l = 0;
    for t in 0..T {
        let ahead = 0.4 * f * x;
        let spread = 0.16 * f * p * f.t() + diag(q);
        let s = h * spread * h.t() + diag(r);
        let error = y[t].t() - h * ahead;
        let gain = spread * h.t() * inverse(s);
        l += 0.5 * (logdet(s) + dot(error, solve(s, error)));
        x = ahead + gain * error;
        p = spread - gain * h * spread;
    }
    l
}

#[loss]
fn ctc(
    x: Matrix<T, D>,
    labels: Labels<7, 6>,
    skip: RowVector<7>,
    start: RowVector<7>,
    #[param] w: Matrix<D, 6>,
) -> Scalar {
    let own = gather(log_softmax_rows(x * w).t(), labels).t();
    let mut alpha = start;
    for t in 0..T {
        let one = concat_columns(-1000 * ones(1, 1), alpha.columns(0..6));
        let two = concat_columns(-1000 * ones(1, 2), alpha.columns(0..5)) + skip;
        let most = max(alpha, max(one, two));
        alpha = most + ln(exp(alpha - most) + exp(one - most) + exp(two - most)) + own[t];
    }
    -lse(alpha.columns(5..7))
}

const NEVER: f64 = -1000.0;

published_steps! {
    garch_is_published garch(steps) { y: numbers(steps, 1) => y.as_slice().into() }
    arma_is_published arma(steps) { y: numbers(steps, 1) => y.as_slice().into() }
    holt_is_published holt(steps) { y: numbers(steps, 1) => y.as_slice().into() }
    kalman_is_published kalman(steps) { y: numbers(steps, 1) => y.as_slice().into() }
    hawkes_is_published hawkes(steps) {
        gap: numbers(steps, 1) => gap.as_slice().into(),
        left: numbers(steps, 2) => left.as_slice().into()
    }
    reviews_are_published reviews(steps) {
        gap: numbers(steps * 5, 1) => MatrixRef::new(&gap, steps, 5)?,
        seen: numbers(steps * 5, 2) => MatrixRef::new(&seen, steps, 5)?,
        length: numbers(5, 3) => length.as_slice().into()
    }    elman_is_published elman(steps) {
        x: numbers(steps * 3, 1) => MatrixRef::new(&x, steps, 3)?,
        y: numbers(steps * 2, 2) => MatrixRef::new(&y, steps, 2)?
    }
    gru_is_published gru(steps) {
        x: numbers(steps * 3, 1) => MatrixRef::new(&x, steps, 3)?,
        y: numbers(steps, 2) => y.as_slice().into()
    }
    hmm_is_published hmm(steps) {
        seen: numbers(steps, 1).iter().map(|x| symbol(6.0 * x)).collect::<Vec<u8>>() => (&seen).into()
    }
    filter_is_published filter(steps) { y: numbers(steps * 2, 1) => MatrixRef::new(&y, steps, 2)? }
    ctc_is_published ctc(steps) {
        x: numbers(steps * 3, 1) => MatrixRef::new(&x, steps, 3)?,
        labels: [0_u8, 2, 0, 3, 0, 3, 0] => (&labels).into(),
        skip: [NEVER, NEVER, NEVER, 0.0, NEVER, NEVER, NEVER] => (&skip).into(),
        start: [0.0, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER] => (&start).into()
    }
}

/// The whole number below `x`.
fn symbol(x: f64) -> u8 {
    (0..=u8::MAX).take_while(|&n| f64::from(n) <= x).last().unwrap_or(0)
}
