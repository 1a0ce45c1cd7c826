"""From logits to labels in the ladder's four ways; what is fitted on dev never decides on its own rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from goemox.data.splits import normalised
from goemox.decision.calibration import calibrate
from goemox.decision.folds import dealt
from goemox.decision.rule import DecisionRule, fit_decisions
from goemox.decision.thresholds import fit_thresholds
from goemox.labels import GOEMOTIONS
from goemox.scores import Bools, Floats, Ints, sigmoid, softmax

__all__ = ["FITS", "Decided", "Fit", "by_rule", "cross_fitted", "cut_half", "folds_of", "softmax_top"]

N_FOLDS = 5

Fit = Callable[[Floats, Bools], DecisionRule]
"""(logits (n, k), truth (n, k)) of held-out rows -> the rule that they ask for."""


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """probabilities (n, k) in [0, 1] and the labels given, bool (n, k)."""

    probabilities: Floats
    given: Bools


def softmax_top(logits: Floats) -> Decided:
    """The first study's decision: a softmax over all labels, and its most probable one alone."""
    given = np.zeros(logits.shape, dtype=np.bool_)
    given[np.arange(len(logits)), logits.argmax(axis=1)] = True
    return Decided(softmax(logits), given)


def cut_half(logits: Floats) -> Decided:
    """Sigmoids, each label given from one half on; a text may get none."""
    return Decided(sigmoid(logits), np.asarray(logits >= 0))


def by_rule(rule: DecisionRule, logits: Floats) -> Decided:
    """What a fitted rule says."""
    probabilities = calibrate(logits, rule.maps)
    return Decided(probabilities, rule.decide(probabilities))


def cross_fitted(fit: Fit, logits: Floats, truth: Bools, texts: Sequence[str]) -> Decided:
    """Every row decided by a rule that was fitted on the other folds alone.

    logits, truth: (n, k). texts: n; the same text is never in two folds.
    """
    fold = folds_of(texts)
    probabilities = np.zeros(logits.shape)
    given = np.zeros(logits.shape, dtype=np.bool_)
    for number in np.unique(fold):
        here = fold == number
        found = by_rule(fit(logits[~here], truth[~here]), logits[here])
        probabilities[here], given[here] = found.probabilities, found.given
    return Decided(probabilities, given)


def folds_of(texts: Sequence[str], n_folds: int = N_FOLDS, seed: int = 0) -> Ints:
    """Fold 0 … n_folds - 1 of each text, (n,): drawn at random, equal texts together."""
    first: dict[str, int] = {}
    group = np.array([first.setdefault(normalised(text), len(first)) for text in texts], dtype=np.int64)
    return dealt(len(first), n_folds, seed)[group]


def _fit_thresholds(logits: Floats, truth: Bools) -> DecisionRule:
    plain = DecisionRule.unfitted(GOEMOTIONS)
    thresholds = fit_thresholds(calibrate(logits, plain.maps), truth)
    return DecisionRule(GOEMOTIONS, plain.maps, thresholds, "none", None, "dev")


def _fit_all(logits: Floats, truth: Bools) -> DecisionRule:
    return fit_decisions(GOEMOTIONS, logits.astype(np.float32), truth, fitted_on="dev")


FITS: dict[str, Fit] = {"thresholds": _fit_thresholds, "calibrated": _fit_all}
"""The decisions that are fitted on dev, by the name that a rung gives them."""
