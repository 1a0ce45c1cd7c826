"""Smooth calibration: reliability without bins, and the smooth calibration error.

The gap between truth and probability is smoothed along the probabilities with a Gaussian kernel that is
reflected at 0 and 1. The kernel's width chooses itself: it is the error that it gives, so that no bins have
to be argued about (Błasiok and Nakkiran 2023, https://arxiv.org/abs/2309.12236).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goemox.scores import Bools, Floats, Ints

__all__ = ["SmoothCurve", "smooth_calibration"]

CELLS = 2_048  # of equal width, in which probabilities are taken as equal
NARROWEST = 0.001
DRAWN_WIDTH = 0.04  # a curve is drawn at least this smooth: finer waves would be noise between its points
POINTS = 20
MIN_TEXTS = 10  # under the kernel, for a point to be drawn
BAND = (0.05, 0.95)
DRAWS = 200
STEPS = 14  # halvings in the search for the width


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class SmoothCurve:
    """Observed against predicted rate, smoothed, at m points; and the smooth calibration error, in [0, 1].

    low, high: (m,), the 90 % consistency band: where the curve of a perfectly calibrated model would lie
    (Broecker and Smith 2007).
    """

    predicted: Floats
    observed: Floats
    low: Floats
    high: Floats
    error: float

    def points(self) -> list[dict[str, float]]:
        """One {"predicted", "observed", "low", "high"} a point, to 4 decimals."""
        columns = (self.predicted, self.observed, self.low, self.high)
        names = ("predicted", "observed", "low", "high")
        rows = np.round(np.stack(columns, axis=1), 4).tolist()
        return [dict(zip(names, row, strict=True)) for row in rows]


def smooth_calibration(probabilities: Floats, truth: Bools, seed: int = 0) -> SmoothCurve:
    """The smooth reliability curve of n probabilities, (n,), in [0, 1], and their truth, (n,); n >= 1."""
    p = np.asarray(probabilities, dtype=np.float64)
    cell = np.minimum((p * CELLS).astype(np.int64), CELLS - 1)
    number = np.bincount(cell, minlength=CELLS).astype(np.float64)
    said, true = (np.bincount(cell, weights=each, minlength=CELLS).astype(np.float64) for each in (p, truth))
    gap = true - said
    width = _own_width(gap / len(p))
    error = float(np.abs(_smoothed(gap / len(p), width)).sum())
    width = max(width, DRAWN_WIDTH)
    texts = _smoothed(number, width)
    shown = _shown(texts, cell, width)
    centres = (shown + 0.5) / CELLS
    drawn = _perfect_gaps(number.astype(np.int64), said, seed)
    bent = _smoothed(np.vstack([gap, drawn]), width)[:, shown] / texts[shown]
    low, high = np.quantile(centres + bent[1:], BAND, axis=0)
    observed, low, high = (np.clip(values, 0.0, 1.0) for values in (centres + bent[0], low, high))
    return SmoothCurve(centres, observed, low, high, error)


def _smoothed(values: Floats, width: float) -> Floats:
    """Convolution of values in cells, (..., CELLS), with the reflected Gaussian; sums are kept.

    The cosine transform turns the reflection and the convolution into one product.
    """
    from scipy.fft import dct, idct

    fade = np.exp(-0.5 * (np.pi * np.arange(CELLS) * width) ** 2)
    return np.asarray(idct(dct(values, axis=-1) * fade, axis=-1))


def _own_width(gap: Floats) -> float:
    """The width at which the smoothed error equals the width: the error falls as the width grows."""
    low, high = NARROWEST, 1.0
    if np.abs(_smoothed(gap, low)).sum() <= low:
        return low
    for _ in range(STEPS):
        middle = (low + high) / 2
        if np.abs(_smoothed(gap, middle)).sum() > middle:
            low = middle
        else:
            high = middle
    return high


def _shown(texts: Floats, cell: Ints, width: float) -> Ints:
    """Cells at equal distances from the lowest to the highest score, as far as texts stand behind them."""
    cells = np.unique(np.linspace(cell.min(), cell.max(), POINTS).astype(np.int64))
    behind = texts[cells] * CELLS * width * np.sqrt(2 * np.pi)
    return np.asarray(cells[behind >= min(MIN_TEXTS, len(cell))])


def _perfect_gaps(number: Ints, said: Floats, seed: int) -> Floats:
    """Truth minus probabilities in each cell, where truth is drawn from them: (DRAWS, CELLS)."""
    drawn = np.zeros((DRAWS, CELLS))
    full = np.flatnonzero(number)
    chance = np.clip(said[full] / number[full], 0.0, 1.0)
    hits = np.random.default_rng(seed).binomial(number[full], chance, (DRAWS, len(full)))
    drawn[:, full] = hits - said[full]
    return drawn
