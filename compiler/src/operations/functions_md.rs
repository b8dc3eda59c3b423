//! The page of functions, frobenius/FUNCTIONS.md: what the rows say.
//!
//! `FROBENIUS_BLESS=1 cargo test -p frobenius-compiler page` rewrites it.

use std::fmt::Write;
use std::path::Path;

use super::{MULTILINEAR, POINTWISE, Pointwise, ROUTINES};
use crate::prelude::{self, FUNCTIONS};

const HEAD: &str = "# Elementwise functions

Each is applied to every element of a `Matrix`, `Vector`, `RowVector` or `Scalar`. Functions of several operands take them
in one shape; a `Scalar` or a number may stand for any of them, and is repeated. Operands with a default may be left out.
`hadamard` alone repeats nothing: scaling is written with `*`.

Formulas are elementwise: `*` is the product of elements, `value` is the value of the function. Derivatives are given in
each operand, in order, in the form in which they lose no digits; where the definition is a formula, kernels have what
the chain rule makes of it, and a test compares the two. Every derivative may be differentiated again.

";

const MATRICES: &str = "
# Functions of matrices

Letters are sizes: `R` is the same wherever it stands in a signature. Those of dense linear algebra need the feature `linalg`.

| function | note |
|---|---|
";

const SIZES: &str = "
## Functions of sizes

A size that the arguments' types name is a number where it stands in an expression, as `N` in `norm_sq(e) / N`. The sizes of matrices that
are made are names, whole numbers, and sums and products of them.

| function | note |
|---|---|
";

const WRITTEN: &str = "
## Functions that are written in the language

These are put in place where they are called, and simplified and differentiated like what users write.

| function | what it is |
|---|---|
";

const TAIL: &str = "
## Functions of derivatives

These are not called by name; they stand in derivatives.

";

fn page() -> String {
    let mut page = HEAD.to_owned();
    table(&mut page, POINTWISE.iter().filter(|row| row.is_function));
    page.push_str(MATRICES);
    let multilinear = MULTILINEAR.iter().filter(|row| row.is_function).map(|row| (row.signature, None));
    let routines = ROUTINES.iter().copied().flatten().filter(|row| row.is_function);
    for (signature, note) in multilinear.chain(routines.map(|row| (row.signature, row.note))) {
        let note = note.unwrap_or_default();
        writeln!(page, "| `{signature}` | {} |", note.replace('|', "\\|")).expect("memory");
    }
    page.push_str(SIZES);
    for (signature, note) in prelude::of_sizes() {
        writeln!(page, "| `{signature}` | {note} |").expect("memory");
    }
    page.push_str(WRITTEN);
    for source in FUNCTIONS {
        let (_, body) = source.split_once('{').unwrap_or_default();
        let body: Vec<&str> = body.trim_end_matches('}').split_whitespace().collect();
        let (signature, body) = (prelude::signature(source), body.join(" "));
        writeln!(page, "| `{signature}` | `{}` |", body.replace('|', "\\|")).expect("memory");
    }
    page.push_str(TAIL);
    table(&mut page, POINTWISE.iter().filter(|row| !row.is_function && row.is_called()));
    page
}

fn table(page: &mut String, rows: impl Iterator<Item = &'static Pointwise>) {
    page.push_str("| function | definition | derivatives | domain | note |\n|---|---|---|---|---|\n");
    for row in rows {
        let definition = match (row.formula(), row.definition) {
            (Some(formula), _) => format!("`{formula}`"),
            (None, definition) => definition.or(row.note).unwrap_or_default().to_owned(),
        };
        let note = row.note.filter(|note| definition != *note).unwrap_or_default();
        let derivatives: Vec<_> = row.derivatives.iter().map(|formula| format!("`{formula}`")).collect();
        let defaults = row.operands.len() - row.defaults.len();
        let operand = |(k, name): (usize, &&str)| match k.checked_sub(defaults) {
            Some(default) => format!("{name} = {}", row.defaults[default]),
            None => (*name).to_owned(),
        };
        let operands: Vec<_> = row.operands.iter().enumerate().map(operand).collect();
        let cells = [
            format!("`{}({})`", row.name, operands.join(", ")),
            definition,
            derivatives.join("; "),
            row.domain.to_owned(),
            note.to_owned(),
        ];
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        writeln!(page, "| {} |", cells.join(" | ")).expect("memory");
    }
}

impl Pointwise {
    /// Not an operator.
    fn is_called(&self) -> bool {
        matches!(self.code, super::Code::Method(_) | super::Code::Formula(_))
    }
}

#[test]
fn the_page_of_functions_is_what_the_rows_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../frobenius/FUNCTIONS.md");
    let page = page();
    if std::env::var_os("FROBENIUS_BLESS").is_some() {
        std::fs::write(&path, &page).expect("a page that can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    for (found, expected) in found.lines().zip(page.lines()) {
        assert_eq!(found, expected, "FROBENIUS_BLESS=1 rewrites frobenius/FUNCTIONS.md");
    }
    assert_eq!(found.len(), page.len(), "FROBENIUS_BLESS=1 rewrites frobenius/FUNCTIONS.md");
}

#[test]
fn every_function_is_documented() {
    for row in POINTWISE.iter().filter(|row| row.is_function) {
        assert!(row.formula().is_some() || row.definition.is_some(), "{} has no definition", row.name);
        assert_eq!(row.derivatives.len(), row.operands.len(), "{}", row.name);
        assert!(row.defaults.len() < row.operands.len(), "{}", row.name);
    }
}
