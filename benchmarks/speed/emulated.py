"""What runs inside the emulator for `instruction_sets.py`; it also runs without one, for comparison.

    python benchmarks/speed/emulated.py scores MODEL TEXTS.json OUT.npz
    python benchmarks/speed/emulated.py cost OPENER NAME FOLDER TEXTS.json

`scores` writes logits, probabilities and decisions; `cost` prints processor seconds a text, after a warm-up
of as many texts, of a competitor as in `worker.py`, with one thread.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

BATCH = 16


def scores(model: str, texts: str, out: str) -> None:
    import numpy as np

    from goemox.classifier import EmotionClassifier

    classifier = EmotionClassifier.from_pretrained(model, threads=1, runtime="onnxruntime")
    found = classifier.scores(json.loads(Path(texts).read_text("utf-8")))
    probabilities = classifier.rule.probabilities(found)
    np.savez(
        out, logits=found.logits, probabilities=probabilities, decided=classifier.rule.decide(probabilities)
    )


def cost(module: str, name: str, folder: str, texts: str) -> None:
    from worker import opener

    lines = json.loads(Path(texts).read_text("utf-8"))
    run = opener(module, name)(Path(folder), 1)
    run(lines, BATCH)
    began = time.process_time()
    run([f"{line} " for line in lines], BATCH)
    print(json.dumps({"cpu_s_a_text": (time.process_time() - began) / len(lines)}))


if __name__ == "__main__":
    {"scores": scores, "cost": cost}[sys.argv[1]](*sys.argv[2:])
