"""How often a label occurs in a domain, from few labels and many predictions, with a valid interval.

Prediction-powered inference with a tuned weight, PPI++ (Angelopoulos et al. 2023, arXiv 2301.09633 and
2311.01453): the labelled rows estimate how wrong predictions are, the unlabelled ones how often they say yes.
The predictions may be as bad as they like: then the weight falls to 0, and what is left is the labels' own
share. They must not have been fitted on the labelled rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goemox.errors import ShapeError
from goemox.evaluation.intervals import Interval, wilson
from goemox.scores import Bools, Floats

__all__ = ["Prevalence", "prevalence"]


@dataclass(frozen=True, slots=True)
class Prevalence:
    """Share of a domain's texts that carry a label, in [0, 1].

    n: labelled rows judged for it. classical: from those alone (Wilson). powered: with predictions; None
    without unlabelled texts, or where some row was not judged for it. weight: lambda of PPI++, 0 =
    predictions were of no use, 1 = fully used.
    """

    n: int
    classical: Interval
    powered: Interval | None
    weight: float | None


def prevalence(truth: Bools, predicted: Floats, unlabelled: Floats) -> Prevalence:
    """Estimate from n labelled rows and N unlabelled texts of the same domain, all drawn at random.

    truth: bool (n,), n >= 2. predicted: (n,), what the model says of the labelled rows; unlabelled: (N,), of
    the others; N may be 0. The interval is Wilson's with as many rows as would give the labels' own share the
    same variance: the normal interval of the papers is too short for rare labels. The rows are counted by how
    much the labels vary, not by the estimate, which may land near 0 by chance.
    """
    n, many = len(truth), len(unlabelled)
    if predicted.shape != truth.shape:
        raise ShapeError("predicted", truth.shape, predicted.shape)
    y, f = truth.astype(np.float64), predicted.astype(np.float64)
    classical = _wilson(y.mean(), n)
    if many < 2:
        return Prevalence(n, classical, None, None)
    weight = _weight(y, f, many)
    value = float(np.clip(y.mean() + weight * (unlabelled.mean() - f.mean()), 0.0, 1.0))
    variance = (y - weight * f).var(ddof=1) / n + weight**2 * unlabelled.var(ddof=1) / many
    spread = float(y.var(ddof=1))
    rows = spread / variance if variance > 0 and spread > 0 else float(n)
    return Prevalence(n, classical, _wilson(value, rows), weight)


def _weight(y: Floats, f: Floats, many: int) -> float:
    """The weight with the smallest variance, kept in [0, 1]; y, f: (n,)."""
    variance = f.var(ddof=1)
    if not variance > 0:
        return 0.0
    covariance = float(((y - y.mean()) * (f - f.mean())).sum() / (len(y) - 1))
    return float(np.clip(covariance / ((1 + len(y) / many) * variance), 0.0, 1.0))


def _wilson(share: float, rows: float) -> Interval:
    low, high = wilson(np.asarray(share * rows), rows)
    return Interval(float(share), float(low), float(high))
