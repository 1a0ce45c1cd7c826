"""`ShiftReport`: what a model says about one domain, and how far that domain is from its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from goemox.domain_shift.bands import share_bands
from goemox.domain_shift.collapse import Home, NeutralAccount, decisions, neutral_account
from goemox.domain_shift.evidence import emotion_evidence
from goemox.domain_shift.far_out import far_out
from goemox.domain_shift.lengths import compare_distances
from goemox.domain_shift.limits import FAR_SHARE, MIN_TEXTS, TOLD_APART
from goemox.domain_shift.naive import naive_decisions, naive_model
from goemox.domain_shift.phrases import OWN
from goemox.domain_shift.prevalence import LabelledReference, PrevalenceEstimates, estimate_prevalence
from goemox.domain_shift.ridge import distance_ridge
from goemox.domain_shift.sample import DomainSample, ReferenceSample
from goemox.domain_shift.two_sample import tested_labels
from goemox.domain_shift.whole_texts import joint_p, log_odds, whole_text_tests
from goemox.errors import InvalidInput
from goemox.evaluation.co_occurrence import co_occurrence
from goemox.evaluation.numbers import histogram, plain
from goemox.evaluation.shares import confidence, display_shares, top_label_shares
from goemox.labels import NEUTRAL
from goemox.scores import Bools, Floats

__all__ = ["ShiftReport", "compare"]


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """One domain as numbers; `to_dict()` is its entry under "domains" in report.json.

    name, source, description: of the texts, as the caller calls them. n: different texts that were read.
    n_duplicates, n_overlap: texts left out since they repeat another, or stand in the reference too.
    label_share: share of texts given each label; expected_share: mean calibrated probability, what the
    shares would be if calibration held here too. A text may have several labels.
    label_share_interval, expected_share_interval: 95 % bands of both over texts.
    top_label: share of texts whose most probable label it is. top_label_share: that of neutral, admiration
    and all others together. no_label_share: texts given no label.
    confidence: how sure the model is of its top label. distance: how far the texts lie from the reference.
    tests: whether each label's probabilities, and all together, moved.
    co_occurrence: which labels are given together (`evaluation.co_occurrence`).
    naive: what simpler rules say of the same logits, and what a naive model says where one was given.
    reference: its name, number of texts, whether it is the model's own domain, and how many of the texts here
    stand in it too.
    caveat: why the scores are no probabilities; None where they are calibrated. has_promise: of the rule.
    neutral: how often neutral is said, and what of it is collapse (`collapse.NeutralAccount`); None without
    such a label, below 50 texts on a side that is there, or where the scores are no probabilities.
    evidence: how much emotion of any kind the model sees (`evidence.emotion_evidence`): no measure of domain.
    prevalence: shares corrected for label shift, beside a check of that assumption; None unless asked for.
    No figure here is checked against a truth: nobody labelled these texts.
    """

    name: str
    source: str
    description: str
    n: int
    n_duplicates: int
    n_overlap: int
    reference: Mapping[str, object]
    caveat: str | None
    has_promise: bool
    label_share: Mapping[str, float]
    label_share_interval: Mapping[str, tuple[float, float]]
    expected_share: Mapping[str, float]
    expected_share_interval: Mapping[str, tuple[float, float]]
    top_label: Mapping[str, float]
    top_label_share: Mapping[str, float]
    co_occurrence: Mapping[str, object]
    no_label_share: float
    confidence: Mapping[str, object]
    evidence: Mapping[str, object] | None
    distance: Mapping[str, object]
    tests: Mapping[str, object]
    naive: Mapping[str, object]
    neutral: NeutralAccount | None
    prevalence: PrevalenceEstimates | None

    def to_dict(self) -> dict[str, object]:
        """The report as JSON types: floats rounded to 6 decimals, undefined ones None."""
        return {name: plain(value) for name, value in asdict(self).items()}

    def __repr__(self) -> str:
        """What was compared, in a line: all figures would flood a notebook."""
        called = f"{type(self).__name__}({self.name!r}: {self.n:,} texts"
        return f"<{called} against {self.reference['name']}); to_dict() holds all figures>"


def compare(
    reference: ReferenceSample,
    target: DomainSample,
    *,
    global_threshold: float | None = None,
    correct_prevalence: bool = False,
    seed: int = 0,
) -> ShiftReport:
    """Describe the target's texts and test them against the reference, label by label and as whole texts.

    global_threshold: the best single cut in domain, shown among the ways to decide. correct_prevalence: also
    estimate how often each label holds, as if only that had changed. seed: of what is drawn.
    Raises InvalidInput where the two sides have different labels, or the prevalence is to be corrected and
    nobody labelled the reference.
    """
    labels = target.scores.labels
    if reference.labels != labels:
        raise InvalidInput(
            f"domain {target.name}: its labels and the reference's differ; score both with the same model"
        )
    bands = share_bands(target.decided, target.probabilities, seed=seed)
    top_label = top_label_shares(target.probabilities, labels)
    tests, whole = tested_labels(reference, target), whole_text_tests(reference, target, seed)
    smallest = min((row["p_adjusted"] for row in tests["labels"] or ()), default=None)
    tests["whole"] = whole | {"p_joint": joint_p(smallest, whole["p_any"])}
    distance = _distance(reference, target, seed)
    return ShiftReport(
        name=target.name,
        source=target.source,
        description=target.description,
        n=len(target),
        n_duplicates=target.n_duplicates,
        n_overlap=target.n_overlap,
        reference={
            "name": reference.name, "n": len(reference.probabilities), "is_own": reference.is_own,
            "n_shared": target.n_shared,
        },
        caveat=target.caveat,
        has_promise=target.has_promise,
        label_share=_by_label(labels, bands.given),
        label_share_interval=_pairs(labels, bands.given_low, bands.given_high),
        expected_share=_by_label(labels, bands.expected),
        expected_share_interval=_pairs(labels, bands.expected_low, bands.expected_high),
        top_label=top_label,
        top_label_share=display_shares(top_label),
        co_occurrence=co_occurrence(target.decided, labels),
        no_label_share=float((~target.decided.any(axis=1)).mean()),
        confidence=confidence(target.probabilities, target.scores.logits),
        evidence=_evidence(reference, target),
        distance=distance,
        tests=tests,
        naive=_naive(target),
        neutral=_neutral(reference, target, _is_near(distance, tests), global_threshold),
        prevalence=_prevalence(reference, target, seed) if correct_prevalence else None,
    )  # fmt: skip


def _is_near(distance: Mapping[str, Any], tests: Mapping[str, Any]) -> bool:
    """Whether nothing speaks against the texts being like the model's own; unknown counts as not."""
    share, words = distance["share_outside"], tests["whole"]["classifier"]
    return (
        share is not None
        and share < FAR_SHARE
        and words is not None
        and words["auroc"]["value"] <= TOLD_APART
    )


