//! Outputs: values of a loss by themselves, on data of one's own.

use frobenius::{Element, Error, Matrix, MatrixRef, loss};

/// An output's elements, whatever it is returned as.
trait Elements {
    fn elements(&self) -> Vec<f64>;
}

impl<T: Element> Elements for Matrix<T> {
    fn elements(&self) -> Vec<f64> {
        self.as_slice().iter().map(|x| x.to_f64()).collect()
    }
}

impl<T: Element> Elements for Vec<T> {
    fn elements(&self) -> Vec<f64> {
        self.iter().map(|x| x.to_f64()).collect()
    }
}

impl Elements for f64 {
    fn elements(&self) -> Vec<f64> {
        vec![*self]
    }
}

/// A loss with outputs, and a test of the given name that compares each with its definition, interpreted: for every row count, both
/// precisions and every instruction set, however rows are cut, after a call at other parameters.
macro_rules! compare_outputs {
    (
        $test:ident
        $(range $low:literal .. $high:literal)?
        data { $($field:ident: $kind:ident),* }
        $(given { $($given:ident: $dim:literal),* })?
        sizes { $($name:literal: $size:literal),* }
        outputs { $($output:ident $({ $($own:ident: $own_kind:ident),+ })?)* }
        fn $loss:ident $($function:tt)*
    ) => {
        #[loss(outputs($($output),*))]
        fn $loss $($function)*

        #[test]
        fn $test() {
            fn at<T: Element>(reference: &frobenius_tests::Reference, n: usize, tolerance: f64) {
                #[allow(unused_mut, unused_assignments, reason = "unless a range is given")]
                let mut range = (-1.0, 1.0);
                $(range = ($low, $high);)?
                let sizes = [("N", n), $(($name, $size)),*];
                let case = frobenius_tests::Case::new(reference, &sizes, range, size_of::<T>() == 4);
                let data: &[&str] = &[$(stringify!($field)),*];
                let flat = case.flat_without::<T>(data);
                $(let $field = frobenius_tests::hold!($kind, $field, case, T);)*
                // Parameters are made for other rows than those of the output: a loss of one row.
                let few = [("N", 1), $(($name, $size)),*];
                let few = frobenius_tests::Case::new(reference, &few, range, true);
                let params = {
                    $(let $field = frobenius_tests::hold!($kind, $field, few, T);)*
                    let loss = $loss::Loss::<T>::new(
                        $loss::Data { $($field: frobenius_tests::lend!($kind, $field, few)),* },
                        $($loss::Sizes { $($given: few.size($dim)),* })?
                    );
                    let dims = loss.expect("the shapes fit").dims();
                    [flat.iter().rev().copied().collect(), flat].map(|flat| $loss::Params::from_vec(dims, flat).expect("all"))
                };
                $(
                    let (rows, columns, expected) = reference.output(stringify!($output), &sizes, &case.inputs);
                    for (isa, cuts) in frobenius_tests::ways() {
                        let made = frobenius_tests::cut(cuts, || {
                            $loss::$output::Output::<T>::new(
                                $($loss::$output::Data { $($own: frobenius_tests::lend!($own_kind, $own, case)),+ },)?
                                &params[0],
                            )
                        });
                        let mut output = made.expect("the shapes fit").with_isa(isa);
                        output.compute(&params[0]).expect("the same sizes");
                        let found = output.compute(&params[1]).expect("the same sizes").elements();
                        frobenius_tests::close(&found, &expected, tolerance).unwrap_or_else(|wrong| {
                            panic!("{} {rows} x {columns} in {} on {}, {n} rows cut into {cuts:?}: {wrong}",
                                stringify!($output), T::NAME, isa.name())
                        });
                    }
                    let found = $loss::$output::<T>(
                        $($loss::$output::Data { $($own: frobenius_tests::lend!($own_kind, $own, case)),+ },)?
                        &params[1],
                    );
                    frobenius_tests::close(&found.expect("the shapes fit").elements(), &expected, tolerance).expect("as before");
                )*
            }

            let options = concat!("outputs(", $(stringify!($output), ", ",)* ")");
            let reference = frobenius_tests::Reference::parse_with(options, stringify!(fn $loss $($function)*));
            let reference = reference.unwrap_or_else(|mistakes| panic!("{mistakes}"));
            for n in frobenius_tests::ROWS {
                at::<f64>(&reference, n, 1e-12);
                at::<f32>(&reference, n, 1e-4);
            }
        }
    };
}

