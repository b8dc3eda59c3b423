"""What rustc spends on a crate, by LLVM pass and by function: instruction set, precision, kernel family.

    python3 benches/costs.py                      the runtime, in release
    python3 benches/costs.py --manifest FILE      another crate, by its Cargo.toml
    python3 benches/costs.py --sizes              bytes of machine code of the runtime instead

Nightly options of rustc are asked for by RUSTC_BOOTSTRAP=1, so that any toolchain does. Needs Python alone; with c++filt (binutils)
names are read better, with nm sizes are told.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import tempfile

FAMILIES = ["kernels", "routines", "math", "linalg", "simd", "threads"]


def demangled(names):
    """Names as a person reads them, without the hashes of crates."""
    try:
        text = subprocess.run(["c++filt"], input="\n".join(names), text=True, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        text = "\n".join(names)
    return [re.sub(r"\[[0-9a-f]{16}\]", "", line) for line in text.split("\n")]


def labels(name):
    """Instruction set, precision and family of a function."""
    sets = {"avx512": "v4::V4", "avx2": "v3::V3", "neon": "Neon", "plain": "pulp::Scalar"}
    isa = next((isa for isa, mark in sets.items() if mark in name), "plain" if "Isa>::run" in name else "none")
    precision = "f32" if "f32" in name else "f64" if "f64" in name else "none"
    inner = name.replace("frobenius_runtime::simd::Adapter", "").replace("frobenius_runtime::simd::outlined", "")
    family = re.search(r"frobenius_runtime::(%s)::(\w+)" % "|".join(FAMILIES), inner)
    return isa, precision, f"{family[1]}::{family[2]}" if family else "other"


def table(title, counter, unit, most=12):
    print(f"\n{title}")
    whole = sum(counter.values())
    for key, value in counter.most_common(most):
        print(f"  {value:10.2f} {unit}  {100 * value / max(whole, 1e-9):5.1f} %  {key}")


def by_label(costs, unit):
    names = list(costs)
    sums = [collections.Counter() for _ in range(3)]
    for name, text in zip(names, demangled(names)):
        for counter, label in zip(sums, labels(text)):
            counter[label] += costs[name]
    for title, counter in zip(["by instruction set", "by precision", "by family"], sums):
        table(title, counter, unit)


def build(manifest, target, options):
    command = ["cargo", "rustc", "--release", "--manifest-path", manifest, "--target-dir", target]
    command += ["-p", "frobenius-runtime", "--lib"] if "runtime" in str(manifest) else []
    environment = os.environ | {"RUSTC_BOOTSTRAP": "1", "CARGO_INCREMENTAL": "0"}
    subprocess.run([*command, "--", *options], env=environment, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manifest", default=pathlib.Path(__file__).parent.parent / "runtime" / "Cargo.toml")
    parser.add_argument("--sizes", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as target:
        if arguments.sizes:
            build(arguments.manifest, target, [])
            library = next(pathlib.Path(target).glob("release/libfrobenius*.rlib"))
            lines = subprocess.run(["nm", "--print-size", library], text=True, capture_output=True).stdout.split("\n")
            fields = [line.split() for line in lines]
            sizes = {f[3]: int(f[1], 16) / 1024 for f in fields if len(f) == 4 and f[2] in "tTwW"}
            print(f"{len(sizes)} functions, {sum(sizes.values()):.0f} KiB")
            by_label(sizes, "KiB")
            table("the largest", collections.Counter(dict(zip(demangled(list(sizes)), sizes.values()))), "KiB", 5)
            return
        build(arguments.manifest, target, ["-Zllvm-time-trace", "-Ztime-passes"])
        traces = pathlib.Path(target).glob("release/deps/*.llvm_timings.json")
        events = [event for trace in traces for event in json.loads(trace.read_text())["traceEvents"]]
    passes, functions = collections.Counter(), collections.Counter()
    for event in events:
        if event["name"].startswith("Total "):
            passes[event["name"][6:]] += event["dur"] / 1e6
        elif event["name"] in ("PassManager<Function>", "OptFunction", "InlinerPass"):
            functions[event["args"].get("detail", "")] += event["dur"] / 1e6
    table("LLVM's passes, which contain each other", passes, "s", 20)
    by_label(functions, "s")
    table("the dearest functions", collections.Counter(dict(zip(demangled(list(functions)), functions.values()))), "s")


if __name__ == "__main__":
    main()
