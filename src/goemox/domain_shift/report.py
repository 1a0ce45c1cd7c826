"""`ShiftReport`: what a model says about one domain, and how far that domain is from its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from goemox.domain_shift.naive import naive_decisions
from goemox.domain_shift.sample import DomainSample, ReferenceSample
from goemox.domain_shift.two_sample import LEVEL, MIN_TEXTS, label_tests
from goemox.errors import InvalidInput
from goemox.evaluation.intervals import wilson
from goemox.evaluation.numbers import histogram, plain
from goemox.evaluation.shares import confidence, display_shares, label_shares, top_label_shares

__all__ = ["ShiftReport", "compare"]

METHOD = "two-sample Kolmogorov-Smirnov on each label's calibrated probability, Holm-adjusted"


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """One domain as numbers; `to_dict()` is its entry under "domains" in report.json.

    label_share: share of texts given each label, with Wilson's 95 % interval; a text may have several.
    expected_share: mean calibrated probability, what the shares would be if calibration held here too.
    top_label: share of texts whose most probable label it is. no_label_share: texts given no label.
    No figure here is checked against a truth: nobody labelled these texts.
    """

    name: str
    source: str
    description: str
    n: int
    n_duplicates: int
    label_share: Mapping[str, float]
    label_share_interval: Mapping[str, tuple[float, float]]
    expected_share: Mapping[str, float]
    top_label: Mapping[str, float]
    top_label_share: Mapping[str, float]
    no_label_share: float
    confidence: Mapping[str, object]
    distance: Mapping[str, object]
    tests: Mapping[str, object]
    naive: Mapping[str, object]

    def to_dict(self) -> dict[str, object]:
        """The report as JSON types: floats rounded to 6 decimals, undefined ones None."""
        return {name: plain(value) for name, value in asdict(self).items()}


def compare(reference: ReferenceSample, target: DomainSample) -> ShiftReport:
    """Describe the target's texts and test them against the reference, label by label.

    Raises InvalidInput where the two sides have different labels.
    """
    labels = target.scores.labels
    if reference.labels != labels:
        raise InvalidInput(
            f"domain {target.name}: its labels and the reference's differ; score both with the same model"
        )
    low, high = wilson(target.decided.sum(axis=0), len(target))
    top_label = top_label_shares(target.probabilities, labels)
    expected = target.probabilities.mean(axis=0, dtype=np.float64)
    return ShiftReport(
        name=target.name,
        source=target.source,
        description=target.description,
        n=len(target),
        n_duplicates=target.n_duplicates,
        label_share=label_shares(target.decided, labels),
        label_share_interval=dict(zip(labels, zip(low.tolist(), high.tolist(), strict=True), strict=True)),
        expected_share=dict(zip(labels, expected.tolist(), strict=True)),
        top_label=top_label,
        top_label_share=display_shares(top_label),
        no_label_share=float((~target.decided.any(axis=1)).mean()),
        confidence=confidence(target.probabilities, target.scores.logits),
        distance=_distance(reference, target),
        tests=_tests(reference, target),
        naive=naive_decisions(target.scores.logits, target.decided, labels),
    )


def _distance(reference: ReferenceSample, target: DomainSample) -> dict[str, object]:
    """How far the texts lie from the reference, and their lengths, which are easily mistaken for it."""
    percentile, inside = target.domain_percentile, target.in_domain
    known = percentile is not None and inside is not None
    words, reference_words = target.n_words, reference.n_words
    return {
        "available": known,
        "median_percentile": None if percentile is None else float(np.median(percentile)),
        "share_outside": None if inside is None else float((~inside).mean()),
        "histogram": None if percentile is None else histogram(percentile, 0.0, 100.0),
        "length_median_words": None if words is None else float(np.median(words)),
        "reference_length_median_words": None
        if reference_words is None
        else float(np.median(reference_words)),
    }


def _tests(reference: ReferenceSample, target: DomainSample) -> dict[str, object]:
    """The label tests as rows; `labels` and `moved` are None, with the reason, where none could be made."""
    sizes = {"method": METHOD, "level": LEVEL, "n": len(target), "n_reference": len(reference.probabilities)}
    found = label_tests(reference.probabilities, target.probabilities)
    if found is None:
        reason = (
            f"{len(target)} texts here, {len(reference.probabilities)} in the reference: a test needs at "
            f"least {MIN_TEXTS} on each side"
        )
        return sizes | {"available": False, "reason": reason, "labels": None, "moved": None}
    before, after = reference.decided.mean(axis=0), target.decided.mean(axis=0)
    rows = [
        {
            "label": label,
            "ks": float(found.ks[column]),
            "p_adjusted": float(found.p_adjusted[column]),
            "share_reference": float(before[column]),
            "share_target": float(after[column]),
        }
        for column, label in enumerate(target.scores.labels)
    ]
    by_distance = np.argsort(-found.ks, kind="stable")
    moved = [target.scores.labels[column] for column in by_distance if found.p_adjusted[column] < LEVEL]
    return sizes | {"available": True, "reason": None, "labels": rows, "moved": moved}
