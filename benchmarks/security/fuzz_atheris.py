"""Number 23: the parsers under a fuzzer that the lines guide that an input reaches (atheris, libFuzzer).

    python3.11 -m venv /tmp/atheris
    /tmp/atheris/bin/pip install -c constraints.txt --editable '.[serve]' atheris==3.0.0
    /tmp/atheris/bin/python benchmarks/security/fuzz_atheris.py --minutes 10

The minutes are shared out among the parsers of TARGETS, each in a process of its own that ends at the first
crash: an exception that is none of goemox.errors, 10 s for one input, or 2 GB. Not part of `make security`,
nor of the development environment: atheris has no wheels for every Python that goemox runs on.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lines import Line, publish
from parsers import JUNK, MEMORY

TARGETS: Sequence[str] = (
    "rows.csv", "rows.jsonl", "rows.json", "rows of a pipe", "rows to train on", "goemox.toml", "config.json",
    "goemox.json", "SHA256SUMS", "report.json to compare", "mapping", "labels of a rater", "GitHub's rows",
    "Hacker News' items", "HTML", "Markdown", "headers of limits", "addresses", "written label cells", "cuts",
    "requests",
)  # fmt: skip
WATCHED = ("goemox", "markdown_it", "tomllib", "csv", "email")  # whose lines guide the fuzzer
MOST_S, MOST_MB, LONGEST = 10, 2_048, 16_384
TOLD = re.compile(r"cov: (\d+) ft: (\d+)")


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """What came of one parser. features: of the code that was reached. crash: the end of its output."""

    target: str
    n: int
    features: int
    crash: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10, help="for all parsers together")
    parser.add_argument("--only", choices=TARGETS)
    given = parser.parse_args()
    chosen = [given.only] if given.only else list(TARGETS)
    seconds = max(1, round(given.minutes * 60 / len(chosen)))
    found = []
    for name in chosen:
        found.append(fuzzed(name, seconds))
        print(f"{name:<24} {found[-1].n:>8} inputs, {found[-1].features:>6} features", flush=True)
        if found[-1].crash:
            print(found[-1].crash, flush=True)
    n, crashes = sum(each.n for each in found), sum(bool(each.crash) for each in found)
    line = Line(
        23,
        f"{len(found)} parsers under atheris for {given.minutes:g} minutes together",
        "10 minutes, 0 crashes",
        f"{n:,} inputs, {sum(each.features for each in found):,} features of the code, {crashes} crashes",
        not crashes and given.minutes >= 10,
        {
            "minutes": given.minutes, "inputs": n, "crashes": crashes,
            "parsers": {each.target: {"inputs": each.n, "features": each.features} for each in found},
        },
        "it ran for less time, or something broke",
    )  # fmt: skip
    if given.only:
        return int(not line.holds)
    return publish("fuzz_atheris", [line], [f"--minutes {given.minutes:g}"])


def fuzzed(name: str, seconds: int) -> Fuzzed:
    """One parser for so long, in a process of its own."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        done = subprocess.run(
            [sys.executable, __file__, "--child", name, str(corpus), f"-max_total_time={seconds}",
             f"-timeout={MOST_S}", f"-rss_limit_mb={MOST_MB}", f"-max_len={LONGEST}", "-print_final_stats=1",
             f"-dict={_dictionary(Path(folder))}", f"-artifact_prefix={folder}/"],
            cwd=folder, capture_output=True, env=os.environ | {"OMP_NUM_THREADS": "1"},
        )  # fmt: skip
    told = done.stderr.decode("utf-8", "replace")
    reached = TOLD.findall(told)
    n = re.search(r"stat::number_of_executed_units: (\d+)", told)
    crash = "" if done.returncode == 0 else f"exit code {done.returncode}\n{told[-3_000:]}"
    return Fuzzed(name, int(n[1]) if n else 0, int(reached[-1][1]) if reached else 0, crash)


def _dictionary(folder: Path) -> Path:
    """The pieces that break parsers, in libFuzzer's form."""
    short = [piece for piece in JUNK if 0 < len(piece) < 60]
    lines = ['"' + "".join(f"\\x{byte:02x}" for byte in piece) + '"' for piece in short]
    (folder / "dictionary").write_text("\n".join(lines))
    return folder / "dictionary"


def child(name: str, corpus: Path, flags: Sequence[str]) -> None:
    """The fuzzer itself: it never returns."""
    import atheris

    scratch = Path(tempfile.mkdtemp(dir=Path.cwd()))  # which is removed with all that is in it
    with atheris.instrument_imports(include=list(WATCHED)):
        from parsers import held
        from parsers_of_files import FILES
        from parsers_of_words import WORDS

        target = next(each for each in (*FILES, *WORDS) if each.name == name)
        for number, seed in enumerate(target.seeds):
            (corpus / f"seed{number}").write_bytes(seed)
            (scratch / str(number)).mkdir()
            held(target, seed, scratch / str(number))  # loads what it needs, so that it is watched

    def read(data: bytes) -> None:
        folder = scratch / "now"
        folder.mkdir()
        try:
            held(target, data, folder)
        finally:
            shutil.rmtree(folder)

    atheris.Setup([sys.argv[0], *flags, str(corpus)], read)
    atheris.Fuzz()


if __name__ == "__main__":
    if "--child" in sys.argv:
        child(sys.argv[2], Path(sys.argv[3]), sys.argv[4:])
    sys.exit(main())
