//! Products of three and more matrices, in the order that the sizes call for.

use frobenius_tests::compare;

macro_rules! orders {
    ($($test:ident $loss:ident { $d:literal, $r:literal, $k:literal })*) => {$(
        compare! {
            $test
            data { x: matrix, y: matrix }
            given { r: "R" }
            sizes { "D": $d, "R": $r, "K": $k }
            fn $loss(x: Matrix<N, D>, y: Matrix<N, K>, #[param] u: Matrix<D, R>, #[param] v: Matrix<R, K>) -> Scalar {
                norm_sq(x * u * v - y)
            }
        }
    )*};
}

orders! {
    low_rank_agrees low_rank { 9, 2, 8 }
    high_rank_agrees high_rank { 3, 17, 4 }
    wide_agrees wide { 17, 5, 3 }
}

compare! {
    chains_of_four_agree
    data { x: matrix }
    given { k: "K", l: "L" }
    sizes { "D": 5, "K": 9, "L": 3 }
    fn four(x: Matrix<N, D>, #[param] a: Matrix<D, K>, #[param] b: Matrix<K, L>, #[param] c: Matrix<L, K>) -> Scalar {
        sum(tanh(x * a * b * c)) + norm_sq(c * b * c * b)
    }
}

compare! {
    chains_of_pairs_agree
    data { x: matrix }
    given { k: "K" }
    sizes { "D": 5, "K": 3 }
    fn pairs(x: Matrix<N, D>, #[param] q: Matrix<D, K>, #[param] k: Matrix<D, K>) -> Scalar {
        norm_sq(tanh(x * q * (x * k).t() * x)) / 100
    }
}

compare! {
    samples_in_columns_agree
    data { x: matrix }
    given { k: "K", m: "M" }
    sizes { "D": 5, "K": 2, "M": 4 }
    fn columns(x: Matrix<D, N>, #[param] a: Matrix<K, D>, #[param] b: Matrix<M, K>) -> Scalar {
        sum(tanh(b * a * x))
    }
}

/// For every row x u v takes D R + R K multiplications, or D K and once D R K.
#[test]
fn the_cheaper_order_is_taken() {
    let flops = |n: usize, d: usize, r: usize, k: usize| {
        let x = vec![0.0f64; n * d];
        let y = vec![0.0f64; n * k];
        let data = low_rank::Data {
            x: frobenius_tests::MatrixRef::new(&x, n, d).expect("n d elements"),
            y: frobenius_tests::MatrixRef::new(&y, n, k).expect("n k elements"),
        };
        let loss = low_rank::Loss::new(data, low_rank::Sizes { r }).expect("the shapes fit");
        low_rank::cost::<f64>(&loss.dims()).flops
    };
    #[expect(clippy::cast_precision_loss, reason = "small")]
    let products = |n: usize, d: usize, r: usize, k: usize| {
        let (first, second) = (2 * n * d * r + 3 * n * r * k, 2 * n * d * k + 3 * d * r * k);
        2.0 * first.min(second) as f64
    };
    for (n, d, r, k) in [(1000, 50, 3, 40), (1000, 50, 60, 4), (10, 50, 60, 70), (3, 100, 10, 100)] {
        let (found, least) = (flops(n, d, r, k), products(n, d, r, k));
        // Elementwise operations come on top.
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let elementwise = 10.0 * (n * k + d * r + r * k) as f64;
        assert!((least..=least + elementwise).contains(&found), "{found} instead of {least} for {n} {d} {r} {k}");
    }
}
