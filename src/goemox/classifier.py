"""`EmotionClassifier`: a model folder, its runtime, its decision rule and its domain profile in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, get_args, overload

import numpy as np
import numpy.typing as npt

from goemox.decision.rule import DecisionRule
from goemox.domain import DomainProfile
from goemox.errors import InvalidInput, UsageError
from goemox.model_folder import FACTS, REFERENCE, ModelFolder, default_folder, file_sha256, open_model
from goemox.prediction import Prediction
from goemox.records import TextRecord
from goemox.runtime.session import Scorer
from goemox.runtime.windows import LongText
from goemox.scores import Bools, Floats, ScoreMatrix

__all__ = ["EmotionClassifier", "load"]


class EmotionClassifier:
    """Reads the emotions in texts, and says how far each text lies from what it knows.

    Call it with one text for one `Prediction`, with a list for a list. `predict`, `predict_proba` and
    `classes_` follow scikit-learn's habits.
    """

    def __init__(self, folder: ModelFolder, rule: DecisionRule | None = None) -> None:
        """Open a checked model folder; `rule` replaces the folder's own decision rule."""
        self.folder = folder
        self.rule = rule or _rule_of(folder)

    @classmethod
    def from_pretrained(cls, model: str | Path = "default") -> EmotionClassifier:
        """Open "default" (the bundled model) or a model folder.

        Raises InvalidModel where the folder is missing, damaged or contradicts itself.
        """
        return cls(open_model(default_folder() if model == "default" else Path(model)))

    @property
    def labels(self) -> tuple[str, ...]:
        """The label names, in the order of every column."""
        return self.folder.labels

    @property
    def classes_(self) -> npt.NDArray[np.str_]:
        """The label names as an array (k,)."""
        return np.array(self.labels)

    @property
    def global_threshold(self) -> float | None:
        """The best single cut on the rows that the rule was fitted on, for comparison; None where unknown."""
        value = (self.folder.facts or {}).get("global_threshold")
        return value if isinstance(value, float) else None

    @property
    def dev(self) -> Mapping[str, Any] | None:
        """Figures of the rule on the rows it was fitted on (`assessment.dev_figures`); None where unknown."""
        value = (self.folder.facts or {}).get("dev")
        return value if isinstance(value, dict) else None

    @cached_property
    def scorer(self) -> Scorer:
        """The loaded graph; loading waits for the first text."""
        onnx = self.folder.onnx
        return Scorer(
            onnx, self.folder.path / "tokenizer.json", self.labels, self.folder.max_length, file_sha256(onnx)
        )

    @cached_property
    def profile(self) -> DomainProfile | None:
        """The in-domain reference, or None where the model brings none."""
        arrays = self.folder.arrays(REFERENCE)
        return (
            None if arrays is None else DomainProfile.from_arrays(arrays, str(self.folder.path / REFERENCE))
        )

    def scores(
        self,
        texts: Sequence[str] | Sequence[TextRecord],
        progress: Callable[[int], None] | None = None,
        long_text: LongText = "truncate",
    ) -> ScoreMatrix:
        """Raw logits and embeddings of texts or records, in their order.

        long_text: "truncate" cuts a text where the model stops reading, "chunk" reads a long one in windows
        of whole sentences; its row then holds what the strongest window says of each label.
        Raises UsageError for one bare string, InvalidInput for an item that is no text.
        """
        if long_text not in get_args(LongText):
            raise UsageError(f"long_text must be 'truncate' or 'chunk', was {long_text!r}")
        if isinstance(texts, str):
            raise UsageError("give a list of texts: one string would be read letter by letter")
        plain = [text.text if isinstance(text, TextRecord) else text for text in texts]
        ids = [text.id if isinstance(text, TextRecord) else str(i + 1) for i, text in enumerate(texts)]
        wrong = next((i for i, text in enumerate(plain) if not isinstance(text, str)), None)
        if wrong is not None:
            raise InvalidInput(
                f"text {wrong + 1} is {type(plain[wrong]).__name__}, not text; leave rows without a text out"
            )
        return self.scorer.score(plain, ids, progress, long_text)

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """Calibrated probabilities (n, k); labels are independent, rows need not sum to one."""
        return self.rule.probabilities(self.scores(texts))

    def predict(self, texts: Sequence[str]) -> Bools:
        """Which labels each text gets, (n, k)."""
        return self.rule.decide(self.predict_proba(texts))

    @overload
    def __call__(self, texts: str, *, long_text: LongText = ...) -> Prediction: ...  # type: ignore[overload-overlap]  # str is a Sequence[str]
    @overload
    def __call__(self, texts: Sequence[str], *, long_text: LongText = ...) -> list[Prediction]: ...
    def __call__(
        self, texts: str | Sequence[str], *, long_text: LongText = "truncate"
    ) -> Prediction | list[Prediction]:
        """Full predictions: labels, all scores, prediction set, domain percentile.

        long_text: as in `scores`.
        """
        if isinstance(texts, str):
            return self.predictions([TextRecord("1", texts)], long_text=long_text)[0]
        records = [TextRecord(str(i + 1), text) for i, text in enumerate(texts)]
        return self.predictions(records, long_text=long_text)

    def predictions(
        self,
        records: Sequence[TextRecord],
        progress: Callable[[int], None] | None = None,
        long_text: LongText = "truncate",
    ) -> list[Prediction]:
        """Full predictions for records, in their order. long_text: as in `scores`.

        A text read in several windows has no prediction set: the promise was made for single ones.
        """
        scores = self.scores(records, progress, long_text)
        n_windows = np.ones(len(scores)) if scores.n_windows is None else scores.n_windows
        probabilities = self.rule.probabilities(scores)
        decided = self.rule.decide(probabilities)
        sets = self.rule.sets(probabilities)
        percentiles = self.percentiles(scores)
        return [
            self._prediction(
                record,
                probabilities[i],
                decided[i],
                None if sets is None or n_windows[i] > 1 else sets[i],
                None if percentiles is None else float(percentiles[i]),
                bool(scores.truncated[i]),
            )
            for i, record in enumerate(records)
        ]

    def percentiles(self, scores: ScoreMatrix) -> npt.NDArray[np.float64] | None:
        """Domain percentile (0-100) of each scored text, or None where the model brings no profile."""
        if self.profile is None or scores.embeddings is None:
            return None
        return self.profile.percentile(scores.embeddings)

    def _prediction(
        self,
        record: TextRecord,
        p: Floats,
        decided: Bools,
        included: Bools | None,
        percentile: float | None,
        cut: bool,
    ) -> Prediction:
        falling = np.argsort(-p, kind="stable")
        in_domain = None if percentile is None else bool(DomainProfile.in_domain(np.array([percentile]))[0])
        # The promise holds for texts like the calibration rows; elsewhere it is withdrawn, not bent.
        promised = in_domain is not False
        return Prediction(
            id=record.id,
            text=record.text,
            labels=self._names(decided, falling),
            scores={label: round(float(value), 6) for label, value in zip(self.labels, p, strict=True)},
            prediction_set=None if included is None or not promised else self._names(included, falling),
            domain_percentile=percentile,
            in_domain=in_domain,
            truncated=cut,
        )

    def _names(self, chosen: Bools, order: npt.NDArray[np.intp]) -> tuple[str, ...]:
        return tuple(self.labels[j] for j in order if chosen[j])


def load(model: str | Path = "default") -> EmotionClassifier:
    """Open the bundled model ("default") or a model folder; see `EmotionClassifier.from_pretrained`."""
    return EmotionClassifier.from_pretrained(model)


def _rule_of(folder: ModelFolder) -> DecisionRule:
    if folder.facts is None:
        return DecisionRule.unfitted(folder.labels)
    return DecisionRule.from_facts(folder.facts, folder.labels, str(folder.path / FACTS))
