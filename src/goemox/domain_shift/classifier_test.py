"""Whether words alone tell two sets of texts apart: the two-sample test by a classifier.

Lopez-Paz and Oquab 2017, "Revisiting classifier two-sample tests" (https://arxiv.org/abs/1610.06545): if a
classifier tells held-out texts of one set from those of the other better than chance, the sets differ, and
by how much better is a measure that can be read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from goemox.domain.words import HashedWords, bucket_of
from goemox.domain_shift.folds import group_folds
from goemox.domain_shift.lengths import auroc_interval, auroc_variance
from goemox.domain_shift.limits import MIN_TEXTS
from goemox.domain_shift.two_sample import SMALLEST_P
from goemox.evaluation.intervals import Interval
from goemox.scores import Floats

__all__ = ["MASKS", "ClassifierTest", "classifier_test"]

FOLDS = 5
LARGEST = 4_000  # texts a side
# Folds are not independent: each is scored by a classifier that learned from the others. To first order a
# fold's area is x_f . (sum of the other folds' x_g), x being differences of mean words, so that each product
# counts in two folds; where words tell nothing this doubles the variance of the mean, whatever the number of
# folds. Elsewhere twice is on the safe side (Bates, Hastie and Tibshirani 2023, https://arxiv.org/abs/2104.00673).
SHARED = 2.0
STRENGTH = 100.0  # of the penalty, inverted as in scikit-learn; a word weighs about 1/10
MASKS = ("[name]", "[religion]", "[url]", "[user]")  # put in by whoever prepared a data set, no one's words

Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class ClassifierTest:
    """How well words tell the target from the reference.

    auroc: chance that a held-out target text looks more like the target than a held-out reference text does;
    0.5 = the words are the same, 1 = no text can be mistaken. p_value: of an area as large by chance,
    one-sided, in (0, 1], 1e-6 where it is smaller (`SMALLEST_P`). n, n_reference: different texts that were
    compared.
    """

    auroc: Interval
    p_value: float
    n: int
    n_reference: int


def classifier_test(
    reference: HashedWords, target: HashedWords, *, largest: int = LARGEST, seed: int = 0
) -> ClassifierTest | None:
    """Tell the sides apart by logistic regression on bags of words; None with fewer than 50 bags on a side.

    Texts of the same words are one bag, which never stands in two folds of the five-fold cross-validation
    that scores it. Of more than `largest` bags a side, that many are drawn; both sides weigh the same. Masks
    such as [NAME] are not looked at: they would tell how a data set was prepared, not what it is about; real
    names on one side that are masked on the other remain, and tell the same. The words of a bag weigh 1
    together, so that having more of them hardly tells anything. The area is the mean of the folds', each bag
    being ranked among those that the same classifier scored; p is the rank-sum test's by the normal
    approximation, with twice its variance (see `SHARED`).
    """
    different = [side.rows(np.unique(_groups([side]), return_index=True)[1]) for side in (reference, target)]
    if min(len(side) for side in different) < MIN_TEXTS:
        return None
    generator = np.random.default_rng(seed)
    sides = [_drawn(side, largest, generator) for side in different]
    rows = _bags(sides)
    truth = np.repeat([False, True], [len(side) for side in sides])
    fold = group_folds(truth, _groups(sides), FOLDS, seed)
    area, variance, deviation = _cross_validated(rows, truth, fold)
    return ClassifierTest(
        auroc=auroc_interval(area, variance, min(len(side) for side in sides)),
        p_value=max(0.5 * math.erfc((area - 0.5) / deviation / math.sqrt(2.0)), SMALLEST_P)
        if deviation > 0
        else 1.0,
        n=len(sides[1]),
        n_reference=len(sides[0]),
    )


def _drawn(side: HashedWords, largest: int, generator: np.random.Generator) -> HashedWords:
    if len(side) <= largest:
        return side
    return side.rows(np.sort(generator.choice(len(side), largest, replace=False)))


def _bags(sides: list[HashedWords]) -> Any:
    """Words of all texts as a CSR matrix, rows summing to 1; words of one text, and masks, are left out."""
    from scipy.sparse import diags_array, vstack

    rows = vstack([side.matrix() for side in sides], format="csr").astype(np.float64)
    often = np.asarray(rows.sum(axis=0)).ravel() >= 2
    often[[bucket_of(mask) for mask in MASKS]] = False
    rows = rows[:, np.flatnonzero(often)]
    n_words = np.asarray(rows.sum(axis=1)).ravel()
    return (diags_array(1.0 / np.maximum(n_words, 1.0)) @ rows).tocsr()


def _groups(sides: list[HashedWords]) -> Ints:
    """The same number for texts of the same words."""
    known: dict[bytes, int] = {}
    return np.array(
        [
            known.setdefault(side.buckets[start:end].tobytes(), len(known))
            for side in sides
            for start, end in zip(side.starts[:-1], side.starts[1:], strict=True)
        ]
    )


def _cross_validated(rows: Any, truth: npt.NDArray[np.bool_], fold: Ints) -> tuple[float, float, float]:
    """Area over the folds, its variance, and its standard deviation where words told nothing.

    Folds count by their number of pairs. A fold without texts of both sides counts for nothing.
    """
    from sklearn.linear_model import LogisticRegression

    pairs, areas, variances, chance = [], [], [], []
    for number in range(FOLDS):
        held_out = fold == number
        m, n = int((~truth[held_out]).sum()), int(truth[held_out].sum())
        if min(m, n) < 2 or rows.shape[1] == 0 or len(np.unique(truth[~held_out])) < 2:
            continue
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", solver="liblinear", random_state=0)
        scores = model.fit(rows[~held_out], truth[~held_out]).decision_function(rows[held_out])
        area, variance = auroc_variance(scores[~truth[held_out]], scores[truth[held_out]])
        pairs.append(m * n)
        areas.append(area)
        variances.append(variance)
        chance.append((m + n + 1) / (12 * m * n) * _kept_by_ties(scores))
    if not pairs:
        return 0.5, float("nan"), 0.0
    weight = np.array(pairs) / sum(pairs)
    return (
        float(weight @ areas),
        float(SHARED * (weight**2 @ variances)),
        float(np.sqrt(SHARED * (weight**2 @ chance))),
    )


def _kept_by_ties(scores: Floats) -> float:
    """The part of the rank sum's variance that equal scores leave, in [0, 1]."""
    n, equal = float(len(scores)), np.unique(scores, return_counts=True)[1].astype(np.float64)
    return float(1.0 - (equal**3 - equal).sum() / (n**3 - n))
