//! A look at what the compiler makes of a spec, for those who work on it:
//! `SPEC='fn f(…) -> Scalar { … }' cargo test -p frobenius-compiler show -- --nocapture`. `ASKED='jvp, hvp'` also shows derivatives
//! on request.

use proc_macro2::TokenStream;

use crate::compile::{Beginning, derive, front, ordered, trace};
use crate::mistake::Mistakes;
use crate::schedule::{Roots, plan};

#[test]
fn show() {
    let Ok(source) = std::env::var("SPEC") else { return };
    let item: TokenStream = source.parse().expect("Rust");
    let asked: TokenStream = std::env::var("ASKED").unwrap_or_default().parse().expect("Rust");
    let (spec, graph, loss) = front(asked, item, &mut Mistakes::default()).expect("no mistakes");
    let beginning_of = |derived| Beginning { spec: &spec, written: (&graph, loss), derived, stream: None };
    let derived = derive(&spec, &graph, loss);
    println!("{}", crate::explain::derivation(&trace(&derived)).text);
    for (name, gradient) in crate::explain::explain(&derived.graph, derived.loss, &derived.gradients).gradients {
        println!("dL/d{name} = {gradient}");
    }
    let beginning = beginning_of(&derived);
    for request in beginning.requests(&mut Mistakes::default()) {
        println!("{}", beginning.told(&request).derivation.text);
    }
    let roots = Roots { values: vec![derived.loss], gradients: derived.gradients.clone() };
    let (graph, roots) = ordered(&derived.graph, &roots);
    for planned in plan(&[(&graph, roots)], spec.options.stream) {
        for id in planned.graph.ids() {
            let node = planned.graph.node(id);
            println!("{id:?} {:?} {:?} {}", node.op, node.operands, node.shape);
        }
        println!("stream {:?}", planned.program.stream);
        for (i, buffer) in planned.program.buffers.iter().enumerate() {
            println!("buffer {i} {buffer:?}");
        }
        for (stage, statements) in planned.program.stages.iter().enumerate() {
            println!("stage {stage}");
            for statement in statements {
                println!("    {statement:?}");
            }
        }
    }
}
