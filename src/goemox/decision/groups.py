"""`GroupRule`: groups of labels (Ekman's emotions, sentiments) decided as groups, not label by label.

That one of several labels holds can be sure where none of them is: a text at .3 anger, .3 annoyance and .3
disapproval passes none of their thresholds, and is angry all the same. So a group's probability is that of
any of its labels, as if they were independent (1 - the product of 1 - p), calibrated and cut on held-out rows
like a label of its own. On GoEmotions dev, cross-fitted, that is worth .005 macro-F1 for Ekman's groups and
.007 for the sentiments over "any label of it was given" (benchmarks/group_rules.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from goemox.decision.calibration import mapped
from goemox.decision.cuts import F1, CutRule
from goemox.decision.label_weights import LabelWeights
from goemox.decision.rule import DecisionRule, fit_decisions
from goemox.errors import InvalidModel, ShapeError
from goemox.labels import GROUPINGS, is_goemotions
from goemox.scores import Bools, Floats, logit, sigmoid

__all__ = ["UNFITTED", "GroupRule", "any_of", "columns_of", "fit_group_rule", "fit_groupings"]

UNFITTED = "unfitted"  # what a group stands behind whose labels have a rule that nobody fitted
SMALLEST = 1e-7  # probabilities are kept this far from 0 and 1, so that they have a logit


@dataclass(frozen=True, slots=True, eq=False)
class GroupRule:
    """How calibrated probabilities of k labels become those of g groups, and groups given.

    columns: bool (g, k), the labels of each group. rule: the decision rule whose labels are the groups; it
    may carry a promise of its own. behind: `fitted_on` of the rule whose probabilities it reads, where that
    was fitted on other rows, or `UNFITTED`; "" = on the same. weights: what all labels say about the groups.
    """

    columns: Bools
    rule: DecisionRule
    behind: str = ""
    weights: LabelWeights | None = None

    def __post_init__(self) -> None:
        shape = (len(self.rule.labels), self.columns.shape[-1])
        if self.columns.shape != shape:
            raise ShapeError("groups", shape, self.columns.shape)

    @property
    def names(self) -> tuple[str, ...]:
        """The groups, in the order of every column."""
        return self.rule.labels

    def members(self, labels: Sequence[str]) -> dict[str, list[str]]:
        """{group: its labels}; labels: the model's, (k,)."""
        return {
            name: [label for label, inside in zip(labels, row, strict=True) if inside]
            for name, row in zip(self.names, self.columns, strict=True)
        }

    def stands_behind(self, rule: DecisionRule) -> bool:
        """Whether it was fitted on probabilities of this rule; under another calibration it means nothing."""
        return (self.behind or self.rule.fitted_on) == (rule.fitted_on or UNFITTED)

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any], labels: Sequence[str], where: str) -> GroupRule:
        """Read one entry of `mappings` in a `goemox.json`. Raises InvalidModel where it cannot be one."""
        members = facts.get("members") if isinstance(facts, Mapping) else None
        if not isinstance(members, Mapping) or not all(
            isinstance(group, list) and group and set(group) <= set(labels) for group in members.values()
        ):
            raise InvalidModel(f"{where}: the groups name no labels of the model; export the model again")
        rule = DecisionRule.from_facts(facts, tuple(members), where)
        weights = None
        if facts.get("label_weights") is not None:
            try:
                weights = LabelWeights.from_facts(facts["label_weights"], tuple(members), len(labels))
            except (KeyError, TypeError, ValueError, ShapeError) as error:
                raise InvalidModel(
                    f"{where}: the weights of the labels cannot be read ({error}); adapt the model again"
                ) from None
        return cls(columns_of(members, labels), rule, str(facts.get("behind", "")), weights)

    def to_facts(self, labels: Sequence[str]) -> dict[str, object]:
        """What `from_facts` reads; labels: the model's, (k,)."""
        facts: dict[str, object] = {"members": self.members(labels), **self.rule.to_facts()}
        if self.behind:
            facts["behind"] = self.behind
        if self.weights is not None:
            facts["label_weights"] = self.weights.to_facts(self.names)
        return facts

    def probabilities(self, probabilities: Floats) -> Floats:
        """Calibrated probabilities (n, k) of labels -> (n, g) of groups."""
        found = mapped(any_of(probabilities, self.columns), self.rule.maps)
        return sigmoid(found if self.weights is None else found + self.weights.evidence(probabilities))

    def decide(self, probabilities: Floats) -> Bools:
        """Which groups each text gets, (n, g), from the probabilities (n, k) of its labels."""
        return self.rule.decide(self.probabilities(probabilities))

    def truth(self, truth: Bools) -> Bools:
        """Whether any label of each group is true: (n, k) -> (n, g)."""
        return _truth(truth, self.columns)


def fit_group_rule(
    members: Mapping[str, Sequence[str]],
    labels: Sequence[str],
    probabilities: Floats,
    truth: Bools,
    *,
    fitted_on: str,
    cuts: CutRule = F1,
    seed: int = 0,
) -> GroupRule:
    """Calibrate and cut groups on held-out rows.

    members: {group: labels of it}. probabilities, truth: (n, k), calibrated. fitted_on: sha256 of the rows.
    cuts: how thresholds are chosen; its values for single labels are no groups' and are left out.
    """
    columns = columns_of(members, labels)
    logits, goal = any_of(probabilities, columns), _truth(truth, columns)
    rule = fit_decisions(tuple(members), logits, goal, fitted_on=fitted_on, cuts=cuts.for_all(), seed=seed)
    return GroupRule(columns, rule)


def fit_groupings(
    labels: Sequence[str], probabilities: Floats, truth: Bools, *, fitted_on: str, cuts: CutRule = F1
) -> dict[str, GroupRule]:
    """A rule for each of `labels.GROUPINGS`, as `fit_group_rule`; none for other labels than GoEmotions'."""
    if not is_goemotions(labels):
        return {}
    return {
        name: fit_group_rule(members, labels, probabilities, truth, fitted_on=fitted_on, cuts=cuts)
        for name, members in GROUPINGS.items()
    }


def columns_of(members: Mapping[str, Sequence[str]], labels: Sequence[str]) -> Bools:
    """Which labels each group has, bool (g, k)."""
    return np.array([[label in group for label in labels] for group in members.values()], dtype=np.bool_)


def any_of(probabilities: Floats, columns: Bools) -> Floats:
    """Logits (n, g) that at least one label of each group holds, labels independent."""
    none = np.log1p(-np.clip(probabilities.astype(np.float64), SMALLEST, 1 - SMALLEST)) @ columns.T
    return logit(-np.expm1(none), SMALLEST)


def _truth(truth: Bools, columns: Bools) -> Bools:
    return np.asarray(truth.astype(np.int64) @ columns.T.astype(np.int64) > 0)
