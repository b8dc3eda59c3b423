//! Sums taken apart into terms of which no two are alike, and put together in order.

use super::products::{Product, composed, factors};
use super::signs::Sign;
use super::{MOST, Rewriter};
use crate::base::Shape;
use crate::graph::NodeId;
use crate::operations::{ADD, NEG, SUB};

/// The terms of a sum, of which no two are alike.
pub(super) fn terms(r: &mut Rewriter, id: NodeId) -> Vec<Product> {
    let mut terms: Vec<Product> = Vec::new();
    let mut open = vec![(id, 1.0)];
    let mut count = 0;
    while let Some((node, sign)) = open.pop() {
        count += 1;
        if count < MOST {
            if let Some([a, b]) = r.pair(node, ADD) {
                open.extend([(b, sign), (a, sign)]);
                continue;
            }
            if let Some([a, b]) = r.is(node, SUB) {
                open.extend([(b, -sign), (a, sign)]);
                continue;
            }
            if let Some([a]) = r.is(node, NEG) {
                open.push((a, -sign));
                continue;
            }
        }
        let mut term = factors(r, node);
        term.number *= sign;
        let same = |other: &&mut Product| {
            other.scalars == term.scalars && other.divisors == term.divisors && other.others == term.others
        };
        match terms.iter_mut().find(same) {
            Some(other) => other.number += term.number,
            None => terms.push(term),
        }
    }
    terms.retain(|term| term.number != 0.0);
    terms
}

pub(super) fn sum(r: &mut Rewriter, id: NodeId) -> Option<NodeId> {
    if r.is::<2>(id, ADD).is_none() && r.is::<2>(id, SUB).is_none() {
        return None;
    }
    let shape = r.graph.shape(id);
    let terms = terms(r, id);
    if terms.iter().any(|term| !term.number.is_finite()) {
        return None;
    }
    Some(total(r, terms, shape, Sign::OfFirst))
}

/// A term of a sum: a node, times a number.
struct Term {
    node: NodeId,
    number: f64,
    /// True if it is the number alone.
    is_number: bool,
    /// True if it has no coefficient, and is not repeated: of A − s B, and A − a 1ᵀ, the sign is that of A.
    is_bare: bool,
}

/// The sum of some terms.
pub(super) fn total(r: &mut Rewriter, terms: Vec<Product>, shape: Shape, sign: Sign) -> NodeId {
    let mut common = match terms.as_slice() {
        [] => Product::default(),
        [term] => return composed(r, term.clone(), shape),
        [first, rest @ ..] => {
            let size = first.number.abs();
            let all = |same: &dyn Fn(&Product) -> bool| rest.iter().all(same);
            let number = if all(&|term| term.number.abs().to_bits() == size.to_bits()) { size } else { 1.0 };
            let has_others = terms.iter().all(|term| !term.others.is_empty());
            if has_others && all(&|term| term.scalars == first.scalars && term.divisors == first.divisors) {
                Product { number, others: Vec::new(), ..first.clone() }
            } else {
                Product { number, ..Product::default() }
            }
        }
    };
    let mut keyed: Vec<Term> = Vec::with_capacity(terms.len());
    for mut term in terms {
        if !common.scalars.is_empty() || !common.divisors.is_empty() {
            (term.scalars, term.divisors) = (Vec::new(), Vec::new());
        }
        let number = term.number / common.number;
        term.number = 1.0;
        let is_repeated = matches!(term.others.as_slice(), &[other] if r.repeated(other).is_some());
        let is_bare = number.abs().to_bits() == 1.0_f64.to_bits() && !term.has_coefficient() && !is_repeated;
        let is_number = term.is_number();
        keyed.push(Term { node: composed(r, term, shape), number, is_number, is_bare });
    }
    keyed.sort_by(|a, b| a.is_number.cmp(&b.is_number).then_with(|| r.compare(a.node, b.node)));
    let constant = keyed.iter().find(|term| term.is_number);
    let leading = keyed.iter().find(|term| term.is_bare).or(keyed.first());
    let is_negative = match (sign, constant) {
        (Sign::Kept, _) => false,
        (Sign::OfNumber, Some(constant)) => constant.number < 0.0,
        (Sign::OfFirst, Some(_)) => keyed.iter().all(|term| term.number < 0.0),
        (_, None) => leading.is_some_and(|term| term.number < 0.0),
    };
    let flip = if is_negative { -1.0 } else { 1.0 };
    let mut result: Option<NodeId> = None;
    for positive in [true, false] {
        for term in keyed.iter().filter(|term| (term.number * flip > 0.0) == positive) {
            let mut scaled = factors(r, term.node);
            scaled.number *= term.number.abs();
            let node = composed(r, scaled, shape);
            result = Some(match result {
                None if positive => node,
                None => r.graph.call(NEG, [node]),
                Some(sum) => r.graph.call(if positive { ADD } else { SUB }, [sum, node]),
            });
        }
    }
    common.others.extend(result);
    common.number *= flip;
    composed(r, common, shape)
}
