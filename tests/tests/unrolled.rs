//! Losses whose steps are written out: hundreds of operations, which are run one after the other, and dozens of arguments.

use frobenius_tests::compare;
use serde_json::Value;

// The program whose compilation is measured, with its imports.
include!("../../benches/benches/compile/spaced_repetition.rs");

/// Value and gradient by JAX in f64, see `data/cases/spaced_repetition.py`.
#[test]
fn spaced_repetition_has_its_values() -> Result<(), Box<dyn std::error::Error>> {
    // A frame has room for what a loss does, and not for each of its operations.
    let thread = std::thread::Builder::new().stack_size(256 << 10);
    let run = thread.spawn(|| spaced_repetition().map_err(|error| error.to_string()))?;
    Ok(run.join().map_err(|_| "a panic")??)
}

fn spaced_repetition() -> Result<(), Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/data/cases/spaced_repetition.json"))?;
    let case: Value = serde_json::from_str(&text)?;
    let numbers = |value: &Value| -> Vec<f64> {
        value.as_array().into_iter().flatten().map(|x| x.as_f64().expect("a number")).collect()
    };
    let lines = |name: &str| -> Vec<Vec<f64>> { case[name].as_array().into_iter().flatten().map(numbers).collect() };
    let (gap, grade, mask) = (lines("gap"), lines("grade"), lines("mask"));
    let data = fsrs::Data {
        gap: std::array::from_fn(|i| (&gap[i + 1]).into()),
        grade: std::array::from_fn(|i| (&grade[i]).into()),
        mask: std::array::from_fn(|i| (&mask[i + 1]).into()),
    };
    let mut loss = fsrs::Loss::new(data)?;
    let params = fsrs::Params::from_vec(loss.dims(), numbers(&case["w"]))?;
    let mut gradient = loss.params()?;
    for isa in frobenius_tests::Isa::available() {
        loss = loss.with_isa(isa);
        let value = loss.value_and_gradient(&params, &mut gradient)?;
        let expected = case["value"].as_f64().ok_or("a value")?;
        frobenius_tests::close(&[value], &[expected], 1e-13)?;
        frobenius_tests::close(&[loss.value(&params)?], &[expected], 1e-13)?;
        frobenius_tests::close(gradient.as_slice(), &numbers(&case["gradient"]), 1e-13)?;
    }
    Ok(())
}

#[loss]
fn many(x: [Vector<N>; 40], #[param] w: [Scalar; 130]) -> Scalar {
    let mut sum = 0;
    for v in x {
        sum += dot(v, v);
    }
    for s in w {
        sum += s * s;
    }
    let mut z = x[0];
    for i in 1..40 {
        z = z + w[i] * x[i];
    }
    sum + norm_sq(z)
}

/// Σ‖xᵢ‖² + ‖w‖² + ‖x₀ + Σ wᵢ xᵢ‖², by hand.
#[test]
fn a_loop_has_dozens_of_operands() -> Result<(), Error> {
    let number = |i: usize, j: usize| f64::from(u8::try_from((3 * i + 5 * j) % 7).expect("below 7")) / 4.0 - 0.75;
    let x: Vec<Vec<f64>> = (0..40).map(|i| (0..5).map(|j| number(i, j)).collect()).collect();
    let w: Vec<f64> = (0..130).map(|i| number(i, 1) / 8.0).collect();
    let mut loss = many::Loss::new(many::Data { x: std::array::from_fn(|i| (&x[i]).into()) })?;
    let params = many::Params::from_vec(loss.dims(), w.clone())?;
    let mut gradient = loss.params()?;
    let value = loss.value_and_gradient(&params, &mut gradient)?;
    let z: Vec<f64> = (0..5).map(|j| x[0][j] + (1..40).map(|i| w[i] * x[i][j]).sum::<f64>()).collect();
    let square = |values: &[f64]| values.iter().map(|x| x * x).sum::<f64>();
    let expected = x.iter().map(|x| square(x)).sum::<f64>() + square(&w) + square(&z);
    assert!((value - expected).abs() < 1e-12 * expected, "{value}, {expected}");
    for (i, (found, w)) in gradient.as_slice().iter().zip(&w).enumerate() {
        let along = if (1..40).contains(&i) { (0..5).map(|j| z[j] * x[i][j]).sum::<f64>() } else { 0.0 };
        assert!((found - 2.0 * (w + along)).abs() < 1e-12, "{i}: {found}");
    }
    Ok(())
}

compare! {
    narrow_rows_are_one
    data { x: matrix }
    sizes { "D": 3 }
    fn one_row(x: Matrix<N, D>, #[param] u: Matrix<N, D>, #[param] s: Scalar) -> Scalar {
        let mut z = x;
        for i in 0..40 {
            z = tanh(s * z + u) - hadamard(z, exp(-sq(z))) / 4;
        }
        norm_sq(z - 1) + sum(z)
    }
}

compare! {
    rows_and_columns_are_repeated_and_added_up
    data { x: matrix }
    sizes { "D": 3 }
    fn repeated(x: Matrix<N, D>, #[param] w: RowVector<D>, #[param] v: Vector<N>, #[param] s: Scalar) -> Scalar {
        let mut z = scale_rows(v, x + w);
        for i in 0..40 {
            z = tanh(s * z + w) - scale_rows(v, sin(z)) / 4;
        }
        norm_sq(z - 1) + norm_sq(row_sums(z)) + norm_sq(column_sums(z)) / size(x)
    }
}

// Long rows take long without optimisation. There are none, one, and as many as make blocks of two sizes and chunks of one; how many
// there are matters to products, of which there is none, and to outlets, which the loss above has too.
compare! {
    strips_are_shorter_than_rows
    rows { 0, 1, 13 }
    data { x: matrix }
    sizes { "D": 70 }
    fn long_rows(x: Matrix<N, D>, #[param] w: RowVector<D>, #[param] v: Vector<N>) -> Scalar {
        let mut z = x + w;
        for i in 0..40 {
            z = tanh(z / 2 + w) - scale_rows(v, sin(z)) / 4;
        }
        norm_sq(z - 1) / 100
    }
}
