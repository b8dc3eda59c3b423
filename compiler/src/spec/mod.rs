//! What the user wrote, with its places; no shapes beyond the declared ones, no meaning.

use proc_macro2::TokenStream;

use crate::graph::Shape;
use crate::place::Place;
use crate::symbol::Symbol;

/// A loss as it stands in the source.
pub(crate) struct Spec {
    pub(crate) name: syn::Ident,
    pub(crate) visibility: syn::Visibility,
    /// The attributes of the function that go on the module: its documentation, `cfg`, `allow`, …
    pub(crate) attributes: Vec<syn::Attribute>,
    /// Const generics of the function, in order: name and type.
    pub(crate) generics: Vec<(Symbol, syn::Type)>,
    /// The tokens of each dimension in braces, by the text that [`Dim::Const`](crate::graph::Dim) holds.
    pub(crate) const_dims: Vec<(Symbol, TokenStream)>,
    pub(crate) options: Options,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) lets: Vec<Let>,
    pub(crate) result: Expr,
}

/// What stands in `#[loss(…)]`.
pub(crate) struct Options {
    /// The path of the runtime crate; `::frobenius` unless `crate = path` says otherwise.
    pub(crate) krate: syn::Path,
    pub(crate) stream: Stream,
}

/// The axis that is walked block by block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stream {
    /// Chosen by the schedule.
    Chosen,
    /// `stream = N`.
    Along(Symbol),
    /// `stream = none`: nothing is streamed, and every intermediate exists as a whole.
    Nothing,
}

/// Whether an argument is differentiated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    Data,
    Param,
}

/// `#[param] w: Matrix<D, K>`.
pub(crate) struct Argument {
    pub(crate) name: Symbol,
    pub(crate) role: Role,
    pub(crate) shape: Shape,
    /// The whole argument, with its attribute.
    pub(crate) place: Place,
    pub(crate) name_place: Place,
}

/// `let h = tanh(x * w);`
pub(crate) struct Let {
    pub(crate) name: Symbol,
    pub(crate) name_place: Place,
    /// The shape of `let h: Matrix<N, K> = …`.
    pub(crate) declared: Option<(Shape, Place)>,
    pub(crate) value: Expr,
}

/// An expression and where it stands.
#[derive(Clone)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) place: Place,
}

#[derive(Clone)]
pub(crate) enum ExprKind {
    Name(Symbol),
    Number(f64),
    Neg(Box<Expr>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    Transpose(Box<Expr>),
    Call { function: Symbol, function_place: Place, arguments: Vec<Expr> },
    /// What could not be read; the mistake has been reported.
    Unknown,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
}
