"""How many of some independent events happen when each has a chance of its own.

No draws but the chances themselves: the inverse Fourier transform of the characteristic function (Hong 2013,
https://doi.org/10.1016/j.csda.2012.10.006).
"""

from __future__ import annotations

import numpy as np

from goemox.scores import Floats

__all__ = ["number_of_positives", "positives_between"]

GROUPS = 256  # of neighbouring probabilities, taken as equal
REACH = 10.0  # standard deviations from the mean to the rarest number that is considered
SMALLEST = 1e-300


def number_of_positives(probabilities: Floats) -> tuple[int, Floats]:
    """How many of some independent events happen: (first, chances), chances[i] that of first + i.

    probabilities: (m,), ascending. Numbers more than ten standard deviations from the mean are left out.
    """
    p = np.asarray(probabilities, dtype=np.float64)
    sizes = np.ones(len(p), dtype=np.int64)
    if len(p) > GROUPS:
        starts = np.linspace(0, len(p), GROUPS, endpoint=False).astype(np.int64)
        sizes = np.diff(starts, append=len(p))
        p = np.add.reduceat(p, starts) / sizes
    mean, deviation = float(sizes @ p), float(np.sqrt(sizes @ (p * (1 - p))))
    first = max(0, int(mean - REACH * (deviation + 1)))
    width = min(int(sizes.sum()), int(mean + REACH * (deviation + 1)) + 1) - first + 1
    angle = 2 * np.pi * np.arange(width // 2 + 1)[:, None] / width
    real, imaginary = 1 - p + p * np.cos(angle), p * np.sin(angle)
    size = 0.5 * np.log(np.maximum(real**2 + imaginary**2, SMALLEST)) @ sizes
    turn = np.arctan2(imaginary, real) @ sizes - first * angle[:, 0]
    chances = np.maximum(np.fft.irfft(np.exp(size + 1j * turn).conj(), width), 0.0)
    return first, chances / chances.sum()


def positives_between(probabilities: Floats, lower: float, upper: float) -> tuple[int, int]:
    """Quantiles of that number: the smallest numbers that are not exceeded with chance >= lower, >= upper.

    probabilities: (m,), ascending. lower, upper: in (0, 1).
    """
    first, chances = number_of_positives(probabilities)
    low, high = np.searchsorted(np.cumsum(chances)[:-1], [lower, upper])
    return first + int(low), first + int(high)
