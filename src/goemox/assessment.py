"""A classifier on labelled texts: an `EvaluationReport`, and a comparison with another on the same texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
import orjson

from goemox.classifier import EmotionClassifier
from goemox.data.splits import first_occurrences
from goemox.decision.rule import DecisionRule
from goemox.decision.softmax import SoftmaxRule, caveat
from goemox.errors import InvalidInput
from goemox.evaluation.baselines import simple_baselines, thresholds_compared
from goemox.evaluation.mapping import LabelMapping, mapping_to_write
from goemox.evaluation.metrics import measure
from goemox.evaluation.numbers import plain
from goemox.evaluation.paired import PairedComparison, paired_bootstrap
from goemox.evaluation.report import EvaluationReport, evaluate
from goemox.evaluation.sample import LabelledSample
from goemox.evaluation.seen_rows import seen_rows
from goemox.labels import GROUPINGS
from goemox.model_folder import EVALUATION, FAST
from goemox.records import TextRecord, judged_matrix, rows_sha256, truth_matrix
from goemox.runtime.blas import one_blas_thread
from goemox.scores import Bools, Floats, Ints, ScoreMatrix
from goemox.wording import listed

__all__ = ["Assessed", "assess", "compare", "dev_figures", "model_facts", "rule_sha256", "same_labels"]

AT_RELEASE = "at release"  # said of baselines that need training rows
DEV_METRICS = ("macro_f1", "micro_f1", "mean_average_precision", "nll", "brier")


@dataclass(frozen=True, slots=True, eq=False)
class Assessed:
    """What came out of scoring labelled texts: n texts, k labels of the model, g labels of the truth.

    probabilities, decided: (n, k), of the model's own labels. truth: (n, g).
    sample: what was measured, of the g labels. n_seen: texts that the rule was fitted on, whose figures are
    too good.
    """

    scores: ScoreMatrix
    probabilities: Floats
    decided: Bools
    truth: Bools
    sample: LabelledSample
    report: EvaluationReport
    n_seen: int


@one_blas_thread(with_scipy=True)
def assess(
    classifier: EmotionClassifier,
    records: Sequence[TextRecord],
    *,
    mapping: LabelMapping | None = None,
    grouping: str | None = None,
    n_bootstrap: int = 1000,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Assessed:
    """Score labelled records and compare with their labels.

    mapping: the records carry its outside labels; None = the model's own. grouping: they carry the groups of
    this one of the model's rules for groups. Records that were judged for some labels only count for those.
    The simple baselines know the label shares of these very records; those that the release measured stand
    beside them where these are its rows.
    Raises InvalidInput for a record without labels, UnknownLabel for one outside the label set, UsageError
    for a grouping that the model does not have.
    """
    grouped = classifier.grouped(grouping) if grouping else None
    labels = mapping.labels if mapping else (grouped or classifier).labels
    truth = truth_matrix(records, labels)
    judged = judged_matrix(records, labels)
    scores = classifier.scores(records, progress)
    rule = classifier.rule
    probabilities = rule.probabilities(scores)
    decided = rule.decide(probabilities)
    sample = _sample(classifier, probabilities, decided, truth, judged, labels, mapping, grouping)
    is_own = not (mapping or grouping)
    asked = None if mapping else grouped.rule if grouped else rule  # what decided the labels of the sample
    dev = classifier.dev if is_own else None
    report = evaluate(
        sample.probabilities,
        sample.decided,
        truth,
        labels,
        thresholds=None if asked is None or isinstance(rule, SoftmaxRule) else asked.thresholds,
        judged=judged,
        groups=sample.groups,
        logits=scores.logits if is_own else None,
        global_threshold=classifier.global_threshold if is_own else None,
        chosen=rule.calibrated,
        dev=dev.get("thresholds_compared", ()) if dev else (),
        baselines=_baselines(classifier, records, sample, seed, mapped=not is_own),
        sets=None if asked is None else asked.sets(probabilities if is_own else sample.probabilities),
        promise=None if asked is None else asked.conformal,
        once=first_occurrences(record.text for record in records),
        n_bootstrap=n_bootstrap,
        seed=seed,
    )
    fitted_on = rule.fitted_on if asked is None else asked.fitted_on
    n_seen = seen_rows(classifier.folder.facts or {}, records, fitted_on, grouping)
    return Assessed(scores, probabilities, decided, truth, sample, report, n_seen)


@one_blas_thread(with_scipy=True)
def compare(
    found: Assessed,
    other: EmotionClassifier,
    records: Sequence[TextRecord],
    *,
    mapping: LabelMapping | None = None,
    grouping: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> PairedComparison:
    """Score the records of `found` with another classifier too, and compare resample by resample.

    mapping: the other's, to the same outside labels; grouping: the name of its rule for the same groups;
    None = both have the same labels, in any order.
    Resamples are those of the report's intervals. Raises InvalidInput where the labels differ.
    """
    labels = found.sample.labels
    scores = other.scores(records, progress)
    probabilities = other.rule.probabilities(scores)
    decided = other.rule.decide(probabilities)
    if mapping is None and grouping is None:
        columns = same_labels(labels, other.labels)
        probabilities, decided = probabilities[:, columns], decided[:, columns]
    rival = _sample(
        other, probabilities, decided, found.truth, found.sample.judged, labels, mapping, grouping
    )
    return paired_bootstrap(found.sample, rival, n_bootstrap=found.report.n_bootstrap, seed=found.report.seed)


def model_facts(classifier: EmotionClassifier) -> dict[str, object]:
    """Which model was measured: its name, the graph's file and hash, and how its scores are to be read."""
    folder, rule = classifier.folder, classifier.rule
    return {
        "name": (folder.facts or {}).get("name") or folder.path.name,
        "file": FAST if classifier.tier == "fast" else folder.onnx.name,
        "sha256": classifier.scorer.sha256,
        **({} if classifier.tier == "best" else {"tier": classifier.tier}),
        "activation": "softmax" if isinstance(rule, SoftmaxRule) else "sigmoid",
        "calibrated": rule.calibrated,
        "caveat": caveat(rule),
    }


