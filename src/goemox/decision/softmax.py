"""`SoftmaxRule`: how a model answers that was trained to give one label a text.

Its logits only mean something beside each other, so each text gets its most probable label and no other:
there are no thresholds and no promise. Why: docs/decisions/0012-softmax-models.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from goemox.decision.rule import DecisionRule
from goemox.errors import UsageError
from goemox.scores import Bools, Floats, ScoreMatrix, softmax

__all__ = ["SoftmaxRule", "caveat"]


@dataclass(frozen=True, slots=True, eq=False)
class SoftmaxRule(DecisionRule):
    """The one most probable label, with softmax scores; made by `SoftmaxRule.unfitted(labels)`.

    Calibration maps and thresholds of the parent are never looked at.
    """

    def probabilities(self, scores: ScoreMatrix) -> Floats:
        """Softmax over the labels (n, k); rows sum to one."""
        return softmax(scores.logits)

    def decide(self, probabilities: Floats) -> Bools:
        """The most probable label of each text alone, (n, k)."""
        decided = np.zeros(probabilities.shape, dtype=np.bool_)
        decided[np.arange(len(decided)), probabilities.argmax(axis=1)] = True
        return decided

    def with_thresholds(self, overrides: Mapping[str, float], every: float | None = None) -> NoReturn:  # noqa: ARG002 - the parent's
        """Raises UsageError: there is nothing to cut."""
        raise UsageError(
            "--threshold: this model gives each text its one most probable label, whatever the score; "
            "leave the thresholds out, or take a model that decides label by label"
        )


def caveat(rule: DecisionRule) -> str | None:
    """What a reader of a rule's answers has to know first; None where it was fitted on held-out rows."""
    if isinstance(rule, SoftmaxRule):
        return (
            "uncalibrated: a softmax over the labels, of which each text gets the most probable one; "
            "no thresholds, no promise"
        )
    return None if rule.calibrated else "uncalibrated: scores are plain sigmoids, all thresholds are .5"
