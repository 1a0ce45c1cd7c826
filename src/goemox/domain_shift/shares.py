"""How alike sets of texts are, judged by the top labels a model gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from goemox.errors import InvalidInput, ShapeError
from goemox.evaluation.numbers import plain
from goemox.scores import Floats

__all__ = ["jensen_shannon", "share_correlation"]


def share_correlation(shares: Mapping[str, Floats | Sequence[float]]) -> dict[str, object]:
    """Compare the top-label shares of every pair of sets.

    shares: {name: (k,)}, the same labels in the same order for all, >= 0; normalised here.
    Returns {"names", "pearson", "jensen_shannon"}: two symmetric matrices in the order of names.
    Pearson's correlation over the k labels (None where all labels have the same share) mostly reflects the
    one or two largest labels; the Jensen-Shannon distance, 0 alike to 1 disjoint, weighs all of them.

    Raises ShapeError for different numbers of labels, InvalidInput for a set whose shares sum to nothing.
    """
    names = list(shares)
    rows = [np.asarray(row, dtype=np.float64) for row in shares.values()]
    for name, row in zip(names, rows, strict=True):
        if row.shape != rows[0].shape or row.ndim != 1:
            raise ShapeError(f"the shares of {name}", rows[0].shape, row.shape)
        if not (np.isfinite(row).all() and (row >= 0).all() and row.sum() > 0):
            raise InvalidInput(f"{name}: its label shares are not positive numbers; is the set empty?")
    normal = [row / row.sum() for row in rows]
    return {
        "names": names,
        "pearson": plain([[_pearson(a, b) for b in normal] for a in normal]),
        "jensen_shannon": plain([[jensen_shannon(a, b) for b in normal] for a in normal]),
    }


def jensen_shannon(a: Floats, b: Floats) -> float:
    """Distance of two distributions (k,), (k,): 0 the same, 1 disjoint.

    The square root of the divergence in bits (Lin 1991; a metric, Endres and Schindelin 2003).
    """
    middle = (a + b) / 2
    divergence = (_relative_entropy(a, middle) + _relative_entropy(b, middle)) / 2
    return float(np.sqrt(np.clip(divergence, 0.0, 1.0)))


def _relative_entropy(a: Floats, b: Floats) -> float:
    """Bits lost when a is told as b; b > 0 wherever a > 0."""
    some = a > 0
    return float((a[some] * np.log2(a[some] / b[some])).sum())


def _pearson(a: Floats, b: Floats) -> float:
    x, y = a - a.mean(), b - b.mean()
    # equal shares leave only rounding in x; dividing by that would invent a correlation
    if min(np.abs(x).max(), np.abs(y).max()) < 1e-12:
        return float("nan")
    return float(np.clip((x @ y) / np.sqrt((x @ x) * (y @ y)), -1.0, 1.0))
