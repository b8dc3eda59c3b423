#!/usr/bin/env python3
"""Which of the faults in mutants.txt the tests catch.

    tests/mutants/run.py --check          every text stands in its file once
    tests/mutants/run.py                  all of them
    tests/mutants/run.py threads emit     those of some areas
    tests/mutants/run.py 17 18            those of these numbers
    tests/mutants/run.py --only 17        one, without stopping at the first test that fails: which tests catch it

The workspace is copied to target/mutants/workspace, where each fault is behind a switch on the number that the environment
variable FROBENIUS_MUTANT has: the tests are built once and run for each fault, until one of them fails. Faults of `schedule` and
`emit` act when a loss is expanded: for each of them the losses of tests/tests/statements.rs are expanded anew.
"""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "tests/mutants/mutants.txt"
COPY = ROOT / "target/mutants/workspace"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target/mutants/build"))
RESULTS = ROOT / "target/mutants/results.txt"
# A test that takes longer than this many seconds has an endless loop.
LIMIT = 240

# What sees the faults of each area: names of test binaries, and filters of their tests. The quickest come first.
# Malformed input and deep losses take long, and are about other faults.
UNITS = {"frobenius_compiler": "frobenius-compiler", "frobenius_runtime": "frobenius-runtime"}
COMPILER = [("frobenius_compiler", ["--skip", "tests::fuzz", "--skip", "tests::scaling"])]
RUNTIME = [
    ("frobenius_runtime", ["kernels::", "routines::", "threads::", "simd::", "labels::", "matrix::"]),
    ("statements", []),
    ("edges", []),
    ("slices", []),
    ("shapes", []),
    ("threads", []),
]
SEEN_BY = {
    "operations": COMPILER,
    "simplify": COMPILER,
    "differentiate": COMPILER,
    "schedule": COMPILER,
    "emit": COMPILER,
    "kernels": RUNTIME,
    "routines": RUNTIME,
    "threads": RUNTIME,
}
EXPANDED = ("schedule", "emit")
# The losses that are expanded anew.
LOSSES = "statements"

SWITCH = '''

/// The fault that is switched on.
pub(crate) mod mutant {
    use core::sync::atomic::{AtomicU32, Ordering};

    static NUMBER: AtomicU32 = AtomicU32::new(u32::MAX);

    #[inline(always)]
    pub(crate) fn is(number: u32) -> bool {
        let known = NUMBER.load(Ordering::Relaxed);
        (if known == u32::MAX { read() } else { known }) == number
    }

    #[cold]
    #[inline(never)]
    fn read() -> u32 {
        let number = std::env::var("FROBENIUS_MUTANT").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        NUMBER.store(number, Ordering::Relaxed);
        number
    }
}
'''


class Mutant:
    def __init__(self, number, head, text, instead):
        self.number = number
        self.area, self.file, self.what = [part.strip() for part in head.split("|", 2)]
        self.before, self.part, self.after = re.fullmatch("(.*)«(.*)»(.*)", text).groups()
        self.instead = instead.replace("«»", self.part)

    def place(self, source):
        """Where the part begins and ends."""
        pieces = [self.before, self.part, self.after]
        patterns = [r"\s+".join(re.escape(word) for word in re.split(r"\s+", piece)) for piece in pieces]
        found = list(re.finditer("({})({})({})".format(*patterns), source))
        if len(found) != 1:
            raise SystemExit(f"{self.file} has {len(found)} times: {self.before}«{self.part}»{self.after}")
        return found[0].span(2)


def mutants():
    lines = LIST.read_text().splitlines()
    found = []
    for k, line in enumerate(lines):
        if line.startswith("@ "):
            text, instead = lines[k + 1], lines[k + 2]
            assert text.startswith("- ") and instead.startswith("+"), line
            found.append(Mutant(len(found) + 1, line[2:], text[2:], instead[2:]))
    return found


def switched(source, own):
    """The source with all of its faults, each behind its switch. Parts may stand inside of others."""
    places = {}
    for mutant in own:
        places.setdefault(mutant.place(source), []).append(mutant)

    def written(begin, end, inside):
        text, at = "", begin
        for (left, right) in sorted(inside, key=lambda place: (place[0], -place[1])):
            if left < at:
                continue
            within = [place for place in inside if left <= place[0] and place[1] <= right and place != (left, right)]
            old = written(left, right, within)
            text += source[at:left] + choice(places[left, right], old)
            at = right
        return text + source[at:end]

    def choice(ways, old):
        arms = "".join(f"if crate::mutant::is({m.number}) {{ {m.instead} }} else " for m in ways)
        text = f"{arms}{{ {old} }}"
        return text if old.rstrip().endswith(";") else f"({text})"

    return written(0, len(source), list(places))


def write(path, text):
    """Writes what has changed, so that nothing else is built again."""
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def copy(all_mutants):
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    files = [name for name in listed if name and (ROOT / name).is_file()]
    for name in files:
        path = ROOT / name
        try:
            source = path.read_text()
        except UnicodeDecodeError:
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, COPY / name)
            continue
        own = [mutant for mutant in all_mutants if mutant.file == name]
        text = switched(source, own) if own else source
        if name in ("compiler/src/lib.rs", "runtime/src/lib.rs"):
            text += SWITCH
        write(COPY / name, text)


