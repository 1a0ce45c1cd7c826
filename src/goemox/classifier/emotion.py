"""`EmotionClassifier`: a model folder, its runtime, its decision rule and its domain profile in one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any, get_args, overload

import numpy as np
import numpy.typing as npt

from goemox.classifier.answers import Answers, answers_of
from goemox.classifier.given import as_records, given_texts, numbered, refuse_blank, refuse_no_texts
from goemox.classifier.grouped import GroupedClassifier
from goemox.classifier.predictions import predictions_of
from goemox.decision.groups import GroupRule
from goemox.decision.rule import DecisionRule
from goemox.decision.softmax import SoftmaxRule
from goemox.domain import DomainProfile, Placed
from goemox.errors import InvalidModel, UsageError
from goemox.model_folder import FACTS, TOKENIZER, ModelFolder, default_folder, open_model
from goemox.prediction import Prediction
from goemox.records import TextRecord
from goemox.runtime.blas import one_blas_thread
from goemox.runtime.engine import Runtime, runtime_of
from goemox.runtime.fast import FastScorer
from goemox.runtime.session import Scorer
from goemox.runtime.windows import LongText
from goemox.scores import Bools, Floats, ScoreMatrix
from goemox.tiers import (
    CascadeScorer,
    Tier,
    facts_of_tier,
    gate_of,
    open_fast,
    profile_of_tier,
    rule_of_tier,
    sha256_of_tier,
)

__all__ = ["EmotionClassifier", "load"]

AnyScorer = Scorer | FastScorer | CascadeScorer


class EmotionClassifier:
    """Reads the emotions in texts, and says how far each text lies from what it knows.

    Call it with one text for one `Prediction`, with a list for a list. `predict`, `predict_proba` and
    `classes_` follow scikit-learn's habits.
    """

    def __init__(
        self,
        folder: ModelFolder,
        rule: DecisionRule | None = None,
        threads: int | None = None,
        tier: Tier = "best",
        runtime: Runtime | None = None,
    ) -> None:
        """Open a checked model folder.

        folder: as `goemox.model_folder.open_model` gives it. rule: instead of the folder's own decision rule.
        threads: batches that are scored at a time, each on one core; None = all cores.
        tier: who answers, see `goemox.tiers`. Raises UsageError or InvalidModel where there is no such tier,
        and UsageError for a number of threads that is none.
        runtime: the engine that runs the graph (`Scorer`); None: the one that GOEMOX_RUNTIME names, else
        "auto". Raises UsageError or MissingExtra where it is not there.
        """
        if threads is not None and (not hasattr(threads, "__index__") or threads is True or threads < 0):
            raise UsageError(f"threads: give a whole number, or None for all cores; was {threads!r}")
        self.folder, self.tier = folder, tier
        self._runtime = runtime_of(runtime)
        self._threads = threads
        self.rule = rule or rule_of_tier(folder, tier)

    def __getstate__(self) -> dict[str, object]:
        """For pickle and copy: without what is opened, which a copy opens anew from the model folder."""
        return {name: value for name, value in self.__dict__.items() if name not in ("scorer", "profile")}

    @classmethod
    def from_pretrained(
        cls,
        model: str | Path = "default",
        *,
        threads: int | None = None,
        tier: Tier = "best",
        runtime: Runtime | None = None,
    ) -> EmotionClassifier:
        """Open "default" (the bundled model) or a model folder.

        threads, tier, runtime: as in `EmotionClassifier`.
        Raises InvalidModel where the folder is missing, damaged, contradicts itself or has no such tier, and
        UsageError for what is no path.
        """
        if not isinstance(model, (str, Path)):
            kind = type(model).__name__
            raise UsageError(f"a model is 'default' or the path of a model folder, not a {kind}")
        folder = open_model(default_folder() if model == "default" else Path(model))
        return cls(folder, threads=threads, tier=tier, runtime=runtime)

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
        value = facts_of_tier(self.folder, self.tier).get("global_threshold")
        return value if isinstance(value, float) else None

    @property
    def dev(self) -> Mapping[str, Any] | None:
        """Figures of the rule on the rows it was fitted on (`assessment.dev_figures`); None where unknown."""
        value = facts_of_tier(self.folder, self.tier).get("dev")
        return value if isinstance(value, dict) else None

    @cached_property
    def groupings(self) -> Mapping[str, GroupRule]:
        """Rules that decide groups of labels: "ekman", "sentiment", and names that `goemox adapt` gave."""
        entries = facts_of_tier(self.folder, self.tier).get("mappings") or {}
        where = f"{self.folder.path / FACTS}, mappings"
        if not isinstance(entries, Mapping):
            raise InvalidModel(f"{where}: not a table of groupings; export the model again")
        rules = {name: GroupRule.from_facts(entry, self.labels, where) for name, entry in entries.items()}
        # They were fitted behind the folder's calibration: under another they mean nothing.
        return {name: rule for name, rule in rules.items() if rule.stands_behind(self.rule)}

    @cached_property
    def scorer(self) -> AnyScorer:
        """What reads the texts, opened; opening waits for the first text."""
        if self.tier == "best":
            return self._best_scorer()
        fast = open_fast(self.folder, self._threads)
        if self.tier == "fast":
            return fast
        rules = rule_of_tier(self.folder, "fast"), rule_of_tier(self.folder, "best")
        sha256 = sha256_of_tier(self.folder, self.tier)
        return CascadeScorer((fast, rules[0]), (self._best_scorer, rules[1]), gate_of(self.folder), sha256)

    def _best_scorer(self) -> Scorer:
        onnx = self.folder.onnx
        tokenizer = self.folder.path / TOKENIZER
        return Scorer(
            onnx, tokenizer, self.labels, self.folder.max_length, self.folder.sha256(onnx), self._threads,
            self.folder.sha256(tokenizer), self._runtime,
        )  # fmt: skip

    @cached_property
    def profile(self) -> DomainProfile | None:
        """The in-domain reference of this tier's embeddings, or None where the model brings none."""
        return profile_of_tier(self.folder, self.tier)

    def scores(
        self,
        texts: Iterable[str] | Iterable[TextRecord],
        progress: Callable[[int], None] | None = None,
        long_text: LongText = "truncate",
    ) -> ScoreMatrix:
        """Raw logits and embeddings of texts or records, in their order.

        progress(n): called each time that n more texts are scored.
        long_text: "truncate" cuts a text where the model stops reading, "chunk" reads a long one in windows
        of whole sentences; its row then holds what the strongest window says of each label.
        Raises UsageError for one bare string and for windows of a softmax model, InvalidInput for a table
        and for an item that is no text.
        """
        if long_text not in get_args(LongText):
            raise UsageError(f"long_text must be 'truncate' or 'chunk', was {long_text!r}")
        if long_text == "chunk" and isinstance(self.rule, SoftmaxRule):
            raise UsageError(
                "long_text 'chunk' takes each label from its strongest window, but a softmax model only "
                "compares the labels of one window with each other; use 'truncate'"
            )
        given = numbered(texts)
        plain, ids = [record.text for record in given], [record.id for record in given]
        refuse_no_texts(plain)
        return self.scorer.score(plain, ids, progress, long_text)

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """Calibrated probabilities (n, k) of n texts; labels are independent, rows need not sum to one.

        A softmax model's rows do: its labels compete (`decision.softmax`).
        Raises as `scores`, and InvalidInput for a blank text.
        """
        given = given_texts(texts)
        refuse_blank(given)
        return self.rule.probabilities(self.scores(given))

    def predict(self, texts: Sequence[str]) -> Bools:
        """Which labels each of n texts gets, (n, k). Raises as `predict_proba`."""
        return self.rule.decide(self.predict_proba(texts))

    @overload
    def __call__(self, texts: str, *, long_text: LongText = ...) -> Prediction: ...  # type: ignore[overload-overlap]  # str is a Sequence[str]
    @overload
    def __call__(self, texts: Sequence[str], *, long_text: LongText = ...) -> list[Prediction]: ...
    def __call__(
        self, texts: str | Sequence[str], *, long_text: LongText = "truncate"
    ) -> Prediction | list[Prediction]:
        """Full predictions: labels, all scores, prediction set, domain percentile.

        texts: one text for one prediction, or several for a list. long_text: as in `scores`.
        Raises as `scores`, and InvalidInput for a blank text.
        """
        found = self.predictions(as_records(texts), long_text=long_text)
        return found[0] if isinstance(texts, str) else found

    def predictions(
        self,
        records: Iterable[str] | Iterable[TextRecord],
        progress: Callable[[int], None] | None = None,
        long_text: LongText = "truncate",
    ) -> list[Prediction]:
        """Full predictions for records, in their order; texts are numbered from 1.

        progress, long_text: as in `scores`. Raises as that.

        A text read in several windows has no prediction set: the promise was made for single ones.
        """
        given = numbered(records)
        return self.told(given, self.scores(given, progress, long_text))

    def told(self, records: Sequence[TextRecord], scores: ScoreMatrix) -> list[Prediction]:
        """Full predictions for records that are scored already; row i of `scores` is records[i]."""
        return predictions_of(records, scores, self.rule, self.answers(scores))

    def answers(self, scores: ScoreMatrix) -> Answers:
        """What is said of texts that are scored already (`scores`), column by column; quicker than `told`."""
        return answers_of(scores, self.rule, self.rule.probabilities(scores), self.percentiles(scores))

    def grouped(self, grouping: str) -> GroupedClassifier:
        """The same model answering in groups of its labels: "ekman", "sentiment", or one of `goemox adapt`.

        Raises UsageError where the model has no rule for this grouping.
        """
        if grouping not in self.groupings:
            none = (
                "none, as every softmax model"
                if isinstance(self.rule, SoftmaxRule)
                else ("none; train the model again with this goemox")
            )
            known = ", ".join(self.groupings) or none
            where = self.folder.path.name
            raise UsageError(f"the model in {where} has no grouping {grouping!r}; its groupings: {known}")
        return GroupedClassifier(self, self.groupings[grouping])

    def percentiles(self, scores: ScoreMatrix) -> npt.NDArray[np.float64] | None:
        """Domain percentile (0-100) of each text of `scores`, or None where the model brings no profile."""
        placed = self.placed(scores)
        return None if placed is None else placed.percentiles

    def placed(self, scores: ScoreMatrix) -> Placed | None:
        """Where each text of `scores` lies under the model's profile, or None where it brings none."""
        if self.profile is None or scores.embeddings is None:
            return None
        if scores.embeddings.shape[1] != len(self.profile.mean):
            raise InvalidModel(
                f"{self.folder.path}: the domain profile fits another {self.tier} tier; export it again"
            )
        with one_blas_thread() if self.tier != "best" else nullcontext():
            return self.profile.placed(scores.embeddings)


def load(
    model: str | Path = "default",
    *,
    threads: int | None = None,
    tier: Tier = "best",
    runtime: Runtime | None = None,
) -> EmotionClassifier:
    """Open the bundled model ("default") or a model folder.

    threads, tier, runtime: as in `EmotionClassifier`.
    Raises InvalidModel where the folder is missing, damaged, contradicts itself or has no such tier.
    """
    return EmotionClassifier.from_pretrained(model, threads=threads, tier=tier, runtime=runtime)
