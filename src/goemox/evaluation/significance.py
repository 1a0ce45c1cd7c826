"""p-values of differences, and of many tests at once: honest when the most surprising of them is picked."""

from __future__ import annotations

from math import erfc, isnan, sqrt

import numpy as np

from goemox.evaluation.intervals import Z
from goemox.scores import Floats

__all__ = ["LEVEL", "holm", "p_of_error", "p_of_interval", "p_of_shares"]

LEVEL = 0.05


def holm(p_values: Floats) -> Floats:
    """Holm's adjusted p-values (k,): calling those below a level moved errs at most at that level.

    Holm 1979, "A simple sequentially rejective multiple test procedure": the smallest is multiplied by k, the
    next by k - 1, and so on; none may fall below the one before it, none exceeds 1.
    """
    order = np.argsort(p_values, kind="stable")
    raised = p_values[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(raised), 1.0)
    return adjusted


def p_of_error(difference: float, error: float) -> float:
    """Two-sided p of a difference from its standard error, by the normal approximation; NaN where unknown."""
    if error == 0 or isnan(error):
        return float("nan") if isnan(error) else float(difference == 0)
    return erfc(abs(difference) / (error * sqrt(2)))


def p_of_shares(a: float, n_a: float, b: float, n_b: float) -> float:
    """Two-sided p of shares a and b of n_a and n_b texts: the test of two proportions with one variance."""
    pooled = (a * n_a + b * n_b) / (n_a + n_b)
    return p_of_error(b - a, sqrt(max(pooled * (1 - pooled), 0.0) * (1 / n_a + 1 / n_b)))


def p_of_interval(difference: float, low: float, high: float) -> float:
    """The same from its 95 % interval (Altman and Bland 2011, https://doi.org/10.1136/bmj.d2304)."""
    if isnan(difference) or isnan(low):
        return float("nan")
    return p_of_error(difference, (high - low) / (2 * Z))
