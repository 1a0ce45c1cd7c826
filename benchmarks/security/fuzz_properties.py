"""Number 23: what goemox reads that others wrote gives a result or one of its own errors, by Hypothesis.

    python benchmarks/security/fuzz_properties.py --examples 1000

Each parser of parsers_of_files.py and parsers_of_words.py gets so many inputs: its seeds with pieces cut,
doubled and put in, and plain bytes. Another exception, more than 5 s of the processor for one input of some
kB, or more memory than the process had before plus 300 MB fails. Not part of `make security`: it takes some
minutes on one core.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from fuzz_inputs import inputs
from hypothesis import HealthCheck, Phase, given, seed, settings
from lines import Line, publish
from parsers import MEMORY, SLOW_S, Target, held
from parsers_of_files import FILES
from parsers_of_words import WORDS

from goemox.errors import GoemoxError

__all__ = ["TARGETS", "Found", "tried"]

TARGETS: Sequence[Target] = (*FILES, *WORDS)
MOST_GROWN_MB = 300
WANTED = 1_000  # examples of each parser


@dataclass(slots=True)
class Found:
    """What came of one parser. slow: the input that took longest. crashes: tracebacks, the input last."""

    target: str
    n: int = 0
    n_results: int = 0
    slowest_s: float = 0.0
    slow: bytes = b""
    grown_mb: float = 0.0
    crashes: list[str] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=int, default=WANTED)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--only", help="parsers whose names hold this")
    given_ = parser.parse_args()
    chosen = [i for i, target in enumerate(TARGETS) if given_.only is None or given_.only in target.name]
    found = []
    context = multiprocessing.get_context("spawn")  # polars has threads, which do not survive a fork
    with ProcessPoolExecutor(given_.jobs, context) as pool:
        waiting = [pool.submit(_one, i, given_.examples, given_.seed) for i in chosen]
        for each in (done.result() for done in as_completed(waiting)):
            told = f"{each.n:>6} inputs, {each.n_results:>6} results, slowest {each.slowest_s:.3f} s"
            print(f"{each.target:<24} {told}", *each.crashes, sep="\n", flush=True)
            found.append(each)
    grown = max(each.grown_mb for each in found)
    n, crashes = sum(each.n for each in found), sum(len(each.crashes) for each in found)
    slowest = max(found, key=lambda each: each.slowest_s)
    line = Line(
        23,
        f"{len(found)} parsers, {given_.examples:,} Hypothesis examples each",
        f"{WANTED:,} examples, 0 crashes, each < {SLOW_S:g} s of CPU, memory grown < {MOST_GROWN_MB} MB",
        f"{n:,} inputs, {crashes} crashes, slowest {slowest.slowest_s:.2f} s ({slowest.target}), "
        f"memory grown {grown:.0f} MB",
        given_.examples >= WANTED and not crashes and slowest.slowest_s < SLOW_S and grown < MOST_GROWN_MB,
        {
            "inputs": n, "crashes": crashes, "slowest_s": round(slowest.slowest_s, 3),
            "grown_mb": round(grown),
            "parsers": {each.target: {"inputs": each.n, "results": each.n_results} for each in found},
        },
        "fewer examples than that were tried, or something broke",
    )  # fmt: skip
    if given_.only:
        return int(not line.holds)
    return publish("fuzz_properties", [line], [f"--examples {given_.examples}"])


def _one(index: int, examples: int, number: int) -> Found:
    """One parser in a process of its own, with what it grows by."""
    target = TARGETS[index]
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder, suppress(GoemoxError):
        target.read(target.seeds[0], Path(folder))  # loads what is loaded once
    before = _peak_mb()
    found = tried(target, examples, number)
    found.grown_mb = _peak_mb() - before
    return found


def tried(target: Target, examples: int, number: int = 1) -> Found:
    """Read so many inputs with one parser; the shortest input that breaks it is told."""
    found = Found(target.name)

    @seed(number)
    @settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(inputs(target))
    def holds(data: bytes) -> None:
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            began = time.process_time()
            kept = held(target, data, Path(folder))
            took = time.process_time() - began
        found.n += 1
        found.n_results += kept
        if took > found.slowest_s:
            found.slowest_s, found.slow = took, data

    try:
        holds()
    except BaseException as error:  # a panic of a library in another language is no Exception
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        found.crashes.append("".join(traceback.format_exception(error))[-3_000:])
    return found


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    sys.exit(main())
