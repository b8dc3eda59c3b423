//! Names that `NumPy`, `PyTorch`, JAX, TensorFlow, MATLAB, Rust and textbooks have for what is written otherwise here.

/// Names, and what to write in their place.
///
/// In the code, `a` and `b` are matrices of one shape, `k` and `l` square ones, `w` is a matrix with as many rows as
/// `a` has columns, `v` and `u` are vectors as long as `a` has rows, and `y` holds their labels, one of as many classes
/// as `a` has columns: a test reads every piece of code with these declarations.
const ELSEWHERE: &[(&[&str], &str)] = &[
    (&["matmul", "mm", "mv", "bmm", "mtimes", "addmm", "multi_dot"], "the matrix product is written `a * w`"),
    (&["mul", "multiply", "times"], "the matrix product is written `a * w`, the elementwise one `hadamard(a, b)`"),
    (&["einsum", "tensordot"], "products are written out: `a * w`, `hadamard(a, b)`, `dot(a, b)`, `outer(v, u)`"),
    (&["inner", "vdot"], "the inner product is `dot(a, b)`"),
    (&["hprod", "schur_product", "elementwise_mul", "emul"], "the elementwise product is `hadamard(a, b)`"),
    (&["add", "subtract", "sub", "plus", "minus"], "sums and differences are written `a + b` and `a - b`"),
    (&["divide", "div", "true_divide", "rdivide"], "the elementwise quotient is written `a / b`"),
    (&["neg", "negative", "uminus"], "it is written `-a`"),
    (&["T", "t", "transpose", "permute", "swapaxes", "mT"], "the transpose is written `a.t()`"),
    (&["square", "pow2", "sqr", "abs2"], "`sq(a)` is the elementwise square, `norm_sq(a)` the sum of squares"),
    (&["power", "powi", "powf"], "powers are elementwise: `pow(a, 3)`, and `sq(a)` for the square"),
    (&["log", "loge"], "the natural logarithm is `ln(a)`"),
    (&["log2"], "write `ln(a) / LN_2`"),
    (&["log10"], "write `ln(a) / ln(10)`"),
    (&["exp2"], "write `exp(a * LN_2)`"),
    (&["exp10"], "write `exp(a * ln(10))`"),
    (&["log1pexp"], "it is called `softplus(a)` here"),
    (&["cbrt"], "of positive numbers it is `pow(a, 1 / 3)`"),
    (&["sec", "csc", "cosec", "cot"], "write `recip(cos(a))`, `recip(sin(a))` and `recip(tan(a))`"),
    (&["sech", "csch", "coth"], "write `recip(cosh(a))`, `recip(sinh(a))` and `recip(tanh(a))`"),
    (&["ceil"], "write `-floor(-a)`"),
    (&["trunc", "fix"], "write `hadamard(sign(a), floor(abs(a)))`"),
    (&["rint", "around"], "it is called `round(a)` here"),
    (&["log_sum_exp", "logsumexp", "reduce_logsumexp"], "of each row it is `lse_rows(a)`, of all elements `lse(a)`"),
    (&["softmax", "softargmax"], "it is taken of each row, `softmax_rows(a)`, or of each column, `softmax_columns(a)`"),
    (
        &["log_softmax", "logsoftmax"],
        "of each row it is `log_softmax_rows(a)`, of each column `log_softmax_columns(a)`",
    ),
    (&["expit", "logistic"], "it is called `sigmoid(a)` here"),
    (&["logsigmoid", "log_expit", "loglogistic"], "it is called `log_sigmoid(a)` here"),
    (&["swish"], "it is called `silu(a)` here"),
    (&["arcsin"], "it is called `asin(a)` here"),
    (&["arccos"], "it is called `acos(a)` here"),
    (&["arctan"], "it is called `atan(a)` here"),
    (&["arctan2"], "it is called `atan2(a, b)` here"),
    (&["arcsinh"], "it is called `asinh(a)` here"),
    (&["arccosh"], "it is called `acosh(a)` here"),
    (&["arctanh"], "it is called `atanh(a)` here"),
    (&["gammaln", "loggamma", "ln_gamma"], "it is called `lgamma(a)` here"),
    (&["gamma", "tgamma"], "its logarithm is `lgamma(a)`"),
    (&["betaln", "lbeta", "logbeta"], "write `lgamma(a) + lgamma(b) - lgamma(a + b)`"),
    (&["psi"], "it is called `digamma(a)` here"),
    (
        &["norm_cdf", "normcdf", "normal_cdf", "log_normcdf", "Phi"],
        "it is called `ndtr(a)` here, its logarithm `log_ndtr(a)`",
    ),
    (&["norm_ppf", "normppf", "norminv", "qnorm", "probit", "normal_quantile"], "it is called `ndtri(a)` here"),
    (&["erf_inv", "inverf", "inverse_erf"], "it is called `erfinv(a)` here"),
    (&["erfcinv", "erfc_inv"], "write `erfinv(1 - a)`"),
    (
        &["i0", "i0e", "bessel_i0", "bessel_i0e", "log_i0", "besseli"],
        "its logarithm, which does not overflow, is `log_bessel_i0(a)`",
    ),
    (&["i1", "i1e", "bessel_i1", "bessel_i1e"], "divided by that of order 0 it is `bessel_ratio(a)`"),
    (&["absolute", "fabs", "magnitude"], "it is called `abs(a)` here"),
    (&["sgn", "signum"], "it is called `sign(a)` here"),
    (&["reciprocal"], "it is called `recip(a)` here"),
    (&["clamp", "clip_by_value"], "it is called `clip(a, 0, 1)` here"),
    (&["where_", "ifelse", "if_else", "cond"], "a choice is written `select(a > 0, a, b)`"),
    (&["heaviside"], "it is called `step(a)` here"),
    (&["entr"], "it is called `entropy(a)` here"),
    (&["maximum", "fmax", "clamp_min"], "elementwise it is `max(a, b)`; the largest element is `largest(a)`"),
    (&["minimum", "fmin", "clamp_max"], "elementwise it is `min(a, b)`; the smallest element is `smallest(a)`"),
    (&["amax", "reduce_max", "nanmax"], "the largest element is `largest(a)`, of each row `row_max(a)`"),
    (&["amin", "reduce_min", "nanmin"], "the smallest element is `smallest(a)`, of each row `row_min(a)`"),
    (&["reduce_sum", "nansum", "total"], "it is `sum(a)`, of each row `row_sums(a)`, of each column `column_sums(a)`"),
    (&["reduce_mean", "average", "nanmean", "avg"], "it is `mean(a)`, of each row `row_means(a)`"),
    (&["mean_rows", "rows_mean", "rowmean", "rowmeans"], "the mean of each row is `row_means(a)`"),
    (&["mean_columns", "mean_cols", "colmeans", "col_means"], "the mean of each column is `column_means(a)`"),
    (&["sum_rows", "rowsum", "rowsums"], "the sum of each row is `row_sums(a)`"),
    (&["sum_columns", "sum_cols", "colsums", "col_sums"], "the sum of each column is `column_sums(a)`"),
    (&["colmax", "col_max", "max_columns"], "the largest of each column is `column_max(a)`"),
    (&["colmin", "col_min", "min_columns"], "the smallest of each column is `column_min(a)`"),
    (&["min_rows"], "the smallest of each row is `row_min(a)`"),
    (&["max_rows"], "the largest of each row is `row_max(a)`"),
    (&["norm_rows"], "the norm of each row is `row_norms(a)`"),
    (
        &["var", "variance", "reduce_variance", "nanvar"],
        "it is taken of each row, `row_variances(a)`, or of each column, `column_variances(a)`",
    ),
    (
        &["std", "stddev", "reduce_std", "nanstd", "sd"],
        "it is `sqrt(row_variances(a))` of each row, `sqrt(column_variances(a))` of each column",
    ),
    (&["mse", "mse_loss", "mean_squared_error"], "write `mean(sq(a - b))`"),
    (&["rmse"], "write `sqrt(mean(sq(a - b)))`"),
    (&["mae", "l1_loss", "mean_absolute_error"], "write `mean(abs(a - b))`"),
    (&["mape", "mean_absolute_percentage_error"], "write `mean(abs((a - b) / b))`"),
    (&["l2_loss"], "write `0.5 * norm_sq(a)`"),
    (&["cov"], "of the columns it is `center_columns(a).t() * center_columns(a) / rows(a)`"),
    (&["sse", "rss"], "write `norm_sq(a - b)`"),
    (&["sumsq", "sum_sq", "sum_squares", "ssq"], "it is called `norm_sq(a)` here"),
    (
        &[
            "bce",
            "bce_with_logits",
            "binary_cross_entropy",
            "binary_cross_entropy_with_logits",
            "log_loss",
            "logloss",
            "sigmoid_cross_entropy_with_logits",
            "sigmoid_cross_entropy",
            "sigmoid_binary_cross_entropy",
            "binary_crossentropy",
        ],
        "of logits `a` and targets `b` it is `mean(softplus(a) - hadamard(b, a))`",
    ),
    (
        &[
            "nll_loss",
            "nll",
            "crossentropy",
            "cross_entropy_loss",
            "sparse_categorical_crossentropy",
            "sparse_softmax_cross_entropy_with_logits",
            "softmax_cross_entropy_with_integer_labels",
        ],
        "write `mean(cross_entropy(a, y))`",
    ),
    (
        &[
            "categorical_crossentropy",
            "soft_cross_entropy",
            "softmax_cross_entropy",
            "softmax_cross_entropy_with_logits",
        ],
        "of logits `a` and targets `b` it is `-dot(b, log_softmax_rows(a))`",
    ),
    (&["huber_loss", "smooth_l1", "smooth_l1_loss"], "write `sum(huber(a - b, 1))`"),
    (
        &["poisson_nll_loss", "poisson_loss"],
        "of logarithms `a` of the rates and counts `b` it is `mean(exp(a) - hadamard(b, a))`",
    ),
    (&["soft_margin_loss", "logistic_loss"], "of scores `a` and signs `b` it is `mean(softplus(-hadamard(b, a)))`"),
    (&["hinge", "hinge_loss"], "of scores `a` and signs `b` it is `sum(relu(1 - hadamard(b, a)))`"),
    (
        &["kl_div", "kl_divergence", "kld", "rel_entr", "kullback_leibler"],
        "of distributions `a` from `b` it is `sum(xlogy(a, a / b))`",
    ),
    (&["l2", "l2_norm", "vector_norm", "frobenius_norm", "norm_2", "norm2", "norm_fro"], "it is called `norm(a)` here"),
    (&["l1", "l1_norm", "norm_l1"], "it is called `norm_1(a)` here"),
    (&["cosine_similarity"], "of each row with each row it is `normalize_rows(a) * normalize_rows(b).t()`"),
    (&["cdist", "pairwise_distances", "pdist", "distances", "dist"], "write `sqrt(squared_distances(a, b))`"),
    (&["pairwise_distance"], "of each row with its own row it is `row_norms(a - b)`"),
    (
        &["scaled_dot_product_attention", "attention"],
        "of queries `a` on keys and values `b` it is `softmax_rows(a * b.t() / sqrt(columns(a))) * b`",
    ),
    (&["linear", "dense", "affine"], "a layer is written out: `a * w`, to which a row vector of biases is added"),
    (&["glu"], "of the halves `a` and `b` it is `hadamard(a, sigmoid(b))`"),
    (&["rrelu"], "nothing is random: pass slopes `b` as an argument of `prelu(a, b)`"),
    (&["relu1"], "write `clip(a, 0, 1)`"),
    (&["tri"], "write `tril(ones_like(k))`"),
    (&["arange", "linspace", "logspace", "seq", "range"], "numbers in a row are data: pass them as an argument"),
    (&["softmin"], "write `softmax_rows(-a)`"),
    (&["l2_normalize"], "rows of length 1 are `normalize_rows(a)`"),
    (&["standardize", "zscore"], "of each row it is `layer_norm(a, 1e-5)`"),
    (&["logcumsumexp", "cumlogsumexp"], "it is called `cumulative_lse(a)` here"),
    (&["normalize", "normalise"], "rows of length 1 are `normalize_rows(a)`"),
    (&["layernorm", "LayerNorm"], "it is called `layer_norm(a, 1e-5)` here"),
    (&["rmsnorm", "RMSNorm"], "it is called `rms_norm(a, 1e-5)` here"),
    (&["inv", "matrix_inverse"], "it is called `inverse(k)` here; to solve a system, `solve(k, l)` is better"),
    (&["mldivide", "linsolve", "cho_solve"], "it is called `solve(k, l)` here"),
    (&["solve_triangular", "trsm"], "they are called `solve_lower(k, l)` and `solve_upper(k, l)` here"),
    (&["lstsq"], "it is `pinv(a) * b`"),
    (&["slogdet", "log_det", "logdeterminant"], "it is called `logdet(k)` here"),
    (&["determinant"], "it is called `det(k)` here"),
    (&["chol", "cholesky_factor"], "it is called `cholesky(k)` here"),
    (&["eigvalsh", "eigvals", "eig", "eigh", "eigenvalues"], "eigenvalues of a symmetric matrix are `eigvals_sym(k)`"),
    (&["tr"], "it is called `trace(k)` here"),
    (&["pseudoinverse"], "it is called `pinv(k)` here"),
    (&["matrix_exp", "matrix_exponential"], "it is called `expm(k)` here"),
    (&["diagonal_of", "diag_part", "get_diag"], "it is called `diagonal(k)` here"),
    (&["diag_embed", "diagflat"], "it is called `diag(v)` here"),
    (&["vec"], "the columns below each other are `vec_rows(a.t())`, the rows `vec_rows(a)`"),
    (&["symmetrize"], "it is called `sym(k)` here"),
    (&["outer_product", "ger"], "it is called `outer(v, u)` here"),
    (&["kronecker", "kronecker_product"], "it is called `kron(a, b)` here"),
    (&["cum_sum"], "it is called `cumsum(a)` here"),
    (&["diff"], "it is called `differences(v)` here"),
    (
        &["hstack", "concatenate", "horzcat", "hcat", "concat", "cat", "cbind", "rbind"],
        "beside each other: `concat_columns(a, b)`; below each other: `concat_rows(a, b)`",
    ),
    (&["vstack", "row_stack", "vertcat", "vcat"], "it is called `concat_rows(a, b)` here"),
    (&["column_stack"], "it is called `concat_columns(a, b)` here"),
    (
        &["full", "full_like", "fill"],
        "a number is added to all elements as it is; as a matrix it is `3 * ones_like(a)`",
    ),
    (&["identity"], "it is called `eye(N)` here, and `eye_like(k)` in the shape of a matrix"),
    (&["len", "numel", "length"], "the number of elements is `size(a)`"),
    (&["shape", "nrows", "nrow"], "there are `rows(a)` and `columns(a)`"),
    (&["ncols", "ncol"], "there are `rows(a)` and `columns(a)`"),
    (
        &["embedding", "take", "index_select", "one_hot"],
        "rows by labels are `gather(k, y)`, elements by labels `pick(a, y)`",
    ),
    (
        &["scatter", "scatter_add", "index_add", "segment_sum", "group_sum", "groupby", "group_by"],
        "sums of the rows of each class are `sum_by(a, y)`, and there are `mean_by(a, y)`, `max_by(a, y)` and `lse_by(a, y)`",
    ),
    (&["bincount"], "how many rows each class has is `count_by(y)`"),
    (&["segment_max", "scatter_max", "group_max"], "the maxima of each class are `max_by(a, y)`"),
    (&["segment_mean", "scatter_mean", "group_mean"], "the means of each class are `mean_by(a, y)`"),
    (&["scatter_softmax", "segment_softmax"], "within each class it is `softmax_by(a, y)`"),
    (&["outer_add"], "the sum of each pair of a column and a row is `outer_sum(v, u.t())`"),
    (&["gather_nd", "take_along_axis"], "the element of each row that its label says is `pick(a, y)`"),
    (
        &["argmax", "argmin", "argsort"],
        "positions have no derivative, and there is no such function; values are `row_max(a)`",
    ),
    (
        &[
            "sort",
            "median",
            "quantile",
            "percentile",
            "topk",
            "unique",
            "histogram",
            "searchsorted",
            "mad",
            "cummax",
            "cummin",
        ],
        NOTHING,
    ),
    (&["erfi", "erfcx", "exp1", "gammainc", "besselj"], NOTHING),
    (&["flip", "fliplr", "flipud", "roll", "rot90", "repeat", "tile", "repmat", "meshgrid", "pad"], NOTHING),
    (&["mod", "rem", "fmod", "remainder"], "write `a - hadamard(b, floor(a / b))`"),
    (&["isnan", "isinf", "isfinite", "nan_to_num"], "numbers that are NaN are left out by `select(equal(a, a), a, 0)`"),
    (&["any", "all", "count_nonzero", "nnz"], "comparisons are 1 or 0: how many hold is `sum(a > 0)`"),
    (
        &["logical_and", "logical_or", "logical_not"],
        "of numbers that are 1 or 0 they are `min(a, b)`, `max(a, b)` and `1 - a`",
    ),
    (&["prod", "cumprod", "reduce_prod"], "there is no product of elements; of positive ones it is `exp(sum(ln(a)))`"),
    (
        &["reshape", "ravel", "flatten", "squeeze", "unsqueeze", "expand_dims"],
        "shapes are declared, not changed, except by `a.t()`",
    ),
    (
        &[
            "conv",
            "conv1d",
            "conv2d",
            "convolve",
            "fft",
            "ifft",
            "svd",
            "svdvals",
            "qr",
            "lu",
            "batch_norm",
            "max_pool2d",
            "trapz",
            "rank",
            "cross",
        ],
        NOTHING,
    ),
    (
        &["dropout", "gumbel_softmax", "rand", "randn", "normal"],
        "nothing is random: pass what is random as an argument",
    ),
    (&["detach"], "it is called `stop_gradient(a)` here"),
];

