"""The table of docs/performance.md: goemox against its peers, its curves, its parity, its profile.

    GOEMOX_DATA=... python benchmarks/speed/run.py [scale] [--quick] [--only ROW ...] [--peers PYTHON]

Without a word all short rows are measured, in about 20 minutes on a quiet machine; `scale` measures those
that take long. `--only` takes rows of either. What `tasks.py` calls as `python -m tasks bench` brings the
Python of the peers; without one only rows that need no peer can be measured. Each row writes a file in
results/speed/ by itself; a quick run writes into build/speed/quick instead, and changes no page.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "load"))
sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

from interleaved import Places
from launch import Processors
from parity import parity
from plan import FULL, QUICK, Plan
from report_limits import processor
from rows import long, mixed, short
from scaling import scaling
from scripts import SCALE, SCRIPTS, run_script
from stages import profile
from texts import data_folder
from weights import add_earlier_graph, peer_folder

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RESULTS = HERE.parent / "results" / "speed"
QUICK_RESULTS = ROOT / "build" / "speed" / "quick"
BEFORE_COMMIT = "2faeb3e"  # the last one before speed was worked on
Row = Callable[[Places, Plan, Callable[[str], None]], dict[str, Any]]
ROWS: dict[str, tuple[str, Row]] = {
    "short": ("texts to labels and scores, short texts, against every peer", short),
    "long": ("texts of 256 to 512 tokens against the other runtimes", long),
    "mixed": ("texts of mixed lengths against the other runtimes", mixed),
    "scaling": ("over texts in a call, length, threads and rows", scaling),
    "parity": ("engine, threads, batch size and order change no decision", parity),
    "profile": ("where the time goes", profile),
}
ORDER = ("short", "operators", "long", "mixed", "parity", "profile", "tiers", "cold_start",
         "instruction_sets", "training", "scaling")  # fmt: skip
WITH_PEERS = ("short", "long", "mixed", "scaling")


def main() -> int:
    arguments = _arguments()
    names = arguments.only or list(SCALE if arguments.part == "scale" else ORDER)
    failed = []
    with tempfile.TemporaryDirectory() as scratch:
        places = _places(arguments, names, Path(scratch))
        for name in names:
            began, processors = time.perf_counter(), Processors()
            _say(name, "begins")
            if name in ROWS:
                wrong = _row(name, places, processors, quick=arguments.quick)
            else:
                wrong = run_script((SCRIPTS | SCALE)[name], QUICK_RESULTS if arguments.quick else None)
            if wrong:
                failed.append(name)
            _say(name, f"{wrong or 'done'}, {time.perf_counter() - began:.0f} s, "
                       f"other programs used {processors.others():.0%} of the processors")  # fmt: skip
    if not arguments.quick:
        subprocess.run([sys.executable, str(HERE.parent / "performance_page.py")], check=False)
    print(f"not measured: {', '.join(failed)}" if failed else "all rows are measured")
    return 1 if failed else 0


def _row(name: str, places: Places, processors: Processors, *, quick: bool) -> str | None:
    """Measure a row of ours and write its file; what went wrong in words, or None."""
    claim, row = ROWS[name]
    began = time.perf_counter()
    try:
        found = row(places, QUICK if quick else FULL, lambda words: _say(name, words))
    except Exception as error:  # whatever it was, the other rows are worth measuring
        traceback.print_exc()
        return f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]
    result = {
        "claim": claim,
        "command": f"python -m tasks bench --only {name}",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {processor()}",
        "versions": {"python": platform.python_version()} | _versions(places),
        "others": round(processors.others(), 3),
        "seconds": round(time.perf_counter() - began, 1),
        **found,
    }
    folder = QUICK_RESULTS if quick else RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return None


def _places(arguments: argparse.Namespace, names: list[str], scratch: Path) -> Places:
    needed = any(name in WITH_PEERS for name in names)
    weights = peer_folder(arguments.peers, data_folder()) if needed else scratch
    before = _before(scratch / "before") if any(name in ROWS for name in names) else None
    if needed:
        add_earlier_graph(weights, before)
    return Places(sys.executable, arguments.peers, weights, scratch, before)


def _before(folder: Path) -> Path | None:
    """The source of goemox before this work, out of the history; None where the history does not go back."""
    done = subprocess.run(
        ["git", "archive", BEFORE_COMMIT, "src/goemox"], cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode:
        _say("before", "this checkout's history does not go back that far; not measured")
        return None
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "src"


def _versions(places: Places) -> dict[str, str]:
    """Of the libraries, in the peers' environment: those of goemox's own are the same pins."""
    names = ("onnxruntime", "openvino", "nncf", "ctranslate2", "torch", "transformers", "tokenizers",
             "scikit-learn", "numpy")  # fmt: skip
    code = (
        "import json, sys\nfrom importlib.metadata import version, PackageNotFoundError\nfound = {}\n"
        "for name in sys.argv[1:]:\n try: found[name] = version(name)\n except PackageNotFoundError: pass\n"
        "print(json.dumps(found))"
    )
    done = subprocess.run(
        [places.peer_python, "-c", code, *names], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def _say(name: str, words: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {name}: {words}", flush=True)


def _arguments() -> argparse.Namespace:
    known = [*ROWS, *SCRIPTS, *SCALE]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="?", choices=["short", "scale"], default="short")
    parser.add_argument("--quick", action="store_true", help="short: to see that it works")
    parser.add_argument("--only", nargs="+", choices=known, metavar="ROW", help=", ".join(known))
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
