"""Scoring without a server: texts to predictions with `EmotionClassifier`, as a program of a user's would.

    python benchmarks/load/offline.py TEXTS.json

For each line on stdin all texts are read once, in one list; answers a line {"seconds": …, "cpu_s": …}.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from goemox import load


def main() -> None:
    texts = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    classifier = load()
    classifier(texts[:64])
    print("ready", flush=True)
    for _ in sys.stdin:
        began, cpu = time.perf_counter(), time.process_time()
        found = classifier(texts)
        told = {"seconds": time.perf_counter() - began, "cpu_s": time.process_time() - cpu, "n": len(found)}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
