"""What one run of the graph costs by its rows and their width, on each engine: the figures of `RunCosts`.

    python benchmarks/load/run_costs.py [--output FILE]

One thread, the bundled graph, seconds of that thread (other programs do not count), the least of several
runs, engines in turn. A line through the runs of at most 1,024 padded tokens says what a run costs by itself,
in tokens of work; the largest runs say where more rows are no cheaper. What the first run of a shape costs
more is the median over all shapes. "One text" is 18 tokens by itself. OpenVINO where it is installed. Prints
and writes results/run_costs.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from goemox.model_folder import default_folder, open_model
from goemox.runtime.engine import ENGINES, Engine, is_installed
from goemox.runtime.graph import read_graph
from goemox.runtime.loading import open_engine

sys.path.insert(0, str(Path(__file__).parent.parent))

from report_limits import processor

ROWS, WIDTHS = (1, 2, 4, 8, 16, 32, 64), (8, 12, 16, 24, 32)
REPEATS = 15
FITTED = 1_024  # padded tokens


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--output", type=Path, default=Path(__file__).parent.parent / "results/run_costs.json"
    )
    arguments = parser.parse_args()
    folder = open_model(default_folder())
    graph = read_graph(folder.onnx, folder.sha256(folder.onnx))
    engines = [open_engine(name, graph, folder.onnx, 1) for name in ENGINES if is_installed(name)]
    measured: dict[str, list[dict[str, float]]] = {engine.name: [] for engine in engines}
    for rows in ROWS:
        for width in WIDTHS:
            for engine in engines:
                measured[engine.name].append(_run(engine, rows, width))
    result = {
        "claim": "a run costs as much as some tokens, and more than 512 padded tokens are no cheaper",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {processor()}",
        "command": "python benchmarks/load/run_costs.py",
        "versions": {engine.name: version(engine.name) for engine in engines},
        "engines": {
            engine.name: _fitted(measured[engine.name]) | {"ms_one_text": _run(engine, 1, 18)["ms"]}
            for engine in engines
        },
        "runs": measured,
    }
    arguments.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({name: value for name, value in result.items() if name != "runs"}, indent=1))
    return 0


def _fitted(runs: list[dict[str, float]]) -> dict[str, object]:
    fitted = [run for run in runs if run["rows"] * run["width"] <= FITTED]
    tokens = np.array([run["rows"] * run["width"] for run in fitted], dtype=np.float64)
    spent = np.array([run["ms"] for run in fitted])
    # weighted by 1 / tokens: a small run's share of error counts as much as a large one's
    each, by_itself = np.polyfit(tokens, spent, 1, w=1 / tokens)
    return {
        "us_a_token": round(1e3 * each, 2),
        "tokens_a_run": round(by_itself / each, 1),
        "tokens_a_new_shape": round(float(np.median([run["first_ms"] - run["ms"] for run in runs])) / each),
        "us_a_token_by_padded_tokens": _by_size(runs),
    }


def _run(engine: Engine, rows: int, width: int) -> dict[str, float]:
    """The first run of a shape and the quickest of those that follow, in milliseconds of this thread."""
    tokens = np.random.default_rng(0).integers(1_000, 20_000, (rows, width))
    mask = np.ones_like(tokens)
    seconds = []
    for _ in range(REPEATS):
        began = time.thread_time()
        engine.run(tokens, mask)
        seconds.append(time.thread_time() - began)
    least, first = round(1e3 * min(seconds), 3), round(1e3 * seconds[0], 3)
    return {"rows": rows, "width": width, "ms": least, "first_ms": first}


def _by_size(runs: list[dict[str, float]]) -> dict[str, float]:
    """Microseconds a token for runs of like size, by the most padded tokens of each class."""
    found = {}
    for least, most in ((0, 64), (64, 128), (128, 256), (256, 512), (512, 1_024), (1_024, 2_048)):
        own = [run for run in runs if least < run["rows"] * run["width"] <= most]
        per_token = [1e3 * run["ms"] / (run["rows"] * run["width"]) for run in own]
        found[str(most)] = round(sum(per_token) / len(per_token), 1)
    return found


if __name__ == "__main__":
    sys.exit(main())
