"""`assess`: a classifier on labelled texts, as an `EvaluationReport`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from goemox.classifier import EmotionClassifier
from goemox.evaluation.baselines import simple_baselines
from goemox.evaluation.mapping import LabelMapping
from goemox.evaluation.report import EvaluationReport, evaluate
from goemox.records import TextRecord, truth_matrix
from goemox.scores import Bools, Floats, ScoreMatrix

__all__ = ["Assessed", "assess"]


@dataclass(frozen=True, slots=True, eq=False)
class Assessed:
    """What came out of scoring labelled texts: n texts, k labels of the model, g labels of the truth.

    probabilities, decided: (n, k), of the model's own labels. truth: (n, g).
    """

    scores: ScoreMatrix
    probabilities: Floats
    decided: Bools
    truth: Bools
    report: EvaluationReport


def assess(
    classifier: EmotionClassifier,
    records: Sequence[TextRecord],
    *,
    mapping: LabelMapping | None = None,
    n_bootstrap: int = 1000,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Assessed:
    """Score labelled records and compare with their labels.

    mapping: the records carry its outside labels; None = the model's own. Records that were judged for
    some labels only count for those. The simple baselines know the label shares of these very records.
    Raises InvalidInput for a record without labels, UnknownLabel for one outside the label set.
    """
    labels = mapping.labels if mapping else classifier.labels
    truth = truth_matrix(records, labels)
    judged = _judged(records, labels)
    scores = classifier.scores(records, progress)
    probabilities = classifier.rule.probabilities(scores)
    decided = classifier.rule.decide(probabilities)
    shares = (truth & judged).sum(axis=0) / np.maximum(judged.sum(axis=0), 1)
    report = evaluate(
        mapping.probabilities(probabilities) if mapping else probabilities,
        mapping.decisions(decided) if mapping else decided,
        truth,
        labels,
        thresholds=None if mapping else classifier.rule.thresholds,
        judged=None if judged.all() else judged,
        logits=None if mapping else scores.logits,
        global_threshold=None if mapping else classifier.global_threshold,
        baselines=simple_baselines(truth, labels, shares, judged, seed) if truth.any() else (),
        n_bootstrap=n_bootstrap,
        seed=seed,
    )
    return Assessed(scores, probabilities, decided, truth, report)


def _judged(records: Sequence[TextRecord], labels: Sequence[str]) -> Bools:
    judged = np.ones((len(records), len(labels)), dtype=np.bool_)
    for row, record in enumerate(records):
        if record.judged is not None:
            judged[row] = [label in record.judged for label in labels]
    return judged
