"""Where goemox's time goes: microseconds of a processor a text, stage by stage, on one thread.

    python benchmarks/speed/stages.py TEXTS.json [--runtime onnxruntime] [--repeats 3]

Prints JSON. Each stage is called by itself on all texts and the least of the repeats is kept; the graph's
share is what passes inside `InferenceSession.run` where onnxruntime runs it, else all of scoring but the
stages before it. Runs on older versions of goemox too, so that a profile before and after can be told.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("RAYON_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

__all__ = ["profile"]

N_TEXTS = 2_048
STAGES = ("tokens", "plan", "padding and copies", "graph", "labels", "domain distance", "answers")


def profile(places: Any, plan: Any, tell: Callable[[str], None]) -> dict[str, Any]:
    """The stages of today's goemox on both engines, and of the one before where it is there."""
    from texts import short_texts

    file, found = places.written("stages", short_texts()[:N_TEXTS]), {}
    runs = {"goemox": ("onnxruntime", None), "goemox[openvino]": ("openvino", None)}
    if places.before:
        runs["goemox, before"] = ("onnxruntime", places.before)
    for name, (runtime, source) in runs.items():
        environment = os.environ | ({"PYTHONPATH": str(source)} if source else {})
        done = subprocess.run(
            [places.python, __file__, file, "--runtime", runtime, "--repeats", str(plan.repeats)],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        lines = (done.stderr if done.returncode else done.stdout).strip().splitlines()
        found[name] = {"failed": lines[-1][:300]} if done.returncode else json.loads(lines[-1])
        tell(f"{name}: {found[name]}")
    return {"texts": N_TEXTS, "unit": "microseconds of a processor a text", "stages": found}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("texts", type=Path)
    parser.add_argument("--runtime", default="onnxruntime")
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    print(json.dumps(measured(json.loads(arguments.texts.read_text("utf-8")), arguments)))


def measured(texts: list[str], arguments: argparse.Namespace) -> dict[str, float]:
    """Microseconds of each stage."""
    from goemox.classifier import EmotionClassifier
    from goemox.model_folder import TOKENIZER
    from goemox.records import TextRecord
    from goemox.runtime import plan
    from goemox.runtime.tokenize import TextEncoder

    known = inspect.signature(EmotionClassifier.from_pretrained).parameters
    costs = [plan.RunCosts()] if hasattr(plan, "RunCosts") else []
    named = {"runtime": arguments.runtime} if "runtime" in known else {}
    classifier = EmotionClassifier.from_pretrained("default", threads=1, **named)
    inside = Inside()
    scores = classifier.scores(texts)  # loads the graph, and compiles shapes where the engine does
    encoder = TextEncoder(classifier.folder.path / TOKENIZER, classifier.folder.max_length)
    distinct = list(dict.fromkeys(texts))
    n_tokens = encoder.encode(distinct).n_tokens
    records = [TextRecord(str(row), text) for row, text in enumerate(texts)]
    rule, n = classifier.rule, len(texts)
    probabilities = rule.probabilities(scores)
    least = {
        name: min(spent(call) for _ in range(arguments.repeats))
        for name, call in {
            "tokens": lambda: encoder.encode(distinct),
            "plan": lambda: plan.batches(n_tokens, *costs),
            "labels": lambda: (
                rule.probabilities(scores),
                rule.decide(probabilities),
                rule.sets(probabilities),
            ),
            "domain distance": lambda: classifier.percentiles(scores),
            "told": lambda: classifier.told(records, scores),
        }.items()
    }
    runs = []
    for _ in range(arguments.repeats):
        inside.seconds = 0.0
        runs.append((spent(lambda: classifier.scores(texts)), inside.seconds))
    score, graph = min(runs)
    beside = score - least["tokens"] - least["plan"]
    least["graph"] = graph or beside
    least["padding and copies"] = max(0.0, beside - least["graph"])
    least["answers"] = max(0.0, least["told"] - least["labels"] - least["domain distance"])
    return {name: round(1e6 * least[name] / n, 1) for name in STAGES}


class Inside:
    """Seconds of a processor inside onnxruntime's `run`, 0 where another engine is at work."""

    def __init__(self) -> None:
        import onnxruntime

        self.seconds = 0.0
        run = onnxruntime.InferenceSession.run

        def watched(session: Any, *given: Any, **named: Any) -> Any:
            began = time.process_time()
            try:
                return run(session, *given, **named)
            finally:
                self.seconds += time.process_time() - began

        onnxruntime.InferenceSession.run = watched


def spent(call: Callable[[], object]) -> float:
    """Seconds of the processors."""
    began = time.process_time()
    call()
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main())
