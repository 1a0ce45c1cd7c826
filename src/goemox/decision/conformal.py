"""Prediction sets that miss at most a chosen share of the true labels, on average.

Conformal risk control on the false negative rate (Angelopoulos et al. 2022,
https://arxiv.org/abs/2208.02814). The promise is an average over texts like the calibration rows:
single labels, and texts from elsewhere, may be missed far more often.
"""

from __future__ import annotations

import numpy as np

from goemox.scores import Bools, Floats

__all__ = ["MIN_CARRYING", "false_negative_rates", "fit_cutoff"]

MIN_CARRYING = 50  # rows with a label below which nothing is promised: the others say nothing about misses


def false_negative_rates(included: Bools, truth: Bools) -> Floats:
    """Share of each text's true labels outside its set, (n,) in [0, 1]; 0 for a text without labels.

    included, truth: (n, k).
    """
    return np.asarray((truth & ~included).sum(axis=1) / np.maximum(truth.sum(axis=1), 1))


def fit_cutoff(probabilities: Floats, truth: Bools, alpha: float) -> float:
    """The largest probability cutoff whose sets keep the expected false negative rate <= alpha.

    probabilities, truth: (n, k), n exchangeable with the texts the promise is for. alpha in (0, 1). Rows
    without a true label have nothing to miss, and would buy room for misses elsewhere: leave them out.
    Returns a cutoff in [0, 1); 0 (every label) where n is too small to promise anything.
    """
    n = len(truth)
    if 1.0 / (n + 1) > alpha:
        return 0.0
    # Each true label is lost once the cutoff passes its probability; the loss only changes there.
    rows, columns = np.nonzero(truth)
    weight = 1.0 / truth.sum(axis=1)[rows]
    order = np.argsort(probabilities[rows, columns], kind="stable")
    values = probabilities[rows, columns][order]
    risk = (np.cumsum(weight[order]) + 1.0) / (n + 1)  # risk of a cutoff just above values[i]
    allowed = int(np.searchsorted(risk, alpha, side="right"))
    # A cutoff equal to values[allowed] keeps that label (>=), so exactly `allowed` labels are lost.
    return float(values[allowed]) if allowed < len(values) else float(values[-1])
