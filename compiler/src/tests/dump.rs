//! Each stage's result as text: the tree of a spec, graphs, programs, expansions.
//!
//! `SPEC='fn f(…) -> Scalar { … }' cargo test -p frobenius-compiler dump -- --nocapture` prints them for any loss, with
//! the rules that bring it and its gradients to normal form; `ASKED='jvp, hvp'` also shows derivatives on request.

use std::fmt::Write;

use proc_macro2::TokenStream;

use crate::base::Role;
use crate::compile::{front, ordered};
use crate::derive::{derive, trace};
use crate::diagnostics::Mistakes;
use crate::differentiate::reverse;
use crate::explain::as_it_is;
use crate::graph::{Graph, NodeId, Op};
use crate::requests::{self, Forms};
use crate::rewrite;
use crate::schedule::{
    Buffer, BufferRole, Location, Map, Outcome, Planned, Repeat, Roots, Sink, Source, Statement as Step, Target,
    is_pass, plan,
};
use crate::syntax::{Let, Over, Spec, Statement};

/// The tree of a spec: its arguments, a statement a line, the result.
pub(super) fn spec(spec: &Spec) -> String {
    let mut out = format!("loss {}\n", spec.name);
    for argument in &spec.arguments {
        let role = if argument.role == Role::Param { "parameter" } else { "data" };
        writeln!(out, "{role} {}: {}", argument.label(), argument.type_text()).expect("memory");
    }
    statements(&mut out, &spec.statements, "");
    writeln!(out, "result {}", spec.result).expect("memory");
    out
}

fn statements(out: &mut String, all: &[Statement], indent: &str) {
    let binding = |Let { name, value, .. }: &Let| format!("{name} = {value}");
    for statement in all {
        let line = match statement {
            Statement::Let(it) => format!("let {}", binding(it)),
            Statement::Assign(it) => format!("{} = {}", it.name, it.value),
            Statement::Closure(it) => {
                let lets: Vec<_> = it.lets.iter().map(|it| format!("let {}; ", binding(it))).collect();
                format!("closure {} = {}{}", it.signature(), lets.concat(), it.result)
            }
            Statement::For(it) => {
                let over = match it.over {
                    Over::Numbers(first, end) => format!("{first}..{end}"),
                    Over::Array(name, _) => name.to_string(),
                    Over::Steps { first, end, less: 0, .. } => format!("{first}..{end}"),
                    Over::Steps { first, end, less, .. } => format!("{first}..{end} - {less}"),
                };
                format!("for {} in {over}", it.variable.map_or("_", |(name, _)| name.as_str()))
            }
        };
        writeln!(out, "{indent}{line}").expect("memory");
        if let Statement::For(it) = statement {
            statements(out, &it.body, &format!("{indent}    "));
        }
    }
}

/// A node, or its number where it is an argument or a constant.
fn operand(graph: &Graph, id: NodeId) -> String {
    match graph.node(id).op {
        Op::Argument(i) => graph.inputs[i].name.to_string(),
        Op::Constant(value) => value.to_string(),
        Op::Size(dim) => format!("size({dim})"),
        Op::Call(_) => format!("%{}", id.index()),
    }
}

/// A call a line, in the order of the nodes: number, operation, shape; the names that the user gave it, and what made it.
pub(super) fn graph(graph: &Graph, roots: &[(String, Option<NodeId>)]) -> String {
    let mut out = String::new();
    for id in graph.ids() {
        let node = graph.node(id);
        let Op::Call(operation) = node.op else { continue };
        let operands: Vec<_> = node.operands.iter().map(|&id| operand(graph, id)).collect();
        let names = graph.names().iter().filter(|(named, _)| *named == id).map(|(_, name)| format!("{name}, "));
        let call = format!("%{} = {}({}): {}", id.index(), operation.name(), operands.join(", "), node.shape);
        writeln!(out, "{call:<60} // {}{}", names.collect::<String>(), node.origin).expect("memory");
    }
    for (name, root) in roots {
        let root = root.map_or("0".to_owned(), |root| operand(graph, root));
        writeln!(out, "{name} = {root}").expect("memory");
    }
    out
}

