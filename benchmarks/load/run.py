"""The load table of docs/serving.md: fast, correct under load, small, and against a transformers pipeline.

    GOEMOX_DATA=... python benchmarks/load/run.py [--quick] [--only NAME ...] [--soak-minutes 10]
                                                  [--weights DIR] [--peer-python PYTHON] [--output FILE]

Server, clients and, where it is measured, the peer share one machine and loopback. What other programs take
of its processors meanwhile is measured and told: the machine should be quiet. Takes about 25 minutes;
--quick shortens all of it and --only runs some rows, whose results replace those in the file. The peer needs
a Python with torch and transformers and a transformers folder with the same weights; without --weights they
are worked out of the bundled graph by `goemox export --format hf`. Writes results/load.json,
results/security/load.json and the table in docs/serving.md (`table.py --check` compares them). Exit code 1
where a goal is missed or a row fails.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import endurance
import process
import speed
import table
from launch import Processors
from report_limits import processor
from workload import FULL, QUICK, Plan, Workload, short_texts

ROWS: dict[str, Callable[[Workload, Callable[[str], None]], speed.Told]] = {
    "single": speed.single,
    "clients": speed.clients,
    "engines": speed.engines,
    "steady": endurance.steady,
    "soak": endurance.soak,
    "overload": endurance.overload_by_lists,
    "overload_by_ones": endurance.overload_by_ones,
    "start": process.start,
    "peer": speed.versus_peer,
    "neighbours": process.neighbours,
}
PACKAGES = (
    "goemox", "onnxruntime", "openvino", "tokenizers", "numpy", "fastapi", "starlette", "uvicorn", "uvloop",
    "httptools", "torch", "transformers",
)  # fmt: skip


def main() -> int:
    arguments = _arguments()
    texts = short_texts()
    with tempfile.TemporaryDirectory() as scratch:
        names = arguments.only or list(ROWS)
        weights, words = _weights(arguments, Path(scratch)) if "peer" in names else (None, "")
        work = Workload(texts, _plan(arguments), arguments.peer_python, weights, words)
        found = json.loads(arguments.output.read_text("utf-8")) if arguments.output.exists() else {}
        rows = found.get("rows", {})
        for name in names:
            rows[name] = _row(name, work, quick=arguments.quick)
            if name == "peer":
                rows[name]["weights"] = words
            result = {
                "claim": "the numbers of issue 8",
                "command": "python benchmarks/load/run.py",
                "date": datetime.now(UTC).date().isoformat(),
                "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {processor()}",
                "versions": {"python": platform.python_version()} | _versions(),
                "texts": len(texts),
                "rows": {key: rows[key] for key in ROWS if key in rows},
            }
            arguments.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if arguments.output == table.RESULTS:
        table.write_all()
    print(table.rendered(result))
    return 0 if all(rows[name]["holds"] for name in names) else 1


def _row(name: str, work: Workload, *, quick: bool) -> dict[str, object]:
    """One row; what goes wrong in it is told in the table and stops no other row."""

    def tell(words: str) -> None:
        print(f"{datetime.now(UTC):%H:%M:%S} {name}: {words}", flush=True)

    tell("begins")
    began, processors = time.perf_counter(), Processors()
    try:
        told = ROWS[name](work, tell)
    except Exception as error:  # whatever it was, the other rows are worth measuring
        traceback.print_exc()
        words = f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]
        told = {"holds": False, "measured": f"not measured: {words}", "figures": {}}
    tell(f"{'holds' if told['holds'] else 'MISSED'}: {told['measured']}")
    tell(f"other programs used {processors.others():.0%} of the processors")
    return {
        **told, "date": datetime.now(UTC).date().isoformat(), "quick": quick,
        "others": round(processors.others(), 3), "seconds": round(time.perf_counter() - began, 1),
    }  # fmt: skip


def _weights(arguments: argparse.Namespace, scratch: Path) -> tuple[Path | None, str]:
    """A transformers folder and what it is, or None and why there is none."""
    if arguments.weights:
        return arguments.weights, f"weights of {arguments.weights.name}"
    folder = scratch / "weights"
    done = subprocess.run(
        [sys.executable, "-m", "goemox", "export", "--format", "hf", "--output-dir", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return None, "the weights cannot be worked out of the graph here; name a folder with --weights"
    return folder, "full weights worked out of the bundled int8 graph (`goemox export --format hf`)"


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _plan(arguments: argparse.Namespace) -> Plan:
    plan = QUICK if arguments.quick else FULL
    return replace(plan, soak_minutes=arguments.soak_minutes) if arguments.soak_minutes else plan


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="short: to see that it works")
    parser.add_argument("--only", nargs="+", choices=list(ROWS), metavar="NAME", help=", ".join(ROWS))
    parser.add_argument("--soak-minutes", type=float)
    parser.add_argument("--weights", type=Path, help="a transformers folder with the same weights")
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--output", type=Path, default=table.RESULTS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
