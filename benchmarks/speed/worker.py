"""One competitor in a process of its own, which works whenever it is told to.

    python benchmarks/speed/worker.py OPENER NAME FOLDER [--threads 2]

OPENER: `ours`, `graphs` or `torch`, the module whose table has NAME. Reads a JSON object a line on stdin:
{"texts": FILE, "rows": N or null, "batch": B, "calls": size of a call or null}, and answers
{"seconds", "cpu_s", "n", "labels"} a line on stdout; what the libraries print goes to stderr.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("opener", choices=["ours", "graphs", "torch"])
    parser.add_argument("name")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    if sys.platform == "linux":  # a stopped process would outlive whoever stopped it
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # libraries print on stdout; answers keep the real one
    try:
        run = opener(arguments.opener, arguments.name)(arguments.folder, arguments.threads)
    except Exception as error:  # told, and the others go on
        told = {"failed": f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]}
        print(json.dumps(told), file=answers, flush=True)
        return
    print(json.dumps({"ready": True}), file=answers, flush=True)
    known: dict[str, list[str]] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["texts"] not in known:
            known[asked["texts"]] = json.loads(Path(asked["texts"]).read_text("utf-8"))
        texts = known[asked["texts"]]
        print(json.dumps(timed(run, texts[: asked.get("rows")], asked)), file=answers, flush=True)


def opener(module: str, name: str) -> Callable[[Path, int], Callable[..., Sequence[Any]]]:
    """What opens the competitor of that name."""
    if module == "ours":
        from ours import OURS

        return OURS[name]
    if module == "graphs":
        from peers_graphs import GRAPHS

        return GRAPHS[name]
    from peers_torch import TORCH

    return TORCH[name]


def timed(run: Callable[..., Sequence[Any]], texts: Sequence[str], asked: dict[str, Any]) -> dict[str, Any]:
    """Seconds by the clock and of the processors for all texts, in calls of `calls` texts each."""
    size = asked.get("calls") or len(texts)
    began, cpu = time.perf_counter(), time.process_time()
    n_labels = 0
    for start in range(0, len(texts), size):
        n_labels += sum(map(n_chosen, run(texts[start : start + size], asked["batch"])))
    seconds, spent = time.perf_counter() - began, time.process_time() - cpu
    return {"seconds": seconds, "cpu_s": spent, "n": len(texts), "labels": n_labels}


def n_chosen(found: Any) -> int:
    """Labels of a text: a peer's pair of labels and scores, or goemox's `Prediction`."""
    return len(found[0] if isinstance(found, tuple) else found.labels)


if __name__ == "__main__":
    main()
