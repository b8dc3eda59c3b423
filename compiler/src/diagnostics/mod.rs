//! Mistakes of the user: collected, and rendered to compile errors.

pub(crate) mod messages;
mod spelling;

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{quote, quote_spanned};

use crate::base::Place;

/// A mistake in a spec: its place, a headline, the facts, and a cure if one is likely.
#[derive(Clone, Debug)]
pub(crate) struct Mistake {
    pub(crate) at: Place,
    /// Stands alone: short error formats show nothing else.
    pub(crate) headline: String,
    /// The operands and their types, aligned, each on a line.
    pub(crate) facts: Vec<String>,
    /// One cure, as code that compiles.
    pub(crate) help: Option<String>,
}

/// All mistakes of a spec.
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

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// `None` if there are any: between stages, `mistakes.stop()?` goes on only with a sound spec.
    pub(crate) fn stop(&self) -> Option<()> {
        self.is_empty().then_some(())
    }

    pub(crate) fn extend(&mut self, others: impl IntoIterator<Item = Mistake>) {
        self.all.extend(others);
    }

    pub(crate) fn into_iter(self) -> impl Iterator<Item = Mistake> {
        self.all.into_iter()
    }

    /// In the order of the source.
    pub(crate) fn sorted(&self) -> Vec<&Mistake> {
        let mut sorted: Vec<&Mistake> = self.all.iter().collect();
        sorted.sort_by_key(|mistake| mistake.at.order());
        sorted
    }

    /// A `compile_error!` for each.
    pub(crate) fn to_compile_errors(&self) -> TokenStream {
        self.sorted().into_iter().map(Mistake::to_compile_error).collect()
    }
}

impl Mistake {
    pub(crate) fn new(at: Place, headline: impl Into<String>) -> Self {
        Self { at, headline: headline.into(), facts: Vec::new(), help: None }
    }

    /// Turns a message about a loss into one about a function that losses call.
    pub(crate) fn in_function(mut self) -> Self {
        for text in std::iter::once(&mut self.headline).chain(self.help.as_mut()) {
            *text = text.replace("`#[loss", "`#[function").replace("a loss", "a function");
        }
        self
    }

    /// Adds the reason to the headline.
    pub(crate) fn because(mut self, reason: &str) -> Self {
        self.headline.push_str(": ");
        self.headline.push_str(reason);
        self
    }

    pub(crate) fn facts(mut self, facts: Vec<String>) -> Self {
        self.facts = facts;
        self
    }

    /// A cure, as code that compiles.
    pub(crate) fn cure(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A cure if one is likely.
    pub(crate) fn perhaps(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    /// The whole text, as the compiler shows it below `error: `.
    ///
    /// rustc indents every line but the first by 7 columns, so that `help:` stands below the headline.
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
        let mut body = Group::new(Delimiter::Brace, quote! { #text });
        body.set_span(self.at.last);
        quote! { #path #body }
    }
}
