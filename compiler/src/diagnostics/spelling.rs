//! Spelling: the name that a mistyped one was meant to be.

/// The most similar of `candidates`, if one is similar enough: the same but for case, or at Damerau distance 2 at
/// most, 1 for names of fewer than ten letters unless their letters are the same, 0 for a single letter: `logsumexp` is not
/// meant as `log1mexp`, but `thna` is `tanh`.
pub(crate) fn similar<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let lower = name.to_lowercase();
    let limit = match name.chars().count() {
        0 | 1 => 0,
        2..=9 => 1,
        _ => 2,
    };
    let rank = |candidate: &str| {
        if candidate.to_lowercase() == lower { 0 } else { distance(name, candidate).max(1) }
    };
    // Of two that are equally near, letters in the wrong order are likelier than one too many: `tahn` is `tanh`, not `tan`.
    let letters = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    let key = |candidate: &&str| (rank(candidate), letters(candidate) != letters(name));
    let is_near = |candidate: &&str| {
        let rank = rank(candidate);
        rank <= limit || rank <= 2 && limit > 0 && letters(candidate) == letters(name)
    };
    candidates.into_iter().filter(is_near).min_by_key(key)
}

/// The most similar of the functions `candidates`. Of a short name, another letter makes another function: `dev` is not meant as
/// `det`, nor `gelu` as `relu`.
pub(super) fn similar_function<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let is_short = name.chars().count() <= 4;
    let differs_in_a_letter = |candidate: &str| {
        let (mut letters, mut theirs): (Vec<char>, Vec<char>) = (name.chars().collect(), candidate.chars().collect());
        letters.sort_unstable();
        theirs.sort_unstable();
        letters.len() == theirs.len() && letters != theirs && !name.eq_ignore_ascii_case(candidate)
    };
    similar(name, candidates.into_iter().filter(|candidate| !(is_short && differs_in_a_letter(candidate))))
}

/// Insertions, deletions, substitutions and exchanges of neighbours, none of which overlap.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut a_before = None;
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        let mut b_before = None;
        for (j, &y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&last, j) + usize::from(x != y)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            if a_before == Some(y) && b_before == Some(x) {
                best = best.min(at(&before, j.wrapping_sub(1)) + 1);
            }
            row.push(best);
            b_before = Some(y);
        }
        before = std::mem::replace(&mut last, row);
        a_before = Some(x);
    }
    last.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::{distance, similar, similar_function};

    #[test]
    fn distances_count_exchanges_once() {
        for (a, b, expected) in [
            ("tahn", "tanh", 1),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("ab", "ba", 1),
            ("x", "x", 0),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn short_names_are_similar_only_to_the_same_name_in_another_case() {
        assert_eq!(similar("W", ["x", "y", "w"]), Some("w"));
        assert_eq!(similar("b", ["x", "y", "w"]), None);
        assert_eq!(similar("xs", ["x", "ys"]), Some("x"));
        assert_eq!(similar("tahn", ["sin", "tanh"]), Some("tanh"));
        assert_eq!(similar("thna", ["sin", "tanh"]), Some("tanh"));
        assert_eq!(similar("gelu", ["relu", "ln"]), Some("relu"));
        assert_eq!(similar("attention", ["relu", "ln"]), None);
        assert_eq!(similar("prod", ["pow"]), None);
        assert_eq!(similar("logsumexp", ["log1mexp"]), None);
    }

    #[test]
    fn short_functions_that_differ_in_a_letter_are_other_functions() {
        for (name, function, expected) in [
            ("rlu", "relu", true),
            ("gelu", "relu", false),
            ("dev", "det", false),
            ("thna", "tanh", true),
            ("TANH", "tanh", true),
        ] {
            assert_eq!(similar_function(name, [function]).is_some(), expected, "{name}");
        }
    }
}
