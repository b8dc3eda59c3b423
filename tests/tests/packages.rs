//! Texts that are published with each package, and the links of README, which is read in the repository, on a registry's page and
//! in the documentation.

use std::fs::read_to_string;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The members of the workspace that are published.
fn published() -> Vec<&'static str> {
    let all = ["frobenius", "compiler", "macros", "runtime", "tests", "tests/ui", "benches", "example"];
    let members = all.map(|member| format!("\"{member}\"")).join(", ");
    assert!(read("Cargo.toml").contains(&format!("members = [{members}]")), "the list above is not that of Cargo.toml");
    let is_published = |member: &&str| !read(&format!("{member}/Cargo.toml")).contains("\npublish = false\n");
    all.into_iter().filter(is_published).collect()
}

#[test]
fn published_packages_have_the_texts_of_the_repository() {
    assert_eq!(published(), ["frobenius", "compiler", "macros", "runtime"]);
    for package in published() {
        for text in ["LICENSE-MIT", "LICENSE-APACHE"] {
            // Links to the files of the repository; not equal where git could not make links.
            assert_eq!(read(text), read(&format!("{package}/{text}")), "{package}/{text}");
        }
        let manifest = read(&format!("{package}/Cargo.toml"));
        for key in ["description", "include", "keywords.workspace", "categories.workspace", "license.workspace"] {
            assert!(manifest.contains(&format!("\n{key}")), "{package}/Cargo.toml says nothing of `{key}`");
        }
    }
    for text in ["README.md", "CHANGELOG.md"] {
        assert_eq!(read(text), read(&format!("frobenius/{text}")), "frobenius/{text}");
    }
}

#[test]
fn links_of_readme_lead_somewhere() {
    let (readme, library) = (read("README.md"), read("frobenius/src/lib.rs"));
    for (_, rest) in readme.match_indices("](").map(|(at, _)| readme.split_at(at + 2)) {
        let target = rest.split(')').next().unwrap_or_default();
        assert!(target.starts_with("https://"), "a link to {target}, which the documentation can't follow");
    }
    for line in readme.lines().filter(|line| line.starts_with('[') && line.contains("]: ")) {
        let (name, target) = line.split_once(": ").expect("checked above");
        let leads = target.starts_with("https://") || root().join(target).exists();
        assert!(leads, "{name} leads to {target}, which is not there");
        let is_known =
            ["//! NAME: crate::", "//! NAME: #in-the-repository", "#![doc = concat!(\"NAME: data:image/svg+xml,"]
                .iter()
                .any(|link| library.contains(&link.replace("NAME", name)));
        assert!(is_known || target.starts_with("https://"), "{name} leads nowhere in the documentation");
    }
}

/// The sources below `folder`.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.ends_with("target") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Comments state the thing: they begin with a noun or a verb, and can be read without the line above.
#[test]
fn comments_begin_with_a_noun_or_a_verb() {
    const OPENINGS: [&str; 5] = ["What ", "Whether ", "The same ", "They ", "Those "];
    let mut all = Vec::new();
    for member in ["frobenius", "compiler", "macros", "runtime", "tests", "benches", "example"] {
        sources(&root().join(member), &mut all);
    }
    assert!(all.len() > 300, "{} sources", all.len());
    let mut wrong = Vec::new();
    for path in all {
        let source = read_to_string(&path).expect("a source");
        let mut is_continued = false;
        for (number, line) in source.lines().enumerate() {
            let text =
                line.trim_start().strip_prefix("//").map(|text| text.trim_start_matches(['/', '!']).trim_start());
            let opens = text.is_some_and(|text| OPENINGS.iter().any(|opening| text.starts_with(opening)));
            if opens && !is_continued {
                wrong.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
            // A later line of a comment may begin with any word.
            is_continued = text.is_some_and(|text| !text.is_empty());
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