compare_outputs! {
    those_of_a_network_agree
    data { x: matrix, y: labels }
    given { k: "K" }
    sizes { "D": 5, "K": 4 }
    outputs {
        h { x: matrix }
        scores { x: matrix }
        p { x: matrix }
        best { x: matrix }
        each { x: matrix, y: labels }
        size
        w_hat
        mean_score { x: matrix }
    }
    fn network(x: Matrix<N, D>, y: Labels<N, 3>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, 3>) -> Scalar {
        let h = tanh(x * w);
        let scores = h * a;
        let p = softmax_rows(scores);
        let best = row_max(p);
        let each = cross_entropy(scores, y);
        let size = norm(w);
        let w_hat = w / size;
        let mean_score = column_means(scores);
        mean(each) + 0.1 * norm_sq(w_hat - w)
    }
}

compare_outputs! {
    those_of_every_coupling_agree
    data { x: matrix, t: matrix, m: vector, s: scalar }
    given { k: "K" }
    sizes { "D": 4, "K": 3, "M": 2 }
    outputs {
        attended { x: matrix }
        pooled { x: matrix, m: vector }
        centred { x: matrix, s: scalar }
        gram { x: matrix }
        sums { x: matrix, s: scalar }
        seen { x: matrix }
        ones_of_rows { x: matrix }
        w_twice
        total { t: matrix }
    }
    fn attention(
        x: Matrix<N, D>, t: Matrix<N, M>, m: Vector<N>, s: Scalar,
        #[param] wq: Matrix<D, K>, #[param] wk: Matrix<D, K>, #[param] wv: Matrix<D, M>, #[param] b: RowVector<M>
    ) -> Scalar {
        let p = softmax_rows((x * wq) * (x * wk).t() / sqrt(3));
        let attended = p * (x * wv) + b;
        let pooled = lse(x * wv * b.t() + m);
        let centred = s * center_columns(x * wv);
        let gram = (x * wq).t() * (x * wk);
        let sums = cumsum(s * x * wk);
        let seen = x;
        let ones_of_rows = ones(N, 3);
        let w_twice = 2 * wv + b;
        let total = sum(t);
        0.5 * norm_sq(attended - t) + pooled
    }
}

compare_outputs! {
    those_that_the_loss_does_not_need_agree
    data { x: matrix, y: vector }
    sizes { "D": 3 }
    outputs {
        p { x: matrix }
        odds { x: matrix }
        each { x: matrix, y: vector }
        state { x: matrix }
        deep { x: matrix }
    }
    fn logistic(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>, #[param] beta: Scalar) -> Scalar {
        let twice = |z| 2 * z;
        let z = x * w;
        let each = softplus(z) - hadamard(y, z);
        let p = sigmoid(z);
        let odds = p / (1 - p);
        let mut state = 0.5 * beta;
        for t in 0..N {
            state = 0.5 * tanh(state) + z[t];
        }
        let mut deep = x;
        for _ in 0..3 {
            deep = tanh(twice(deep) + w.t());
        }
        mean(each) + sq(beta)
    }
}

/// Sums of one row are what is summed: the loss of one row has the bits of its output.
macro_rules! of_one_row {
    ($test:ident $(given { $($given:ident: $size:literal),* })? fn $loss:ident $($function:tt)*) => {
        #[loss(outputs(each))]
        fn $loss $($function)*

        #[test]
        fn $test() -> Result<(), Error> {
            let mut random = frobenius_tests::Random::new(11);
            for d in [1, 7, 33] {
                let x: Vec<f64> = (0..d).map(|_| random.between((-1.0, 1.0))).collect();
                let x = MatrixRef::new(&x, 1, d)?;
                let mut loss = $loss::Loss::new($loss::Data { x }, $($loss::Sizes { $($given: $size),* })?)?;
                let mut params = loss.params()?;
                params.as_mut_slice().iter_mut().for_each(|w| *w = random.between((-1.0, 1.0)));
                let each = $loss::each($loss::each::Data { x }, &params)?;
                let mut gradient = loss.params()?;
                let both = loss.value_and_gradient(&params, &mut gradient)?;
                assert_eq!([loss.value(&params)?.to_bits(), both.to_bits()], [each[0].to_bits(); 2]);
            }
            Ok(())
        }
    };
}

