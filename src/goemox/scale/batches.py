"""`BatchScorer`: a dict of columns in, a dict of columns out; the same for every engine, and for elsewhere.

No object is made for a row. The values are those of `EmotionClassifier.predictions` on the same engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np

from goemox.classifier import EmotionClassifier, GroupedClassifier
from goemox.classifier.answers import Answers
from goemox.classifier.given import refuse_no_texts
from goemox.data.writers import kept_name
from goemox.errors import UsageError
from goemox.runtime.engine import is_installed, runtime_of
from goemox.runtime.repeats import distinct
from goemox.runtime.session import LARGE, Scorer
from goemox.runtime.windows import LongText
from goemox.scores import ScoreMatrix
from goemox.tiers import CascadeScorer

__all__ = ["TEXTS_AT_ONCE", "BatchScorer"]

TEXTS_AT_ONCE = 2_048
"""Distinct texts that are scored together: sorted by length within, so padding and memory stay small."""


@dataclass
class BatchScorer:
    """Scores columns with one model and one set of options; opens the model when first used.

    Can be pickled: what is sent are the options, never the open model. Safe to call from several threads.
    model: "default" or a model folder. tier, runtime: None = the classifier's own default.
    threads: as for `EmotionClassifier`. thresholds: cuts of single labels; every: one cut for all.
    grouping: answer in groups of labels. top_k: give the k highest scores only. long_text: what becomes of a
    text longer than the model reads, "truncate" or "chunk" (`runtime.windows`).
    """

    model: str = "default"
    tier: str | None = None
    runtime: str | None = None
    threads: int | None = None
    thresholds: Mapping[str, float] = field(default_factory=dict)
    every: float | None = None
    grouping: str | None = None
    top_k: int | None = None
    long_text: LongText = "truncate"

    def __post_init__(self) -> None:
        self._opened: EmotionClassifier | GroupedClassifier | None = None
        self._lock = Lock()

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if not name.startswith("_")}

    def __setstate__(self, state: Mapping[str, object]) -> None:
        self.__dict__.update(state)
        self.__post_init__()

    @property
    def classifier(self) -> EmotionClassifier | GroupedClassifier:
        """The model, opened with these options. Raises as `EmotionClassifier.from_pretrained`, and UsageError
        for a label or grouping that it does not have.
        """
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels, or groups of them, in the order of the score columns."""
        return self.classifier.labels

    def settle(self) -> str:
        """The engine that runs the graph, by name; from now on no other, since each rounds its own way.

        "numpy" for the fast tier, which has no graph. Chooses as `Scorer.settle` where nobody did.
        """
        if self.tier == "fast":
            return "numpy"
        name = runtime_of(self.runtime)
        if name == "auto":
            name = "onnxruntime"
            if is_installed("openvino"):
                whole = EmotionClassifier.from_pretrained(self.model, threads=self.threads, runtime="auto")
                name = whole.scorer.settle() if isinstance(whole.scorer, Scorer) else name
        if name != self.runtime:
            self.runtime, self._opened = name, None
        return name

    def settle_by(self, first: Sequence[str]) -> None:
        """Take one engine for the texts that are read first and all that follow: each rounds its own way.

        As `settle`, but fewer than LARGE different ones keep onnxruntime: the other one may not be worth its
        start. What is open stays open where it can.
        """
        if self.tier == "fast" or runtime_of(self.runtime) != "auto" or not is_installed("openvino"):
            return
        if len(set(first)) < LARGE:
            self.runtime, self._opened = "onnxruntime", None
            return
        opened = self.classifier
        whole = opened.classifier if isinstance(opened, GroupedClassifier) else opened
        graph = whole.scorer.best if isinstance(whole.scorer, CascadeScorer) else whole.scorer
        if isinstance(graph, Scorer):
            self.runtime = graph.settle()

    def _open(self) -> EmotionClassifier | GroupedClassifier:
        chosen = {"tier": self.tier, "runtime": self.runtime}
        given: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
        opened = EmotionClassifier.from_pretrained(self.model, threads=self.threads, **given)
        classifier = opened.grouped(self.grouping) if self.grouping else opened
        if self.thresholds or self.every is not None:
            classifier.rule = classifier.rule.with_thresholds(self.thresholds, self.every)
        return classifier

    def __call__(self, batch: Mapping[str, Sequence[Any]], text_column: str = "text") -> dict[str, Any]:
        """Columns of equal length, one of them texts -> the same columns and those of `Answers.columns`.

        A column of the input that bears one of our names gets `input_` before it.
        Raises UsageError where there is no such text column, InvalidInput for an item that is no text.
        """
        if text_column not in batch:
            raise UsageError(f"no column {text_column!r} in the batch; its columns: {', '.join(batch)}")
        ours = self.answers(list(batch[text_column])).columns()
        return {kept_name(name, ours, batch): column for name, column in batch.items()} | ours

    def answers(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Answers:
        """Score texts, each distinct one once, in their order.

        progress(n): called while texts are read, n of them finished since the last call; it may raise to end
        the work, and is called with 0 in between.
        """
        classifier = self.classifier
        tell = progress or (lambda n: None)
        refuse_no_texts(texts)
        once, place = distinct(texts)
        counts = np.bincount(place, minlength=len(once))
        parts = []
        for start in range(0, len(once), TEXTS_AT_ONCE) or (0,):
            some = once[start : start + TEXTS_AT_ONCE]
            parts.append(classifier.answers(self._scores(some, lambda n: tell(0))))
            tell(int(counts[start : start + len(some)].sum()))
        found = Answers.joined(parts)
        if len(once) < len(texts):
            found = found.rows(place)
        return found if self.top_k is None else found.top(self.top_k)

    def _scores(self, texts: Sequence[str], progress: Callable[[int], None]) -> ScoreMatrix:
        return self.classifier.scores(texts, progress, self.long_text)