def _by_label(labels: Sequence[str], values: Floats) -> dict[str, float]:
    return dict(zip(labels, values.tolist(), strict=True))


def _pairs(labels: Sequence[str], low: Floats, high: Floats) -> dict[str, tuple[float, float]]:
    return dict(zip(labels, zip(low.tolist(), high.tolist(), strict=True), strict=True))


def _evidence(reference: ReferenceSample, target: DomainSample) -> dict[str, object] | None:
    """Of the calibrated log odds, which both sides have; None where neutral is the only label."""
    labels = target.scores.labels
    if set(labels) == {NEUTRAL}:
        return None
    low, middle, high = np.quantile(
        emotion_evidence(log_odds(target.probabilities), labels), [0.25, 0.5, 0.75]
    )
    known = len(reference.probabilities) > 0
    home = emotion_evidence(log_odds(reference.probabilities), labels) if known else None
    return {
        "median": float(middle),
        "quartiles": [float(low), float(high)],
        "reference_median": None if home is None else float(np.median(home)),
    }


def _naive(target: DomainSample) -> dict[str, object]:
    labels = target.scores.labels
    found = naive_decisions(target.scores.logits, target.decided, labels)
    found["model"] = None
    if target.naive_logits is not None:
        at_home = target.naive_at_home
        compared = naive_model(target.naive_logits, target.probabilities, target.decided, labels)
        found["model"] = compared | {"at_home": None if at_home is None else dict(at_home)}
    return found


