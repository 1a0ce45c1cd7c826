"""Calibration: how far probabilities lie from what happens, and what pure chance would show.

Bins keep equal scores together. Calibration errors use bins of equal numbers of texts (bins of equal width
would mostly be empty: rare labels crowd near 0) and are biased upward, most for good models, so the noise
floor stands beside them (Roelofs et al. 2022, https://arxiv.org/abs/2012.08668).
"""

from __future__ import annotations

import numpy as np

from goemox.evaluation.intervals import Interval
from goemox.evaluation.sample import LabelledSample
from goemox.scores import Bools, Floats, Ints

__all__ = ["COMMON_CURVE", "bins", "debiased_ece", "ece_floor", "label_ece", "reliability"]

N_BINS = 15
LABEL_BINS = 10  # of a label's own curve: at least ten expected positives each
COMMON_CURVE = 100  # positives a label needs for a curve of its own
BAND = (0.05, 0.95)
DRAWS = 300
CELLS_AT_ONCE = 4_000_000


def bins(scores: Floats, mass: Floats, n_bins: int) -> tuple[Ints, Ints]:
    """Cut texts, ordered by score, into at most n_bins of about equal mass; equal scores stay together.

    scores, mass: (n,), mass >= 0. Returns the order (n,) and where in it each bin starts (<= n_bins,).
    """
    order = np.argsort(scores, kind="stable")
    ordered, total = scores[order], float(mass.sum())
    before = np.concatenate([[0.0], np.cumsum(mass[order], dtype=np.float64)[:-1]])
    first_of_ties = np.searchsorted(ordered, ordered, side="left")
    share = before[first_of_ties] / total if total > 0 else np.zeros(len(scores))
    number = np.minimum((share * n_bins).astype(np.int64), n_bins - 1)
    return order, np.flatnonzero(np.diff(number, prepend=-1))


def label_ece(sample: LabelledSample, weights: Floats, n_bins: int = N_BINS) -> Floats:
    """Expected calibration error of each label in each resample, in [0, 1]: weights (b, n) -> (b, k).

    Sum over bins of |predicted - observed positives| / texts; the bins are those of the whole sample. NaN
    where nobody judged the label. Classwise form: Kull et al. 2019, https://arxiv.org/abs/1910.12656.
    """
    errors = np.full((len(weights), len(sample.labels)), np.nan)
    for column, rows in enumerate(_judged_rows(sample)):
        if rows.size == 0:
            continue
        p, y = sample.probabilities[rows, column], sample.truth[rows, column]
        order, starts = bins(p, np.ones(len(p)), n_bins)
        residuals = np.zeros((len(sample), len(starts)), dtype=weights.dtype)
        residuals[rows[order], _bin_numbers(starts, len(order))] = (p - y)[order]
        total = weights @ sample.judged[:, column].astype(weights.dtype)
        gaps = np.abs(weights @ residuals).sum(axis=1)
        errors[:, column] = np.divide(gaps, total, out=np.full(len(total), np.nan), where=total > 0)
    return errors


def debiased_ece(sample: LabelledSample, n_bins: int = N_BINS) -> Floats:
    """Root mean squared calibration error of each label less its sampling noise, (k,), in [0, 1].

    From each bin's squared gap the variance of its observed rate is taken away; where nothing is left, 0.
    Broecker 2012, Ferro and Fricker 2012; NaN where no bin of the label has two texts.
    """
    errors = np.full(len(sample.labels), np.nan)
    for column, rows in enumerate(_judged_rows(sample)):
        if rows.size < 2:
            continue
        p, y = sample.probabilities[rows, column], sample.truth[rows, column]
        order, starts = bins(p, np.ones(len(p)), n_bins)
        sizes = np.diff(np.append(starts, len(order)))
        rate = np.add.reduceat(y[order].astype(np.float64), starts) / sizes
        gap = np.add.reduceat(p[order].astype(np.float64), starts) / sizes - rate
        squared = gap**2 - rate * (1 - rate) / np.maximum(sizes - 1, 1)
        errors[column] = np.sqrt(max(0.0, float((squared * sizes).sum() / len(order))))
    return errors


