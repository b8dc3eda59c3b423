//! Types that aren't shapes.

use quote::ToTokens;
use syn::Type;

use crate::base::{Place, Symbol};
use crate::diagnostics::Mistake;
use crate::diagnostics::spelling::similar;
use crate::syntax::text_of;

/// `Matrix<N>`, `Vector`, `Scalar<N>`.
pub(crate) fn too_few_dimensions(at: Place, name: &str, given: usize) -> Mistake {
    let takes = match name {
        "Matrix" => "two dimensions, rows and columns",
        "Labels" => "two dimensions, its length and the number of classes",
        "Scalar" => "no dimensions",
        _ => "one dimension, its length",
    };
    let given = match given {
        0 => "none was".to_owned(),
        1 => "one was".to_owned(),
        2 => "two were".to_owned(),
        3 => "three were".to_owned(),
        _ => format!("{given} were"),
    };
    let help = match (name, given.as_str()) {
        ("Matrix", "one was") => Some("a column is a `Vector<N>`, a row a `RowVector<N>`"),
        ("Vector" | "RowVector", "two were") => Some("rows and columns make a `Matrix<R, C>`"),
        _ => None,
    };
    Mistake::new(at, format!("`{name}` takes {takes}, but {given} given")).perhaps(help.map(ToOwned::to_owned))
}

/// `&[f64]`.
pub(crate) fn not_a_matrix_type(at: Place, ty: &Type) -> Mistake {
    let found = text_of(ty.to_token_stream());
    let last = match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default(),
        _ => String::new(),
    };
    let help = match (last.as_str(), ty) {
        ("f64" | "f32" | "usize" | "i32" | "u32" | "i64" | "u64", _) => Some(
            "a number is a `Scalar`; whether it is an f32 or an f64 is decided where the loss is called".to_owned(),
        ),
        // Of labels: what else may be missing has a message of its own.
        ("Labels" | "Option", _) => Some("labels are arguments: nothing computes them".to_owned()),
        ("Vec", _) | (_, Type::Slice(_) | Type::Array(_)) => Some("a column of numbers is a `Vector<N>`".to_owned()),
        (_, Type::Reference(reference)) => match &*reference.elem {
            Type::Slice(_) | Type::Array(_) => Some("a column of numbers is a `Vector<N>`".to_owned()),
            inner => Some(format!("data are borrowed anyhow: write `{}`", text_of(inner.to_token_stream()))),
        },
        (name, _) => similar(name, ["Matrix", "Vector", "RowVector", "Scalar", "Labels"])
            .map(|meant| format!("did you mean `{}`?", found.replacen(name, meant, 1))),
    };
    let kinds = if ["Labels", "Option"].contains(&last.as_str()) {
        "`Matrix<R, C>`, `Vector<R>`, `RowVector<C>` or `Scalar`"
    } else {
        "`Matrix<R, C>`, `Vector<R>`, `RowVector<C>`, `Scalar` or `Labels<R, C>`"
    };
    Mistake::new(at, format!("expected {kinds}, found `{found}`")).perhaps(help)
}

/// `Vector<{ N - 1 }>`, where `N` is a size that the data tell.
pub(crate) fn size_in_braces(at: Place, name: Symbol) -> Mistake {
    Mistake::new(
        at,
        format!(
            "a size in braces is known when the loss is compiled, and `{name}` is a size that is known at run time"
        ),
    )
    .cure(format!("give this size a name of its own; or write `const {name}: usize` among the generics of the loss"))
}

/// `Matrix<n, d>`, `Matrix<N, -1>`.
pub(crate) fn lower_case_dimension(at: Place, found: &str) -> Mistake {
    let headline = format!(
        "a dimension is a name such as `N`, a size such as `784`, or a const expression in braces; found `{found}`"
    );
    let is_word = found.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let begins_lower = found.starts_with(|first: char| first.is_ascii_lowercase());
    let help = if is_word && begins_lower && !["true", "false"].contains(&found) {
        let mut upper = found.to_owned();
        if let Some(first) = upper.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        Some(format!("write `{upper}`"))
    } else if found.contains("::") && !found.contains('<') {
        Some(format!("put it in braces: `{{ {found} }}`"))
    } else {
        None
    };
    Mistake::new(at, headline).perhaps(help)
}
