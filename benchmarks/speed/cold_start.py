"""Cold start: from the start of a process to its first label, against two peers in the same run.

    python benchmarks/speed/cold_start.py [--starts 20] [--peers PYTHON] [--output FILE]

Every start is a process of its own, in turns: A B C, A B C, … "First label" is the first line on its stdout,
"ended" is when it is gone, both from the moment it was started. Python's compiled files are there, as an
installer leaves them. "Cold files" drops the model and the libraries from the page cache before each start,
as far as no other process holds them. Peers: onnxruntime and tokenizers as few lines of a script, without
calibration, hashes or checks; a transformers pipeline, where the peers' environment is there (fewer starts,
it takes seconds). Prints and writes results/speed/cold_start.json.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from report_limits import processor
from texts import data_folder
from weights import ROOT, peer_folder

from goemox.model_folder import default_folder

RESULT = Path(__file__).parent.parent / "results" / "speed" / "cold_start.json"
PEERS = ROOT / ".venv-peers" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
TEXT = "I finally fixed it!"
PREDICT_S, HELP_S = 0.5, 0.25
LIBRARIES = ("goemox", "numpy", "onnxruntime", "tokenizers", "typer", "pydantic", "pydantic_core", "orjson")
SELDOM = 4  # a start of transformers for so many of the others

BY_HAND = """
import json, sys
from pathlib import Path
import numpy as np, onnxruntime
from tokenizers import Tokenizer
folder = Path(sys.argv[1])
ids = np.array([Tokenizer.from_file(str(folder / "tokenizer.json")).encode(sys.argv[2]).ids])
session = onnxruntime.InferenceSession(str(folder / "onnx/model_int8.onnx"))
logits = session.run(["logits"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
named = json.loads((folder / "config.json").read_text())["id2label"]
print([named[str(j)] for j in np.flatnonzero(logits > 0)])
"""
PIPELINE = """
import sys
from transformers import pipeline
print(pipeline("text-classification", model=sys.argv[1], top_k=None, device=-1)(sys.argv[2])[0][:1])
"""


@dataclass
class Started:
    """What is started again and again. every: turns from one start to the next; cold: files not cached."""

    name: str
    command: Sequence[str]
    every: int = 1
    cold: bool = False
    runs: list[dict[str, float]] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--starts", type=int, default=20)
    parser.add_argument("--peers", default=str(PEERS), metavar="PYTHON")
    parser.add_argument("--output", type=Path, default=RESULT)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"PYTHONPYCACHEPREFIX": scratch, "HF_HUB_OFFLINE": "1"}
        started = list(commands(arguments.peers))
        for each in started:
            start(each, environment, scratch)  # so that Python's compiled files are there
        for turn in range(arguments.starts):
            for each in started:
                if turn % each.every == 0:
                    each.runs.append(start(each, environment, scratch))
    result = told(started, arguments.starts)
    for name, figures in result["seconds"].items():
        print(f"{name}: first label {figures['first_s']}, ended {figures['ended_s']}, CPU {figures['cpu_s']}")
    print(result["measured"])
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0 if result["holds"] else 1


def commands(peers: str) -> Iterator[Started]:
    """What is started; the pipeline only where its environment and its weights can be had."""
    ours = [sys.executable, "-m", "goemox"]
    yield Started("goemox predict", [*ours, "predict", TEXT])
    yield Started("goemox predict, cold files", [*ours, "predict", TEXT], cold=True)
    yield Started("goemox --help", [*ours, "--help"])
    yield Started("onnxruntime by hand", [sys.executable, "-c", BY_HAND, str(default_folder()), TEXT])
    yield Started(
        "onnxruntime by hand, cold files",
        [sys.executable, "-c", BY_HAND, str(default_folder()), TEXT],
        cold=True,
    )
    if has_transformers(peers):
        folder = peer_folder(peers, data_folder())
        yield Started("transformers pipeline", [peers, "-c", PIPELINE, str(folder), TEXT], every=SELDOM)
    else:
        print(f"{peers}: no transformers there, so it is left out", file=sys.stderr)


def has_transformers(python: str) -> bool:
    """Whether that Python can import it."""
    asked = [
        python,
        "-c",
        "from importlib.util import find_spec as f; raise SystemExit(not f('transformers'))",
    ]
    try:
        return subprocess.run(asked, check=False).returncode == 0
    except OSError:
        return False


def start(each: Started, environment: dict[str, str], scratch: str) -> dict[str, float]:
    """Seconds of one start until its first line and its end, and of the processors."""
    if each.cold:
        forget_files()
    before, began = os.times(), time.perf_counter()
    process = subprocess.Popen(
        each.command, env=environment, cwd=scratch, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    first = time.perf_counter() - began
    process.stdout.read()
    if process.wait() or not line:
        raise SystemExit(f"{each.name}: ended with {process.returncode}: {' '.join(each.command)[:200]}")
    ended, after = time.perf_counter() - began, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    process.stdout.close()
    return {"first_s": first, "ended_s": ended, "cpu_s": cpu}


def forget_files() -> None:
    """Drop the model and the libraries from the page cache, where no process holds them (posix_fadvise)."""
    folders = [default_folder()]
    for name in LIBRARIES:
        found = find_spec(name)
        folders += [Path(place) for place in (found.submodule_search_locations or [])] if found else []
    for folder in folders:
        for file in folder.rglob("*"):
            if file.is_file():
                number = os.open(file, os.O_RDONLY)
                try:
                    os.posix_fadvise(number, 0, 0, os.POSIX_FADV_DONTNEED)
                finally:
                    os.close(number)


def told(started: Sequence[Started], n: int) -> dict[str, Any]:
    """The file of results."""
    seconds = {
        each.name: {name: spread([run[name] for run in each.runs]) for name in each.runs[0]}
        for each in started
    }
    predict = seconds["goemox predict"]
    shown = seconds["goemox --help"]["ended_s"]
    by_hand = seconds["onnxruntime by hand"]["first_s"]["median"]
    words = (
        f"{predict['first_s']['median']:.2f} s to the first label (most {predict['first_s']['most']:.2f}), "
        f"{predict['ended_s']['median']:.2f} s to the end; help {shown['median']:.2f} s; onnxruntime by "
        f"hand, without checks and calibration, {by_hand:.2f} s"
    )
    if "transformers pipeline" in seconds:
        words += f"; transformers {seconds['transformers pipeline']['first_s']['median']:.1f} s"
    return {
        "claim": f"the first label ≤ {PREDICT_S:g} s after the start of the process, --help ≤ {HELP_S:g} s",
        "machine": processor(), "cores": os.cpu_count(), "python": sys.version.split()[0],
        "onnxruntime": version("onnxruntime"), "date": datetime.now(UTC).date().isoformat(),
        "command": "python benchmarks/speed/cold_start.py", "starts": n, "seconds": seconds,
        "measured": words,
        "holds": predict["ended_s"]["median"] <= PREDICT_S and shown["median"] <= HELP_S,
    }  # fmt: skip


def spread(values: Sequence[float]) -> dict[str, float]:
    """Least, median and most."""
    return {
        "least": round(min(values), 3), "median": round(statistics.median(values), 3),
        "most": round(max(values), 3),
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
