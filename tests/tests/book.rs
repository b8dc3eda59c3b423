//! Texts of the repository: the guide in `docs/` has the pages that its summary names, links lead somewhere, what is quoted of
//! other files stands there, and what is generated is what is made now.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files of a folder, in order.
fn files(folder: impl AsRef<Path>) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(&folder)).expect("a folder of the repository");
    let mut files: Vec<_> = entries.map(|entry| folder.as_ref().join(entry.expect("an entry").file_name())).collect();
    files.sort();
    files
}

/// The pages of the guide, as paths from the root.
fn pages() -> Vec<PathBuf> {
    files("docs/src").into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "md")).collect()
}

/// Texts for contributors, whose links lead to files of the repository.
const TEXTS: [&str; 8] = [
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "benches/README.md",
    "benches/NOTES.md",
    "benches/COMPILE.md",
    "tests/README.md",
];

/// The text without its blocks of code.
fn prose(text: &str) -> String {
    text.split("\n```").step_by(2).collect()
}

/// Targets of links, `[…](target)`.
fn targets(text: &str) -> Vec<&str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect()
}

#[test]
fn the_summary_names_each_page_of_the_guide_once() {
    let summary = read("docs/src/SUMMARY.md");
    let named = targets(&summary);
    let distinct: BTreeSet<_> = named.iter().map(|name| Path::new("docs/src").join(name)).collect();
    assert_eq!(distinct.len(), named.len(), "a page stands twice");
    let all: BTreeSet<_> = pages().into_iter().filter(|page| !page.ends_with("SUMMARY.md")).collect();
    assert_eq!(distinct, all);
}

#[test]
fn links_lead_to_files_of_the_repository() {
    let mut count = 0;
    for file in TEXTS.iter().map(PathBuf::from).chain(pages()) {
        let text = read(&file);
        let prose = prose(&text);
        let includes = text.split("{{#include ").skip(1).filter_map(|rest| rest.split("}}").next());
        for target in targets(&prose).into_iter().chain(includes).filter(|target| !target.contains("://")) {
            let path = target.split('#').next().unwrap_or_default();
            let leads = root().join(&file).parent().is_some_and(|folder| folder.join(path).exists());
            assert!(leads, "{}: `{target}` leads nowhere", file.display());
            count += 1;
        }
    }
    assert!(count > 40, "{count} links");
}

/// A guide that is read as a book has no files of the repository beside it: it names them.
#[test]
fn links_of_the_guide_stay_inside_of_it() {
    for page in pages() {
        let text = read(&page);
        let prose = prose(&text);
        let outside = targets(&prose).into_iter().find(|target| target.starts_with("../"));
        assert_eq!(outside, None, "{}", page.display());
    }
}

/// Examples that no test compiles would go stale.
#[test]
fn pages_with_examples_are_compiled() {
    let book = read("tests/src/book.rs");
    for page in pages() {
        let name = page.file_name().and_then(|name| name.to_str()).expect("a name");
        let is_compiled = book.contains(&format!("docs/src/{name}\")"));
        assert_eq!(read(&page).contains("\n```rust"), is_compiled, "{name} and tests/src/book.rs");
    }
}

/// A block that begins with ```` ```text FILE ```` or ```` ```rust,ignore FILE ```` quotes that file: its lines stand there in this order, but
/// that … stands for lines that are left out.
#[test]
fn quotations_stand_in_the_files_that_they_name() {
    let mut count = 0;
    for text in ["ARCHITECTURE.md", "docs/src/how-it-works.md"] {
        for block in read(text).split("\n```").skip(1).step_by(2) {
            let (head, lines) = block.split_once('\n').expect("a block of code");
            let Some((_, file)) = head.split_once(' ') else { continue };
            let quoted = read(file);
            let mut rest = quoted.lines().map(str::trim);
            for line in lines.lines().map(str::trim).filter(|line| !["", "…"].contains(line)) {
                assert!(
                    rest.any(|found| found == line),
                    "{text} quotes `{line}`, which does not stand in {file}, or not there"
                );
            }
            count += 1;
        }
    }
    assert!(count >= 5, "{count} quotations");
}

/// True if `text` is the path of a file or a folder, as texts for contributors write one.
fn is_path(text: &str) -> bool {
    const FOLDERS: [&str; 9] =
        ["compiler/", "runtime/", "frobenius/", "macros/", "tests/", "benches/", "example/", "docs/", ".ci/"];
    FOLDERS.iter().any(|folder| text.starts_with(folder)) && !text.contains([' ', '*', '<', '{', '…'])
}

/// True if a file of that name stands in a folder or below it.
fn is_below(folder: &Path, name: &str) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    let mut paths = entries.map(|entry| entry.expect("an entry").path());
    paths.any(|path| path.ends_with(name) || path.is_dir() && is_below(&path, name))
}

