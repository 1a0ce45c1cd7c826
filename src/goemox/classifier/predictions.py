"""Full predictions for texts that are scored already: one object a text, with all that is known of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from goemox.classifier.answers import Answers
from goemox.decision.rule import DecisionRule
from goemox.domain import ACCEPTED
from goemox.prediction import Prediction
from goemox.records import TextRecord
from goemox.scores import ScoreMatrix

__all__ = ["predictions_of"]


def predictions_of(
    records: Sequence[TextRecord], scores: ScoreMatrix, rule: DecisionRule, answers: Answers
) -> list[Prediction]:
    """What `rule` answered, one object a text, with the reason where it promises no prediction set."""
    tiers = None if answers.sent_on is None else np.where(answers.sent_on, "best", "fast")
    listed = (
        [None] * len(answers) if column is None else column.tolist()  # numpy's numbers are slow one by one
        for column in (scores.n_windows, answers.percentiles, answers.in_domain, answers.truncated, tiers)
    )
    columns = zip(
        records, answers.chosen, answers.probabilities.tolist(), answers.sets, *listed, strict=True
    )  # fmt: skip
    return [
        Prediction(
            id=record.id,
            text=record.text,
            labels=labels,
            scores=dict(zip(rule.labels, row, strict=True)),
            prediction_set=included,
            why_no_set=_withdrawn(rule, n_windows) if included is None else None,
            domain_percentile=percentile,
            in_domain=is_inside,
            truncated=truncated,
            tier=tier,
        )
        for record, labels, row, included, n_windows, percentile, is_inside, truncated, tier in columns
    ]


def _withdrawn(rule: DecisionRule, n_windows: int | None) -> str:
    """Why the promise of the prediction sets does not cover a text (`answers.answers_of`)."""
    if rule.conformal is None:
        return "the model promises nothing"
    if n_windows is not None and n_windows > 1:
        return f"read in {n_windows} windows; the promise is for texts that are read at once"
    return (
        f"farther out than {ACCEPTED:g}% of the model's own domain; the promise is for "
        f"{rule.conformal.population}"
    )
