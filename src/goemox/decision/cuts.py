"""Ways to choose thresholds: best F1, a fixed cut, the price of a miss, or a precision to be kept.

`CutRule.parse("precision:0.8,anger=0.9")` reads what a user writes, `fit_cuts` applies it:

- `f1`: the cuts of `thresholds.fit_thresholds`.
- `fixed:P`: give a label from probability P on.
- `cost:R`: a miss costs as much as R false alarms. Calibrated probabilities then have one best cut,
  1 / (1 + R), whatever the texts (Elkan, IJCAI 2001, "The foundations of cost-sensitive learning").
- `precision:P`: the lowest cut at which at least a share P of the texts that are given the label carry it.
  That must hold for a lower confidence limit of the rows' precision, so that a handful of lucky rows
  proves nothing; a label that cannot show it is never given, and is named.

Further values, as in `cost:5,anger=20`, are for single labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from goemox.decision.thresholds import EDGE, fit_thresholds, sweep
from goemox.errors import UsageError
from goemox.scores import Bools, Floats
from goemox.wording import near

__all__ = ["F1", "FORMS", "NEVER", "CutRule", "Cuts", "fit_cuts"]

FORMS = "f1, fixed:0.3, cost:5 or precision:0.8, and for single labels cost:5,anger=20"
LEVEL = 0.02  # of the limit; as the lowest of many cuts is taken, 19 of 20 labels then keep what they showed
NEVER = 1 - 1e-6  # the cut of a label that is never given, the highest that a folder can hold
RANGES = {"fixed": (EDGE, 1 - EDGE), "cost": (EDGE, 1 / EDGE - 1), "precision": (0.01, 0.99)}


@dataclass(frozen=True, slots=True)
class CutRule:
    """How thresholds are to be chosen.

    kind: "f1", "fixed", "cost" or "precision". value: for all labels; unused where kind is "f1".
    by_label: values of single labels that differ. Raises UsageError for what cannot be.
    """

    kind: str
    value: float = 0.0
    by_label: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind == "f1":
            if self.by_label:
                raise UsageError("cuts: f1 takes no values; write f1 alone")
            return
        if self.kind not in RANGES:
            raise UsageError(f"cuts: unknown way {self.kind!r} to choose them; write {FORMS}")
        low, high = RANGES[self.kind]
        for value in (self.value, *self.by_label.values()):
            if not low <= value <= high:
                raise UsageError(f"cuts: {self.kind}:{value:g} must lie between {low:g} and {high:g}")

    @classmethod
    def parse(cls, text: str) -> CutRule:
        """Read `f1`, `fixed:0.3`, `cost:5,anger=20` or `precision:0.8`. Raises UsageError for all else."""
        kind, colon, rest = text.strip().partition(":")
        if kind == "f1":
            return cls(kind, by_label={rest: 0.0} if colon else {})  # refused with any value
        if kind not in RANGES:
            raise UsageError(f"cuts: unknown way {kind!r} to choose them; write {FORMS}")
        first, *others = [part.strip() for part in rest.split(",")]
        by_label: dict[str, float] = {}
        for part in others:
            label, equals, value = (piece.strip() for piece in part.partition("="))
            if not equals or not label or label in by_label:
                raise UsageError(f"cuts: {part!r} in {text!r} is no label with its value; write {FORMS}")
            by_label[label] = _number(value, text)
        return cls(kind, _number(first, text), by_label)

    def __str__(self) -> str:
        """What `parse` reads back."""
        if self.kind == "f1":
            return "f1"
        single = "".join(f",{label}={value:g}" for label, value in self.by_label.items())
        return f"{self.kind}:{self.value:g}{single}"

    @property
    def needs_rows(self) -> bool:
        """Whether the cuts depend on labelled rows; fixed and cost-based ones do not."""
        return self.kind in ("f1", "precision")

    def for_all(self) -> CutRule:
        """The same without values for single labels: for groups, which have other names."""
        return replace(self, by_label={})

    def values(self, labels: Sequence[str]) -> Floats:
        """The value for each label, (k,). Raises UsageError for a value of a label that is not there."""
        for label in self.by_label:
            if label not in labels:
                meant = near(label, labels) or "."
                raise UsageError(f"cuts: unknown label {label!r}{meant} Known labels: {', '.join(labels)}")
        return np.array([self.by_label.get(label, self.value) for label in labels], dtype=np.float64)


F1 = CutRule("f1")


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class Cuts:
    """thresholds: (k,), in (0, 1). unreached: labels that cannot show their precision, cut at `NEVER`."""

    thresholds: Floats
    unreached: tuple[str, ...] = ()


def fit_cuts(
    rule: CutRule, labels: Sequence[str], probabilities: Floats, truth: Bools, *, seed: int = 0
) -> Cuts:
    """Thresholds for k labels.

    probabilities, truth: (n, k), calibrated, from rows that the model was not trained on; n may be 0 where
    `rule.needs_rows` is False. Raises UsageError where the rule names a label that is not among `labels`.
    """
    values = rule.values(labels)
    if rule.kind == "f1":
        return Cuts(fit_thresholds(probabilities, truth, seed=seed))
    if rule.kind == "fixed":
        return Cuts(values)
    if rule.kind == "cost":
        return Cuts(np.clip(1.0 / (1.0 + values), EDGE, 1 - EDGE))
    found = [_precise_cut(probabilities[:, j], truth[:, j], values[j]) for j in range(len(values))]
    return Cuts(
        np.array([NEVER if cut is None else cut for cut in found]),
        tuple(label for label, cut in zip(labels, found, strict=True) if cut is None),
    )


def _precise_cut(probabilities: Floats, truth: Bools, target: float) -> float | None:
    """The lowest cut of one label, (n,), whose precision is shown to be at least the target; None if none is.

    The limit is Clopper and Pearson's (1934), one-sided: exact for small numbers, where normal ones are bold.
    """
    from scipy.stats import beta

    cuts, tp, fp = sweep(probabilities, truth)
    shown = np.zeros(len(cuts))
    hit = tp > 0
    shown[hit] = beta.ppf(LEVEL, tp[hit], fp[hit] + 1)
    reached = np.flatnonzero(shown >= target)
    return float(cuts[reached[-1]]) if reached.size else None


def _number(text: str, whole: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"cuts: {text!r} in {whole!r} is no number; write {FORMS}") from None
