//! Cost of a computation, as a polynomial in the sizes that are known only at run time.

use std::collections::BTreeMap;
use std::fmt;

use super::superscript;
use super::{Dim, Shape};

/// A sum of products of sizes: the factors of each term in order, and how often it counts.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Cost {
    terms: BTreeMap<Vec<Dim>, f64>,
}

impl Cost {
    pub(crate) fn number(value: f64) -> Self {
        Self { terms: BTreeMap::from([(Vec::new(), value)]) }
    }

    #[expect(clippy::cast_precision_loss, reason = "no axis has 2^53 elements")]
    pub(crate) fn size(dim: Dim) -> Self {
        match dim {
            Dim::Size(size) => Self::number(size as f64),
            Dim::Plus([a, b]) => Self::size(*a).plus(&Self::size(*b)),
            Dim::Times([a, b]) => Self::size(*a).times(&Self::size(*b)),
            named => Self { terms: BTreeMap::from([(vec![named], 1.0)]) },
        }
    }

    /// The multiplications of a product of two matrices.
    pub(crate) fn product(a: Shape, b: Shape) -> Self {
        Self::size(a.rows).times(&Self::size(a.columns)).times(&Self::size(b.columns))
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        for (factors, count) in &other.terms {
            *sum.terms.entry(factors.clone()).or_default() += count;
        }
        sum.terms.retain(|_, count| *count != 0.0);
        sum
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        self.plus(&other.times(&Self::number(-1.0)))
    }

    pub(crate) fn times(&self, other: &Self) -> Self {
        let mut product = Self::default();
        for (a, count) in &self.terms {
            for (b, times) in &other.terms {
                let mut factors = [a.as_slice(), b].concat();
                factors.sort();
                *product.terms.entry(factors).or_default() += count * times;
            }
        }
        product.terms.retain(|_, count| *count != 0.0);
        product
    }

    /// True only if it is at most `other` for all sizes from 1 on: with 1 + t for each size, `other` minus it has no
    /// negative coefficient. The test is one-sided: with a negative coefficient it may still be at most `other`.
    pub(crate) fn never_above(&self, other: &Self) -> bool {
        let difference = other.minus(self);
        let mut shifted = Self::default();
        for (factors, count) in &difference.terms {
            let mut term = Self::number(*count);
            for factor in factors {
                term = term.times(&Self::number(1.0).plus(&Self::size(*factor)));
            }
            shifted = shifted.plus(&term);
        }
        shifted.terms.values().all(|count| *count >= 0.0)
    }

    /// Its value for sizes.
    pub(crate) fn at(&self, size: impl Fn(Dim) -> f64) -> f64 {
        self.terms.iter().map(|(factors, count)| count * factors.iter().map(|dim| size(*dim)).product::<f64>()).sum()
    }

    /// Its terms: factors, and how often they count.
    pub(crate) fn terms(&self) -> impl Iterator<Item = (&[Dim], f64)> {
        self.terms.iter().map(|(factors, count)| (factors.as_slice(), *count))
    }
}

/// `2 D K N + 5 N`: what has the most factors first.
impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut terms: Vec<_> = self.terms().collect();
        terms.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        if terms.is_empty() {
            return f.write_str("0");
        }
        for (i, (factors, count)) in terms.into_iter().enumerate() {
            f.write_str(if i > 0 { " + " } else { "" })?;
            let powers = factors.chunk_by(|a, b| a == b).map(|same| match (same, same.len()) {
                ([], _) => String::new(),
                ([dim, ..], 1) => dim.to_string(),
                ([dim, ..], power) => format!("{dim}{}", superscript(power)),
            });
            let factors: Vec<_> = powers.collect();
            match (factors.as_slice(), count.to_bits() == 1.0_f64.to_bits()) {
                ([], _) => write!(f, "{count}")?,
                (factors, true) => f.write_str(&factors.join(" "))?,
                (factors, false) => write!(f, "{count} {}", factors.join(" "))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Symbol;
    use super::*;

    fn named(name: &str) -> Cost {
        Cost::size(Dim::Named(Symbol::new(name)))
    }

    #[test]
    fn one_cost_is_never_above_another() {
        let (n, d) = (named("N"), named("D"));
        let (nd, two) = (n.times(&d), Cost::number(2.0));
        assert!(n.never_above(&nd) && !nd.never_above(&n));
        assert!(n.plus(&d).never_above(&nd.plus(&Cost::number(1.0))), "(N − 1)(D − 1) ≥ 0");
        assert!(!n.plus(&d).never_above(&nd), "N = D = 1");
        assert!(!n.never_above(&d) && !d.never_above(&n));
        assert!(nd.never_above(&nd) && nd.never_above(&nd.times(&two)));
        assert_eq!(nd.minus(&nd), Cost::default());
    }

    #[test]
    fn costs_are_printed_as_polynomials() {
        let (n, d) = (named("N"), named("D"));
        let cost = n.times(&d).times(&Cost::number(2.0)).plus(&n).plus(&Cost::number(3.0)).plus(&n.times(&n));
        assert_eq!(cost.to_string(), "2 D N + N² + N + 3");
        assert_eq!(Cost::default().to_string(), "0");
    }

    #[test]
    fn sizes_that_are_written_out_are_numbers() {
        let shape = |rows, columns| Shape::new(Dim::Size(rows), Dim::Size(columns));
        assert_eq!(Cost::product(shape(2, 3), shape(3, 5)), Cost::number(30.0));
        assert!(Cost::number(29.0).never_above(&Cost::number(30.0)));
    }
}
