//! Messages that users see: each file of `ui/` is a spec, and the `.stderr` next to it all that rustc says.
//!
//! A file is named after the constructor of its (first) mistake in `compiler/src/diagnostics/messages/`, and a test holds that each
//! has one. `TRYBUILD=overwrite cargo test -p frobenius-tests --test ui` accepts what is said now; read the diff.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[test]
fn messages() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*/*.rs");
}

/// Constructors that no source can reach: a panic of the compiler is tested beside it.
const WITHOUT_CASE: &[&str] = &["internal"];

#[test]
fn every_mistake_has_a_case_of_its_name() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases: BTreeSet<String> = files(&here.join("tests/ui")).iter().filter_map(|file| stem(file)).collect();
    let constructors: Vec<String> =
        files(&here.join("../compiler/src/diagnostics/messages")).iter().flat_map(|file| constructors(file)).collect();
    assert!(constructors.len() > 30, "found only {constructors:?}");
    for name in constructors.iter().filter(|name| !WITHOUT_CASE.contains(&name.as_str())) {
        let has_case = cases.iter().any(|case| case == name || case.starts_with(&format!("{name}_")));
        assert!(has_case, "`messages::{name}` has no case in tests/tests/ui");
    }
}

#[test]
fn every_case_is_named_after_a_mistake() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let constructors: Vec<String> =
        files(&here.join("../compiler/src/diagnostics/messages")).iter().flat_map(|file| constructors(file)).collect();
    for case in files(&here.join("tests/ui")).iter().filter_map(|file| stem(file)) {
        let named = constructors.iter().any(|name| case == *name || case.starts_with(&format!("{name}_")));
        assert!(named || case == "all_at_once", "`{case}` is the name of no mistake");
    }
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

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of the repository");
    let mut files = Vec::new();
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files
}
