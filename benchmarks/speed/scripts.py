"""Rows that other scripts measure by themselves: each a command, and the files of results that it writes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["SCALE", "SCRIPTS", "Script", "run_script"]

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Script:
    """path: below benchmarks/; quick: its arguments for a short run, None where it has none."""

    path: str
    words: str
    quick: tuple[str, ...] | None = ()
    full: tuple[str, ...] = ()


SCRIPTS = {
    "operators": Script("speed/operators.py", "the operators of the graph, and the matrix peak"),
    "tiers": Script("speed/tiers.py", "the fast tier and the cascade"),
    "training": Script("speed/training.py", "rows a second of training"),
    "cold_start": Script("speed/cold_start.py", "from the start of a process to its first label"),
    "instruction_sets": Script("speed/instruction_sets.py", "older instruction sets"),
}
SCALE = {
    "rows": Script("scale/rows.py", "millions of rows: time and memory"),
    "kill_predict": Script("scale/kill_predict.py", "runs that are killed and go on"),
    "ray_overhead": Script("scale/ray_overhead.py", "Ray against the local engine"),
}


def run_script(script: Script, *, quick: bool) -> str | None:
    """Run it; what went wrong in words, or None. Exit code 1 is a goal missed, which its file tells."""
    path = ROOT / "benchmarks" / script.path
    if not path.is_file():
        return f"benchmarks/{script.path} is not there"
    arguments = script.quick if quick else script.full
    if arguments is None:
        return "it has no short run"
    done = subprocess.run([sys.executable, str(path), *arguments], cwd=ROOT, check=False)
    return f"exit code {done.returncode}" if done.returncode not in (0, 1) else None
