"""Rows that other scripts measure by themselves: each a command, and the files of results that it writes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["SCALE", "SCRIPTS", "Script", "run_script"]

ROOT = Path(__file__).resolve().parent.parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "speed"


@dataclass(frozen=True, slots=True)
class Script:
    """path: below benchmarks/; quick: its arguments for a short run, which writes a file of its own."""

    path: str
    words: str
    quick: tuple[str, ...] = ()
    full: tuple[str, ...] = ()


SCRIPTS = {
    "operators": Script("speed/operators.py", "the operators of the graph, and the matrix peak"),
    "tiers": Script("speed/tiers.py", "the fast tier and the cascade", ("--rounds", "1")),
    "training": Script("speed/training.py", "rows a second of training", ("--rounds", "1")),
    "cold_start": Script(
        "speed/cold_start.py", "from a process's start to its first label", ("--starts", "2")
    ),
    "instruction_sets": Script("speed/instruction_sets.py", "older instruction sets", ("--texts", "16")),
}
SCALE = {
    "rows": Script("scale/rows.py", "millions of rows: time and memory", ("--rows", "20000")),
    "kill_predict": Script(
        "scale/kill_predict.py", "runs that are killed and go on",
        ("--kills", "4", "--rows", "1000", "--tier", "fast"),
    ),
    "ray_overhead": Script(
        "scale/ray_overhead.py", "Ray against the local engine", ("--rows", "20000", "--repeats", "1")
    ),
}  # fmt: skip


def run_script(script: Script, aside: Path | None) -> str | None:
    """Run it; what went wrong in words, or None.

    Its exit code is 1 where it fails and where it misses a goal: whether it wrote its file tells them apart.
    aside: run it short, and write its results into that folder.
    """
    path = ROOT / "benchmarks" / script.path
    if not path.is_file():
        return f"benchmarks/{script.path} is not there"
    file = (aside or RESULTS) / f"{path.stem}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    arguments = (*script.quick, "--output", str(file)) if aside else script.full
    before = file.stat().st_mtime_ns if file.exists() else 0
    done = subprocess.run([sys.executable, str(path), *arguments], cwd=ROOT, check=False)
    if not file.exists() or file.stat().st_mtime_ns == before:
        return f"exit code {done.returncode}, and no {file.name}"
    return None
