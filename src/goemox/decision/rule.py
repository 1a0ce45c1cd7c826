"""`DecisionRule`: all that stands between a logit and a label, as data that ships with a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from goemox.decision.calibration import IDENTITY, calibrate, fit_beta, left_out
from goemox.decision.conformal import MIN_CARRYING, fit_cutoff
from goemox.decision.cuts import F1, CutRule, fit_cuts
from goemox.decision.folds import folds
from goemox.decision.thresholds import fit_thresholds
from goemox.errors import InvalidInput, InvalidModel, ShapeError, UsageError
from goemox.scores import Bools, Floats, ScoreMatrix
from goemox.wording import near

__all__ = ["Conformal", "DecisionRule", "fit_decisions", "fit_rule", "promising"]

ALPHA = 0.2
N_FOLDS = 5
MANY_ROWS = 5_000  # from which on a promise may rest on probabilities that saw its rows
BY_HAND = "by hand"  # what made the cuts of a rule whose user overrode them


@dataclass(frozen=True, slots=True)
class Conformal:
    """A promise: sets of labels with probability >= cutoff miss at most alpha of the true ones on average.

    population: the texts that it holds for, in words; n: rows it was fitted on, each with a label.
    """

    alpha: float
    cutoff: float
    population: str
    n: int


@dataclass(frozen=True, slots=True, eq=False)
class DecisionRule:
    """How logits become probabilities and labels.

    maps: (k, 3) calibration maps. thresholds: (k,) in (0, 1).
    fallback: "top" gives a text that passes no threshold its most probable label; "none" gives it none.
    fitted_on: sha256 of the rows it was fitted on, or "" where it never was (then uncalibrated, cut .5).
    cuts: how the thresholds were chosen, a `CutRule` in its written form, or "by hand".
    unreached: labels whose wanted precision could not be shown: they are never given.
    """

    labels: tuple[str, ...]
    maps: Floats
    thresholds: Floats
    fallback: str
    conformal: Conformal | None
    fitted_on: str
    cuts: str = "f1"
    unreached: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        k = len(self.labels)
        if self.maps.shape != (k, 3):
            raise ShapeError("calibrators", (k, 3), self.maps.shape)
        if self.thresholds.shape != (k,):
            raise ShapeError("thresholds", (k,), self.thresholds.shape)

    @property
    def calibrated(self) -> bool:
        """Whether the maps were fitted on held-out rows."""
        return bool(self.fitted_on)

    @property
    def cut_by_f1(self) -> bool:
        """Whether the thresholds follow F1; by a price, a precision or a number they are their user's."""
        return self.cuts == str(F1)

    @property
    def cut_rule(self) -> CutRule:
        """How to choose such thresholds on other rows; those set by hand stay as they are."""
        if self.cuts == BY_HAND:
            return CutRule("fixed", 0.5, dict(zip(self.labels, self.thresholds.tolist(), strict=True)))
        return CutRule.parse(self.cuts)

    @classmethod
    def unfitted(cls, labels: Sequence[str]) -> DecisionRule:
        """Plain sigmoid, cut at .5, no promise: for models that bring no rule of their own."""
        maps = np.tile(np.array(IDENTITY), (len(labels), 1))
        return cls(tuple(labels), maps, np.full(len(labels), 0.5), "none", None, "", "fixed:0.5")

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any], labels: Sequence[str], where: str) -> DecisionRule:
        """Read the rule of a `goemox.json`. Raises InvalidModel where a part is missing or impossible."""
        try:
            conformal = facts["conformal"]
            rule = cls(
                labels=tuple(labels),
                maps=np.asarray(facts["calibrators"], dtype=np.float64),
                thresholds=np.asarray([facts["thresholds"][label] for label in labels], dtype=np.float64),
                fallback=str(facts["fallback"]),
                conformal=Conformal(**conformal) if conformal else None,
                fitted_on=str(facts["fitted_on"]),
                cuts=str(facts.get("cuts", F1)),
                unreached=tuple(map(str, facts.get("unreached", ()))),
            )
            possible = rule._is_possible()
        except (KeyError, TypeError, ValueError, ShapeError) as error:
            raise InvalidModel(
                f"{where}: the decision rule cannot be read ({error}); export the model again"
            ) from None
        if rule.fallback not in ("top", "none") or not ((rule.thresholds > 0) & (rule.thresholds < 1)).all():
            raise InvalidModel(f"{where}: thresholds must lie in (0, 1) and fallback be 'top' or 'none'")
        if not possible:
            raise InvalidModel(
                f"{where}: calibrators must be finite, their first two numbers not negative, and a "
                "promise between 0 and 1; export the model again"
            )
        return rule

    def _is_possible(self) -> bool:
        """Whether probabilities exist and rise with their logits. Raises TypeError for no numbers."""
        promise = self.conformal
        return bool(
            np.isfinite(self.maps).all()
            and (self.maps[:, :2] >= 0).all()
            and (promise is None or (0 < promise.alpha < 1 and 0 <= promise.cutoff <= 1 and promise.n > 0))
        )

    def to_facts(self) -> dict[str, object]:
        """The part of `goemox.json` that `from_facts` reads."""
        promise = self.conformal
        return {
            "labels": list(self.labels),
            "calibrators": [[round(float(v), 6) for v in row] for row in self.maps],
            "thresholds": {
                label: round(float(t), 6) for label, t in zip(self.labels, self.thresholds, strict=True)
            },
            "fallback": self.fallback,
            "conformal": None
            if promise is None
            else {
                "alpha": promise.alpha,
                "cutoff": promise.cutoff,
                "population": promise.population,
                "n": promise.n,
            },
            "fitted_on": self.fitted_on,
            "cuts": self.cuts,
            "unreached": list(self.unreached),
        }

    def with_thresholds(self, overrides: Mapping[str, float], every: float | None = None) -> DecisionRule:
        """A copy with some labels' thresholds replaced, or all of them where `every` is given.

        Raises UsageError for an unknown label or a threshold outside (0, 1). Nothing falls back to the
        top label any more: who sets a cut wants it kept.
        """
        thresholds = self.thresholds.copy() if every is None else np.full(len(self.labels), float(every))
        for label, value in overrides.items():
            if label not in self.labels:
                raise UsageError(
                    f"--threshold: unknown label {label!r}{near(label, self.labels) or '.'} Known labels: "
                    f"{', '.join(self.labels)}"
                )
            thresholds[self.labels.index(label)] = value
        if not ((thresholds > 0) & (thresholds < 1)).all():
            raise UsageError("--threshold: expected a number between 0 and 1, without the ends, such as 0.3")
        return replace(self, thresholds=thresholds, fallback="none", cuts=BY_HAND, unreached=())

    def probabilities(self, scores: ScoreMatrix) -> Floats:
        """Calibrated probabilities (n, k) in (0, 1); labels are independent, rows need not sum to one."""
        return calibrate(scores.logits, self.maps)

    def decide(self, probabilities: Floats) -> Bools:
        """Which labels each text gets, (n, k)."""
        decided = probabilities >= self.thresholds
        ranked = probabilities
        if self.unreached:  # a probability can be higher than any cut that a folder holds
            never = np.isin(self.labels, self.unreached)
            decided[:, never] = False
            ranked = np.where(never, -1.0, probabilities)
        if self.fallback == "top":
            empty = np.flatnonzero(~decided.any(axis=1))
            top = ranked[empty].argmax(axis=1)
            decided[empty, top] = ranked[empty, top] >= 0
        return np.asarray(decided)

    def sets(self, probabilities: Floats) -> Bools | None:
        """Conformal prediction sets (n, k), never empty; None where nothing is promised."""
        if self.conformal is None:
            return None
        included = probabilities >= self.conformal.cutoff
        included[np.arange(len(included)), probabilities.argmax(axis=1)] = True
        return np.asarray(included)


