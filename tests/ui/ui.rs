//! Messages that users see: each file of `cases/` is a spec, and the `.stderr` next to it all that rustc says.
//!
//! A file is named after the constructor of its (first) mistake in `compiler/src/diagnostics/messages/`, and a test holds that each
//! has one. `TRYBUILD=overwrite cargo test -p frobenius-ui` accepts what is said now; read the diff.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[test]
fn messages() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("cases/*/*.rs");
}

/// Constructors that no source can reach: a panic of the compiler is tested beside it.
const WITHOUT_CASE: &[&str] = &["internal"];

#[test]
fn every_mistake_has_a_case_of_its_name() {
    let cases: BTreeSet<String> = files("cases").iter().filter_map(|file| stem(file)).collect();
    let constructors = all_constructors();
    assert!(constructors.len() > 30, "found only {constructors:?}");
    for name in constructors.iter().filter(|name| !WITHOUT_CASE.contains(&name.as_str())) {
        let has_case = cases.iter().any(|case| case == name || case.starts_with(&format!("{name}_")));
        assert!(has_case, "`messages::{name}` has no case in tests/ui/cases");
    }
}

#[test]
fn every_case_is_named_after_a_mistake() {
    let constructors = all_constructors();
    for case in files("cases").iter().filter_map(|file| stem(file)) {
        let named = constructors.iter().any(|name| case == *name || case.starts_with(&format!("{name}_")));
        assert!(named || case == "all_at_once", "`{case}` is the name of no mistake");
    }
}

/// The functions of the compiler that make a mistake.
fn all_constructors() -> Vec<String> {
    files("../../compiler/src/diagnostics/messages").iter().flat_map(|file| constructors(file)).collect()
}

/// The functions of a file that make a mistake.
fn constructors(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).expect("a source of the compiler");
    let functions = text.split("\npub(crate) fn ").skip(1);
    let makes_one = |function: &&str| function.split('{').next().is_some_and(|head| head.contains("-> Mistake"));
    functions.filter(makes_one).filter_map(|function| Some(function.split(['(', '<']).next()?.to_owned())).collect()
}

fn stem(file: &Path) -> Option<String> {
    (file.extension()? == "rs").then(|| file.file_stem()?.to_str().map(ToOwned::to_owned))?
}

/// All files below a folder of the package, or beside it.
fn files(folder: impl AsRef<Path>) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).expect("a folder of the repository");
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() { found.extend(files(path)) } else { found.push(path) }
    }
    found
}