def ece_floor(sample: LabelledSample, seed: int, draws: int = DRAWS) -> tuple[Floats, Interval]:
    """The calibration error that a perfectly calibrated model would show with these very scores.

    Truth is drawn from the probabilities `draws` times. Returns the mean for each label, (k,), and for the
    mean over labels its average and the middle 95 % of the draws.
    """
    generator = np.random.default_rng(seed)
    errors = np.full((draws, len(sample.labels)), np.nan)
    for column, rows in enumerate(_judged_rows(sample)):
        if rows.size == 0:
            continue
        p = sample.probabilities[rows, column]
        order, starts = bins(p, np.ones(len(p)), N_BINS)
        expected = np.add.reduceat(p[order].astype(np.float64), starts)
        drawn = _draw_positives(p[order], starts, draws, generator)
        errors[:, column] = np.abs(drawn - expected).sum(axis=1) / len(p)
    overall = errors[:, ~np.isnan(errors[0])].mean(axis=1)
    low, high = np.quantile(overall, [0.025, 0.975])
    return errors.mean(axis=0), Interval(float(overall.mean()), float(low), float(high))


def reliability(sample: LabelledSample, seed: int = 0) -> list[dict[str, object]]:
    """Reliability curves: all cells pooled, then each label with at least 100 positives.

    Each is {"label", "bins": [{"predicted", "observed", "n", "low", "high"}]}: mean probability, observed
    rate, number of cells, and the 90 % consistency band, where the observed rate of a perfectly calibrated
    model would lie (Broecker and Smith 2007). Bins hold equal numbers of expected positives, which spreads
    the points over the range of scores.
    """
    generator = np.random.default_rng(seed)
    pooled = sample.probabilities[sample.judged], sample.truth[sample.judged]
    curves: list[dict[str, object]] = [{"label": "all", "bins": _curve(*pooled, N_BINS, generator)}]
    rows = _judged_rows(sample)
    for column in np.flatnonzero(sample.support >= COMMON_CURVE):
        p, y = sample.probabilities[rows[column], column], sample.truth[rows[column], column]
        curves.append({"label": sample.labels[column], "bins": _curve(p, y, LABEL_BINS, generator)})
    return curves


def _curve(p: Floats, y: Bools, n_bins: int, generator: np.random.Generator) -> list[dict[str, float]]:
    order, starts = bins(p, p, n_bins)
    sizes = np.diff(np.append(starts, len(order)))
    predicted = np.add.reduceat(p[order].astype(np.float64), starts) / sizes
    observed = np.add.reduceat(y[order].astype(np.float64), starts) / sizes
    low, high = np.quantile(_draw_positives(p[order], starts, DRAWS, generator) / sizes, BAND, axis=0)
    return [
        {"predicted": float(a), "observed": float(b), "n": int(c), "low": float(d), "high": float(e)}
        for a, b, c, d, e in zip(predicted, observed, sizes, low, high, strict=True)
    ]


def _draw_positives(p: Floats, starts: Ints, draws: int, generator: np.random.Generator) -> Floats:
    """Positives in each bin when truth is drawn from p, bin by bin ordered: (draws, n_bins)."""
    block = max(1, CELLS_AT_ONCE // len(p))
    chance = p.astype(np.float32)
    drawn = []
    for start in range(0, draws, block):
        shape = (min(block, draws - start), len(p))
        hits = generator.random(shape, dtype=np.float32) < chance
        drawn.append(np.add.reduceat(hits, starts, axis=1, dtype=np.float64))
    return np.concatenate(drawn)


def _judged_rows(sample: LabelledSample) -> list[Ints]:
    return [np.flatnonzero(column) for column in sample.judged.T]


def _bin_numbers(starts: Ints, n: int) -> Ints:
    return np.repeat(np.arange(len(starts)), np.diff(np.append(starts, n)))
