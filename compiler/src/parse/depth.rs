//! How deep a spec is: every later stage recurses over it, and a stack overflow can't be caught.

use proc_macro2::{TokenStream, TokenTree};

use crate::base::Place;

/// Brackets in brackets. A level takes syn's parser up to 30 kB of stack without optimisation, and rustc has 8 MB.
const BRACKETS: usize = 64;
/// Tokens without a `,` or `;` between them, along the brackets: operators may nest as deep as that.
const TOKENS: usize = 500;
/// Operators without an operand between them: of `&` in a type, each takes as much stack as a bracket does.
const OPERATORS: usize = 100;

/// Where the nesting goes beyond what is read, if it does.
pub(crate) fn too_deep(tokens: &TokenStream) -> Option<Place> {
    within(tokens.clone(), BRACKETS, TOKENS)
}

fn within(tokens: TokenStream, brackets: usize, run: usize) -> Option<Place> {
    let mut left = run;
    let mut operators = OPERATORS;
    // `<` opens a bracket as well, which may be a comparison: the count ends with the statement.
    let mut angles: usize = 0;
    for token in tokens {
        let place = Place::from(match &token {
            TokenTree::Group(group) => group.span_open(),
            _ => token.span(),
        });
        left = left.saturating_sub(1);
        operators = if matches!(token, TokenTree::Punct(_)) { operators - 1 } else { OPERATORS };
        if let TokenTree::Punct(punct) = &token {
            match punct.as_char() {
                '<' => angles += 1,
                '>' => angles = angles.saturating_sub(1),
                ',' => left = run,
                ';' => (left, angles) = (run, 0),
                _ => {}
            }
        }
        let deeper = brackets.saturating_sub(angles);
        if left == 0 || deeper == 0 || operators == 0 {
            return Some(place);
        }
        if let TokenTree::Group(group) = token
            && let Some(place) = within(group.stream(), deeper - 1, left)
        {
            return Some(place);
        }
    }
    None
}
