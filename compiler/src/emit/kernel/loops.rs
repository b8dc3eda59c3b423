//! Elementwise loops: the expression of each, which is a type, or its steps, which are a table; and the call that runs it.

use rustc_hash::FxHashMap as HashMap;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::StatementEmitter;
use super::steps::Steps;
use crate::emit::tokens::{formula, number};
use crate::graph::{Graph, NodeId, Op};
use crate::operations::BROADCAST;
use crate::schedule::{Location, Map, Outcome, Repeat, Sink, Source};

/// The loops that the module has so far: those of layers, of steps, and of value and gradient are often the same but for names, and
/// are defined, and compiled for a loop over the same operands, once.
#[derive(Default)]
pub(crate) struct Loops {
    names: HashMap<Expression, Ident>,
    /// Definitions that no kernel has been given yet.
    definitions: Vec<TokenStream>,
    pub(in crate::emit) steps: Steps,
}

impl Loops {
    /// Definitions since the last call.
    pub(in crate::emit) fn definitions(&mut self) -> Vec<TokenStream> {
        core::mem::take(&mut self.definitions)
    }

    /// The name of an expression, which `definition` defines unless the module has it.
    pub(super) fn named(&mut self, key: Expression, definition: impl FnOnce(&Ident) -> TokenStream) -> Ident {
        if let Some(name) = self.names.get(&key) {
            return name.clone();
        }
        let name = format_ident!("Loop{}", self.names.len() + 1);
        self.definitions.push(definition(&name));
        self.names.insert(key, name.clone());
        name
    }

    pub(super) fn define(&mut self, definition: TokenStream) {
        self.definitions.push(definition);
    }
}

/// The expression of a loop without its names: operands, constants, steps are numbered in this order.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Expression {
    pub(super) operands: usize,
    /// Constants as bits.
    pub(super) constants: Vec<u64>,
    /// The name of each operation, and its operands.
    pub(super) steps: Vec<(&'static str, Vec<usize>)>,
    /// Each is a node, or the product of two.
    pub(super) results: Vec<[usize; 2]>,
}

