//! Long loops as tables, which the runtime runs one operation after the other: see `steps.rs` of the runtime's kernels.

use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::loops::constant;
use super::{Emitter, StatementEmitter};
use crate::emit::tokens::{formula, number};
use crate::graph::{Graph, NodeId, Op};
use crate::operations::HADAMARD;
use crate::schedule::{Location, Map, Outcome, Program, Source, Statement, is_pass};

/// The number of an operation, the register of its result, and those of its operands.
type Step = [u32; 5];

/// Names of the operands of an operation.
const OPERANDS: [&str; 3] = ["a", "b", "c"];

/// The tables of a module, and the operations of all of them.
#[derive(Default)]
pub(in crate::emit) struct Steps {
    tables: HashMap<Vec<Step>, Ident>,
    numbers: HashMap<&'static str, u32>,
    /// The code of each operation, by number.
    codes: Vec<TokenStream>,
}

impl Steps {
    /// The type of all operations, if there are any.
    pub(in crate::emit) fn operations(&self) -> TokenStream {
        if self.codes.is_empty() {
            return TokenStream::new();
        }
        let arms = self.codes.iter().enumerate().map(|(number, code)| {
            let number = Literal::usize_unsuffixed(number);
            quote! { #number => #code, }
        });
        quote! {
            /// The operations of long loops.
            struct Operations;

            impl<T: rt::Element> rt::Operations<T> for Operations {
                const PLAIN: bool = ::core::cfg!(debug_assertions);

                #[inline(always)]
                fn step<S: rt::Simd>(operation: u32, strip: rt::Strip<'_, T, S>) {
                    match operation {
                        #(#arms)*
                        _ => {}
                    }
                }
            }
        }
    }
}

/// The registers of a loop.
struct Registers {
    of: HashMap<NodeId, usize>,
    /// Registers whose values are dead.
    free: Vec<usize>,
    count: usize,
}

impl Registers {
    fn take(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.count += 1;
            self.count - 1
        })
    }

    fn of(&self, id: NodeId) -> usize {
        self.of.get(&id).copied().unwrap_or(0)
    }
}

/// A loop as a table: its steps, but for the numbers of operations; the register of each result; and how many registers there are.
struct Written {
    steps: Vec<(NodeId, Vec<usize>, usize)>,
    products: Vec<([usize; 2], usize)>,
    results: Vec<usize>,
    registers: usize,
}

/// A long loop of a program, with its registers.
pub(super) struct LongLoop<'a> {
    map: &'a Map,
    is_in_pass: bool,
    written: Rc<Written>,
}

/// The long loops of a program.
pub(super) fn long_loops<'a>(graph: &Graph, program: &'a Program) -> Vec<LongLoop<'a>> {
    let mut loops = Vec::new();
    for (stage, statements) in program.stages.iter().enumerate() {
        for statement in statements {
            match statement.bare() {
                Statement::Map(map) if map.is_long() => {
                    loops.push(LongLoop { map, is_in_pass: is_pass(stage), written: Rc::new(Written::of(graph, map)) });
                }
                _ => {}
            }
        }
    }
    loops
}

impl Written {
    /// Linear scan: a value's register is free behind its last use.
    fn of(graph: &Graph, map: &Map) -> Self {
        let mut last_use: HashMap<NodeId, usize> = HashMap::default();
        for (i, &id) in map.body.iter().enumerate() {
            last_use.extend(graph.operands(id).iter().map(|&operand| (operand, i)));
        }
        for (outcome, _) in &map.results {
            let read = match *outcome {
                Outcome::Node(a) => [a, a],
                Outcome::Product(a, b) => [a, b],
            };
            last_use.extend(read.map(|id| (id, usize::MAX)));
        }
        // A number is written before the first strip, and stays.
        let is_number =
            |id: NodeId, source: Source| matches!(source.from, Location::Scalar(_)) || constant(graph, id).is_some();
        let numbers = map.sources.iter().filter(|(id, source, _)| is_number(*id, *source));
        last_use.extend(numbers.map(|(id, ..)| (*id, usize::MAX)));
        let of = map.sources.iter().enumerate().map(|(k, (id, ..))| (*id, k)).collect();
        let mut registers = Registers { of, free: Vec::new(), count: map.sources.len() };
        let mut steps = Vec::new();
        for (i, &id) in map.body.iter().enumerate() {
            let operands = graph.operands(id);
            let read = operands.iter().map(|&operand| registers.of(operand)).collect();
            for (k, operand) in operands.iter().enumerate() {
                if last_use.get(operand) == Some(&i) && !operands[..k].contains(operand) {
                    registers.free.push(registers.of(*operand));
                }
            }
            let result = registers.take();
            registers.of.insert(id, result);
            steps.push((id, read, result));
        }
        let mut products = Vec::new();
        let results = map.results.iter().map(|(outcome, _)| match *outcome {
            Outcome::Node(id) => registers.of(id),
            Outcome::Product(a, b) => {
                let factors = [registers.of(a), registers.of(b)];
                let product = registers.take();
                products.push((factors, product));
                product
            }
        });
        let results = results.collect();
        Self { steps, products, results, registers: registers.count }
    }
}

