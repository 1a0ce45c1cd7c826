"""Calibration: how far probabilities lie from what happens, and what pure chance would show.

Bins keep equal scores together. Calibration errors use bins of equal numbers of texts (bins of equal width
would mostly be empty: rare labels crowd near 0) and are biased upward, most for good models, so the noise
floor stands beside them (`noise_floor`; Roelofs et al. 2022, https://arxiv.org/abs/2012.08668).
"""

from __future__ import annotations

import numpy as np

from goemox.evaluation.poisson_binomial import positives_between
from goemox.evaluation.sample import LabelledSample
from goemox.evaluation.smooth import smooth_calibration
from goemox.scores import Bools, Floats, Ints

__all__ = ["COMMON_CURVE", "bins", "debiased_ece", "label_ece", "reliability"]

N_BINS = 15
LABEL_BINS = 10  # of a label's own curve: at least ten expected positives each
COMMON_CURVE = 100  # positives a label needs for a curve of its own
BAND = (0.05, 0.95)


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
    Broecker 2012, Ferro and Fricker 2012. One text alone has no variance to take away: there are half as many
    bins as texts at most, and those of one text that equal scores leave are left out. NaN for a label that
    fewer than two texts were judged for.
    """
    errors = np.full(len(sample.labels), np.nan)
    for column, rows in enumerate(_judged_rows(sample)):
        if rows.size < 2:
            continue
        p, y = sample.probabilities[rows, column], sample.truth[rows, column]
        order, starts = bins(p, np.ones(len(p)), min(n_bins, len(p) // 2))
        sizes = np.diff(np.append(starts, len(order)))
        rate = np.add.reduceat(y[order].astype(np.float64), starts) / sizes
        gap = np.add.reduceat(p[order].astype(np.float64), starts) / sizes - rate
        squared = gap**2 - rate * (1 - rate) / np.maximum(sizes - 1, 1)
        counted = np.where(sizes > 1, sizes, 0)
        errors[column] = np.sqrt(max(0.0, float((squared * counted).sum() / counted.sum())))
    return errors


def reliability(sample: LabelledSample, seed: int = 0) -> list[dict[str, object]]:
    """Reliability curves: all cells pooled, then each label with at least 100 positives.

    Each is {"label", "bins": [{"predicted", "observed", "n", "low", "high"}], "smooth", "smooth_ece"}: mean
    probability, observed rate, number of cells, and the 90 % consistency band, where the observed rate of a
    perfectly calibrated model would lie (Broecker and Smith 2007). Bins hold equal numbers of expected
    positives, which spreads the points over the range of scores. The last two come from `smooth`.
    """
    pooled = sample.probabilities[sample.judged], sample.truth[sample.judged]
    curves = [_curve("all", *pooled, N_BINS, seed)]
    rows = _judged_rows(sample)
    for column in np.flatnonzero(sample.support >= COMMON_CURVE):
        p, y = sample.probabilities[rows[column], column], sample.truth[rows[column], column]
        curves.append(_curve(sample.labels[column], p, y, LABEL_BINS, seed))
    return curves


def _curve(label: str, p: Floats, y: Bools, n_bins: int, seed: int) -> dict[str, object]:
    smooth = smooth_calibration(p, y, seed)
    return {
        "label": label,
        "bins": _bins(p, y, n_bins),
        "smooth": smooth.points(),
        "smooth_ece": smooth.error,
    }


def _bins(p: Floats, y: Bools, n_bins: int) -> list[dict[str, float]]:
    order, starts = bins(p, p, n_bins)
    sizes = np.diff(np.append(starts, len(order)))
    predicted = np.add.reduceat(p[order].astype(np.float64), starts) / sizes
    observed = np.add.reduceat(y[order].astype(np.float64), starts) / sizes
    band = [positives_between(scores, *BAND) for scores in np.split(p[order], starts[1:])]
    low, high = np.array(band).T / sizes
    return [
        {"predicted": float(a), "observed": float(b), "n": int(c), "low": float(d), "high": float(e)}
        for a, b, c, d, e in zip(predicted, observed, sizes, low, high, strict=True)
    ]


def _judged_rows(sample: LabelledSample) -> list[Ints]:
    return [np.flatnonzero(column) for column in sample.judged.T]


def _bin_numbers(starts: Ints, n: int) -> Ints:
    return np.repeat(np.arange(len(starts)), np.diff(np.append(starts, n)))
