//! Routines that share work: two calls of the same operands are one, where an operation says so.

use super::program::{Program, Statement, Target};
use crate::graph::Graph;
use crate::operations::Kind;

/// Joins the calls of each stage that can be computed together, where the first of them is: both read the same.
pub(super) fn join(graph: &Graph, program: &mut Program) {
    for statements in &mut program.stages {
        let mut i = 0;
        while i < statements.len() {
            let other = (0..statements.len()).find_map(|k| Some((k, shared(graph, &statements[i], &statements[k])?)));
            let Some((k, joined)) = other else {
                i += 1;
                continue;
            };
            statements[i.min(k)] = joined;
            statements.remove(i.max(k));
        }
    }
}

/// The call that computes both results, if there is one.
fn shared(graph: &Graph, a: &Statement, b: &Statement) -> Option<Statement> {
    let Statement::Call { routine, operands, out: out @ Target::Buffer(_), also: None } = a else { return None };
    let &Statement::Call { routine: second, operands: ref same, out: Target::Buffer(also), also: None } = b else {
        return None;
    };
    let Kind::Routine(row) = graph.kind(routine.node)? else { return None };
    let joint = row.joint?;
    if graph.operation(second.node) != Some((joint.with)()) || operands != same {
        return None;
    }
    let mut routine = *routine;
    routine.name = joint.runs;
    Some(Statement::Call { routine, operands: operands.clone(), out: *out, also: Some(also) })
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;

    #[test]
    fn a_loss_and_its_gradient_share_exponentials() {
        let losses = [
            (
                "fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar { sum(lse_rows(x * w)) }",
                ["lse_rows", "softmax_rows", "lse_and_softmax_rows"],
            ),
            (
                "fn f(x: Matrix<N, D>, y: Labels<N, K>, #[param] w: Matrix<D, K>) -> Scalar { sum(cross_entropy(x * w, y)) }",
                ["cross_entropy", "softmax_residual", "cross_entropy_and_residual"],
            ),
        ];
        for (loss, [own, other, both]) in losses {
            let expansion = crate::compile(TokenStream::new(), loss.parse().expect("Rust")).to_string();
            let calls = |routine: &str| expansion.matches(&format!("rt :: {routine} (")).count();
            // The value alone needs the first one.
            assert_eq!([calls(own), calls(other), calls(both)], [1, 0, 1], "{expansion}");
        }
    }
}
