//! Places of pieces of a spec in the source.

use proc_macro2::{Span, TokenTree};
use quote::ToTokens;

/// A stretch of source. Stable Rust can't join spans, so both ends are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) first: Span,
    pub(crate) last: Span,
}

impl Place {
    /// The macro call as a whole.
    pub(crate) fn call_site() -> Self {
        Self { first: Span::call_site(), last: Span::call_site() }
    }

    /// All tokens of `piece`; the macro call if it has none.
    pub(crate) fn of(piece: &impl ToTokens) -> Self {
        let mut tokens = piece.to_token_stream().into_iter();
        let Some(first) = tokens.next() else {
            return Self::call_site();
        };
        let last = tokens.last().unwrap_or_else(|| first.clone());
        Self { first: opening(&first), last: closing(&last) }
    }

    /// Line and column, to sort by.
    pub(crate) fn order(self) -> (usize, usize) {
        let start = self.first.start();
        (start.line, start.column)
    }

    /// From the first token of `self` to the last one of `other`.
    pub(crate) fn to(self, other: Self) -> Self {
        Self { first: self.first, last: other.last }
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Self { first: span, last: span }
    }
}

fn opening(token: &TokenTree) -> Span {
    match token {
        TokenTree::Group(group) => group.span_open(),
        _ => token.span(),
    }
}

fn closing(token: &TokenTree) -> Span {
    match token {
        TokenTree::Group(group) => group.span_close(),
        _ => token.span(),
    }
}
