"""Intervals: the bootstrap over texts, and Wilson's for a plain share.

A resample is a row of weights: how often each text was drawn. A metric written for weights gives its value
with all weights 1 and its resamples with these, so it is written once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goemox.scores import Floats, Ints

__all__ = ["CONFIDENCE", "Interval", "bootstrap_weights", "percentile_interval", "spread_interval", "wilson"]

CONFIDENCE = 0.95
Z = 1.959963984540054  # the normal's 97.5 % quantile
CELLS_AT_ONCE = 8_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and its 95 % interval; low and high are NaN where none is given."""

    value: float
    low: float = float("nan")
    high: float = float("nan")

    def to_dict(self) -> dict[str, float]:
        """As in `goemox evaluate --json`."""
        return {"value": self.value, "low": self.low, "high": self.high}


def bootstrap_weights(n: int, n_bootstrap: int, seed: int) -> Iterator[npt.NDArray[np.float32]]:
    """How often each of n texts was drawn in resamples of n with replacement, some rows (b, n) at a time.

    In blocks, so that the resamples of a large set need not fit into memory at once. The same n and seed give
    the same resamples: two models scored on the same texts can be compared resample by resample.
    """
    generator = np.random.default_rng(seed)
    block = max(1, CELLS_AT_ONCE // n)
    for start in range(0, n_bootstrap, block):
        rows = min(block, n_bootstrap - start)
        weights = np.empty((rows, n), dtype=np.float32)
        for row in weights:
            row[:] = np.bincount(generator.integers(0, n, size=n), minlength=n)
        yield weights


def percentile_interval(value: float, resamples: Floats) -> Interval:
    """The middle 95 % of the resamples, (b,); NaN resamples (a label drawn without positives) are left out.

    Efron's percentile bootstrap (Efron and Tibshirani 1993, chapter 13).
    """
    kept = resamples[~np.isnan(resamples)]
    if np.isnan(value) or kept.size == 0:
        return Interval(value)
    low, high = np.quantile(kept.astype(np.float64), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(value, float(low), float(high))


def spread_interval(value: float, resamples: Floats) -> Interval:
    """The value +/- 1.96 standard deviations of the resamples, (b,), kept within [0, 1].

    For figures that drawing with replacement itself lifts, whose percentiles would lie too high: calibration
    errors (more noise in each bin) and average precision (a rare positive drawn twice supports itself).
    """
    kept = resamples[~np.isnan(resamples)]
    if np.isnan(value) or kept.size == 0:
        return Interval(value)
    half = Z * float(kept.astype(np.float64).std())
    return Interval(value, max(0.0, value - half), min(1.0, value + half))


def wilson(successes: Ints | Floats, n: float) -> tuple[Floats, Floats]:
    """Lower and upper 95 % limits of successes / n, same shape as `successes`; n > 0, of any kind.

    Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953: holds its level for rare labels too, and is
    never empty at 0 or n as the bootstrap's is.
    """
    share = np.asarray(successes) / n
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    # exact at the ends, where rounding would leave a stray 1e-17
    return np.where(share == 0, 0.0, centre - half), np.where(share == 1, 1.0, centre + half)