of_one_row! {
    a_network_of_one_row_has_the_bits_of_its_output
    given { k: 5 }
    fn of_network(x: Matrix<N, D>, #[param] w: Matrix<D, K>, #[param] a: Vector<K>) -> Scalar {
        let each = sq(tanh(x * w) * a - 1);
        sum(each)
    }
}

of_one_row! {
    a_chain_of_one_row_has_the_bits_of_its_output
    given { k: 5 }
    fn of_chain(x: Matrix<N, D>, #[param] w: Matrix<D, K>, #[param] a: Vector<K>) -> Scalar {
        let each = softplus(x * w * a) + 0.5 * row_sums(sq(x * w));
        sum(each)
    }
}

/// A loss whose parameters and outputs have a row for each sample.
#[loss(outputs(u, fitted))]
fn own_rows(x: Matrix<N, D>, #[param] w: Matrix<N, D>) -> Scalar {
    let u = scale_rows(1 / row_norms(w), w);
    let fitted = hadamard(x, u);
    norm_sq(fitted - x)
}

#[test]
fn parameters_with_rows_of_samples_say_how_many_there_are() -> Result<(), Error> {
    let w = own_rows::Params::from_vec(own_rows::ParamDims { n: 2, d: 2 }, vec![3.0, 4.0, 0.0, 2.0])?;
    frobenius_tests::close(own_rows::u(&w)?.as_slice(), &[0.6, 0.8, 0.0, 1.0], 1e-15).expect("rows of length 1");
    let x = [[1.0, 2.0], [3.0, 4.0]];
    let fitted = own_rows::fitted(own_rows::fitted::Data { x: (&x).into() }, &w)?;
    frobenius_tests::close(fitted.as_slice(), &[0.6, 1.6, 0.0, 4.0], 1e-15).expect("these rows times those of `x`");
    let error = own_rows::fitted(own_rows::fitted::Data { x: (&x[..1]).into() }, &w).expect_err("rows are missing");
    assert_eq!(error.to_string(), "`x` is 1 x 2, but N is 2 in the parameters: Matrix<N, D> needs 2 x 2");
    Ok(())
}

#[test]
fn memory_of_another_shape_is_refused_before_anything_is_written() -> Result<(), Error> {
    let x = [[1.0, -1.0], [0.5, 2.0], [0.0, 1.0]];
    let dims = logistic::ParamDims { d: 2 };
    let params = logistic::Params::from_vec(dims, vec![0.25, 0.5, 1.0])?;
    let mut output = logistic::p::Output::new(logistic::p::Data { x: (&x).into() }, &params)?;
    let mut out = [7.0; 2];
    let error = output.write(&params, &mut out).expect_err("three rows");
    assert_eq!(error.to_string(), "`p` is 2 x 1, but Vector<N> needs 3 x 1");
    assert_eq!(out.map(f64::to_bits), [7f64.to_bits(); 2]);
    let mut out = [f64::NAN; 3];
    output.write(&params, &mut out)?;
    assert_eq!(out.to_vec(), output.compute(&params)?);
    let others = logistic::Params::zeros(logistic::ParamDims { d: 3 })?;
    let error = output.write(&others, &mut out).expect_err("three columns");
    assert_eq!(error.to_string(), "the parameters have D = 3, but the loss has D = 2");
    Ok(())
}

#[test]
fn parameters_serve_losses_of_any_number_of_rows() -> Result<(), Error> {
    let (x, y) = ([[1.0, -1.0], [0.5, 2.0], [0.0, 1.0]], [1.0, 0.0, 1.0]);
    let mut all = logistic::Loss::new(logistic::Data { x: (&x).into(), y: (&y).into() })?;
    let mut one = logistic::Loss::new(logistic::Data { x: (&x[..1]).into(), y: (&y[..1]).into() })?;
    let params = logistic::Params::from_vec(all.dims(), vec![0.25, 0.5, 0.0])?;
    let of_one = logistic::Params::from_vec(one.dims(), vec![0.25, 0.5, 0.0])?;
    assert_eq!(params, of_one);
    let mut gradient = all.params()?;
    let values = [all.value(&params)?, one.value_and_gradient(&params, &mut gradient)?];
    assert!((values[0] - values[1]).abs() > 0.01, "{values:?}");
    assert_eq!(one.value(&params)?.to_bits(), one.value(&of_one)?.to_bits());
    Ok(())
}
