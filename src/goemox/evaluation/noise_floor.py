"""What pure chance does to a calibration error: the error of a perfect model with these very scores.

Truth is drawn from the probabilities again and again (Roelofs et al. 2022, https://arxiv.org/abs/2012.08668).
Each bin's positives are drawn at once, by their exact distribution, so that thousands of draws are cheap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goemox.evaluation.intervals import Interval
from goemox.evaluation.poisson_binomial import number_of_positives
from goemox.evaluation.reliability import N_BINS, bins
from goemox.evaluation.sample import LabelledSample
from goemox.evaluation.significance import LEVEL, holm
from goemox.scores import Bools, Floats, Ints

__all__ = ["NoiseFloor", "noise_floor"]

DRAWS = 20_000  # 28 labels are looked at together, and their smallest p should not hang on the draws
HIGH = 0.99


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class NoiseFloor:
    """The calibration errors of a perfect model, and how surprising those found are beside them.

    mean, high: (k,), average and 99th percentile of each label's simulated error; NaN where nobody judged it.
    p: (k,), share of perfect models with at least the error found, the found one counted in: (1 + those) /
    (1 + draws). p_adjusted: (k,), Holm over the labels.
    overall: of the mean over labels, with the middle 95 % of the draws.
    """

    mean: Floats
    high: Floats
    p: Floats
    p_adjusted: Floats
    overall: Interval

    @property
    def above(self) -> list[bool | None]:
        """Whether each label's error is more than chance shows (p_adjusted < .05); None where unknown."""
        return [None if np.isnan(p) else bool(p < LEVEL) for p in self.p_adjusted]


def noise_floor(sample: LabelledSample, seed: int, draws: int = DRAWS) -> NoiseFloor:
    """Simulate `draws` perfectly calibrated models; the error is that of `reliability.label_ece`."""
    generator = np.random.default_rng(seed)
    k = len(sample.labels)
    errors, p = np.full((draws, k), np.nan), np.full(k, np.nan)
    for column, judged in enumerate(sample.judged.T):
        rows = np.flatnonzero(judged)
        if rows.size:
            scores, truth = sample.probabilities[rows, column], sample.truth[rows, column]
            drawn, found = _errors(scores, truth, draws, generator)
            errors[:, column] = drawn
            # a tolerance, since equal errors are summed in another order
            p[column] = (1 + (drawn >= found - 1e-12).sum()) / (1 + draws)
    known = ~np.isnan(p)
    overall = errors[:, known].mean(axis=1)
    low, high = np.quantile(overall, [0.025, 0.975])
    adjusted = np.full(k, np.nan)
    adjusted[known] = holm(p[known])
    return NoiseFloor(
        mean=errors.mean(axis=0),
        high=np.quantile(errors, HIGH, axis=0),
        p=p,
        p_adjusted=adjusted,
        overall=Interval(float(overall.mean()), float(low), float(high)),
    )


def _errors(scores: Floats, truth: Bools, draws: int, generator: np.random.Generator) -> tuple[Floats, float]:
    """Calibration errors of perfect models with one label's scores, (draws,), and the one found."""
    order, starts = bins(scores, np.ones(len(scores)), N_BINS)
    ends = np.append(starts[1:], len(order))
    drawn, found = np.zeros(draws), 0.0
    for start, end in zip(starts, ends, strict=True):
        rows: Ints = order[start:end]
        expected = float(scores[rows].sum(dtype=np.float64))
        first, chances = number_of_positives(scores[rows])
        numbers = first + np.searchsorted(np.cumsum(chances)[:-1], generator.random(draws), side="right")
        drawn += np.abs(numbers - expected)
        found += abs(float(truth[rows].sum()) - expected)
    return drawn / len(order), found / len(order)
