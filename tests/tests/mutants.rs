//! The list of faults that `mutants/run.py` switches on, one after the other, against the files that it names.

use std::fmt::Write as _;
use std::path::Path;

/// White space is one blank: where lines break, rustfmt says.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_text_stands_in_its_file_once() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let list = std::fs::read_to_string(root.join("tests/mutants/mutants.txt"))?;
    let lines: Vec<_> = list.lines().collect();
    let (mut count, mut wrong) = (0, String::new());
    for (k, head) in lines.iter().enumerate() {
        let Some(head) = head.strip_prefix("@ ") else { continue };
        let mut parts = head.splitn(3, " | ");
        let (Some(_), Some(file), Some(what)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(format!("not an area, a file, and what is wrong: {head}").into());
        };
        let text = lines.get(k + 1).and_then(|line| line.strip_prefix("- ")).ok_or("no text")?;
        let instead = lines.get(k + 2).and_then(|line| line.strip_prefix('+')).ok_or("nothing that stands for it")?;
        let (before, rest) = text.split_once('«').ok_or("no part")?;
        let (part, after) = rest.split_once('»').ok_or("no part")?;
        let found =
            flat(&std::fs::read_to_string(root.join(file))?).matches(&flat(&[before, part, after].concat())).count();
        if found != 1 || flat(part) == flat(instead) {
            let _ = writeln!(wrong, "{file} has {found} times, for `{what}`: {text}");
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= 100, "{count}");
    Ok(())
}
