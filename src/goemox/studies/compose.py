"""`study`: composes a model, its evaluation and its outside domains into one `StudyReport`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from goemox._version import __version__
from goemox.assessment import assess, model_facts
from goemox.classifier import EmotionClassifier
from goemox.data.bad_rows import BadRow
from goemox.data.labelled import HUB_WORD, load_labelled
from goemox.decision.softmax import SoftmaxRule, caveat
from goemox.domain_shift import share_correlation
from goemox.model_folder import EVALUATION
from goemox.records import truth_matrix
from goemox.scores import Bools, Floats
from goemox.studies.domains import Domain, from_files, live_or_samples
from goemox.studies.examples import telling_rows
from goemox.studies.findings import findings
from goemox.studies.outside import Compared, compared, model_reference, open_naive
from goemox.studies.rows import Row, study_rows

__all__ = ["SCHEMA", "StudyReport", "study"]

SCHEMA = "goemox.report/1"
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class StudyReport:
    """A study as plain numbers: `to_dict()` is report.json, `rows` is rows.jsonl.gz.

    bad_rows: rows of the user's files that could not be used.
    """

    content: Mapping[str, object]
    rows: tuple[Row, ...]
    bad_rows: tuple[BadRow, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The document that `report` draws."""
        return dict(self.content)


def study(
    model: str | Path = "default",
    *,
    data: str | Path | None = None,
    split: str = "test",
    domains: Mapping[str, str | Path] | None = None,
    naive: str | Path | None = None,
    offline: bool = False,
    seed: int = 0,
    notice: Callable[[str], None] | None = None,
    progress: Progress | None = None,
) -> StudyReport:
    """Evaluate a model in domain, read its outside domains, and say what changed.

    data: labelled texts as in `data.labelled.load_labelled`; None = the figures that ship with the model.
    domains: {name: file}; None = live Hacker News stories and GitHub issues, or the embedded samples where
    the network does not answer or `offline` is set. naive: a model folder that `goemox reproduce` wrote,
    asked about the same outside texts. progress(n): n more texts are scored.
    Raises InvalidInput for data or models that cannot be used, SourceError where the hub is needed and fails.
    """
    classifier = EmotionClassifier.from_pretrained(model)
    simple = None if naive is None else open_naive(naive)
    warnings: list[str] = []
    bad_rows: list[BadRow] = []

    def warn(message: str) -> None:
        warnings.append(message)
        if notice:
            notice(message)

    tell = notice or (lambda message: None)
    outside = (
        live_or_samples(offline=offline, warn=warn)
        if domains is None
        else from_files(domains, bad_rows, tell)
    )
    if bad_rows:
        warn(f"{len(bad_rows)} rows could not be used; the first: {bad_rows[0].where}: {bad_rows[0].reason}")
    in_domain, rows = _in_domain(classifier, data, split, offline, seed, tell, progress)
    if in_domain is None:
        warn("this model brings no evaluation, and no --data was given: nothing is known about it in domain")
    reference = model_reference(classifier)
    sections = []
    for domain in outside:
        found = compared(classifier, domain, reference, naive=simple, seed=seed, tell=warn, progress=progress)
        section, domain_rows = _outside(classifier, found)
        sections.append(section)
        rows += domain_rows
    content = {
        "schema": SCHEMA,
        "goemox_version": __version__,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "seed": seed,
        "model": _model(classifier),
        "naive_model": None if simple is None else model_facts(simple),
        "in_domain": in_domain,
        "domains": sections,
        "correlation": _correlation(in_domain, sections),
        "findings": findings(in_domain, sections),
        "warnings": warnings,
    }
    return StudyReport(content, tuple(rows), tuple(bad_rows))


def _in_domain(
    classifier: EmotionClassifier,
    data: str | Path | None,
    split: str,
    offline: bool,
    seed: int,
    notice: Callable[[str], None],
    progress: Progress | None,
) -> tuple[dict[str, Any] | None, list[Row]]:
    """The in-domain section, measured now where there is data, else as the model's folder tells it."""
    if data is None:
        return classifier.folder.json(EVALUATION), []
    records = load_labelled(data, split, classifier.labels, notice=notice, offline=offline)
    found = assess(classifier, records, seed=seed, progress=progress)
    name = "GoEmotions" if records[0].source == "goemotions" else Path(data).name
    section = {"dataset": name, "split": split if _has_splits(data) else "all rows", "measured": "now"}
    content = section | found.report.to_dict()
    rows = study_rows(
        name,
        found.scores.ids,
        classifier.labels,
        found.probabilities,
        found.decided,
        classifier.percentiles(found.scores),
        truth_matrix(records, classifier.labels),
    )
    return content, list(rows)


def _has_splits(data: str | Path) -> bool:
    return str(data) == HUB_WORD or Path(data).is_dir()


def _outside(classifier: EmotionClassifier, found: Compared) -> tuple[dict[str, object], list[Row]]:
    domain, sample = found.domain, found.sample
    probabilities, decided = sample.probabilities, sample.decided
    section = dict(found.entry)
    section["examples"] = telling_rows(
        domain.records, classifier.labels, probabilities, decided, sample.domain_percentile, sample.in_domain
    )
    section["smoke"] = _smoke(domain, classifier.labels, probabilities) if domain.source == "sample" else None
    rows = study_rows(
        domain.name, sample.scores.ids, classifier.labels, probabilities, decided, sample.domain_percentile
    )
    return section, list(rows)


def _smoke(domain: Domain, labels: tuple[str, ...], probabilities: Floats) -> dict[str, object] | None:
    """Whether the top label is among those the sample's writer had in mind; a smoke test, no evidence."""
    known = set(labels)
    if not all(record.labels is not None and record.labels <= known for record in domain.records):
        return None
    truth: Bools = truth_matrix(domain.records, labels)
    hits = truth[np.arange(len(truth)), probabilities.argmax(axis=1)]
    return {"n": len(hits), "top1_hit": round(float(hits.mean()), 6)}


def _correlation(in_domain: Mapping[str, Any] | None, sections: list[dict[str, object]]) -> dict[str, object]:
    shares: dict[str, list[float]] = {}
    for name, top_label in (
        *([(f"{in_domain['dataset']} {in_domain['split']}", in_domain["top_label"])] if in_domain else []),
        *((str(section["name"]), section["top_label"]) for section in sections),
    ):
        shares[name] = list(top_label.values())
    return share_correlation(shares)


def _model(classifier: EmotionClassifier) -> dict[str, object]:
    facts: Mapping[str, Any] = classifier.folder.facts or {}
    training: Mapping[str, Any] = facts.get("training") or {}
    rule = classifier.rule
    return {
        "name": facts.get("name") or classifier.folder.path.name,
        "file": classifier.folder.onnx.name,
        "sha256": classifier.scorer.sha256,
        "base": training.get("base"),
        "parameters": training.get("parameters"),
        "labels": list(classifier.labels),
        "calibrated": rule.calibrated,
        "thresholds": {}
        if isinstance(rule, SoftmaxRule)
        else {label: round(float(t), 6) for label, t in zip(rule.labels, rule.thresholds, strict=True)},
        "fallback": rule.fallback,
        "conformal": rule.to_facts()["conformal"],
        "trained_on": training.get("data"),
        "notes": [note for note in (caveat(rule),) if note],
    }
