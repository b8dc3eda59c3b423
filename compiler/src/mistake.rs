//! Mistakes of the user: collected, and rendered to compile errors.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::place::Place;

/// What is wrong with a spec: where, what, the facts, and a cure if one is likely.
pub(crate) struct Mistake {
    pub(crate) at: Place,
    /// Stands alone: short error formats show nothing else.
    pub(crate) headline: String,
    /// The operands and their types, aligned, each on a line.
    pub(crate) facts: Vec<String>,
    /// One cure, as code that compiles.
    pub(crate) help: Option<String>,
}

/// All mistakes of a spec, in the order of the source.
#[derive(Default)]
pub(crate) struct Mistakes {
    all: Vec<Mistake>,
}

impl Mistakes {
    pub(crate) fn report(&mut self, mistake: Mistake) {
        self.all.push(mistake);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// `None` if there are any: between stages, `mistakes.stop()?` goes on only with a sound spec.
    pub(crate) fn stop(&self) -> Option<()> {
        self.is_empty().then_some(())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Mistake> {
        self.all.iter()
    }

    /// A `compile_error!` for each.
    pub(crate) fn to_compile_errors(&self) -> TokenStream {
        self.all.iter().map(Mistake::to_compile_error).collect()
    }
}

impl Mistake {
    /// The whole text, as the compiler shows it below `error: `.
    pub(crate) fn text(&self) -> String {
        let mut text = self.headline.clone();
        if !self.facts.is_empty() {
            text.push('\n');
            for fact in &self.facts {
                text.push_str("\n  ");
                text.push_str(fact);
            }
        }
        if let Some(help) = &self.help {
            text.push_str("\n\nhelp: ");
            text.push_str(help);
        }
        text
    }

    /// rustc underlines from the first token to the last one of the invocation.
    fn to_compile_error(&self) -> TokenStream {
        let text = self.text();
        let path = quote_spanned! { self.at.first=> ::core::compile_error! };
        let mut body = proc_macro2::Group::new(proc_macro2::Delimiter::Brace, quote! { #text });
        body.set_span(self.at.last);
        quote! { #path #body }
    }
}
