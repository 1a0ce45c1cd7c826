"""goemox as a competitor: the public classifier, with all that it says of a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import goemox
from goemox.classifier import EmotionClassifier

__all__ = ["OURS"]

Run = Callable[[Sequence[str], int], Sequence[Any]]


def predictions(runtime: str) -> Callable[[Path, int], Run]:
    """`clf(texts)`: labels, calibrated scores, prediction set, domain percentile; batches are its own."""

    def opened(_: Path, threads: int) -> Run:
        classifier = goemox.load(threads=threads, runtime=runtime)
        return lambda texts, size: classifier(texts)

    return opened


def before(_: Path, threads: int) -> Run:
    """The same of a goemox from before runtimes could be chosen."""
    classifier = EmotionClassifier.from_pretrained("default", threads=threads)
    return lambda texts, size: classifier(texts)


OURS: dict[str, Callable[[Path, int], Run]] = {
    "goemox": predictions("onnxruntime"),
    "goemox openvino": predictions("openvino"),
    "goemox before": before,
}
