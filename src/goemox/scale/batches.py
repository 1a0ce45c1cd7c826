"""`BatchScorer`: a dict of columns in, a dict of columns out; the same for every engine, and for elsewhere.

No object is made for a row: probabilities stay arrays, and rows with the same labels share one tuple.
The values are those of `EmotionClassifier.predictions`, rounding included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from goemox.classifier import EmotionClassifier, GroupedClassifier
from goemox.data.writers import free_name
from goemox.domain import DomainProfile
from goemox.errors import UsageError
from goemox.runtime.engine import is_installed, runtime_of
from goemox.runtime.session import Scorer
from goemox.runtime.windows import LongText
from goemox.scores import Bools, Floats, Ints, ScoreMatrix

__all__ = ["TEXTS_AT_ONCE", "Answers", "BatchScorer"]

TEXTS_AT_ONCE = 2_048
"""Distinct texts that are scored together: sorted by length within, so padding and memory stay small."""

DIGITS = 6  # of probabilities, as `EmotionClassifier.predictions` gives them
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What the model says of n texts, column by column.

    labels: the k columns of `probabilities` (n, k), which are rounded. chosen: each text's labels, highest
    probability first. sets: each text's prediction set, None where nothing is promised. percentiles (n,) and
    in_domain, bool (n,): None where the model has no reference. truncated: bool (n,).
    kept: bool (n, k), the scores that are given; None = all. sent_on: as in `ScoreMatrix`.
    """

    labels: Names
    probabilities: npt.NDArray[np.float64]
    chosen: Sequence[Names]
    sets: Sequence[Names | None]
    percentiles: npt.NDArray[np.float64] | None
    in_domain: Bools | None
    truncated: Bools
    kept: Bools | None = None
    sent_on: Bools | None = None

    def __len__(self) -> int:
        return len(self.probabilities)

    def rows(self, index: Ints) -> Answers:
        """The chosen rows, in the chosen order; one may come more than once."""
        at = index.tolist()
        return Answers(
            self.labels,
            self.probabilities[index],
            [self.chosen[i] for i in at],
            [self.sets[i] for i in at],
            None if self.percentiles is None else self.percentiles[index],
            None if self.in_domain is None else self.in_domain[index],
            self.truncated[index],
            None if self.kept is None else self.kept[index],
            None if self.sent_on is None else self.sent_on[index],
        )

    def top(self, k: int) -> Answers:
        """The k highest scores of each text, and the chosen labels among them; the sets stay whole."""
        kept = np.zeros(self.probabilities.shape, dtype=np.bool_)
        highest = np.argsort(-self.probabilities, axis=1, kind="stable")[:, :k]
        np.put_along_axis(kept, highest, values=True, axis=1)
        names = [{self.labels[j] for j in row} for row in highest.tolist()]
        chosen = [
            tuple(label for label in labels if label in given)
            for labels, given in zip(self.chosen, names, strict=True)
        ]
        return replace(self, chosen=chosen, kept=kept)

    def columns(self) -> dict[str, Any]:
        """Column -> n values, as in a CSV or Parquet file of predictions: names joined by `|`.

        Scores that are not given and unknown percentiles are NaN; other things that are not known, None.
        """
        given = self.probabilities if self.kept is None else np.where(self.kept, self.probabilities, np.nan)
        unknown = [None] * len(self)
        joined: dict[Names | None, str | None] = {None: None}
        for names in (*self.chosen, *self.sets):
            if names not in joined:
                joined[names] = "|".join(names or ())
        return {
            "labels": [joined[names] for names in self.chosen],
            **{f"score_{label}": column for label, column in zip(self.labels, given.T.copy(), strict=True)},
            "prediction_set": [joined[names] for names in self.sets],
            "domain_percentile": np.full(len(self), np.nan) if self.percentiles is None else self.percentiles,
            "in_domain": unknown if self.in_domain is None else self.in_domain,
            "truncated": self.truncated,
            **({} if self.sent_on is None else {"tier": np.where(self.sent_on, "best", "fast").tolist()}),
        }

    @staticmethod
    def joined(parts: Sequence[Answers]) -> Answers:
        """Several as one, in their order; at least one."""
        first = parts[0]
        return Answers(
            first.labels,
            np.concatenate([part.probabilities for part in parts]),
            [names for part in parts for names in part.chosen],
            [names for part in parts for names in part.sets],
            _concatenated([part.percentiles for part in parts]),
            _concatenated([part.in_domain for part in parts]),
            np.concatenate([part.truncated for part in parts]),
            _concatenated([part.kept for part in parts]),
            _concatenated([part.sent_on for part in parts]),
        )


