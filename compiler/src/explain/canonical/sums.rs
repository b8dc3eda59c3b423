//! Sums taken apart into terms of which no two are alike, and put together in order.

use super::products::{Product, composed, factors};
use super::signs::Sign;
use super::{MAX_FACTORS, Rewriter};
use crate::base::Shape;
use crate::graph::NodeId;
use crate::operations::{ADD, DIAG, MATMUL, NEG, SELECT, SUB};

/// The terms of a sum, of which no two are alike.
pub(super) fn terms(r: &mut Rewriter, id: NodeId) -> Vec<Product> {
    let mut terms: Vec<Product> = Vec::new();
    let mut open = vec![(id, 1.0)];
    let mut count = 0;
    while let Some((node, sign)) = open.pop() {
        count += 1;
        if count < MAX_FACTORS {
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
    if let Some(choice) = choice(r, &terms, shape) {
        return Some(choice);
    }
    if let Some(product) = with_common_matrix(r, &terms, shape) {
        return Some(product);
    }
    Some(total(r, terms, shape, Sign::OfFirst))
}

/// Two choices by the same condition as one.
fn choice(r: &mut Rewriter, terms: &[Product], shape: Shape) -> Option<NodeId> {
    let parts = |r: &Rewriter, term: &Product| match term.others.as_slice() {
        &[other] => r.is::<3>(other, SELECT),
        _ => None,
    };
    let found: Vec<_> = terms.iter().enumerate().filter_map(|(i, term)| Some((i, parts(r, term)?))).collect();
    let pairs =
        found.iter().enumerate().flat_map(|(k, first)| found[k + 1..].iter().map(move |second| (first, second)));
    let (&(i, first), &(j, second)) = pairs.into_iter().find(|(first, second)| first.1[0] == second.1[0])?;
    let mut coefficients = [terms[i].clone(), terms[j].clone()];
    let mut common = shared(&mut coefficients);
    let mut branch = |k: usize| {
        let mut sides = [first[k], second[k]].into_iter().zip(&coefficients).map(|(node, coefficient)| {
            let mut product = factors(r, node);
            product.times(Product { others: Vec::new(), ..coefficient.clone() });
            product.number /= common.number;
            composed(r, product, shape)
        });
        let (a, b) = (sides.next()?, sides.next()?);
        Some(r.call(ADD, [a, b]))
    };
    let (a, b) = (branch(1)?, branch(2)?);
    common.others.push(r.call(SELECT, [first[0], a, b]));
    let one = composed(r, common, shape);
    let rest = terms.iter().enumerate().filter(|(k, _)| *k != i && *k != j).map(|(_, term)| term.clone());
    let rest: Vec<_> = rest.collect();
    let mut sum = one;
    for term in rest {
        let term = composed(r, term, shape);
        sum = r.call(ADD, [sum, term]);
    }
    Some(sum)
}

/// A B + C B as (A + C) B, and A B + A C as A (B + C), if all terms are such products.
fn with_common_matrix(r: &mut Rewriter, terms: &[Product], shape: Shape) -> Option<NodeId> {
    if terms.len() < 2 || shape.is_scalar() {
        return None;
    }
    let chains: Vec<Vec<NodeId>> = terms.iter().map(|term| chain(r, term)).collect::<Option<_>>()?;
    let (first, rest) = chains.split_first()?;
    let is_last = |chain: &Vec<NodeId>| chain.last() == first.last();
    let is_first = |chain: &Vec<NodeId>| chain.first() == first.first();
    let at_end = if rest.iter().all(is_last) {
        true
    } else if rest.iter().all(is_first) {
        false
    } else {
        return None;
    };
    let common = if at_end { *first.last()? } else { *first.first()? };
    let mut inner: Option<NodeId> = None;
    for (term, chain) in terms.iter().zip(&chains) {
        let others = if at_end { &chain[..chain.len() - 1] } else { &chain[1..] };
        let product = others.iter().copied().reduce(|product, factor| r.graph.call(MATMUL, [product, factor]))?;
        let product = r.normalise(product);
        // A sum would be taken apart, where it may be one that stands elsewhere too.
        if r.is::<2>(product, ADD).is_some() || r.is::<2>(product, SUB).is_some() {
            return None;
        }
        let scaled = Product { others: vec![product], ..term.clone() };
        let node = composed(r, scaled, r.graph.shape(product));
        inner = Some(inner.map_or(node, |sum| r.graph.call(ADD, [sum, node])));
    }
    let inner = r.normalise(inner?);
    Some(r.call(MATMUL, if at_end { [inner, common] } else { [common, inner] }))
}

/// The factors of a term that is a coefficient and a product of matrices; diag(v) A is one if v is a column.
fn chain(r: &mut Rewriter, term: &Product) -> Option<Vec<NodeId>> {
    let mut factors = Vec::new();
    let mut open = match *term.others.as_slice() {
        [product] => product,
        [a, b] => {
            let (line, a) = match (r.repeated(a), r.repeated(b)) {
                (Some(line), None) => (line, b),
                (None, Some(line)) => (line, a),
                _ => return None,
            };
            if !r.graph.shape(line).columns.is_one() {
                return None;
            }
            let diagonal = r.call(DIAG, [line]);
            return Some(vec![diagonal, a]);
        }
        _ => return None,
    };
    while let Some([a, b]) = r.is(open, MATMUL).filter(|_| factors.len() < MAX_FACTORS) {
        factors.push(b);
        open = a;
    }
    if factors.is_empty() {
        return None;
    }
    factors.push(open);
    factors.reverse();
    Some(factors)
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

/// The factors that all terms have, taken out of them. A sum of coefficients alone stays as it is.
fn shared(terms: &mut [Product]) -> Product {
    let Some((first, rest)) = terms.split_first() else { return Product::default() };
    let size = first.number.abs();
    let is_common = rest.iter().all(|term| term.number.abs().to_bits() == size.to_bits());
    let mut common = Product { number: if is_common { size } else { 1.0 }, ..Product::default() };
    if terms.iter().all(|term| !term.others.is_empty()) {
        common.scalars = taken_out(terms, |term| &mut term.scalars);
        common.divisors = taken_out(terms, |term| &mut term.divisors);
        common.others = taken_out(terms, |term| &mut term.others);
    }
    common
}

/// The nodes that all terms have among those that `of` names, as often as all have them, taken out of the terms.
fn taken_out(terms: &mut [Product], of: impl Fn(&mut Product) -> &mut Vec<NodeId>) -> Vec<NodeId> {
    let mut common = Vec::new();
    for node in terms.first_mut().map(|first| of(first).clone()).unwrap_or_default() {
        let places: Option<Vec<_>> =
            terms.iter_mut().map(|term| of(term).iter().position(|other| *other == node)).collect();
        let Some(places) = places else { continue };
        for (term, place) in terms.iter_mut().zip(places) {
            of(term).remove(place);
        }
        common.push(node);
    }
    common
}

/// The sum of some terms.
pub(super) fn total(r: &mut Rewriter, terms: Vec<Product>, shape: Shape, sign: Sign) -> NodeId {
    let mut terms = terms;
    if let [term] = terms.as_slice() {
        return composed(r, term.clone(), shape);
    }
    let mut common = shared(&mut terms);
    let mut keyed: Vec<Term> = Vec::with_capacity(terms.len());
    for mut term in terms {
        let number = term.number / common.number;
        term.number = 1.0;
        let is_repeated = matches!(term.others.as_slice(), &[other] if r.repeated(other).is_some());
        let is_bare = number.abs().to_bits() == 1.0_f64.to_bits() && !term.has_coefficient() && !is_repeated;
        let is_number = term.is_number();
        keyed.push(Term { node: composed(r, term, shape), number, is_number, is_bare });
    }
    keyed.sort_by(|a, b| a.is_number.cmp(&b.is_number).then_with(|| r.compare(a.node, b.node)));
    // u 1ᵀ + v 1ᵀ is (u + v) 1ᵀ.
    let lines: Option<Vec<_>> = keyed.iter().map(|term| r.repeated(term.node)).collect();
    let mut own = shape;
    if let Some([first, rest @ ..]) = lines.as_deref()
        && !r.graph.shape(*first).is_scalar()
        && rest.iter().all(|line| r.graph.shape(*line) == r.graph.shape(*first))
    {
        own = r.graph.shape(*first);
        keyed.iter_mut().zip(lines.iter().flatten()).for_each(|(term, line)| term.node = *line);
    }
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
            let node = composed(r, scaled, own);
            result = Some(match result {
                None if positive => node,
                None => r.graph.call(NEG, [node]),
                Some(sum) => r.graph.call(if positive { ADD } else { SUB }, [sum, node]),
            });
        }
    }
    common.others.extend(result.map(|result| r.graph.broadcast(result, shape)));
    common.number *= flip;
    composed(r, common, shape)
}