def fit_rule(
    scores: ScoreMatrix,
    truth: Bools,
    *,
    population: str,
    fitted_on: str,
    alpha: float = ALPHA,
    cuts: CutRule = F1,
    seed: int = 0,
) -> DecisionRule:
    """Fit calibration, thresholds, fallback and conformal cutoff on held-out labelled rows.

    truth: (n, k). population: what these rows are a sample of, in words. alpha: share of the true labels that
    the sets may miss, in (0, 1). The cutoff is fitted on rows that carry a label: where some carry none, the
    population is narrowed to texts with one, and fewer than `MIN_CARRYING` promise nothing. Below 5,000 rows
    it is fitted on probabilities of each row by maps that did not see it: else sets would miss .14 instead of
    .10 at 100 rows whose scores hardly tell the labels apart (benchmarks/trust/refitted_promise.py). From
    there on by the rule's own, which miss .001 too much on GoEmotions dev and .003 with such scores.
    Raises what `fit_decisions` does, and UsageError for an impossible alpha.
    """
    if not 0 < alpha < 1:
        raise UsageError(f"alpha {alpha:g}: the share of true labels to miss must lie between 0 and 1")
    rule = fit_decisions(scores.labels, scores.logits, truth, fitted_on=fitted_on, cuts=cuts, seed=seed)
    carrying = truth.any(axis=1)
    n = int(carrying.sum())
    if n < MIN_CARRYING:
        return rule
    if n < len(truth):
        population = f"{population}, with at least one label"
    cutoff = fit_cutoff(promising(rule, scores.logits, truth, seed)[carrying], truth[carrying], alpha)
    return replace(rule, conformal=Conformal(alpha, cutoff, population, n))