def cargo(arguments, number, limit=None):
    environment = dict(os.environ, CARGO_TARGET_DIR=str(TARGET), CARGO_TERM_COLOR="never", FROBENIUS_MUTANT=str(number))
    return subprocess.run(
        ["cargo", *arguments], cwd=COPY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=limit
    )


def binaries(output):
    paths = [Path(path) for path in re.findall(r"Executable .*?\((.*?)\)", output)]
    return {re.sub("-[0-9a-f]+$", "", path.name): path for path in paths}


def build(names):
    """The test binaries of the copy, by name."""
    tests = [word for name in names if name not in UNITS for word in ("--test", name)]
    commands = [["-p", UNITS[name], "--lib"] for name in names if name in UNITS]
    found = {}
    for command in commands + ([["-p", "frobenius-tests", *tests]] if tests else []):
        built = cargo(["test", "--no-run", *command], 0)
        if built.returncode != 0:
            raise SystemExit(built.stdout)
        found.update(binaries(built.stdout))
    return found


def run(binary, filters, number, only=False):
    """The first test that fails, `None` if all pass."""
    folder = COPY / UNITS.get(binary[0], "frobenius-tests").removeprefix("frobenius-")
    environment = dict(os.environ, FROBENIUS_MUTANT=str(number), INSTA_UPDATE="no", RUST_BACKTRACE="0")
    process = subprocess.Popen(
        [str(binary[1]), *filters], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    clock = threading.Timer(LIMIT, process.kill)
    clock.start()
    failed = []
    try:
        for line in process.stdout:
            found = re.match(r"test (.*?) \.\.\. FAILED", line.decode(errors="replace"))
            if found:
                failed.append(found.group(1))
                if not only:
                    return failed[0]
        process.wait()
    finally:
        is_endless = not clock.is_alive()
        clock.cancel()
        process.kill()
        process.wait()
    if failed:
        return ", ".join(failed)
    if is_endless:
        return f"no end after {LIMIT} s"
    return None if process.returncode == 0 else f"ended by {process.returncode}"


def expanded(number):
    """What the losses say that are expanded with a fault."""
    (COPY / f"tests/tests/{LOSSES}.rs").touch()
    try:
        built = cargo(["test", "--no-run", "-p", "frobenius-tests", "--test", LOSSES], number, LIMIT)
    except subprocess.TimeoutExpired:
        return f"no end after {LIMIT} s"
    if built.returncode != 0:
        first = re.search(r"^error.*", built.stdout, re.M)
        return f"does not compile: {first.group(0) if first else ''}"
    return run((LOSSES, binaries(built.stdout)[LOSSES]), [], 0)


def catch(mutant, built, only):
    found = []
    for name, filters in SEEN_BY[mutant.area]:
        by = run((name, built[name]), filters, mutant.number, only)
        if by:
            found.append(f"{name}: {by}")
            if not only:
                return found
    if mutant.area in EXPANDED:
        by = expanded(mutant.number)
        if by:
            found.append(f"{LOSSES}: {by}")
    return found


def main(arguments):
    all_mutants = mutants()
    if "--check" in arguments:
        for mutant in all_mutants:
            mutant.place((ROOT / mutant.file).read_text())
        print(f"{len(all_mutants)} texts stand in their files")
        return 0
    only = "--only" in arguments
    words = [word for word in arguments if not word.startswith("--")]
    chosen = [m for m in all_mutants if not words or m.area in words or str(m.number) in words]
    copy(all_mutants)
    names = sorted({name for mutant in chosen for name, _ in SEEN_BY[mutant.area]})
    begin = time.monotonic()
    built = build(names)
    print(f"built in {time.monotonic() - begin:.0f} s", flush=True)
    for mutant_area in sorted({mutant.area for mutant in chosen}):
        for name, filters in SEEN_BY[mutant_area]:
            by = run((name, built[name]), filters, 0)
            if by:
                raise SystemExit(f"without any fault, {name} fails: {by}")
    if any(mutant.area in EXPANDED for mutant in chosen) and (by := expanded(0)):
        raise SystemExit(f"without any fault, {by}")
    results = []
    for mutant in chosen:
        begin = time.monotonic()
        by = catch(mutant, built, only)
        results.append((mutant, by))
        word = "caught" if by else "SURVIVED"
        print(f"{mutant.number:4} {mutant.area:13} {word:8} {time.monotonic() - begin:5.1f} s  {mutant.what}", flush=True)
        for line in by:
            print(f"       by {line}", flush=True)
    RESULTS.write_text("".join(f"{m.number}\t{m.area}\t{'; '.join(by)}\t{m.what}\n" for m, by in results))
    print("\n| area | faults | caught |\n|---|---:|---:|")
    areas = list(dict.fromkeys(mutant.area for mutant in chosen))
    for area in areas:
        own = [by for mutant, by in results if mutant.area == area]
        print(f"| {area} | {len(own)} | {sum(map(bool, own))} |")
    caught = sum(bool(by) for _, by in results)
    print(f"| all | {len(results)} | {caught} ({100 * caught / len(results):.1f} %) |")
    return 0 if caught == len(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
