"""Whether prediction sets keep what they promise, on average and label by label.

The promise is about the average text; a label that is rare or hard may be missed far more often, which the
average hides, so its own rate stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goemox.decision.conformal import false_negative_rates
from goemox.decision.rule import Conformal
from goemox.evaluation.intervals import Interval, bootstrap_weights, percentile_interval, wilson
from goemox.evaluation.sample import LabelledSample
from goemox.scores import Bools

__all__ = ["LabelMisses", "PredictionSets", "measure_sets"]


@dataclass(frozen=True, slots=True)
class LabelMisses:
    """One label: texts that truly carry it, and the share of them whose set lacks it, with Wilson's 95 %.

    The three shares are NaN for a label that no text carries.
    """

    label: str
    support: int
    miss_rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PredictionSets:
    """What was promised, and what n texts with a true label show.

    alpha: the largest share of a text's true labels that the sets may miss on average; population: of texts
    like these; n_fitted: rows that the promise was fitted on.
    fnr: the share that they miss here, mean over the n texts, with a bootstrap interval. mean_size: labels in
    a set; sizes: how many texts have a set of 0, 1, 2, ... labels.
    """

    alpha: float
    population: str
    n_fitted: int
    n: int
    fnr: Interval
    mean_size: float
    sizes: tuple[int, ...]
    per_label: tuple[LabelMisses, ...]


def measure_sets(
    included: Bools, promise: Conformal, sample: LabelledSample, *, n_bootstrap: int = 1000, seed: int = 0
) -> PredictionSets | None:
    """Compare sets with the truth; included: bool (n, k), which labels each text's set holds.

    Only judged cells can be missed, and texts without a true label have nothing to miss: they are left out of
    the rate, since they would flatter it. None where no text carries a label.
    """
    true = sample.truth & sample.judged
    carrying = true.any(axis=1)
    if not carrying.any():
        return None
    rates = false_negative_rates(included[carrying], true[carrying])
    weights = bootstrap_weights(len(rates), n_bootstrap, seed)
    drawn = [block @ rates.astype(np.float32) / len(rates) for block in weights]
    size = included[carrying].sum(axis=1)
    return PredictionSets(
        alpha=promise.alpha,
        population=promise.population,
        n_fitted=promise.n,
        n=len(rates),
        fnr=percentile_interval(float(rates.mean()), np.concatenate([np.empty(0), *drawn])),
        mean_size=float(size.mean()),
        sizes=tuple(np.bincount(size).tolist()),
        per_label=_per_label(included, true, sample.labels),
    )


def _per_label(included: Bools, true: Bools, labels: tuple[str, ...]) -> tuple[LabelMisses, ...]:
    support, missed = true.sum(axis=0), (true & ~included).sum(axis=0)
    rows = []
    for label, n, misses in zip(labels, support.tolist(), missed, strict=True):
        low, high = wilson(misses, n) if n else (np.nan, np.nan)
        rows.append(LabelMisses(label, n, float(misses / n) if n else np.nan, float(low), float(high)))
    return tuple(rows)
