//! Sizes in expressions: as numbers, and as the sizes of matrices that are made.

use super::Lowering;
use crate::base::{Dim, Shape, Symbol};
use crate::diagnostics::messages;
use crate::graph::NodeId;
use crate::operations::IDENTITY;
use crate::prelude::OfSizes;
use crate::syntax::{Argument, BinaryOp, Expr, ExprKind};

impl Lowering<'_, '_> {
    /// The size that is called `name`: in the body of a function, the one that its arguments have here.
    pub(super) fn dimension_of(&self, name: Symbol) -> Option<Dim> {
        let is = |dim: &Dim| matches!(dim, Dim::Named(known) | Dim::Const(known) if *known == name);
        if let Some(sizes) = &self.frame.sizes {
            return sizes.iter().find(|(own, _)| is(own)).map(|(_, here)| *here);
        }
        let firsts = self.spec.arguments.iter().filter(|argument| argument.is_first());
        let generic = || self.spec.generics.iter().any(|(generic, _)| *generic == name).then_some(Dim::Const(name));
        firsts.flat_map(Argument::dims).find(is).or_else(generic)
    }

    /// The size that `expr` says: a name, a whole number, or sums and products of such.
    fn size_in(&self, expr: &Expr) -> Option<Dim> {
        match &expr.kind {
            ExprKind::Name(name) => self.dimension_of(*name),
            ExprKind::Number(number) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a whole number is looked for"
                )]
                let whole = *number as u64;
                #[expect(clippy::cast_precision_loss, reason = "compared with the number that it came from")]
                let is_whole = (whole as f64 - number).abs() <= 0.0;
                is_whole.then_some(Dim::Size(whole))
            }
            ExprKind::Binary(BinaryOp::Add, a, b) => Some(self.size_in(a)?.plus(self.size_in(b)?)),
            ExprKind::Binary(BinaryOp::Mul, a, b) => Some(self.size_in(a)?.times(self.size_in(b)?)),
            _ => None,
        }
    }

    /// `eye(N)`, `zeros(N, K)`, `ones(N)`.
    pub(super) fn of_sizes(
        &mut self,
        expr: &Expr,
        function: Symbol,
        what: OfSizes,
        arguments: &[Expr],
    ) -> Option<NodeId> {
        let signature = what.signature();
        let (least, most) = if what == OfSizes::Eye { (1, 1) } else { (1, 2) };
        if arguments.len() < least || arguments.len() > most {
            self.mistakes.report(messages::argument_count(expr.place, function, signature, most, arguments.len()));
            return None;
        }
        let mut sizes = Vec::new();
        for argument in arguments {
            let Some(size) = self.size_in(argument) else {
                self.mistakes.report(messages::not_a_size(argument.place, function, signature, argument));
                return None;
            };
            sizes.push(size);
        }
        let columns = if what == OfSizes::Eye { sizes[0] } else { sizes.get(1).copied().unwrap_or(Dim::ONE) };
        let shape = Shape::new(sizes[0], columns);
        let value = self.graph.constant(if what == OfSizes::Zeros { 0.0 } else { 1.0 });
        Some(match what {
            OfSizes::Eye if shape.is_scalar() => value,
            OfSizes::Eye => self.graph.call_as(IDENTITY, &[value], shape),
            OfSizes::Zeros | OfSizes::Ones => self.graph.broadcast(value, shape),
        })
    }
}