/// Memory, then stage after stage a statement a line.
pub(super) fn program(planned: &Planned) -> String {
    let Planned { graph, program } = planned;
    let mut out = String::new();
    let streamed = program.stream.map_or("nothing is streamed".to_owned(), |axis| format!("streamed along {axis}"));
    writeln!(out, "{streamed}").expect("memory");
    for (i, Buffer { node, shape, role, memory }) in program.buffers.iter().enumerate() {
        let role = match role {
            BufferRole::Resident => "resident".to_owned(),
            BufferRole::Kept => "kept, written block by block".to_owned(),
            BufferRole::RowLocal(pass) => format!("one block, in stage {pass}"),
            BufferRole::Sum(start) => format!("sum over blocks, from {start}"),
        };
        let memory = match memory {
            Some(memory) if *memory == i => String::new(),
            Some(memory) => format!(", in the memory of t{memory}"),
            None => ", never there as a whole".to_owned(),
        };
        writeln!(out, "buffer t{i} for {}: {shape}, {role}{memory}", operand(graph, *node)).expect("memory");
    }
    for (i, pack) in program.packs.iter().enumerate() {
        let transposed = if pack.transposed { ", transposed" } else { "" };
        writeln!(out, "pack p{i} for {}{transposed}", operand(graph, pack.node)).expect("memory");
    }
    for (node, start) in &program.sums {
        writeln!(out, "scalar {}, sum over blocks from {start}", operand(graph, *node)).expect("memory");
    }
    for (stage, statements) in program.stages.iter().enumerate().filter(|(_, statements)| !statements.is_empty()) {
        let kind = if is_pass(stage) { "pass over the rows" } else { "resident" };
        writeln!(out, "stage {stage}, {kind}").expect("memory");
        for (statement, hoisted) in statements.iter().zip(&program.hoisted[stage]) {
            let prefix = if *hoisted { "in the first call: " } else { "" };
            writeln!(out, "    {prefix}{}", step(graph, statement)).expect("memory");
        }
    }
    for gradient in &program.zero_gradients {
        writeln!(out, "gradient in {} is 0", graph.inputs[*gradient].name).expect("memory");
    }
    out
}

fn source(graph: &Graph, source: Source) -> String {
    let read = match source.from {
        Location::Argument(i) => graph.inputs[i].name.to_string(),
        Location::Transposed(i) => format!("{}ᵀ", graph.inputs[i].name),
        Location::Buffer(i) => format!("t{i}"),
        Location::Scalar(id) => operand(graph, id),
        Location::ProductPiece => "the product".to_owned(),
    };
    if source.rows && !matches!(source.from, Location::Scalar(_) | Location::ProductPiece) {
        format!("{read}[rows]")
    } else {
        read
    }
}

fn step(graph: &Graph, statement: &Step) -> String {
    let read = |it: &Source| source(graph, *it);
    let name = |argument: &usize| graph.inputs[*argument].name;
    match statement {
        Step::Pack { from, pack } => format!("p{pack} = pack {}", read(from)),
        Step::Product { a, b, out } => format!("t{out} = {} p{b}", read(a)),
        Step::ProductT { a, b, out } => format!("t{out} += {}ᵀ {}", read(a), read(b)),
        Step::MatVec { a, w, out } => format!("t{out} = {} {}, a vector", read(a), read(w)),
        Step::MatTVec { a, e, out } => format!("t{out} += {}ᵀ {}, a vector", read(a), read(e)),
        Step::Transpose { a, out } => format!("t{out} = {}ᵀ", read(a)),
        Step::Call { routine, operands, out, also } => {
            let operands: Vec<_> = operands.iter().map(read).collect();
            let out = match out {
                Target::Buffer(out) => format!("t{out}"),
                Target::Scalar(id) => operand(graph, *id),
            };
            let also = also.map_or(String::new(), |also| format!(", t{also}"));
            let adds = if routine.start.is_some() { "+=" } else { "=" };
            format!("{out}{also} {adds} {}({})", routine.name, operands.join(", "))
        }
        Step::Scalar { out } => format!("{} = {}", operand(graph, *out), call(graph, *out)),
        Step::ScalarGradient { from, parameter } => {
            format!("gradient in {} = {}", name(parameter), operand(graph, *from))
        }
        Step::Map(it) => map(graph, it),
        Step::Guarded(it) => {
            let sign = if it.first { "<=" } else { ">" };
            format!("if {} {sign} 0: {}", operand(graph, it.difference), step(graph, &it.statement))
        }
    }
}

