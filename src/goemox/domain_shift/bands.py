"""Bands of label shares: how much other texts of the same kind might have given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goemox.errors import ShapeError
from goemox.evaluation.intervals import bootstrap_weights, wilson
from goemox.scores import Bools, Floats

__all__ = ["ShareBands", "share_bands"]

RESAMPLES = 1000


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class ShareBands:
    """Per label the share of texts that were given it and the share that its probabilities expect, (k,) each.

    low and high are 95 % limits over texts drawn anew from the same domain. They say nothing about
    a calibration that does not hold there: nobody labelled these texts.
    """

    given: Floats
    given_low: Floats
    given_high: Floats
    expected: Floats
    expected_low: Floats
    expected_high: Floats


def share_bands(
    decided: Bools, probabilities: Floats, *, n_bootstrap: int = RESAMPLES, seed: int = 0
) -> ShareBands:
    """Shares with 95 % bands. decided, probabilities: (n, k), n >= 1.

    Shares given have Wilson's limits: for a count they are as narrow as the bootstrap's, need no resamples,
    and are not empty for a label that was never given, where every resample shows 0 as well. Expected shares
    are means of probabilities, no counts, and have the percentile bootstrap over texts.
    """
    if decided.shape != probabilities.shape or decided.ndim != 2:
        raise ShapeError("decided", probabilities.shape, decided.shape)
    n = len(decided)
    low, high = wilson(decided.sum(axis=0), n)
    values = probabilities.astype(np.float32)
    means = np.concatenate([block @ values / n for block in bootstrap_weights(n, n_bootstrap, seed)])
    expected_low, expected_high = np.quantile(means.astype(np.float64), [0.025, 0.975], axis=0)
    return ShareBands(
        given=decided.mean(axis=0),
        given_low=low,
        given_high=high,
        expected=probabilities.mean(axis=0, dtype=np.float64),
        expected_low=expected_low,
        expected_high=expected_high,
    )
