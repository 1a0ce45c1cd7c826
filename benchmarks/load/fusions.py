"""What onnxruntime's fusion of additions with normalisations costs; `runtime.onnxruntime_engine` declines it.

    python benchmarks/load/fusions.py [--output FILE]

The bundled graph in one thread, with the fusion and without, in turn; seconds of that thread (other programs
do not count), the least of several rounds. Prints and writes results/fusions.json.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from goemox.model_folder import default_folder, open_model
from goemox.runtime.onnxruntime_engine import SLOWER

sys.path.insert(0, str(Path(__file__).parent.parent))

from report_limits import processor

SHAPES = ((1, 18), (8, 18), (16, 24), (1, 100), (1, 512))
ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, default=Path(__file__).parent.parent / "results/fusions.json")
    output = parser.parse_args().output
    content = open_model(default_folder()).onnx.read_bytes()
    sessions = {"with": _session(content, []), "without": _session(content, [*SLOWER])}
    rows = []
    for n_rows, width in SHAPES:
        tokens = np.random.default_rng(0).integers(1_000, 20_000, (n_rows, width))
        feeds = {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
        least = dict.fromkeys(sessions, float("inf"))
        for _ in range(ROUNDS):
            for name, session in sessions.items():
                least[name] = min(least[name], _ms(session, feeds) / n_rows)
        row = {"rows": n_rows, "tokens": width} | {f"{name}_ms": round(ms, 3) for name, ms in least.items()}
        rows.append(row | {"ratio": round(least["with"] / least["without"], 2)})
        print(rows[-1])
    document = {
        "command": "python benchmarks/load/fusions.py", "date": datetime.now(UTC).date().isoformat(),
        "machine": processor(), "python": platform.python_version(), "onnxruntime": onnxruntime.__version__,
        "fusion": SLOWER, "milliseconds_a_text": rows,
    }  # fmt: skip
    output.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


def _session(content: bytes, disabled: list[str]) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        content, options, providers=["CPUExecutionProvider"], disabled_optimizers=disabled
    )


def _ms(session: Any, feeds: dict[str, Any]) -> float:
    n = max(4, 400 // feeds["input_ids"].size)
    session.run(None, feeds)
    began = time.thread_time()
    for _ in range(n):
        session.run(None, feeds)
    return 1e3 * (time.thread_time() - began) / n


if __name__ == "__main__":
    main()