/// Files and folders that texts for contributors name are there. A name alone, such as `reverse.rs`, is a file below one of the folders
/// that its paragraph names.
#[test]
fn paths_in_texts_for_contributors_exist() {
    let mut count = 0;
    for text in ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/src/adding-an-operation.md", "docs/src/how-it-works.md"] {
        for paragraph in prose(&read(text)).split("\n\n") {
            let code: Vec<&str> = paragraph.split('`').skip(1).step_by(2).collect();
            let folders: Vec<_> = code.iter().filter(|code| is_path(code)).map(|path| root().join(path)).collect();
            for name in &code {
                let is_name = Path::new(name).extension().is_some_and(|it| it == "rs") && !name.contains(['/', ' ']);
                let is_there = if is_path(name) {
                    root().join(name).exists()
                } else {
                    !is_name || folders.is_empty() || folders.iter().any(|folder| is_below(folder, name))
                };
                assert!(is_there, "{text} names {name}, which is not there");
                count += 1;
            }
        }
    }
    assert!(count > 50, "{count} paths");
}

/// The constructors of messages in their order, each with the cause that its comment states.
fn constructors(file: &Path) -> Vec<(String, String)> {
    let text = read(file);
    let mut found = Vec::new();
    let mut comment = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(text) = line.strip_prefix("/// ") {
            comment.push_str(text);
            comment.push(' ');
        } else if let Some(head) = line.strip_prefix("pub(crate) fn ") {
            let mut signature = head.to_owned();
            while !signature.contains('{') {
                signature.push_str(lines.next().unwrap_or("{"));
            }
            if signature.contains("-> Mistake") {
                let name = head.split(['(', '<']).next().unwrap_or_default().to_owned();
                // Further sentences are about the operands of the constructor.
                let is_code = |at: usize| comment[..at].matches('`').count() % 2 == 1;
                let end = comment.match_indices("; ").find(|(at, _)| !is_code(*at)).map_or(comment.len(), |(at, _)| at);
                let cause = comment[..end].trim_end().trim_end_matches('.').to_owned();
                found.push((name, cause));
            }
            comment.clear();
        } else if !line.starts_with('#') {
            comment.clear();
        }
    }
    found
}

/// The page of all messages: causes from the comments of their constructors, and texts from the cases of `ui`.
fn messages() -> String {
    const PARTS: [(&str, &str); 8] = [
        ("shapes", "Shapes"),
        ("names", "Names"),
        ("functions", "Functions"),
        ("roles", "Arguments and options"),
        ("types", "Types and dimensions"),
        ("labels", "Labels"),
        ("layers", "Arrays and loops"),
        ("syntax", "Syntax"),
    ];
    let all: Vec<_> = PARTS
        .map(|(file, title)| (title, constructors(Path::new(&format!("compiler/src/diagnostics/messages/{file}.rs")))))
        .into();
    let names: Vec<_> =
        all.iter().flat_map(|(_, constructors)| constructors.iter().map(|(name, _)| name.clone())).collect();
    let mut cases: Vec<_> = files("tests/ui/cases").iter().flat_map(files).collect();
    // The case that has the name of the message alone comes first.
    cases.sort_by_key(|case| case.file_stem().map(ToOwned::to_owned));
    let case_of = |case: &Path| {
        let stem = case.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        let of = |name: &&String| stem == **name || stem.starts_with(&format!("{name}_"));
        names.iter().filter(of).max_by_key(|name| name.len()).cloned()
    };
    let mut page = "# Every message\n\n<!-- FROBENIUS_BLESS=1 cargo test -p frobenius-tests --test book writes this page: causes from the \
                    comments in compiler/src/diagnostics/messages/, texts from tests/ui/cases/. -->\n\n\
                    Each heading is a cause; below it is all that rustc prints. `help` is the cure.\n"
        .to_owned();
    for (title, constructors) in &all {
        let _ = writeln!(page, "\n## {title}");
        for (name, cause) in constructors {
            let texts = cases.iter().filter(|case| case.extension().is_some_and(|extension| extension == "stderr"));
            let texts: Vec<_> = texts.filter(|case| case_of(case).as_ref() == Some(name)).map(read).collect();
            if texts.is_empty() {
                continue;
            }
            let texts: Vec<_> = texts.iter().map(|text| text.trim_end()).collect();
            let _ = writeln!(page, "\n### {cause}\n\n```text\n{}\n```", texts.join("\n\n"));
        }
    }
    page
}

#[test]
fn the_page_of_messages_is_what_rustc_prints() {
    let (path, page) = ("docs/src/messages.md", messages());
    if std::env::var_os("FROBENIUS_BLESS").is_some() {
        std::fs::write(root().join(path), &page).expect("a page that can be written");
    }
    let found = std::fs::read_to_string(root().join(path)).unwrap_or_default();
    for (found, made) in found.lines().zip(page.lines()) {
        assert_eq!(found, made, "FROBENIUS_BLESS=1 cargo test -p frobenius-tests --test book writes {path}");
    }
    assert_eq!(found.len(), page.len(), "FROBENIUS_BLESS=1 cargo test -p frobenius-tests --test book writes {path}");
}
