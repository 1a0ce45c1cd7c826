"""`Prediction`: what goemox says about one text, with how far to believe it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from goemox.errors import UsageError

__all__ = ["Prediction"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """The labels chosen for one text, and the calibrated probability of every label.

    id: of the text, as its source gave it; else its place, from "1".
    text: what was read, as the source wrote it; None where it was not kept.
    labels: the chosen labels, highest probability first; empty only where the decision rule allows none.
    scores: label -> calibrated probability in [0, 1], for all labels of the model, in the model's order.
    prediction_set: the labels that the conformal promise covers; None = nothing is promised for this text.
    why_no_set: why there is no prediction set, in words; None where there is one. Not in `to_dict`.
    domain_percentile: share, in per cent (0-100), of in-domain texts that lie closer to the reference
    than this one, so 100 is farthest; None = the model has no reference.
    in_domain: whether that percentile is within the model's accepted range; None = unknown.
    truncated: the text was longer than the model reads.
    tier: which tier of a cascade answered, "fast" or "best"; None where only one was asked.
    Raises UsageError for a value outside its range, an unknown label, or labels out of order.
    """

    id: str
    labels: tuple[str, ...]
    scores: Mapping[str, float]
    text: str | None = None
    prediction_set: tuple[str, ...] | None = None
    why_no_set: str | None = None
    domain_percentile: float | None = None
    in_domain: bool | None = None
    truncated: bool = False
    tier: str | None = None

    def __post_init__(self) -> None:
        for label, p in self.scores.items():
            if not 0.0 <= p <= 1.0:
                raise UsageError(f"prediction {self.id!r}: score of {label!r} must be in [0, 1], was {p}")
        for label in self.labels:
            if label not in self.scores:
                raise UsageError(f"prediction {self.id!r}: label {label!r} has no score")
        chosen = [self.scores[label] for label in self.labels]
        if any(higher < lower for higher, lower in pairwise(chosen)):
            raise UsageError(f"prediction {self.id!r}: labels are not in order of falling score")
        if self.domain_percentile is not None and not 0.0 <= self.domain_percentile <= 100.0:
            raise UsageError(
                f"prediction {self.id!r}: domain_percentile must be in [0, 100], was {self.domain_percentile}"
            )

    def top(self, k: int) -> Prediction:
        """A copy with the k highest scores, and the chosen labels among them; the set stays whole."""
        kept = sorted(self.scores, key=self.scores.__getitem__, reverse=True)[:k]
        return replace(
            self,
            labels=tuple(label for label in self.labels if label in kept),
            scores={label: self.scores[label] for label in kept},
        )

    def to_dict(self) -> dict[str, object]:
        """The JSON form, key for key what one line of `goemox predict --format jsonl` holds.

        `tier` is in it where a cascade answered.
        """
        told: dict[str, object] = {} if self.tier is None else {"tier": self.tier}
        return {
            "id": self.id,
            "text": self.text,
            "labels": list(self.labels),
            "scores": dict(self.scores),
            "prediction_set": None if self.prediction_set is None else list(self.prediction_set),
            "domain_percentile": self.domain_percentile,
            "in_domain": self.in_domain,
            "truncated": self.truncated,
        } | told
