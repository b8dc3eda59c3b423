//! The order of the runtime's parts: each uses those before it in [`LAYERS`] alone, so that numbers and vectors know no kernel,
//! and a kernel no loss.

use std::path::{Path, PathBuf};

/// The folders and files of the runtime, from the ground up: a part may use what stands before it.
const LAYERS: [&str; 26] = [
    "number",
    "random",
    "cost",
    "error",
    "simd",
    "math",
    "view",
    "matrix",
    "interop",
    "labels",
    "sizes",
    "buffer",
    "kernels",
    "routines",
    "linalg",
    "element",
    "flat",
    "input",
    "threads",
    "objective",
    "operator",
    "bench",
    "check",
    "prelude",
    "expansion",
    "lib",
];

/// The sources of the runtime that are no tests, each with the part that it belongs to.
fn sources(folder: &Path, part: Option<&str>, found: &mut Vec<(String, PathBuf)>) {
    let modules = std::fs::read_to_string(folder.join("mod.rs")).unwrap_or_default();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        if modules.contains(&format!("#[cfg(test)]\nmod {name};")) {
            continue;
        }
        let part = part.unwrap_or(&name);
        if path.is_dir() {
            sources(&path, Some(part), found);
        } else {
            found.push((part.to_owned(), path));
        }
    }
}

/// The parts that a source names in paths from the root, but for its comments and its tests.
fn used(source: &str) -> Vec<String> {
    let code = source.split("\nmod tests {").next().unwrap_or_default();
    let code: String = code.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n").collect();
    let word = |path: &str| path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    code.split("crate::").skip(1).map(word).collect()
}

#[test]
fn each_part_uses_those_before_it_alone() {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), None, &mut all);
    let floor = |part: &str| LAYERS.iter().position(|layer| *layer == part);
    let mut upward = Vec::new();
    for (part, path) in &all {
        let own = floor(part).unwrap_or_else(|| panic!("`{part}` stands in no layer"));
        let source = std::fs::read_to_string(path).expect("a source");
        // The list of what expansions name is the module `__rt_0_1`, which nothing may use.
        let is_upward = |other: &String| other == "__rt_0_1" || floor(other).is_some_and(|floor| floor > own);
        upward.extend(used(&source).into_iter().filter(is_upward).map(|other| format!("{}: {other}", path.display())));
    }
    assert!(all.len() > 50, "{} sources", all.len());
    assert!(upward.is_empty(), "{upward:#?}");
}

#[test]
fn paths_in_comments_and_tests_do_not_count() {
    let source = "use crate::simd::Lanes;\nfn f() { crate::math::exp() } // crate::check\n#[cfg(test)]\nmod tests { use crate::bench; }";
    assert_eq!(used(source), ["simd", "math"]);
}
