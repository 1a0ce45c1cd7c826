"""p-values of differences, and of many tests at once: honest when the most surprising of them is picked."""

from __future__ import annotations

from math import erfc, isnan, sqrt

import numpy as np
import numpy.typing as npt

from goemox.evaluation.intervals import Z
from goemox.scores import Floats

__all__ = ["LEVEL", "MIN_EXPECTED", "holm", "p_of_error", "p_of_interval", "p_of_shares"]

LEVEL = 0.05
MIN_EXPECTED = 10  # texts in a cell; below it a statistic of counts does not follow its curve yet


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


def p_of_shares(a: npt.ArrayLike, n_a: npt.ArrayLike, b: npt.ArrayLike, n_b: npt.ArrayLike) -> Floats:
    """Two-sided p of shares a and b of n_a and n_b texts: numbers, or arrays of one shape.

    The test of two proportions with one variance. Where alike sides would have fewer than 10 texts with (or
    without) the label on one of them, Fisher's exact test (1935), its smaller tail doubled: for sides of
    unequal size the normal curve called one rare text a finding.
    """
    from scipy.special import ndtr
    from scipy.stats import hypergeom  # slow to import, and only studies and reports compare shares

    of_a, of_b = (np.rint(np.asarray(n, dtype=np.float64)) for n in (n_a, n_b))
    found_a, found_b = np.rint(np.asarray(a) * of_a), np.rint(np.asarray(b) * of_b)
    found, size, found_b, of_b = np.broadcast_arrays(found_a + found_b, of_a + of_b, found_b, of_b)
    without = size - found
    expected = np.minimum(of_b, size - of_b) * np.minimum(found, without) / size
    # n_b (b - share of all), and its deviation were the sides alike
    distance = np.abs(found_b - of_b * found / size)
    deviation = np.sqrt(of_b * (size - of_b) / size * (found / size) * (without / size))
    exact = expected < MIN_EXPECTED
    p_values = np.asarray(2 * ndtr(-distance / np.where(exact, 1.0, deviation)))
    table = size[exact], of_b[exact], found[exact]
    lower, upper = hypergeom.cdf(found_b[exact], *table), hypergeom.sf(found_b[exact] - 1, *table)
    p_values[exact] = np.minimum(2 * np.minimum(lower, upper), 1.0)
    return p_values


def p_of_interval(difference: float, low: float, high: float) -> float:
    """The same from its 95 % interval (Altman and Bland 2011, https://doi.org/10.1136/bmj.d2304)."""
    if isnan(difference) or isnan(low):
        return float("nan")
    return p_of_error(difference, (high - low) / (2 * Z))
