//! Losses where little is left: a small stack, little memory, no threads.
#![cfg(all(unix, target_pointer_width = "64"))]

use frobenius::prelude::*;

#[loss(jvp, hvp)]
fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
    norm_sq(tanh(x * w) * a - y)
}

#[loss]
fn classes(x: Matrix<N, D>, y: Labels<N, K>, #[param] w: Matrix<D, K>, #[param] b: RowVector<K>) -> Scalar {
    mean(cross_entropy(x * w + b, y))
}

#[loss]
fn determinant(s: Scalar, #[param] a: Matrix<N, N>) -> Scalar {
    logdet(a * a.t()) + s * norm_sq(inverse(a))
}

/// Numbers between -1 and 1.
fn values(count: usize) -> Vec<f64> {
    (0..count).map(|i| f64::from(u32::try_from(i).unwrap()).sin()).collect()
}

/// The value and the gradient's first element of each loss.
fn all() -> [(f64, f64); 3] {
    let (x, y, labels) = (values(400), values(200), [2u8, 0, 1, 2].repeat(25));
    let x = MatrixRef::new(&x, 100, 4).unwrap();
    let data = two_layer::Data { x, y: MatrixRef::new(&y, 100, 2).unwrap() };
    let mut layers = two_layer::Loss::new(data, two_layer::Sizes { k: 3 }).unwrap();
    let weights = two_layer::Params::from_vec(layers.dims(), values(18)).unwrap();
    let (mut layers_gradient, mut product) = (layers.params().unwrap(), layers.params().unwrap());
    layers.hvp(&weights, &weights, &mut product).unwrap();
    let data = classes::Data { x, y: (&labels).into() };
    let mut classes = classes::Loss::new(data, classes::Sizes { k: 3 }).unwrap();
    let columns = classes::Params::from_vec(classes.dims(), values(15)).unwrap();
    let mut classes_gradient = classes.params().unwrap();
    let mut determinant = determinant::Loss::new(determinant::Data { s: 0.1 }, determinant::Sizes { n: 12 }).unwrap();
    let square = determinant::Params::from_vec(determinant.dims(), values(144)).unwrap();
    let mut determinant_gradient = determinant.params().unwrap();
    [
        (layers.value_and_gradient(&weights, &mut layers_gradient).unwrap(), layers_gradient.as_slice()[0]),
        (classes.value_and_gradient(&columns, &mut classes_gradient).unwrap(), classes_gradient.as_slice()[0]),
        (
            determinant.value_and_gradient(&square, &mut determinant_gradient).unwrap(),
            determinant_gradient.as_slice()[0],
        ),
    ]
}

#[test]
fn a_thread_of_64_kilobytes_is_enough() {
    let expected = all();
    let small = std::thread::Builder::new().stack_size(64 * 1024).spawn(all).unwrap();
    assert_eq!(small.join().unwrap(), expected);
}

/// Runs the test `name` of this file in a process that the shell has given a limit.
fn limited(limit: &str, name: &str) {
    let command = format!("{limit} && exec \"$0\" --exact {name} --nocapture --test-threads=1");
    let test = std::env::current_exe().unwrap();
    let mut shell = std::process::Command::new("sh");
    let output = shell.arg("-c").arg(command).arg(test).env("FROBENIUS_LIMITED", name).output().unwrap();
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(output.status.success() && out.contains("1 passed"), "{limit}: {:?}\n{out}{err}", output.status);
}

/// Is this the process that [`limited`] made for the test `name`?
fn is_limited(name: &str) -> bool {
    std::env::var("FROBENIUS_LIMITED").is_ok_and(|limited| limited == name)
}

#[test]
fn memory_that_is_not_there_is_an_error() {
    const NAME: &str = "memory_that_is_not_there_is_an_error";
    if !is_limited(NAME) {
        // Two gigabytes of addresses; losses below would take more.
        return limited("ulimit -v 2000000", NAME);
    }
    let (x, y) = (values(400), values(200));
    let x = MatrixRef::new(&x, 100, 4).unwrap();
    let data = two_layer::Data { x, y: MatrixRef::new(&y, 100, 2).unwrap() };
    let failed = two_layer::Loss::new(data, two_layer::Sizes { k: 1 << 28 });
    assert!(matches!(failed.err(), Some(Error::Overflow { .. })));
    let labels = [0u8; 100];
    let failed = classes::Loss::new(classes::Data { x, y: (&labels).into() }, classes::Sizes { k: 1 << 27 });
    assert!(matches!(failed.err(), Some(Error::Overflow { .. })));
    let failed = determinant::Loss::new(determinant::Data { s: 0.1 }, determinant::Sizes { n: 20_000 });
    assert!(matches!(failed.err(), Some(Error::Overflow { .. })));
    // A loss that fits still works.
    assert!(all().iter().all(|(value, slope)| value.is_finite() && slope.is_finite()));
}

#[test]
fn threads_that_are_not_given_are_not_needed() {
    const NAME: &str = "threads_that_are_not_given_are_not_needed";
    if !is_limited(NAME) {
        // No thread can have a stack as large as it is told.
        return limited("export RUST_MIN_STACK=100000000000 && ulimit -v 4000000", NAME);
    }
    assert!(all().iter().all(|(value, slope)| value.is_finite() && slope.is_finite()));
}
