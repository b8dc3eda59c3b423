//! Every operation, broadcast and schedule: whole losses against their references.

use frobenius_tests::compare;

compare! {
    two_layer_agrees
    data { x: matrix, y: matrix }
    given { k: "K" }
    sizes { "D": 3, "K": 5, "M": 2 }
    fn two_layer(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
        let e = tanh(x * w) * a - y;
        norm_sq(e)
    }
}

compare! {
    wider_than_a_tile_agrees
    data { x: matrix, y: matrix }
    given { k: "K" }
    sizes { "D": 33, "K": 70, "M": 17 }
    fn wide(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>) -> Scalar {
        mean(sq(tanh(x * w / 8) * a - y))
    }
}

compare! {
    matrices_of_one_column_agree
    data { x: matrix, y: matrix }
    given { k: "K" }
    sizes { "D": 1, "K": 3, "M": 1 }
    fn thin(x: Matrix<N, D>, y: Matrix<N, M>, #[param] w: Matrix<D, K>, #[param] a: Matrix<K, M>, #[param] b: Matrix<N, M>) -> Scalar {
        norm_sq(tanh(x * w) * a - y + sin(b))
    }
}

compare! {
    depth_agrees
    data { x: matrix, y: matrix }
    given { k: "K", l: "L" }
    sizes { "D": 4, "K": 6, "L": 3, "M": 2 }
    fn deep(
        x: Matrix<N, D>,
        y: Matrix<N, M>,
        #[param] w0: Matrix<D, K>,
        #[param] b0: RowVector<K>,
        #[param] w1: Matrix<K, L>,
        #[param] w2: Matrix<L, M>,
    ) -> Scalar {
        norm_sq(tanh(sigmoid(tanh(x * w0 + b0) * w1) * w2) - y)
    }
}

compare! {
    regression_with_a_norm_agrees
    data { x: matrix, y: vector, lambda: scalar }
    sizes { "D": 5 }
    fn regression(x: Matrix<N, D>, y: Vector<N>, lambda: Scalar, #[param] w: Vector<D>, #[param] b: Scalar) -> Scalar {
        norm(x * w + b - y) + lambda * norm_sq(w)
    }
}

compare! {
    logistic_agrees
    data { x: matrix, y: vector }
    sizes { "D": 17 }
    fn logistic(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>, #[param] b: Scalar) -> Scalar {
        let z = x * w + b;
        sum(softplus(z) - hadamard(y, z))
    }
}

compare! {
    broadcasts_agree
    data { x: matrix, c: vector }
    sizes { "D": 3 }
    fn broadcasts(
        x: Matrix<N, D>,
        c: Vector<N>,
        #[param] r: RowVector<D>,
        #[param] u: Vector<N>,
        #[param] s: Scalar,
    ) -> Scalar {
        let z = x + r - u + s * x - c / 2;
        sum(sin(z) / (2 + s)) + dot(hadamard(z, x + 1), cos(x - r)) - s / 3
    }
}

compare! {
    transposes_and_traces_agree
    data { x: matrix }
    given { k: "K" }
    sizes { "D": 3, "K": 4 }
    fn transposes(x: Matrix<N, D>, #[param] w: Matrix<D, K>, #[param] c: Matrix<D, D>, #[param] v: Matrix<K, D>) -> Scalar {
        let g = x.t() * x;
        trace(w.t() * g * w) + trace(c) + sum(hadamard(w + v.t(), sin(w))) - trace(tanh(c) + c * c) + dot(c.t(), g)
    }
}

compare! {
    row_local_parameters_agree
    data { r: matrix }
    given { k: "K" }
    sizes { "M": 6, "K": 2 }
    fn factors(r: Matrix<N, M>, #[param] u: Matrix<N, K>, #[param] v: Matrix<M, K>) -> Scalar {
        0.5 * norm_sq(u * v.t() - r) + 0.1 * norm_sq(u)
    }
}

compare! {
    matrices_whole_agree
    data { a: matrix, b: matrix }
    given { n: "N" }
    sizes { }
    #[doc = "Resident products in every orientation."]
    fn resident(a: Matrix<4, 3>, b: Matrix<3, 4>, #[param] w: Matrix<4, 4>, #[param] v: Vector<4>, #[param] p: Vector<N>) -> Scalar {
        let q = a * b * w;
        norm_sq(q.t() * a) + v.t() * q * v + trace(q) + norm_sq(v.t() * w) + norm_sq(w.t() * v) + norm_sq(v * v.t()) + sum(p)
    }
}

compare! {
    vectors_alone_agree
    given { n: "N", m: "M" }
    sizes { "M": 3 }
    fn vectors(#[param] u: Vector<N>, #[param] v: RowVector<M>, #[param] s: Scalar) -> Scalar {
        s * norm_sq(u) + sum(exp(v)) + (sum(u) + 1) * (norm(v) - 1) / (s + 2) + norm_sq(u * v)
    }
}

compare! {
    a_gradient_that_is_zero_is_written
    data { x: matrix }
    sizes { "D": 3 }
    fn flat(x: Matrix<N, D>, #[param] w: Vector<D>, #[param] s: Scalar) -> Scalar {
        sum(sign(x * w)) + s * s
    }
}

compare! {
    stable_forms_agree
    data { x: matrix, y: vector }
    sizes { "D": 3 }
    fn stable(x: Matrix<N, D>, y: Vector<N>, #[param] w: Vector<D>) -> Scalar {
        let z = x * w;
        sum(hadamard(y, ln(sigmoid(z))) + hadamard(1 - y, ln(1 - sigmoid(z))) - ln(1 + exp(z)))
    }
}