impl Emitter<'_> {
    /// Registers that the long loops need: those in passes, or the others.
    pub(super) fn registers(&self, in_passes: bool) -> usize {
        let loops = self.long_loops.iter().filter(|long| long.is_in_pass == in_passes);
        loops.map(|long| long.written.registers).max().unwrap_or(0)
    }
}

impl StatementEmitter<'_, '_> {
    /// The number of an operation, whose code is there from now on.
    fn operation(&mut self, name: &'static str, arity: usize, code: impl Fn(&[TokenStream]) -> TokenStream) -> u32 {
        let steps = &mut self.emitter.loops.steps;
        *steps.numbers.entry(name).or_insert_with(|| {
            let names: Vec<_> = OPERANDS
                .iter()
                .take(arity)
                .map(|name| {
                    let name = format_ident!("{}", name);
                    quote! { #name }
                })
                .collect();
            let code = code(&names);
            steps.codes.push(quote! { strip.map(|[#(#names),*]| #code) });
            u32::try_from(steps.codes.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// The call that runs a loop one operation after the other.
    pub(super) fn stepwise(&mut self, map: &Map) -> TokenStream {
        let own = self.long_loops.iter().find(|long| std::ptr::eq(long.map, map));
        let Some(written) = own.map(|long| Rc::clone(&long.written)) else { return TokenStream::new() };
        let register = |register: usize| u32::try_from(register).unwrap_or(u32::MAX);
        let step = |operation: u32, result: usize, operands: &[usize]| {
            let operand = |k: usize| register(operands.get(k).copied().unwrap_or(0));
            [operation, register(result), operand(0), operand(1), operand(2)]
        };
        let mut steps = Vec::new();
        let graph = self.graph;
        for (id, operands, result) in &written.steps {
            let Op::Call(operation) = graph.node(*id).op else { continue };
            let number = self.operation(operation.name(), operands.len(), |names| formula(graph, *id, names));
            steps.push(step(number, *result, operands));
        }
        for (factors, product) in &written.products {
            let number = self.operation(HADAMARD.name(), 2, |names| {
                let [a, b] = names else { return TokenStream::new() };
                quote! { #a * #b }
            });
            steps.push(step(number, *product, factors));
        }
        let table = self.table(steps);
        let operands = map.sources.iter().map(|(id, source, repeat)| {
            if let Some(value) = constant(graph, *id) {
                let value = number(value);
                return quote! { rt::Operand::Scalar(#value) };
            }
            let (kind, value) = self.read(*source, *repeat);
            let kind = kind.name();
            quote! { rt::Operand::#kind(#value) }
        });
        let results = map.results.iter().zip(&written.results).map(|((_, sink), register)| {
            let (kind, value) = self.sink(*sink, map.rows);
            let register = Literal::usize_unsuffixed(*register);
            quote! { (#register, rt::Outlet::#kind(#value)) }
        });
        let shape = self.loop_shape(map);
        let home = self.pass.map_or_else(|| quote! { self }, |_| quote! { block });
        quote! {
            rt::steps::<T, Operations>(
                isa,
                #shape,
                &mut [#(#operands),*],
                &mut [#(#results),*],
                &#table,
                &mut #home.registers,
            );
        }
    }

    /// The name of a table, which is defined unless the module has it.
    fn table(&mut self, steps: Vec<Step>) -> Ident {
        if let Some(name) = self.emitter.loops.steps.tables.get(&steps) {
            return name.clone();
        }
        let name = format_ident!("STEPS_{}", self.emitter.loops.steps.tables.len() + 1);
        let rows = steps.iter().map(|step| {
            let numbers = step.iter().map(|number| Literal::u32_unsuffixed(*number));
            quote! { [#(#numbers),*] }
        });
        self.emitter.loops.define(quote! { static #name: rt::Table = rt::Table::new(&[#(#rows),*]); });
        self.emitter.loops.steps.tables.insert(steps, name.clone());
        name
    }
}
