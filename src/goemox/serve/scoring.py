"""What the scoring thread does: texts to predictions, with the logits that they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goemox.classifier import EmotionClassifier
from goemox.prediction import Prediction
from goemox.records import TextRecord
from goemox.scores import Floats

__all__ = ["Scored", "score_texts"]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """One text as read: prediction, and logits (k,) in the model's order of labels."""

    prediction: Prediction
    logits: Floats


def score_texts(classifier: EmotionClassifier, texts: Sequence[str]) -> list[Scored]:
    """One answer a text, in their order; each as if it were alone."""
    records = [TextRecord(str(i + 1), text) for i, text in enumerate(texts)]
    scores = classifier.scores(records)
    return [
        Scored(prediction, row)
        for prediction, row in zip(classifier.told(records, scores), scores.logits, strict=True)
    ]
