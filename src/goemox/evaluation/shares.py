"""What a model says about many texts at once, truth or not: label shares and confidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from goemox.errors import ShapeError
from goemox.evaluation.numbers import histogram
from goemox.labels import NEUTRAL, display_group
from goemox.scores import Bools, Floats

__all__ = [
    "DISPLAY_GROUPS",
    "confidence",
    "display_shares",
    "label_shares",
    "leading",
    "max_softmax",
    "top_label_shares",
]

DISPLAY_GROUPS = (NEUTRAL, "admiration", "others")


def label_shares(decided: Bools, labels: Sequence[str]) -> dict[str, float]:
    """Share of texts that carry each label: bool (n, k) -> {label: 0..1}; they need not sum to 1."""
    return dict(zip(labels, decided.mean(axis=0).tolist(), strict=True))


def top_label_shares(scores: Floats, labels: Sequence[str]) -> dict[str, float]:
    """Share of texts whose highest score is each label's: (n, k) -> {label: 0..1}, summing to 1."""
    top = np.bincount(scores.argmax(axis=1), minlength=len(labels)) / len(scores)
    return dict(zip(labels, top.tolist(), strict=True))


def display_shares(top_label: Mapping[str, float]) -> dict[str, float]:
    """Top-label shares in the first study's groups neutral, admiration and others; 0 where missing."""
    groups = dict.fromkeys(DISPLAY_GROUPS, 0.0)
    for label, share in top_label.items():
        groups[display_group(label)] += share
    return groups


def leading(shares: Mapping[str, float], most: int) -> list[str]:
    """The labels, neutral left out, with the largest shares above 0; equal ones by name.

    Which labels a figure of a study shows, where it cannot show all.
    """
    there = [label for label, share in shares.items() if label != NEUTRAL and share > 0]
    return sorted(there, key=lambda label: (-shares[label], label))[:most]


def max_softmax(logits: Floats) -> Floats:
    """Largest softmax probability of each text, in [1/k, 1]: (n, k) -> (n,).

    What a single-label model would call its confidence. With sigmoid heads it is no probability of anything;
    it is shown because the first study looked at it.
    """
    shifted = np.asarray(logits, dtype=np.float64)
    return np.asarray(1.0 / np.exp(shifted - shifted.max(axis=1, keepdims=True)).sum(axis=1))


def confidence(probabilities: Floats, logits: Floats | None = None) -> dict[str, object]:
    """How sure the model is: {"mean", "median", "histogram", "mean_max_softmax", "softmax_histogram"}.

    The first three are of each text's highest calibrated probability, (n, k); the histograms have 20 bins
    from 0 to 1. The last two are of `max_softmax(logits)`, None without logits.
    Raises ShapeError where logits and probabilities differ in shape.
    """
    if logits is not None and logits.shape != probabilities.shape:
        raise ShapeError("logits", probabilities.shape, logits.shape)
    top = probabilities.max(axis=1)
    softmax = None if logits is None else max_softmax(logits)
    return {
        "mean": float(top.mean(dtype=np.float64)),
        "median": float(np.median(top)),
        "histogram": histogram(top, 0.0, 1.0),
        "mean_max_softmax": None if softmax is None else float(softmax.mean()),
        "softmax_histogram": None if softmax is None else histogram(softmax, 0.0, 1.0),
    }