@dataclass
class BatchScorer:
    """Scores columns with one model and one set of options; opens the model when first used.

    Can be pickled: what is sent are the options, never the open model. Safe to call from several threads.
    model: "default" or a model folder. tier, runtime: None = the classifier's own default.
    threads: as for `EmotionClassifier`. thresholds: cuts of single labels; every: one cut for all.
    grouping: answer in groups of labels. top_k: give the k highest scores only.
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
    def labels(self) -> Names:
        """Labels, or groups of them, in the order of the score columns."""
        return self.classifier.labels

    def settle(self) -> str:
        """The engine that runs the graph, by name; from now on no other, since each rounds its own way.

        "numpy" for the fast tier, which has no graph. Chooses as `Scorer.settle` where nobody did.
        """
        if self.tier == "fast":
            return "numpy"
        name = runtime_of(self.runtime or "auto")
        if name == "auto":
            name = "onnxruntime"
            if is_installed("openvino"):
                best = EmotionClassifier.from_pretrained(self.model, threads=self.threads).scorer
                name = best.settle() if isinstance(best, Scorer) else name
        if name != self.runtime:
            self.runtime, self._opened = name, None
        return name

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
        return {free_name(name, ours): column for name, column in batch.items()} | ours

    def answers(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Answers:
        """Score texts, each distinct one once, in their order.

        progress(n): called while texts are read, n of them finished since the last call; it may raise to end
        the work, and is called with 0 in between.
        """
        classifier = self.classifier
        tell = progress or (lambda n: None)
        first: dict[str, int] = {}
        place = np.fromiter(
            (first.setdefault(text, len(first)) for text in texts), dtype=np.int64, count=len(texts)
        )
        counts = np.bincount(place, minlength=len(first))
        distinct = list(first)
        parts = []
        for start in range(0, len(distinct), TEXTS_AT_ONCE) or (0,):
            some = distinct[start : start + TEXTS_AT_ONCE]
            parts.append(answers_of(classifier, self._scores(some, lambda n: tell(0))))
            tell(int(counts[start : start + len(some)].sum()))
        found = Answers.joined(parts)
        if len(distinct) < len(texts):
            found = found.rows(place)
        return found if self.top_k is None else found.top(self.top_k)

    def _scores(self, texts: Sequence[str], progress: Callable[[int], None]) -> ScoreMatrix:
        opened = self.classifier
        whole = opened.classifier if isinstance(opened, GroupedClassifier) else opened
        return whole.scores(texts, progress, self.long_text)


def answers_of(classifier: EmotionClassifier | GroupedClassifier, scores: ScoreMatrix) -> Answers:
    """What a classifier says of texts that are scored already."""
    rule = classifier.rule
    if isinstance(classifier, GroupedClassifier):
        whole = classifier.classifier
        probabilities = classifier.groups.probabilities(whole.rule.probabilities(scores))
    else:
        whole = classifier
        probabilities = rule.probabilities(scores)
    percentiles = whole.percentiles(scores)
    inside = None if percentiles is None else DomainProfile.in_domain(percentiles)
    falling = np.argsort(-probabilities, axis=1, kind="stable")
    sets: Sequence[Names | None] = [None] * len(scores)
    included = rule.sets(probabilities)
    if included is not None:
        is_promised = np.ones(len(scores), dtype=np.bool_) if inside is None else inside
        if scores.n_windows is not None:
            is_promised = is_promised & (scores.n_windows <= 1)
        named = _names(rule.labels, included, falling)
        sets = [names if told else None for names, told in zip(named, is_promised.tolist(), strict=True)]
    return Answers(
        rule.labels, _rounded(probabilities), _names(rule.labels, rule.decide(probabilities), falling), sets,
        percentiles, inside, np.asarray(scores.truncated, dtype=np.bool_), None, scores.sent_on,
    )  # fmt: skip


def _names(labels: Names, chosen: Bools, falling: Ints) -> list[Names]:
    """The names of each row's chosen columns, in the row's order; equal rows share a tuple."""
    rows, ranks = np.nonzero(np.take_along_axis(chosen, falling, axis=1))
    columns = falling[rows, ranks].tolist()
    ends = np.cumsum(np.bincount(rows, minlength=len(chosen))).tolist()
    known: dict[tuple[int, ...], Names] = {}
    alone = [(label,) for label in labels]
    found: list[Names] = []
    start = 0
    for end in ends:
        if end == start + 1:  # most rows, and four times as fast
            found.append(alone[columns[start]])
            start = end
            continue
        key = tuple(columns[start:end])
        start = end
        names = known.get(key)
        if names is None:
            names = known[key] = tuple(labels[j] for j in key)
        found.append(names)
    return found


def _rounded(probabilities: Floats) -> npt.NDArray[np.float64]:
    """As Python's `round(p, 6)`, elementwise: numpy's own is off where a product falls on a half."""
    p = np.asarray(probabilities, dtype=np.float64)
    scaled = p * 10.0**DIGITS
    found = np.rint(scaled) / 10.0**DIGITS
    for at in zip(*np.nonzero(np.abs(scaled - np.floor(scaled) - 0.5) < 1e-6), strict=True):
        found[at] = round(float(p[at]), DIGITS)
    return found


def _concatenated(parts: Sequence[npt.NDArray[Any] | None]) -> npt.NDArray[Any] | None:
    known = [part for part in parts if part is not None]
    return np.concatenate(known) if known else None