def rule_sha256(classifier: EmotionClassifier) -> str:
    """A hash of how a model decides, labels and groups: an adaptation changes it, not the network's."""
    groups = {name: rule.to_facts(classifier.labels) for name, rule in classifier.groupings.items()}
    facts = {**classifier.rule.to_facts(), "mappings": groups}
    return sha256(orjson.dumps(plain(facts), option=orjson.OPT_SORT_KEYS)).hexdigest()


def same_labels(labels: Sequence[str], others: Sequence[str]) -> Ints:
    """Where each of `labels`, (k,), stands in another model's label set.

    Raises InvalidInput where the two sets differ.
    """
    ours, theirs = set(labels), set(others)
    if ours != theirs:
        only = [
            f"only {name} has {listed(sorted(names))}"
            for name, names in (("this one", ours - theirs), ("the other", theirs - ours))
            if names
        ]
        raise InvalidInput(
            f"the two models have different labels ({'; '.join(only)}); write to a JSON file which of them "
            "belong together, null for what is not compared, and name it with --mapping: "
            f"{mapping_to_write(labels, others)}"
        )
    return np.array([list(others).index(label) for label in labels], dtype=np.int64)


def dev_figures(
    rule: DecisionRule, scores: ScoreMatrix, truth: Bools, global_threshold: float
) -> dict[str, object]:
    """How good a rule looks on the very rows it was fitted on: the "dev" block of `goemox.json`.

    scores: n texts. truth: bool (n, k). global_threshold: the best single cut on these rows.
    Beside the same figures on other texts they show how much of them was choice: see `beside_dev`.
    """
    probabilities = rule.probabilities(scores)
    judged = np.ones(truth.shape, dtype=np.bool_)
    sample = LabelledSample(rule.labels, probabilities, rule.decide(probabilities), truth, judged)
    overall = measure(sample, np.ones((1, len(sample)))).overall
    return {
        "n": len(sample),
        **{name: plain(float(overall[name][0])) for name in DEV_METRICS},
        "thresholds_compared": plain(thresholds_compared(sample, global_threshold)),
    }


def _sample(
    classifier: EmotionClassifier,
    probabilities: Floats,
    decided: Bools,
    truth: Bools,
    judged: Bools,
    labels: Sequence[str],
    mapping: LabelMapping | None,
    grouping: str | None,
) -> LabelledSample:
    if grouping:
        groups = classifier.grouped(grouping).groups
        columns = same_labels(labels, groups.names)
        found = groups.probabilities(probabilities)
        return LabelledSample(
            tuple(labels), found[:, columns], groups.rule.decide(found)[:, columns], truth, judged
        )
    if mapping:
        probabilities, decided = mapping.probabilities(probabilities), mapping.decisions(decided)
        return LabelledSample(tuple(labels), probabilities, decided, truth, judged)
    own = probabilities[:, same_labels(classifier.labels, labels)]
    given = {name: rule.decide(own) for name, rule in classifier.groupings.items() if name in GROUPINGS}
    return LabelledSample(tuple(labels), probabilities, decided, truth, judged, given)


def _baselines(
    classifier: EmotionClassifier,
    records: Sequence[TextRecord],
    sample: LabelledSample,
    seed: int,
    *,
    mapped: bool,
) -> list[dict[str, object]]:
    """Random, majority and prior; then those that only a release can measure, if it did so on these rows."""
    if not sample.truth.any():
        return []
    shares = sample.support / np.maximum(sample.judged.sum(axis=0), 1)
    rows = simple_baselines(sample.truth, sample.labels, shares, sample.judged, seed)
    shipped: Mapping[str, Any] = (not mapped and classifier.folder.json(EVALUATION)) or {}
    if shipped.get("rows_sha256") != rows_sha256(records):
        return rows
    names = {row["name"] for row in rows}
    others = [row for row in shipped.get("baselines", ()) if row["name"] not in names]
    return [*rows, *(row | {"measured": AT_RELEASE} for row in others)]