def _neutral(
    reference: ReferenceSample, target: DomainSample, is_near: bool, global_threshold: float | None
) -> NeutralAccount | None:
    labels, m = target.scores.labels, len(reference.probabilities)
    if NEUTRAL not in labels or target.caveat or len(target) < MIN_TEXTS or 0 < m < MIN_TEXTS:
        return None
    naive: Bools | None = None
    naive_home = None
    if target.naive_logits is not None:
        naive = np.asarray(target.naive_logits.argmax(axis=1)[:, None] == np.arange(len(labels)))
        if target.naive_at_home is not None and reference.is_own and reference.name == OWN:
            naive_home = target.naive_at_home["neutral"]
    return neutral_account(
        target.scores.logits,
        target.probabilities,
        target.decided,
        labels,
        home=_home(reference, global_threshold) if m else None,
        is_near=is_near,
        global_threshold=global_threshold,
        naive=naive,
        naive_home=naive_home,
    )


def _home(reference: ReferenceSample, global_threshold: float | None) -> Home:
    column = reference.labels.index(NEUTRAL)
    probabilities = reference.probabilities.astype(np.float64)
    ways: dict[str, float] = {}
    if reference.logits is not None:
        rules = decisions(reference.logits, probabilities, reference.decided, global_threshold)
        ways = {way: float(chosen[:, column].mean()) for way, chosen in rules.items()}
    people = None if reference.truth is None else float(reference.truth[:, column].mean())
    return Home(len(probabilities), people, float(probabilities[:, column].mean()), ways)


def _prevalence(reference: ReferenceSample, target: DomainSample, seed: int) -> PrevalenceEstimates | None:
    if reference.truth is None:
        raise InvalidInput(
            "the prevalence cannot be corrected: nobody labelled the reference. Compare with the model's own "
            "(--reference model), or leave --correct-prevalence out"
        )
    labelled = LabelledReference(reference.probabilities, reference.decided, reference.truth)
    labels = target.scores.labels
    return estimate_prevalence(labels, target.probabilities, target.decided, labelled, seed=seed)


def _distance(reference: ReferenceSample, target: DomainSample, seed: int) -> dict[str, object]:
    """How far the texts lie from the reference, and their lengths, which are easily mistaken for it."""
    percentile = target.domain_percentile
    words, reference_words = target.n_words, reference.n_words
    ridge = distance_ridge(reference.distances, target.distances, reference_words, words, seed=seed)
    alike = None if ridge is None else ridge.far_of_same_length
    return {
        **far_out(percentile, target.in_domain, target.home, target.n_home),
        "share_far_same_length": None if alike is None else alike.value,
        "share_far_same_length_interval": None if alike is None else (alike.low, alike.high),
        "histogram": None if percentile is None else histogram(percentile, 0.0, 100.0),
        "length_median_words": None if words is None else float(np.median(words)),
        "reference_length_median_words": None
        if reference_words is None
        else float(np.median(reference_words)),
        "told_apart": _told_apart(reference, target, seed),
        "ridge": None if ridge is None else asdict(ridge),
    }


def _told_apart(reference: ReferenceSample, target: DomainSample, seed: int) -> dict[str, object] | None:
    """How well the distance tells the two sides apart, beside their lengths; None where it is not known."""
    if target.is_known:
        return None
    sides = reference.distances, target.distances, reference.n_words, target.n_words
    if any(side is None for side in sides):
        return None
    found = compare_distances(*sides, seed=seed)  # type: ignore[arg-type]  # none is None
    return None if found is None else asdict(found)
