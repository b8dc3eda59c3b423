// A model of memory whose reviews are written out one by one, as those are that a loop over numbers writes.

use frobenius::prelude::*;

/// Stability after a success.
#[function]
fn recall(s: Scalar, d: Scalar, r: Scalar, hard: Scalar, easy: Scalar, a: Scalar, b: Scalar, c: Scalar) -> Scalar {
    s * (1 + exp(a) * (11 - d) * pow(s, -b) * expm1(c * (1 - r)) * hard * easy)
}

/// Stability after a lapse.
#[function]
fn lapse(s: Scalar, d: Scalar, r: Scalar, a: Scalar, b: Scalar, c: Scalar, e: Scalar) -> Scalar {
    a * pow(d, -b) * (pow(s + 1, c) - 1) * exp(e * (1 - r))
}

/// FSRS-4.5: 16 reviews a card, padded; `grade` 1 to 4, `mask` 0 where there is no review.
#[loss(with(recall, lapse))]
fn fsrs(gap: [Vector<N>; 15], grade: [Vector<N>; 16], mask: [Vector<N>; 15], #[param] w: [Scalar; 17]) -> Scalar {
    let forget = |t, s| rsqrt(1 + 0.2345679012345679 * t / s);
    let first = |g, again, hard, good, easy| select(g - 3.5, easy, select(g - 2.5, good, select(g - 1.5, hard, again)));
    let bounded = |d| clip(d, 1, 10);
    let mut s = first(grade[0], w[0], w[1], w[2], w[3]);
    let mut d = bounded(w[4] - w[5] * (grade[0] - 3));
    let mut loss = 0;
    let mut count = 0;
    for i in 1..16 {
        let r = clip(forget(gap[i - 1], s), 0.0001, 0.9999);
        let ok = step(grade[i] - 1.5);
        loss += dot(mask[i - 1], -hadamard(ok, ln(r)) - hadamard(1 - ok, log1p(-r)));
        count += sum(mask[i - 1]);
        let hard_factor = select(grade[i] == 2, w[15], 1);
        let easy_factor = select(grade[i] == 4, w[16], 1);
        let up = recall(s, d, r, hard_factor, easy_factor, w[8], w[9], w[10]);
        let down = min(lapse(s, d, r, w[11], w[12], w[13], w[14]), s);
        s = clip(select(ok, up, down), 0.01, 36500);
        d = bounded(w[7] * w[4] + (1 - w[7]) * (d - w[6] * (grade[i] - 3)));
    }
    loss / count
}

fn main() -> Result<(), Error> {
    const CARDS: usize = 40;
    let column = |i: usize, of: fn(usize) -> f64| (0..CARDS).map(|j| of(i + 3 * j)).collect::<Vec<f64>>();
    let gap: Vec<_> = (0..15).map(|i| column(i, |k| [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0][k % 9])).collect();
    let grade: Vec<_> = (0..16).map(|i| column(i, |k| [1.0, 2.0, 3.0, 4.0][k % 4])).collect();
    let mask: Vec<_> = (0..15).map(|i| column(i, |k| if k % 5 == 0 { 0.0 } else { 1.0 })).collect();
    let data = fsrs::Data {
        gap: std::array::from_fn(|i| (&gap[i]).into()),
        grade: std::array::from_fn(|i| (&grade[i]).into()),
        mask: std::array::from_fn(|i| (&mask[i]).into()),
    };
    let mut loss = fsrs::Loss::new(data)?;
    let (mut params, mut gradient) = (loss.params()?, loss.params()?);
    let start = [1.0, 2.0, 3.0, 8.0, 5.0, 1.0, 0.8, 0.02, 1.4, 0.15, 0.9, 2.0, 0.1, 0.3, 1.4, 0.3, 2.5];
    params.as_mut_slice().copy_from_slice(&start);
    println!("{}", loss.value_and_gradient(&params, &mut gradient)?);
    Ok(())
}
