"""The whole suite many times, each time in another order: how long it takes, which tests fail now and then.

    python benchmarks/flaky.py [--runs 20] [--first-seed 1] [--go-on] [--output FILE] [tests/serve ...]

Every run shuffles files and the tests in them by a seed of its own (pytest-randomly), and tries the examples
of laws that CI tries; `pytest -p randomly --randomly-seed=SEED tests/serve` finds again what one found.
The result, benchmarks/results/flaky.json, is written after each run, so that a stopped series leaves what it
measured; --go-on adds runs with the next seeds to it. Each run says of which commit it was. Its seconds need
a machine to itself, its failures do not. Ends in 1 where a test failed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "flaky.json"


@dataclass(frozen=True, slots=True)
class Run:
    """One pass over the tests. seconds: by the clock; cpu_s: of all processes; failed: test -> first line."""

    seed: int
    commit: str
    seconds: float
    cpu_s: float
    tests: int
    skipped: int
    failed: dict[str, str]
    code: int


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--go-on", action="store_true", help="add to the series in the file of the result")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--output", type=Path, default=RESULT)
    parser.add_argument("tests", nargs="*", help="files or folders; all where none is named")
    arguments = parser.parse_args()
    kept = json.loads(arguments.output.read_text("utf-8"))["runs"] if arguments.go_on else []
    runs = [Run(**run) for run in kept]
    first = runs[-1].seed + 1 if runs else arguments.first_seed
    for seed in range(first, first + arguments.runs):
        runs.append(one_run(seed, arguments.workers, arguments.tests))
        found = runs[-1]
        print(
            f"seed {seed}: {found.tests} tests in {found.seconds:.0f} s, {found.cpu_s:.0f} s of processors, "
            f"{len(found.failed)} failed"
            + "".join(f"\n  {name}: {why}" for name, why in found.failed.items()),
            flush=True,
        )
        content = told(runs, arguments)
        arguments.output.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 1 if any(run.code for run in runs) else 0


def one_run(seed: int, workers: int, tests: Sequence[str]) -> Run:
    """The suite as CI runs it, in the order of this seed."""
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "report.xml"
        command = [
            sys.executable, "-m", "pytest", "-q", "-n", str(workers), "--dist", "loadfile",
            "--no-loadscope-reorder", "-p", "no:cacheprovider", "-p", "randomly", f"--randomly-seed={seed}",
            f"--junitxml={report}", f"--basetemp={place}/kept", *tests,
        ]  # fmt: skip
        began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        if not report.exists():
            sys.exit(f"pytest wrote no report:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    return Run(
        seed=seed,
        commit=commit(),
        seconds=round(seconds, 1),
        cpu_s=round(sum(getattr(after, of) - getattr(before, of) for of in ("ru_utime", "ru_stime")), 1),
        tests=len(cases),
        skipped=sum(case.find("skipped") is not None for case in cases),
        failed=dict(filter(None, map(failure, cases))),
        code=done.returncode,
    )


def commit() -> str:
    """The commit that is checked out, with a plus where files differ from it."""
    git = ["git", "describe", "--always", "--abbrev=10", "--dirty=+"]
    return subprocess.run(git, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def failure(case: ElementTree.Element) -> tuple[str, str] | None:
    """A test that failed, by its file and name, and the first line of why; None where it did not."""
    wrong = next((found for kind in ("failure", "error") if (found := case.find(kind)) is not None), None)
    if wrong is None:
        return None
    words = (wrong.get("message") or "").splitlines() or [""]
    place = re.escape(tempfile.gettempdir())  # where files stand on one machine tells nobody else anything
    return f"{case.get('classname')}::{case.get('name')}", re.sub(rf"{place}/\S*/", "", words[0])[:200]


def clean_at_the_end(runs: Sequence[Run]) -> int:
    """How many runs passed since the last one in which a test failed."""
    return next((n for n, run in enumerate(reversed(runs)) if run.code), len(runs))


def told(runs: Sequence[Run], arguments: argparse.Namespace) -> dict[str, object]:
    """The series as it is published."""
    by_test = Counter(name for run in runs for name in run.failed)
    return {
        "claim": "the whole suite passes in any order of its tests",
        "command": " ".join(["python benchmarks/flaky.py --runs", str(len(runs)), *arguments.tests]),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}",
        "workers": arguments.workers,
        "runs_with_a_failure": sum(run.code != 0 for run in runs),
        "clean_runs_at_the_end": clean_at_the_end(runs),
        "failures_by_test": dict(by_test.most_common()),
        "median_seconds": median(run.seconds for run in runs),
        "median_cpu_s": median(run.cpu_s for run in runs),
        "runs": [asdict(run) for run in runs],
    }


if __name__ == "__main__":
    sys.exit(main())
