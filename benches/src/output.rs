//! Files, and what is said of the machine.

use std::io;
use std::path::Path;

use frobenius::Isa;
use serde_json::{Value, json};

/// Writes a file as a whole, or not at all.
///
/// # Errors
/// The error of the system.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    std::fs::write(&partial, text)?;
    std::fs::rename(&partial, path)
}

/// The processor's name and caches, as far as the system tells them.
#[must_use]
pub fn machine(threads: usize) -> Value {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = cpuinfo.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split(':').nth(1)).map_or("unknown", str::trim).to_owned()
    };
    let cache = |index: usize| {
        let read = |file: &str| {
            std::fs::read_to_string(format!("/sys/devices/system/cpu/cpu0/cache/index{index}/{file}")).ok()
        };
        let (level, kind, size) = (read("level")?, read("type")?, read("size")?);
        Some(format!("L{} {}: {}", level.trim(), kind.trim().to_lowercase(), size.trim()))
    };
    json!({
        "processor": field("model name"),
        "family": field("cpu family"),
        "model": field("model\t"),
        "caches": (0..8).map_while(cache).collect::<Vec<_>>(),
        "processors": crate::options::processors(),
        "isa": Isa::detect().name(),
        "threads": threads,
    })
}

/// The description by [`machine`] in one line.
#[must_use]
pub fn machine_line(machine: &Value) -> String {
    let text = |name: &str| machine[name].as_str().unwrap_or("unknown").to_owned();
    let caches: Vec<_> = machine["caches"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    format!(
        "{} (family {}, model {}), {} processors, {}; {}, {} thread(s)",
        text("processor"),
        text("family"),
        text("model"),
        machine["processors"],
        caches.join(", "),
        text("isa"),
        machine["threads"]
    )
}