/// Said of names that no function here is close to.
const NOTHING: &str = "there is no such function, nor one that stands for it; compute it outside, and pass it";

/// Tells how the function is written here that is called `name` elsewhere.
pub(super) fn elsewhere(name: &str) -> Option<&'static str> {
    ELSEWHERE.iter().find(|(names, _)| names.contains(&name)).map(|(_, help)| *help)
}

/// True if `help` is said wherever a name is used, whatever the names of the loss are.
#[cfg(test)]
pub(super) fn is_general(help: &str) -> bool {
    ELSEWHERE.iter().any(|(_, general)| *general == help)
        || help == super::labels::USES
        || help.starts_with("where the number of ")
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::{ELSEWHERE, elsewhere};
    use crate::compile::front;
    use crate::diagnostics::spelling::similar_function;
    use crate::diagnostics::{Mistake, Mistakes};
    use crate::prelude;

    #[test]
    fn no_name_stands_twice_or_is_a_function_here() {
        let names: Vec<&str> = ELSEWHERE.iter().flat_map(|(names, _)| names.iter().copied()).collect();
        assert!(names.len() >= 80);
        for (i, name) in names.iter().enumerate() {
            assert!(!names[..i].contains(name), "`{name}` stands twice");
            assert!(!prelude::is_function(name), "`{name}` is a function here");
        }
    }

    /// Names that are popular elsewhere, and that no table has to have: what they lead to is named like them, or nothing.
    const POPULAR: &str = "absolute accumulate add_n adj allclose arange argwhere atan_2 bilinear broadcast_to cauchy choose \
        clip_grad clone conj contiguous corr corrcoef cos_sim cosine_embedding_loss ctc_loss cumulative_trapezoid deg2rad degrees dev \
        digitize double elemwise embedding_bag empty empty_like erf_inv exp1 exponential expand eye_like fabs fill_diagonal float \
        gaussian_nll_loss gelu_new gelu_fast glu gradient group_norm half hard_sigmoid hard_swish hard_tanh hermite hinge_embedding_loss i0 imag \
        instance_norm interp interpolate inv_sqrt kaiming lerp less_than linspace list log_normal log_prob logcosh logspace \
        logsubexp lp_norm map margin_ranking_loss masked_fill matrix_norm matrix_power matrix_rank mean_norm moveaxis \
        multi_margin_loss multinomial nanmedian narrow ndim nonzero norm2 norms null pairwise permutation polyval \
        ptp put radians randint rand_like real relu1 row_mean row_std row_sum row_var rrelu rsqrt scan seq sigmoid_fast \
        sign_bit sinusoid size_of slice softclip softmax2d soft_plus soft_shrink soft_sign sparsemax split sq_norm squareplus std_dev sum_of_squares \
        sup swiglu swapdims tan_h tanh_shrink tensor threshold thresholded trace_of transposed tri triangle triplet_margin_loss trim triplet unfold \
        unstack vander var_mean vectorize view vsplit weighted_mean xlog1py zeta";

    #[test]
    fn popular_names_lead_to_nothing_unlike_them() {
        let plain = |name: &str| name.replace('_', "").trim_end_matches('s').to_owned();
        let unlike = |name: &&str| {
            let meant = similar_function(name, prelude::all_functions()).filter(|_| elsewhere(name).is_none());
            !prelude::is_function(name) && meant.is_some_and(|meant| plain(meant) != plain(name))
        };
        let unlike: Vec<_> = POPULAR.split_whitespace().filter(unlike).collect();
        assert_eq!(unlike, [""; 0]);
    }

    #[test]
    fn what_is_suggested_compiles() {
        for (names, help) in ELSEWHERE {
            for code in help.split('`').skip(1).step_by(2) {
                let loss = format!(
                    "fn f(#[param] a: Matrix<N, D>, b: Matrix<N, D>, k: Matrix<D, D>, l: Matrix<D, D>, w: Matrix<D, M>,
                        v: Vector<N>, u: Vector<N>, y: Labels<N, D>) -> Scalar {{
                        let used = sum(a) + sum(b) + sum(k) + sum(l) + sum(w) + sum(v) + sum(u) + sum(pick(a, y));
                        used + sum({code})
                    }}"
                );
                let mut mistakes = Mistakes::default();
                front(proc_macro2::TokenStream::new(), loss.parse().expect("tokens"), &mut mistakes);
                let texts: Vec<_> = mistakes.sorted().into_iter().map(Mistake::text).collect();
                assert!(texts.is_empty(), "{names:?}: `{code}`: {texts:?}");
            }
        }
    }
    /// The table as a page of the guide.
    #[test]
    fn the_page_of_names_is_what_the_table_says() {
        let mut page = "# Names from elsewhere\n\n<!-- FROBENIUS_BLESS=1 cargo test -p frobenius-compiler page writes this page: it is the \
                        table by which messages answer an unknown function. -->\n\n\
                        Names of NumPy, PyTorch, JAX, TensorFlow, MATLAB, Rust and textbooks, and what to write here. In the code, `a` and \
                        `b` are matrices of one shape, `k` and `l` are square, `w` has as many rows as `a` has columns, `v` and `u` are \
                        vectors as long as `a` has rows, and `y` holds labels of these rows.\n\n| there | here |\n|---|---|\n"
            .to_owned();
        for (names, help) in ELSEWHERE {
            let names: Vec<_> = names.iter().map(|name| format!("`{}`", name.trim_end_matches('_'))).collect();
            writeln!(page, "| {} | {} |", names.join(", "), help.replace('|', "\\|")).expect("memory");
        }
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/names.md");
        if std::env::var_os("FROBENIUS_BLESS").is_some() {
            std::fs::write(&path, &page).expect("a page that can be written");
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(found == page, "FROBENIUS_BLESS=1 cargo test -p frobenius-compiler page writes docs/src/names.md");
    }
}
