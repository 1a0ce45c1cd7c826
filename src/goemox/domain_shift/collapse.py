"""Was it collapse, or is it the text? How often each way of deciding says neutral, here and at home.

The first study saw nearly every outside text called neutral and could not say why. A model has collapsed if
it calls its *own* domain neutral more often than people did; that can be counted at home. What it says
elsewhere beyond what a model says that does not collapse is collapse, too. What remains may be the texts, or
may be that no model of this kind understands them: only labels tell, unless the texts are like those at home.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from goemox.evaluation.intervals import Z
from goemox.labels import NEUTRAL
from goemox.scores import Bools, Floats

__all__ = ["HALF", "NAIVE", "SOFTMAX", "Home", "NeutralAccount", "NeutralWay", "decisions", "neutral_account"]

NAIVE = "naive model"
SOFTMAX = "softmax, one label a text"
HALF = "sigmoid, cut at .5"
ONE_CUT = "calibrated, one cut for all labels"
OWN_CUTS = "calibrated, a cut for each label"
MATTERS = 0.05  # a smaller part of the texts is not worth a word
MOSTLY = 2.0  # times the other part


@dataclass(frozen=True, slots=True)
class Home:
    """Neutral among the m reference texts, as shares in [0, 1].

    people: called neutral by people; None where nobody labelled them. expected: mean calibrated probability.
    ways: called neutral by each way of deciding that can be repeated there.
    """

    m: int
    people: float | None
    expected: float
    ways: Mapping[str, float] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """What people said, else what the model expects."""
        return self.expected if self.people is None else self.people


@dataclass(frozen=True, slots=True)
class NeutralWay:
    """What one way of deciding says: shares of texts, each in [0, 1].

    share: neutral is among their labels. alone: it is their only one. nothing: they get no label at all.
    home: share at home, None where it is not known.
    """

    way: str
    share: float
    alone: float
    nothing: float
    home: float | None


@dataclass(frozen=True, slots=True)
class NeutralAccount:
    """How often neutral is said here and at home, and what of it is collapse.

    home: share among reference texts, by people where `home_is_labelled`; None without a reference.
    expected: the mean calibrated probability of neutral here, its 95 % interval over texts beside it. It is
    the model's opinion: the interval says nothing of a calibration that does not hold here.
    ways: the most naive first. remaining: [low, high] of what a model says that does not collapse at home:
    expected, and one label a text by it (only expected where no naive model is given). collapse: the most
    naive way's share less these, [low, high].
    verdict: "neither", "not collapse", "mostly not collapse", "partly collapse", "mostly collapse",
    "collapse"; None without a home, where even the release model over-calls neutral there, where only its own
    opinion of home could be held against its own rule, and where neutral is surely more frequent than at home
    but neither part is surely any.
    rest: "texts" where they are like those at home, so that what remains is theirs; "unknown" elsewhere.
    """

    home: float | None
    home_is_labelled: bool
    expected: float
    expected_low: float
    expected_high: float
    ways: tuple[NeutralWay, ...]
    remaining: tuple[float, float]
    collapse: tuple[float, float]
    verdict: str | None
    rest: str


def decisions(
    logits: Floats, probabilities: Floats, decided: Bools, global_threshold: float | None
) -> dict[str, Bools]:
    """What each way of deciding gives each text, {way: bool (n, k)}; arguments as in `neutral_account`."""
    one_label = np.zeros(decided.shape, dtype=np.bool_)
    one_label[np.arange(len(logits)), logits.argmax(axis=1)] = True
    rules = {SOFTMAX: one_label, HALF: np.asarray(logits >= 0)}
    if global_threshold is not None:
        rules[ONE_CUT] = np.asarray(probabilities >= global_threshold)
    return rules | {OWN_CUTS: decided}


def neutral_account(
    logits: Floats,
    probabilities: Floats,
    decided: Bools,
    labels: Sequence[str],
    *,
    home: Home | None,
    is_near: bool,
    global_threshold: float | None = None,
    naive: Bools | None = None,
    naive_home: float | None = None,
) -> NeutralAccount | None:
    """Count neutral by every way of deciding; None for a model without a label "neutral".

    logits, probabilities (calibrated), decided: (n, k), n >= 1. is_near: whether the texts are like those at
    home. global_threshold: the best single cut of the calibrated probabilities in domain. naive: bool (n, k),
    the labels of a naive model; naive_home: the share of its own domain that it calls neutral.
    """
    if NEUTRAL not in labels:
        return None
    column = list(labels).index(NEUTRAL)
    rules = decisions(logits, probabilities, decided, global_threshold)
    at_home: dict[str, float | None] = dict(home.ways) if home else {}
    if naive is not None:
        rules = {NAIVE: naive} | rules
        at_home[NAIVE] = naive_home
    ways = tuple(_way(name, chosen, column, at_home.get(name)) for name, chosen in rules.items())
    neutral = probabilities[:, column].astype(np.float64)
    expected, half = float(neutral.mean()), Z * float(neutral.std() / np.sqrt(len(neutral)))
    one_label = next(way for way in ways if way.way == SOFTMAX)
    others = (expected,) if naive is None else (expected, one_label.share)
    remaining = min(others), max(others)
    collapse = ways[0].share - remaining[1], ways[0].share - remaining[0]
    return NeutralAccount(
        home=None if home is None else home.share,
        home_is_labelled=home is not None and home.people is not None,
        expected=expected,
        expected_low=max(0.0, expected - half),
        expected_high=min(1.0, expected + half),
        ways=ways,
        remaining=remaining,
        collapse=collapse,
        verdict=_verdict(ways[0].share, remaining, one_label, home, neutral)
        if home is not None and (home.people is not None or naive is not None)
        else None,
        rest="texts" if is_near else "unknown",
    )


def _way(name: str, chosen: Bools, column: int, home: float | None) -> NeutralWay:
    neutral, n_labels = chosen[:, column], chosen.sum(axis=1)
    alone, nothing = float((neutral & (n_labels == 1)).mean()), float((n_labels == 0).mean())
    return NeutralWay(name, float(neutral.mean()), alone, nothing, home)


def _verdict(
    naive: float, remaining: tuple[float, float], one_label: NeutralWay, home: Home, neutral: Floats
) -> str | None:
    low, high = remaining
    variances = np.array(
        [
            neutral.var() / len(neutral),
            naive * (1 - naive) / len(neutral),
            home.share * (1 - home.share) / home.m,
        ]
    )

    def doubt(*times: float) -> float:
        """Half an interval of so many times what neutral should be, what naive calls it, and home."""
        return Z * float(np.sqrt(np.square(times) @ variances))

    noise = doubt(1, 1, 1)
    if one_label.home is not None and one_label.home - home.share > max(MATTERS, noise):
        return None
    least = max(MATTERS, noise)
    if naive - home.share < least:
        return "neither"
    collapses, remains = naive - low >= least, high - home.share >= least
    if not (collapses or remains):
        return None
    if not collapses:
        return "not collapse"
    if not remains:
        return "collapse"
    if low - home.share - MOSTLY * (naive - low) >= doubt(1 + MOSTLY, MOSTLY, 1):
        return "mostly not collapse"
    if naive - high - MOSTLY * (high - home.share) >= doubt(1 + MOSTLY, 1, MOSTLY):
        return "mostly collapse"
    return "partly collapse"
