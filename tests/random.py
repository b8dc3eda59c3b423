#!/usr/bin/env python3
"""Random programs, for as long as it is told: their kernels against the interpreter, and that against dual numbers.

    FROBENIUS_RANDOM_SECONDS=3600 tests/random.py

Programs are compiled and run in batches of `FROBENIUS_RANDOM_PROGRAMS` (25), from seed `FROBENIUS_RANDOM_SEED` (1000) on. The first
batch that fails ends the run, with what the test says of the program.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path


def number(name, default):
    return int(os.environ.get(name, default))


def main():
    seconds, batch, first = (
        number("FROBENIUS_RANDOM_SECONDS", 3600), number("FROBENIUS_RANDOM_PROGRAMS", 25), number("FROBENIUS_RANDOM_SEED", 1000)
    )
    begin, seed, passed = time.monotonic(), first, 0
    while time.monotonic() - begin < seconds:
        environment = dict(
            os.environ, CARGO_TERM_COLOR="never", FROBENIUS_RANDOM_PROGRAMS=str(batch), FROBENIUS_RANDOM_SEED=str(seed)
        )
        run = subprocess.run(
            ["cargo", "test", "-p", "frobenius-tests", "--test", "random", *sys.argv[1:], "--", "random_"],
            cwd=Path(__file__).resolve().parents[1], env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        if run.returncode != 0:
            print(run.stdout)
            print(f"seeds {seed} to {seed + batch - 1}; {passed} programs had passed")
            return 1
        passed += sum(map(int, re.findall(r"(\d+) passed", run.stdout)))
        seed += batch
        print(f"{passed} programs passed in {time.monotonic() - begin:.0f} s, seeds {first} to {seed - 1}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
