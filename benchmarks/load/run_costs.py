"""What one run of the graph costs by its rows and their width: the two figures behind `goemox.runtime.plan`.

    python benchmarks/load/run_costs.py [--output FILE]

One thread, the bundled graph, seconds of that thread (other programs do not count), the least of several
runs. A line through the runs of at most 1,024 padded tokens says what a run costs by itself, in tokens of
work; the largest runs say where more rows are no cheaper. Prints and writes results/run_costs.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import onnxruntime

from goemox.model_folder import default_folder, open_model

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
    session = _session()
    runs = [
        {"rows": rows, "width": width, "ms": round(_least_ms(session, rows, width), 3)}
        for rows in ROWS
        for width in WIDTHS
    ]
    fitted = [run for run in runs if run["rows"] * run["width"] <= FITTED]
    tokens = np.array([run["rows"] * run["width"] for run in fitted], dtype=np.float64)
    spent = np.array([run["ms"] for run in fitted])
    # weighted by 1 / tokens: a small run's share of error counts as much as a large one's
    each, by_itself = np.polyfit(tokens, spent, 1, w=1 / tokens)
    result = {
        "claim": "a run costs as much as some tokens, and more than 512 padded tokens are no cheaper",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {processor()}",
        "command": "python benchmarks/load/run_costs.py",
        "us_a_token": round(1e3 * each, 2),
        "tokens_a_run": round(by_itself / each, 1),
        "us_a_token_by_padded_tokens": _by_size(runs),
        "runs": runs,
    }
    arguments.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({name: value for name, value in result.items() if name != "runs"}, indent=1))
    return 0


def _session() -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        str(open_model(default_folder()).onnx), options, providers=["CPUExecutionProvider"]
    )


def _least_ms(session: onnxruntime.InferenceSession, rows: int, width: int) -> float:
    shape = (rows, width)
    feeds = {
        "input_ids": np.random.default_rng(0).integers(1_000, 20_000, shape),
        "attention_mask": np.ones(shape, dtype=np.int64),
    }
    feeds = {node.name: feeds[node.name] for node in session.get_inputs()}
    seconds = []
    for _ in range(REPEATS):
        began = time.thread_time()
        session.run(None, feeds)
        seconds.append(time.thread_time() - began)
    return 1e3 * min(seconds)


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
