"""`GroupedClassifier`: an `EmotionClassifier` that answers in groups of its labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, overload

import numpy as np
import numpy.typing as npt

from goemox.classifier.answers import Answers, answers_of
from goemox.classifier.given import as_records, numbered
from goemox.classifier.predictions import predictions_of
from goemox.decision.groups import GroupRule
from goemox.model_folder import ModelFolder
from goemox.prediction import Prediction
from goemox.records import TextRecord
from goemox.runtime.windows import LongText
from goemox.scores import Bools, Floats, ScoreMatrix

if TYPE_CHECKING:
    from goemox.classifier.emotion import EmotionClassifier

__all__ = ["GroupedClassifier"]


class GroupedClassifier:
    """An `EmotionClassifier` that answers in groups of labels, each with a probability and cut of its own.

    Made by `EmotionClassifier.grouped`, and called as that is. There are prediction sets where the grouping
    brings a promise of its own, as those of `goemox adapt` may; Ekman's and the sentiments bring none.
    """

    def __init__(self, classifier: EmotionClassifier, groups: GroupRule) -> None:
        self.classifier, self.groups = classifier, groups
        self.rule = groups.rule

    @property
    def labels(self) -> tuple[str, ...]:
        """The groups, in the order of every column."""
        return self.groups.names

    @property
    def classes_(self) -> npt.NDArray[np.str_]:
        """The groups as an array (g,)."""
        return np.array(self.labels)

    @property
    def folder(self) -> ModelFolder:
        """The model folder behind it."""
        return self.classifier.folder

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """Calibrated probabilities (n, g) that any label of each group holds."""
        return self.groups.probabilities(self.classifier.predict_proba(texts))

    def predict(self, texts: Sequence[str]) -> Bools:
        """Which groups each text gets, (n, g)."""
        return self.rule.decide(self.predict_proba(texts))

    @overload
    def __call__(self, texts: str, *, long_text: LongText = ...) -> Prediction: ...  # type: ignore[overload-overlap]  # str is a Sequence[str]
    @overload
    def __call__(self, texts: Sequence[str], *, long_text: LongText = ...) -> list[Prediction]: ...
    def __call__(
        self, texts: str | Sequence[str], *, long_text: LongText = "truncate"
    ) -> Prediction | list[Prediction]:
        """As an `EmotionClassifier` is called, with groups for labels."""
        found = self.predictions(as_records(texts), long_text=long_text)
        return found[0] if isinstance(texts, str) else found

    def predictions(
        self,
        records: Iterable[str] | Iterable[TextRecord],
        progress: Callable[[int], None] | None = None,
        long_text: LongText = "truncate",
    ) -> list[Prediction]:
        """As `EmotionClassifier.predictions`, with groups for labels."""
        given = numbered(records)
        scores = self.scores(given, progress, long_text)
        return predictions_of(given, scores, self.rule, self.answers(scores))

    def scores(
        self,
        texts: Iterable[str] | Iterable[TextRecord],
        progress: Callable[[int], None] | None = None,
        long_text: LongText = "truncate",
    ) -> ScoreMatrix:
        """As `EmotionClassifier.scores`: of the labels, which the groups are made of afterwards."""
        return self.classifier.scores(texts, progress, long_text)

    def answers(self, scores: ScoreMatrix) -> Answers:
        """As `EmotionClassifier.answers`, with groups for labels."""
        probabilities = self.groups.probabilities(self.classifier.rule.probabilities(scores))
        return answers_of(scores, self.rule, probabilities, self.classifier.percentiles(scores))
