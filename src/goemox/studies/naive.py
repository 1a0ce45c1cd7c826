"""What a naive model and simpler rules say of a study's texts, beside the model that is studied."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from goemox.assessment import Assessed, same_labels
from goemox.classifier import EmotionClassifier
from goemox.decision.softmax import SoftmaxRule
from goemox.domain_shift.naive import naive_decisions, naive_model, one_label_answers, top_label_accuracy
from goemox.errors import InvalidInput
from goemox.evaluation.numbers import plain
from goemox.records import TextRecord
from goemox.scores import Floats
from goemox.wording import Progress

__all__ = ["add_naive", "naive_at_home", "naive_logits", "open_naive"]


def open_naive(model: str | Path) -> EmotionClassifier:
    """Open a model that gives one label a text. Raises InvalidInput for one that decides label by label."""
    classifier = EmotionClassifier.from_pretrained(str(model), runtime="onnxruntime")
    if not isinstance(classifier.rule, SoftmaxRule):
        raise InvalidInput(
            f"{model}: not a naive model: it decides label by label. `goemox reproduce` writes naive ones, "
            "and any folder of a single-label model will do"
        )
    return classifier


def naive_logits(
    classifier: EmotionClassifier, naive: EmotionClassifier, texts: Sequence[str], progress: Progress | None
) -> Floats:
    """What the naive model says of the texts, (n, k), in the columns of the classifier's labels.

    Raises InvalidInput where the two have different labels.
    """
    columns = same_labels(classifier.labels, naive.labels)
    return np.asarray(naive.scores(texts, progress).logits[:, columns])


def naive_at_home(found: Assessed, logits: Floats | None) -> object:
    """The simpler rules on the same logits; what the naive model says of the texts, and how often truly.

    logits: (n, k), the naive model's, in the columns of the model's labels; None where none was asked.
    """
    decided, labels = found.decided, found.scores.labels
    said: dict[str, Any] = naive_decisions(found.scores.logits, decided, labels)
    model = None if logits is None else naive_model(logits, found.probabilities, decided, labels)
    if found.sample.complete:  # else a label that nobody looked for could be true
        said |= top_label_accuracy(found.scores.logits, found.truth)
        if model is not None and logits is not None:
            model |= top_label_accuracy(logits, found.truth)
    return plain(said | {"model": model})


def add_naive(
    examples: Sequence[dict[str, object]],
    records: Sequence[TextRecord],
    logits: Floats | None,
    labels: Sequence[str],
) -> None:
    """Write under "naive" of each example what the naive model says of its text; None where it was not asked.

    logits: (n, k) of the records; the same text has the same answer wherever it stands.
    """
    said = [] if logits is None else one_label_answers(logits, labels)
    by_text = {record.text: each for record, each in zip(records, said, strict=False)}
    for row in examples:
        row["naive"] = by_text.get(str(row["text"]))
