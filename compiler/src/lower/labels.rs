//! Which operands are labels, and which are numbers.

use super::Lowering;
use crate::base::{ArgumentKind, Dim};
use crate::diagnostics::messages;
use crate::graph::{NodeId, Op};
use crate::syntax::{Expr, ExprKind};

impl Lowering<'_, '_> {
    /// The type of `node` if it is labels.
    pub(super) fn labels(&self, node: NodeId) -> Option<String> {
        let Op::Argument(i) = self.graph.node(node).op else { return None };
        let input = self.graph.inputs.get(i).filter(|input| input.kind != ArgumentKind::Numbers)?;
        Some(input.kind.type_text(input.shape))
    }

    /// The number of classes of `node` if it is labels.
    pub(super) fn classes(&self, node: NodeId) -> Option<Dim> {
        let Op::Argument(i) = self.graph.node(node).op else { return None };
        self.graph.inputs.get(i)?.kind.classes()
    }

    /// The nodes of the operands of `whole`, all of which are to be numbers; `None` if one of them has a mistake in it.
    pub(super) fn all_numbers<const N: usize>(
        &mut self,
        whole: &Expr,
        operands: [(&Expr, Option<NodeId>); N],
    ) -> Option<[NodeId; N]> {
        // With a mistake in one operand, nothing is said of the other.
        let nodes: Vec<NodeId> = operands.iter().map(|(_, node)| *node).collect::<Option<_>>()?;
        for ((operand, _), &node) in operands.iter().zip(&nodes) {
            if let Some(declared) = self.labels(node) {
                self.mistakes.report(messages::labels_as_numbers(whole, operand, &declared));
                return None;
            }
        }
        nodes.try_into().ok()
    }

    /// The node of `value`, which is `wanted` and so is to be numbers.
    pub(super) fn numbers(&mut self, value: &Expr, node: Option<NodeId>, wanted: &str) -> Option<NodeId> {
        let declared = self.labels(node?);
        if let Some(declared) = &declared {
            self.mistakes.report(messages::labels_as_value(value, wanted, declared));
        }
        node.filter(|_| declared.is_none())
    }

    /// True if labels stand where the function takes labels, and nowhere else.
    pub(super) fn kinds_fit(
        &mut self,
        call: &Expr,
        takes_labels: impl Fn(usize) -> bool,
        signature: &str,
        arguments: &[Expr],
        nodes: &[NodeId],
    ) -> bool {
        let ExprKind::Call { function, .. } = &call.kind else { return true };
        for (k, (argument, &node)) in arguments.iter().zip(nodes).enumerate() {
            let mistake = match (self.labels(node), takes_labels(k)) {
                (Some(declared), false) => messages::labels_as_numbers(call, argument, &declared),
                (None, true) => {
                    let operand = self.operand(argument, node);
                    messages::numbers_as_labels(argument.place, *function, &operand, signature)
                }
                (Some(_), true) | (None, false) => continue,
            };
            self.mistakes.report(mistake);
            return false;
        }
        true
    }
}
