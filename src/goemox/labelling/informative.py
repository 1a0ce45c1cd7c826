"""Texts that a model learns most from: it is unsure of them, and they are not all alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from goemox.records import TextRecord
from goemox.scores import Floats

if TYPE_CHECKING:
    from goemox.classifier import EmotionClassifier

__all__ = ["MOST_SCORED", "binary_entropy", "informative_order", "spread_out"]

MOST_SCORED = 20_000
"""Texts that are scored at most; a minute on two cores."""

_POOL = 10  # times as many unsure texts as wanted are looked at for different ones


def informative_order(
    classifier: EmotionClassifier,
    records: Sequence[TextRecord],
    n: int,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> list[int]:
    """Places of n records to label, the most uncertain first, all others far from those before them.

    Of the 10 n texts with the highest entropy (uncertainty sampling, Lewis and Gale 1994, of calibrated
    probabilities, summed over labels), n are drawn as k-means++ draws its centres, on the model's
    embeddings: filtering by doubt, then spreading, is Zhdanov 2019 (https://arxiv.org/abs/1901.05954), the
    draw is that of BADGE (Ash et al. 2020, https://arxiv.org/abs/1906.03671). A model without embeddings
    has its probabilities in their place. The same seed chooses the same texts; fewer than n: all.
    """
    if n < 1 or not records:
        return []
    scores = classifier.scores(records, progress)
    probabilities = np.asarray(classifier.rule.probabilities(scores), dtype=np.float64)
    falling = np.argsort(-binary_entropy(probabilities), kind="stable")[: _POOL * n]
    points = probabilities if scores.embeddings is None else scores.embeddings
    return [int(falling[i]) for i in spread_out(points[falling], n, seed)]


def binary_entropy(probabilities: Floats) -> Floats:
    """Bits of doubt of each text, (n,), in [0, k]: the entropy of every label's yes or no, summed.

    probabilities: (n, k), in [0, 1].
    """
    p = np.asarray(probabilities, dtype=np.float64)
    q = 1.0 - p
    # 0 log 0 is 0
    return np.asarray(-(p * np.log2(np.where(p > 0, p, 1)) + q * np.log2(np.where(q > 0, q, 1))).sum(axis=1))


def spread_out(points: Floats, n: int, seed: int = 0) -> list[int]:
    """Rows of n points that lie apart: the first, then each by chance, weighted by its squared distance.

    points: (m, d). The distance is that to the nearest point chosen so far (k-means++: Arthur and
    Vassilvitskii 2007). Copies of chosen points come last, in their order. Returns min(n, m) rows.
    """
    x = np.asarray(points, dtype=np.float32)
    generator = np.random.default_rng(seed)
    chosen = [0] if len(x) else []
    nearest = np.full(len(x), np.inf)
    while 0 < len(chosen) < min(n, len(x)):
        nearest = np.minimum(nearest, np.square(x - x[chosen[-1]]).sum(axis=1, dtype=np.float64))
        nearest[chosen] = 0.0
        total = nearest.sum()
        if total == 0.0:
            left = np.setdiff1d(np.arange(len(x)), chosen)
            chosen += left[: n - len(chosen)].tolist()
            break
        chosen.append(int(generator.choice(len(x), p=nearest / total)))
    return chosen
