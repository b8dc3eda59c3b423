//! The order of the parts of the compiler and of the runtime: each uses those before it in its [`Package`] alone, so that data flow
//! one way, no two parts need each other, numbers and vectors know no kernel, and a kernel no loss.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The sources of a package, and its folders and files from the ground up: a part may use what stands before it.
struct Package {
    sources: &'static str,
    layers: &'static [&'static str],
    /// More sources than this are there.
    many: usize,
}

const COMPILER: Package = Package {
    sources: "src",
    layers: &[
        "base",
        "dual",
        "graph",
        "operations",
        "prelude",
        "syntax",
        "diagnostics",
        "rewrite",
        "differentiate",
        "recurrence",
        "schedule",
        "explain",
        "derive",
        "requests",
        "parse",
        "lower",
        "outputs",
        "emit",
        "compile",
        "reference",
    ],
    many: 100,
};

const RUNTIME: Package = Package {
    sources: "../runtime/src",
    layers: &[
        "number",
        "random",
        "cost",
        "error",
        "simd",
        "math",
        "view",
        "matrix",
        "owned",
        "interop",
        "labels",
        "sizes",
        "buffer",
        "kernels",
        "routines",
        "linalg",
        "element",
        "flat",
        "trajectory",
        "input",
        "threads",
        "objective",
        "operator",
        "bench",
        "check",
        "prelude",
        "expansion",
        // The list of what expansions name, which nothing may use.
        "__rt_0_1",
    ],
    many: 50,
};

/// The sources of a package that are no tests, each with the part that it belongs to.
fn sources(folder: &Path, part: Option<&str>, found: &mut Vec<(String, PathBuf)>) {
    let modules = std::fs::read_to_string(folder.join("mod.rs")).unwrap_or_default();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        if ["tests", "lib"].contains(&name.as_str()) || modules.contains(&format!("#[cfg(test)]\nmod {name};")) {
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
    let code: String =
        source.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n").collect();
    let code = code.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut parts = Vec::new();
    for path in code.split("crate::").skip(1) {
        let list = path.strip_prefix('{').map(|list| list.split('}').next().unwrap_or_default());
        let names = list.map_or_else(|| vec![path], |list| list.split(',').collect());
        let word =
            |name: &str| name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        parts.extend(names.into_iter().map(word));
    }
    parts
}

#[test]
fn each_part_uses_those_before_it_alone() {
    for Package { sources: folder, layers, many } in [COMPILER, RUNTIME] {
        let mut all = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), None, &mut all);
        let floor = |part: &str| layers.iter().position(|layer| *layer == part);
        let mut upward: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (part, path) in &all {
            let own = floor(part).unwrap_or_else(|| panic!("`{part}` stands in no layer"));
            let source = std::fs::read_to_string(path).expect("a source");
            for other in used(&source).into_iter().filter(|other| other != part) {
                if floor(&other).is_some_and(|floor| floor > own) {
                    upward.entry(path.display().to_string()).or_default().push(other);
                }
            }
        }
        assert!(all.len() > many, "{} sources in {folder}", all.len());
        assert!(upward.is_empty(), "{upward:#?}");
    }
}

/// Rust is written by the part that emits it, by the methods of requests, and where mistakes become errors.
#[test]
fn tokens_are_quoted_in_three_parts_alone() {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), None, &mut all);
    let quotes = |path: &Path| {
        let source = std::fs::read_to_string(path).expect("a source");
        source.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("quote! {"))
    };
    let parts: BTreeSet<&str> = all.iter().filter(|(_, path)| quotes(path)).map(|(part, _)| part.as_str()).collect();
    assert_eq!(parts.into_iter().collect::<Vec<_>>(), ["diagnostics", "emit", "requests"]);
}

#[test]
fn paths_in_comments_and_tests_do_not_count() {
    let source = "use crate::graph::Graph;\nuse crate::{explain, lower::lower}; // crate::emit\n#[cfg(test)]\nmod tests { use crate::compile; }";
    assert_eq!(used(source), ["graph", "explain", "lower"]);
}
