//! Expansions beside items of any name, without the prelude, and under all lints.
#![deny(missing_docs, single_use_lifetimes, unreachable_pub, unused_qualifications, unused_results, warnings)]
#![deny(clippy::all, clippy::nursery, clippy::pedantic)]

/// Without the prelude, and beside items that are called like what expansions use.
mod bare {
    #![no_implicit_prelude]
    #![allow(dead_code, non_camel_case_types, clippy::redundant_pub_crate, reason = "names that are in the way")]

    pub(crate) mod core {}
    pub(crate) mod std {}
    pub(crate) mod frobenius {}
    pub(crate) mod rt {}
    pub(crate) struct Option;
    pub(crate) struct Result;
    pub(crate) struct Vec;
    pub(crate) struct Some;
    pub(crate) struct Ok;
    pub(crate) struct Err;
    pub(crate) struct String;
    pub(crate) struct Iterator;
    pub(crate) struct Default;
    pub(crate) struct Clone;
    pub(crate) struct T;
    pub(crate) struct f64;
    pub(crate) struct f32;
    pub(crate) type usize = f64;
    pub(crate) struct bool;
    pub(crate) struct str;
    pub(crate) const FORMULA: ::core::primitive::usize = 2;

    #[::frobenius::loss(
        bench, test, jvp, hvp, hessian, hessian_diagonal, line_search, ggn = z, data_gradient(x)
    )]
    pub(crate) fn all<const K: usize>(
        x: Matrix<N, D>,
        y: Matrix<N, { K + FORMULA }>,
        g: [Vector<N>; 2],
        #[param] w: Matrix<D, { K + FORMULA }>,
        #[param] b: Matrix<D, K>,
        #[param] q: Vector<Q>,
    ) -> Scalar {
        let z = x * w;
        norm_sq(tanh(z) - y) + norm_sq(x * b) + norm_sq(q) + sum(hadamard(g[0], g[1]))
    }

    #[::frobenius::loss(sample_norms, test)]
    pub(crate) fn labelled(x: Matrix<N, D>, y: Labels<N, 3>, #[param] w: Matrix<D, 3>) -> Scalar {
        mean(cross_entropy(x * w, y))
    }

    #[::frobenius::function]
    fn twice(x: Matrix<R, C>) -> Matrix<R, C> {
        x + x
    }

    #[::frobenius::loss(with(twice))]
    pub(crate) fn several(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
        let h = twice(tanh(x * w));
        norm_sq(softmax_columns(h)) + norm_sq(h.t() * h) + norm_sq(row_operator(Own, h))
    }

    pub(crate) struct Own;

    impl ::frobenius::operator::RowOperator for Own {
        fn apply<E: ::frobenius::Element>(z: &[E], out: &mut [E]) {
            out.copy_from_slice(z);
        }
        fn jvp<E: ::frobenius::Element>(_: &[E], v: &[E], out: &mut [E]) {
            out.copy_from_slice(v);
        }
        fn vjp<E: ::frobenius::Element>(_: &[E], g: &[E], out: &mut [E]) {
            out.copy_from_slice(g);
        }
    }
}

/// The sizes in braces are those of the loss's surroundings, whatever the expansion has of the same name.
#[test]
fn a_size_in_braces_is_what_it_is_around_the_loss() {
    let (x, y, g) = ([1.0; 2], [0.0; 3], [1.0; 1]);
    let data = bare::all::Data {
        x: ::frobenius::MatrixRef::new(&x, 1, 2).unwrap(),
        y: ::frobenius::MatrixRef::new(&y, 1, 3).unwrap(),
        g: [(&g).into(), (&g).into()],
    };
    let loss = bare::all::Loss::<f64, 1>::new(data, bare::all::Sizes { q: 4 }).unwrap();
    assert_eq!(loss.params().unwrap().as_slice().len(), 2 * 3 + 2 + 4);
}
