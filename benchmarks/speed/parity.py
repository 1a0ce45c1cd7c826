"""Whether engine, threads, batch size or order change a decision on GoEmotions test.

Nothing is chosen here and no label of test is read: goemox's answers are compared with each other. Two
engines round int8 differently, so between them the gate of an int8 graph is asked as well, on dev: what
macro-F1 and mean average precision they get there may differ by its limit.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from interleaved import Places
from plan import Plan
from texts import data_folder, short_texts

import goemox
from goemox.classifier import EmotionClassifier
from goemox.counts import count
from goemox.data.goemotions import read_split
from goemox.records import truth_matrix

__all__ = ["parity"]

Tell = Callable[[str], None]
MOST = 1e-3  # difference of a calibrated score
ALONE = 512  # texts that are read one by one
RUNTIMES = ("onnxruntime", "openvino")


def parity(_: Places, plan: Plan, tell: Tell) -> dict[str, Any]:
    """Of each way of asking: decisions that differ from one list on the same engine, and scores."""
    texts = short_texts()[: plan.n_parity]
    ways: dict[str, Any] = {}
    lists: dict[str, np.ndarray] = {}
    default = goemox.load(runtime=RUNTIMES[0])
    for runtime in RUNTIMES:
        for name, probabilities in _ways(runtime, texts):
            if isinstance(probabilities, str):
                ways[f"{runtime}, {name}"] = {"failed": probabilities}
            else:
                expected = lists.setdefault(runtime, probabilities)
                ways[f"{runtime}, {name}"] = _difference(
                    default, expected[: len(probabilities)], probabilities
                )
            tell(f"{runtime}, {name}: {ways[f'{runtime}, {name}']}")
    told = [each for each in ways.values() if "failed" not in each]
    between = None
    if len(lists) == len(RUNTIMES):
        between = _difference(default, *lists.values()) | _on_dev(plan)
        tell(f"between the engines: {between}")
    return {
        "texts": len(texts),
        "labels": len(default.labels),
        "ways": ways,
        "differing": sum(each["differing"] for each in told),
        "most_difference": max(each["most_difference"] for each in told),
        "limit": MOST,
        "between_engines": between,
    }


def _on_dev(plan: Plan) -> dict[str, Any]:
    """Macro-F1 and mean average precision of each engine on dev, and the limit of the int8 gate."""
    from goemox.training.gate import INT8_LIMIT, mean_precision  # brings torch, which nothing else here needs

    records = read_split(data_folder() / "goemotions", "dev")[: plan.n_parity]
    found = {}
    for runtime in RUNTIMES:
        classifier = goemox.load(runtime=runtime)
        truth = truth_matrix(records, classifier.labels)
        probabilities = classifier.predict_proba([record.text for record in records])
        f1 = count(classifier.rule.decide(probabilities), truth).macro_f1
        found[runtime] = {
            "macro_f1": round(float(f1), 5),
            "map": round(mean_precision(probabilities, truth), 5),
        }
    return {"dev": found, "limit": INT8_LIMIT}


def _ways(runtime: str, texts: Sequence[str]):  # type: ignore[no-untyped-def]
    """Name and calibrated probabilities, in the order of the texts, of each way of asking."""
    try:
        one, two = (goemox.load(runtime=runtime, threads=threads) for threads in (1, 2))
        yield "2 threads", two.predict_proba(texts)
        yield "1 thread", one.predict_proba(texts)
    except goemox.errors.GoemoxError as error:
        yield "2 threads", str(error)
        return
    order = random.Random(0).sample(range(len(texts)), len(texts))
    shuffled = two.predict_proba([texts[row] for row in order])
    yield "shuffled", shuffled[np.argsort(order)]
    yield "reversed", two.predict_proba(texts[::-1])[::-1]
    yield "lists of 64", _in_lists(two, texts, 64)
    yield f"one by one ({min(ALONE, len(texts))} texts)", _in_lists(two, texts[:ALONE], 1)


def _in_lists(classifier: EmotionClassifier, texts: Sequence[str], size: int) -> np.ndarray:
    starts = range(0, len(texts), size)
    return np.concatenate([classifier.predict_proba(texts[start : start + size]) for start in starts])


def _difference(classifier: EmotionClassifier, one: np.ndarray, other: np.ndarray) -> dict[str, Any]:
    differing = classifier.rule.decide(one) != classifier.rule.decide(other)
    return {
        "texts": len(one),
        "differing": int(differing.sum()),
        "texts_differing": int(differing.any(1).sum()),
        "most_difference": float(f"{np.abs(one - other).max():.3g}"),
    }
