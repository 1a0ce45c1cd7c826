"""Full predictions for texts that are scored already: what is chosen, promised and known of each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from goemox.decision.rule import DecisionRule
from goemox.domain import ACCEPTED, DomainProfile
from goemox.prediction import Prediction
from goemox.records import TextRecord
from goemox.scores import Floats, ScoreMatrix

__all__ = ["predictions_of"]


def predictions_of(
    records: Sequence[TextRecord],
    scores: ScoreMatrix,
    rule: DecisionRule,
    probabilities: Floats,
    percentiles: npt.NDArray[np.float64] | None,
) -> list[Prediction]:
    """What `rule` says of probabilities (n, k) of its labels, with all that is known of each text."""
    n_windows = [1] * len(records) if scores.n_windows is None else scores.n_windows.tolist()
    decided, sets = rule.decide(probabilities).tolist(), rule.sets(probabilities)
    included = (
        [[]] * len(records) if sets is None else sets.tolist()
    )  # where there are none, a reason is told
    placed = inside = [None] * len(records)
    if percentiles is not None:
        placed, inside = percentiles.tolist(), DomainProfile.in_domain(percentiles).tolist()
    falling, values = np.argsort(-probabilities, axis=1, kind="stable").tolist(), probabilities.tolist()
    answered = None if scores.sent_on is None else scores.sent_on.tolist()
    found = []
    for i, record in enumerate(records):  # plain lists from here on: numpy's numbers are slow one by one
        why_no_set = _withdrawn(rule, n_windows[i], inside[i] is not False)
        found.append(
            Prediction(
                id=record.id,
                text=record.text,
                labels=_names(rule, decided[i], falling[i]),
                scores={label: round(p, 6) for label, p in zip(rule.labels, values[i], strict=True)},
                prediction_set=None if why_no_set else _names(rule, included[i], falling[i]),
                why_no_set=why_no_set,
                domain_percentile=placed[i],
                in_domain=inside[i],
                truncated=bool(scores.truncated[i]),
                tier=None if answered is None else "best" if answered[i] else "fast",
            )
        )
    return found


def _withdrawn(rule: DecisionRule, n_windows: int, is_inside: bool) -> str | None:
    """Why the promise of the prediction sets does not cover a text; None where it does.

    It holds for single windows of texts like the calibration rows; elsewhere it is withdrawn.
    """
    if rule.conformal is None:
        return "the model promises nothing"
    if n_windows > 1:
        return f"read in {n_windows} windows; the promise is for texts that are read at once"
    if not is_inside:
        return (
            f"farther out than {ACCEPTED:g}% of the model's own domain; the promise is for "
            f"{rule.conformal.population}"
        )
    return None


def _names(rule: DecisionRule, chosen: Sequence[bool], order: Sequence[int]) -> tuple[str, ...]:
    return tuple(rule.labels[j] for j in order if chosen[j])