def promising(rule: DecisionRule, logits: Floats, truth: Bools, seed: int = 0) -> Floats:
    """Probabilities (n, k) that a promise may be fitted on, of the rows that the rule was fitted on.

    logits, truth: (n, k). By the rule's own maps from 5,000 rows on, below by maps that did not see the row.
    """
    if len(truth) < MANY_ROWS:
        return left_out(logits, truth, seed=seed)
    return calibrate(logits, rule.maps)


def fit_decisions(
    labels: tuple[str, ...],
    logits: Floats,
    truth: Bools,
    *,
    fitted_on: str,
    cuts: CutRule = F1,
    seed: int = 0,
) -> DecisionRule:
    """Fit calibration, thresholds and fallback, without a promise, on held-out labelled rows.

    logits, truth: (n, k). fitted_on: sha256 of the rows. cuts: how thresholds are chosen; other ones than f1
    are kept for every text, without a fallback. Raises ShapeError for arrays that disagree, InvalidInput for
    no rows, UsageError for cuts that name an unknown label.
    """
    if truth.shape != logits.shape or logits.shape[1:] != (len(labels),):
        raise ShapeError("truth", (len(logits), len(labels)), truth.shape)
    if len(truth) == 0:
        raise InvalidInput("decision rule: there are no labelled rows to fit it on; give at least one")
    maps = fit_beta(logits, truth)
    probabilities = calibrate(logits, maps)
    found = fit_cuts(cuts, labels, probabilities, truth, seed=seed)
    fallback = _fit_fallback(labels, probabilities, truth, seed) if cuts.kind == "f1" else "none"
    return DecisionRule(labels, maps, found.thresholds, fallback, None, fitted_on, str(cuts), found.unreached)


def _fit_fallback(labels: tuple[str, ...], probabilities: Floats, truth: Bools, seed: int) -> str:
    """The fallback with the higher macro-F1 + micro-F1 on rows that the thresholds were not chosen by.

    probabilities, truth: (n, k). On their own rows thresholds leave no text empty that a label would help, so
    that "none" looks better there than it is.
    """
    from goemox.counts import count

    decided = {"top": np.zeros_like(truth), "none": np.zeros_like(truth)}
    maps = np.tile(np.array(IDENTITY), (len(labels), 1))
    for here in folds(len(truth), N_FOLDS, seed):
        thresholds = fit_thresholds(probabilities[~here], truth[~here], seed=seed)
        for fallback, rows in decided.items():
            rule = DecisionRule(labels, maps, thresholds, fallback, None, "")
            rows[here] = rule.decide(probabilities[here])
    quality = {fallback: count(rows, truth) for fallback, rows in decided.items()}
    return max(quality, key=lambda fallback: quality[fallback].macro_f1 + quality[fallback].micro_f1)