fn call(graph: &Graph, id: NodeId) -> String {
    let operands: Vec<_> = graph.operands(id).iter().map(|&id| operand(graph, id)).collect();
    format!("{}({})", graph.operation(id).map_or("", |operation| operation.name()), operands.join(", "))
}

/// A loop: what it reads, computes and writes.
fn map(graph: &Graph, map: &Map) -> String {
    let rows = if map.rows { ", rows of the block" } else { "" };
    let mut out = format!("for each element of {}{rows}", map.shape);
    if let Some(product) = map.product {
        write!(
            out,
            "\n        of the product {} p{}, {}",
            source(graph, product.a),
            product.b,
            operand(graph, product.node)
        )
        .expect("memory");
    }
    for (node, from, repeat) in &map.sources {
        let repeat = match repeat {
            Repeat::Not | Repeat::EveryElement => "",
            Repeat::EveryRow => ", in every row",
            Repeat::EveryColumn => ", in every column",
        };
        write!(out, "\n        {} is {}{repeat}", operand(graph, *node), source(graph, *from)).expect("memory");
    }
    for &id in &map.body {
        write!(out, "\n        {} = {}", operand(graph, id), call(graph, id)).expect("memory");
    }
    for (outcome, sink) in &map.results {
        let outcome = match outcome {
            Outcome::Node(id) => operand(graph, *id),
            Outcome::Product(a, b) => format!("{} {}", operand(graph, *a), operand(graph, *b)),
        };
        let sink = match sink {
            Sink::Store(i) => format!("t{i} ="),
            Sink::Gradient(i) => format!("gradient in {} =", graph.inputs[*i].name),
            Sink::Sum(id) => format!("{} +=", operand(graph, *id)),
            Sink::ColumnSums(i) => format!("t{i}, sums of columns, +="),
            Sink::RowSums(i) => format!("t{i}, sums of rows, ="),
        };
        write!(out, "\n        {sink} {outcome}").expect("memory");
    }
    out
}

/// The rules that fire on the way to the normal form of `roots`, one a line: the name, and what they made of what.
fn rewrites(graph: &Graph, roots: &[NodeId]) -> String {
    let (graph, fired, _) = rewrite::rewrites(graph, roots, None);
    let line = |fired: &rewrite::Fired| {
        let [before, after] = [fired.before, fired.after].map(|id| as_it_is(&graph, id).replace('\n', "; "));
        format!("{}: {before}  →  {after}\n", rewrite::rule(fired.rule).name)
    };
    fired.iter().map(line).collect()
}

/// Tokens as rustfmt would write them.
pub(super) fn rust(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).expect("Rust"))
}

#[test]
fn dump() {
    let Ok(source) = std::env::var("SPEC") else { return };
    let item: TokenStream = source.parse().expect("Rust");
    let asked: TokenStream = std::env::var("ASKED").unwrap_or_default().parse().expect("Rust");
    let (spec, written, loss) = front(asked, item, &mut Mistakes::default()).expect("no mistakes");
    let derived = derive(&spec, &written, loss);
    println!("{}", rewrites(&written, &[loss]));
    let mut graph_of_gradients = derived.value_graph.clone();
    let parameters: Vec<_> = spec.parameters().collect();
    let gradients = reverse(&mut graph_of_gradients, derived.value, &parameters);
    let roots: Vec<_> = gradients.into_iter().flatten().collect();
    println!("{}", rewrites(&graph_of_gradients, &roots));
    println!("{}", crate::explain::derivation(&trace(&derived)).text);
    for (name, gradient) in crate::explain::explain(&derived.graph, derived.loss, &derived.gradients).gradients {
        println!("dL/d{name} = {gradient}");
    }
    let forms = Forms { spec: &spec, written: (&written, loss), derived: &derived, stream: None };
    for made in requests::made(&forms, &mut Mistakes::default()) {
        println!("{}", requests::explained(&forms, &made).derivation.text);
    }
    let roots = Roots { values: vec![derived.loss], gradients: derived.gradients.clone() };
    let (in_order, roots) = ordered(&derived.graph, &roots);
    for planned in plan(&[(&in_order, roots)], spec.options.stream) {
        println!("{}\n{}", graph(&planned.graph, &[]), program(&planned));
    }
}