impl StatementEmitter<'_, '_> {
    pub(super) fn map(&mut self, map: &Map) -> TokenStream {
        let clears: Vec<_> = map
            .results
            .iter()
            .map(|(_, sink)| match *sink {
                Sink::Sum(id) if !self.program.sums.iter().any(|(sum, _)| *sum == id) => {
                    let home = self.scalar_home(id);
                    quote! { #home = 0.0; }
                }
                Sink::ColumnSums(buffer) => self.clear(buffer, 0.0),
                _ => TokenStream::new(),
            })
            .collect();
        // A pass has its rows of them already.
        let lent = if self.pass.is_some() {
            TokenStream::new()
        } else {
            self.lent_gradients(|i| map.results.iter().any(|(_, sink)| *sink == Sink::Gradient(i)))
        };
        let call = if map.is_long() { self.stepwise(map) } else { self.as_expression(map) };
        if lent.is_empty() {
            return quote! { #(#clears)* #call };
        }
        quote! { #(#clears)* { #lent #call } }
    }

    /// The call that runs a loop whose expression is a type.
    fn as_expression(&mut self, map: &Map) -> TokenStream {
        let (constants, sources): (Vec<&(NodeId, Source, Repeat)>, Vec<_>) =
            map.sources.iter().partition(|(id, ..)| constant(self.graph, *id).is_some());
        let operands: Vec<NodeId> = sources.iter().map(|(id, ..)| *id).collect();
        let constants: Vec<NodeId> = constants.iter().map(|(id, ..)| *id).collect();
        let name = self.expression(map, &operands, &constants);
        let reads = sources.iter().map(|(_, source, repeat)| match self.read(*source, *repeat) {
            _ if source.from == Location::ProductPiece => quote! { rt::ProductPiece::new() },
            (Read::Whole, view) => view,
            (kind, value) => {
                let kind = kind.name();
                quote! { rt::#kind(#value) }
            }
        });
        let sinks = map.results.iter().map(|(_, sink)| {
            let (kind, value) = self.sink(*sink, map.rows);
            quote! { rt::#kind(#value) }
        });
        let (reads, sinks) = (pairs(&reads.collect::<Vec<_>>()), pairs(&sinks.collect::<Vec<_>>()));
        let shape = self.loop_shape(map);
        let (run, factors) = match map.product {
            None => (quote! { map }, TokenStream::new()),
            Some(product) => {
                let (a, b) = (self.view(product.a), self.pack(product.b));
                (quote! { product_map }, quote! { (#a, #b), })
            }
        };
        // Scalars and sums are those of any type of elements.
        let is_any = map.product.is_none()
            && sources.iter().all(|(_, source, _)| matches!(source.from, Location::Scalar(_)))
            && map.results.iter().all(|(_, sink)| matches!(sink, Sink::Sum(_)));
        let element = is_any.then(|| quote! { ::<T, _, _, _, _, _> });
        quote! { rt::#run #element(isa, #factors #shape, #reads, #sinks, &#name); }
    }

    /// The type that has the expression of a loop, which is defined unless the module has it.
    fn expression(&mut self, map: &Map, operands: &[NodeId], constants: &[NodeId]) -> Ident {
        let numbers: HashMap<NodeId, usize> =
            operands.iter().chain(constants).chain(&map.body).enumerate().map(|(k, &id)| (id, k)).collect();
        let number = |id: &NodeId| numbers.get(id).copied().unwrap_or(usize::MAX);
        let key = Expression {
            operands: operands.len(),
            constants: constants.iter().filter_map(|&id| Some(constant(self.graph, id)?.to_bits())).collect(),
            steps: map
                .body
                .iter()
                .map(|&id| {
                    let Op::Call(operation) = self.graph.node(id).op else { return ("", Vec::new()) };
                    (operation.name(), self.graph.operands(id).iter().map(number).collect())
                })
                .collect(),
            results: map
                .results
                .iter()
                .map(|(outcome, _)| match outcome {
                    Outcome::Node(id) => [number(id), usize::MAX],
                    Outcome::Product(a, b) => [number(a), number(b)],
                })
                .collect(),
        };
        if let Some(name) = self.emitter.loops.names.get(&key) {
            return name.clone();
        }
        let name = format_ident!("Loop{}", self.emitter.loops.names.len() + 1);
        let definition = self.definition_of_loop(&name, map, operands, constants);
        self.emitter.loops.names.insert(key, name.clone());
        self.emitter.loops.definitions.push(definition);
        name
    }

    fn definition_of_loop(&self, name: &Ident, map: &Map, operands: &[NodeId], constants: &[NodeId]) -> TokenStream {
        let constants = constants.iter().filter_map(|&id| {
            let (name, value) = (self.names.of(id), number(constant(self.graph, id)?));
            Some(quote! { let #name = rt::Lanes::constant(simd, #value); })
        });
        let steps = map.body.iter().map(|&id| {
            let operands: Vec<_> = self
                .graph
                .operands(id)
                .iter()
                .map(|&operand| {
                    let name = self.names.of(operand);
                    quote! { #name }
                })
                .collect();
            let (name, value) = (self.names.of(id), formula(self.graph, id, &operands));
            quote! { let #name = #value; }
        });
        let results = map.results.iter().map(|(outcome, _)| match outcome {
            Outcome::Node(id) => {
                let name = self.names.of(*id);
                quote! { #name }
            }
            Outcome::Product(a, b) => {
                let (a, b) = (self.names.of(*a), self.names.of(*b));
                quote! { #a * #b }
            }
        });
        let shown: Vec<_> = map.results.iter().filter_map(|(outcome, sink)| self.computed(*outcome, *sink)).collect();
        let doc = (!shown.is_empty()).then(|| {
            let doc = format!(" {}.", shown.join(", "));
            quote! { #[doc = #doc] }
        });
        let lets: Vec<_> = constants.chain(steps).collect();
        let operands: Vec<Ident> = operands.iter().map(|&id| self.names.of(id).clone()).collect();
        map_type(&doc.unwrap_or_default(), name, &operands, &lets, &results.collect::<Vec<_>>())
    }

    /// The result of a loop as formulas show it; nothing, if that is long.
    fn computed(&self, outcome: Outcome, sink: Sink) -> Option<String> {
        match (sink, outcome) {
            (Sink::ColumnSums(buffer) | Sink::RowSums(buffer), _) => self.shown(self.program.buffers[buffer].node),
            (Sink::Sum(id), _) | (Sink::Store(_) | Sink::Gradient(_), Outcome::Node(id)) => self.shown(id),
            (Sink::Store(_) | Sink::Gradient(_), Outcome::Product(..)) => None,
        }
    }

    /// How an operand is read, and the number or the view that it is.
    pub(super) fn read(&self, source: Source, repeat: Repeat) -> (Read, TokenStream) {
        if let Location::Scalar(id) = source.from {
            return (Read::Scalar, self.scalar(id));
        }
        let kind = match repeat {
            Repeat::Not | Repeat::EveryElement => Read::Whole,
            Repeat::EveryRow => Read::Row,
            Repeat::EveryColumn => Read::Column,
        };
        (kind, self.view(source))
    }

    /// The sink of a result, as the runtime names it, and the number or the view that it goes to.
    pub(super) fn sink(&self, sink: Sink, rows: bool) -> (Ident, TokenStream) {
        let (kind, value) = match sink {
            Sink::Store(buffer) => ("Store", self.view_mut(buffer)),
            Sink::Gradient(argument) => {
                let name = self.gradient_variable(argument);
                let view = if rows {
                    quote! { #name.rows_mut(rows.clone()) }
                } else {
                    quote! { #name.reborrow() }
                };
                ("Store", view)
            }
            Sink::Sum(id) => {
                let home = self.scalar_home(id);
                ("Sum", quote! { &mut #home })
            }
            Sink::ColumnSums(buffer) => ("ColumnSums", self.view_mut(buffer)),
            Sink::RowSums(buffer) => ("RowSums", self.view_mut(buffer)),
        };
        (format_ident!("{}", kind), value)
    }

    pub(super) fn loop_shape(&self, map: &Map) -> TokenStream {
        let (rows, columns) = self.context.view_shape(map.shape);
        match (map.rows, map.shape.is_line()) {
            (true, true) => quote! { (1, count) },
            (true, false) => quote! { (count, #columns) },
            (false, _) => quote! { (#rows, #columns) },
        }
    }
}

/// A type that has the expression of a loop: its documentation, its name, those of its operands, the `let`s, and the results.
pub(super) fn map_type(
    doc: &TokenStream,
    name: &Ident,
    operands: &[Ident],
    lets: &[TokenStream],
    results: &[TokenStream],
) -> TokenStream {
    let (n, m) = (Literal::usize_unsuffixed(operands.len()), Literal::usize_unsuffixed(results.len()));
    quote! {
        #doc
        struct #name;

        impl<T: rt::Element> rt::Map<T, #n, #m> for #name {
            const PLAIN: bool = ::core::cfg!(debug_assertions);

            #[inline(always)]
            fn map<S: rt::Simd>(&self, simd: S, [#(#operands),*]: [rt::Lanes<T, S>; #n]) -> [rt::Lanes<T, S>; #m] {
                #(#lets)*
                [#(#results),*]
            }
        }
    }
}

/// How an operand is repeated over a loop.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    Whole,
    Row,
    Column,
    Scalar,
}

impl Read {
    /// As the runtime names it.
    pub(super) fn name(self) -> Ident {
        let name = match self {
            Self::Whole => "Whole",
            Self::Row => "Row",
            Self::Column => "Column",
            Self::Scalar => "Scalar",
        };
        format_ident!("{}", name)
    }
}

/// `((a, b), (c, d))`: nested pairs, as evenly as can be.
fn pairs(items: &[TokenStream]) -> TokenStream {
    match items {
        [] => quote! { () },
        [item] => item.clone(),
        items => {
            let (left, right) = items.split_at(items.len().div_ceil(2));
            let (left, right) = (pairs(left), pairs(right));
            quote! { (#left, #right) }
        }
    }
}

/// The number that a node is, wherever it is read.
pub(super) fn constant(graph: &Graph, id: NodeId) -> Option<f64> {
    let inner = graph.is(id, BROADCAST).and_then(|operands| operands.first().copied());
    graph.constant_value(inner.unwrap_or(id))
}
