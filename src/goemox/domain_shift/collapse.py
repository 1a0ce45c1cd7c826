"""Was it collapse, or is it the text? Where the neutral of a domain comes from, counted way by way.

The first study saw nearly every outside text called neutral and could not say why. Four numbers say it: how
often people called texts of the model's own domain neutral, how often the calibrated probabilities expect
it here, how often a rule that allows one label a text says it, and how often a naive model does. What
calibration expects beyond home is the text; what a rule or a naive model adds to that is collapse: a label
that most texts might carry becomes the label of nearly all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from goemox.evaluation.intervals import Z
from goemox.labels import NEUTRAL
from goemox.scores import Bools, Floats

__all__ = ["HALF", "MATTERS", "NAIVE", "NeutralAccount", "NeutralWay", "neutral_account"]

NAIVE = "naive model"
SOFTMAX = "softmax, one label a text"
HALF = "sigmoid, cut at .5"
ONE_CUT = "calibrated, one cut for all labels"
OWN_CUTS = "calibrated, a cut for each label"
MATTERS = 0.05  # a smaller part of the texts is not worth a word


@dataclass(frozen=True, slots=True)
class NeutralWay:
    """What one way of deciding says: shares of texts, each in [0, 1].

    share: neutral is among their labels. alone: it is their only one. nothing: they get no label at all.
    """

    way: str
    share: float
    alone: float
    nothing: float


@dataclass(frozen=True, slots=True)
class NeutralAccount:
    """Where the neutral of a domain comes from.

    home: share of reference texts that people called neutral; where nobody labelled the reference
    (`home_is_labelled` false), what calibrated probabilities expect there.
    expected: the mean calibrated probability of neutral here, its 95 % interval over texts beside it. It is
    the model's opinion, only as good as its calibration on these texts; where neutral is really more frequent
    than at home, odds learned there are too low, and the expectation with them.
    ways: naive ones first. surplus: the most naive way's share less home. text, collapse: its two parts;
    where expected is above home, text is a lower bound and collapse an upper one, else the other way round.
    verdict: "text", "collapse", "both" or "neither": which parts are at least five in a hundred texts.
    """

    home: float
    home_is_labelled: bool
    expected: float
    expected_low: float
    expected_high: float
    ways: tuple[NeutralWay, ...]
    surplus: float
    text: float
    collapse: float
    verdict: str


def neutral_account(
    logits: Floats,
    probabilities: Floats,
    decided: Bools,
    labels: Sequence[str],
    *,
    home: float,
    home_is_labelled: bool,
    global_threshold: float | None = None,
    naive: Bools | None = None,
) -> NeutralAccount | None:
    """Count neutral by every way of deciding; None for a model without a label "neutral".

    logits, probabilities (calibrated), decided: (n, k), n >= 1. home: in [0, 1], see `NeutralAccount`.
    global_threshold: the best single cut of the calibrated probabilities in domain. naive: bool (n, k), the
    labels of a naive model.
    """
    if NEUTRAL not in labels:
        return None
    column = list(labels).index(NEUTRAL)
    one_label = np.zeros(decided.shape, dtype=np.bool_)
    one_label[np.arange(len(logits)), logits.argmax(axis=1)] = True
    rules = {} if naive is None else {NAIVE: naive}
    rules[SOFTMAX] = one_label
    rules[HALF] = np.asarray(logits >= 0)
    if global_threshold is not None:
        rules[ONE_CUT] = probabilities >= global_threshold
    rules[OWN_CUTS] = decided
    ways = tuple(_way(name, chosen, column) for name, chosen in rules.items())
    neutral = probabilities[:, column].astype(np.float64)
    expected, half = float(neutral.mean()), Z * float(neutral.std()) / np.sqrt(len(neutral))
    text, collapse = expected - home, ways[0].share - expected
    return NeutralAccount(
        home=home,
        home_is_labelled=home_is_labelled,
        expected=expected,
        expected_low=max(0.0, expected - half),
        expected_high=min(1.0, expected + half),
        ways=ways,
        surplus=ways[0].share - home,
        text=text,
        collapse=collapse,
        verdict=_verdict(text, collapse, half),
    )


def _way(name: str, chosen: Bools, column: int) -> NeutralWay:
    neutral, n_labels = chosen[:, column], chosen.sum(axis=1)
    return NeutralWay(
        name, float(neutral.mean()), float((neutral & (n_labels == 1)).mean()), float((n_labels == 0).mean())
    )


def _verdict(text: float, collapse: float, half: float) -> str:
    is_text = text >= MATTERS and text > half
    is_collapse = collapse >= MATTERS and collapse > half
    if is_text and is_collapse:
        return "both"
    return "text" if is_text else "collapse" if is_collapse else "neither"
