"""`study`: composes a model, its evaluation and its outside domains into one `StudyReport`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from goemox._version import __version__
from goemox.assessment import model_facts, rule_sha256
from goemox.classifier import EmotionClassifier
from goemox.data.bad_rows import BadRow
from goemox.decision.softmax import SoftmaxRule, caveat
from goemox.domain_shift import share_correlation
from goemox.domain_shift.answers import answers
from goemox.errors import UsageError
from goemox.profiling.shared_lines import in_words
from goemox.runtime.blas import one_blas_thread
from goemox.studies.breakdown import without_column
from goemox.studies.domain_comparison import compared
from goemox.studies.domains import Domain, Texts, from_files, live_or_samples
from goemox.studies.findings import findings
from goemox.studies.ladder import bundled_ladder
from goemox.studies.naive import open_naive
from goemox.studies.notices import Notices
from goemox.studies.references import model_reference
from goemox.studies.report_files import SCHEMA
from goemox.studies.sections import in_domain_section, labelled_rows, outside_section
from goemox.studies.study_report import StudyReport
from goemox.studies.text_map import text_map
from goemox.wording import Progress, Say, plural

__all__ = ["study"]

ADAPTED = ("by", "n", "name", "n_random", "grouping", "rows_sha256", "quotable")
"""What a report tells of an adaptation."""


@one_blas_thread(with_scipy=True)
def study(
    model: str | Path = "default",
    *,
    data: str | Path | None = None,
    split: str = "test",
    domains: Mapping[str, Texts] | None = None,
    naive: str | Path | None = None,
    group_by: str | None = None,
    text_column: str | None = None,
    id_column: str | None = None,
    date_column: str | None = None,
    label_column: str | Sequence[str] | None = None,
    offline: bool = False,
    seed: int = 0,
    notice: Say | None = None,
    progress: Progress | None = None,
) -> StudyReport:
    """Evaluate a model in domain, read its outside domains, and say what changed.

    data: labelled texts as in `data.labelled.load_labelled`; None = the figures that ship with the model.
    split: which one of a folder. seed: of all that is drawn at random. notice(message): what should be told.
    domains: {name: a file or texts}; None = live Hacker News stories and GitHub issues, or the embedded
    samples where the network does not answer or `offline` is set. naive: a model folder that `goemox
    reproduce` wrote, asked about the same outside texts. group_by: the column of their rows to break the
    domains down by.
    text_column, id_column, date_column: of the files of `domains`; None = guessed by name, and row numbers.
    text_column is that of `data`, too, where it has such a column. label_column: of `data`; one column of
    label cells, or several that each say of one label whether it applies; None = guessed by name.
    progress(n): n more texts are scored. Raises InvalidInput for data or models that cannot be used and for a
    column that no domain has, UsageError for a domain named as the in-domain set, SourceError where the hub
    is needed and fails.
    """
    if label_column and data is None:
        raise UsageError("label_column is of the labelled texts, and no data was given")
    classifier = EmotionClassifier.from_pretrained(model, runtime="onnxruntime")
    simple = None if naive is None else open_naive(naive)
    notices, bad_rows = Notices(notice), list[BadRow]()
    columns = {"text_column": text_column, "id_column": id_column, "date_column": date_column}
    outside = _outside(domains, columns, group_by, bad_rows, notices, offline=offline)
    records = None
    if data is not None:
        records = labelled_rows(
            classifier, data, split, text_column=text_column, label_column=label_column,
            of_domains=domains is not None, offline=offline, notices=notices,
        )  # fmt: skip
    in_domain, rows = in_domain_section(
        classifier, data, split, records, seed=seed, notices=notices, progress=progress, naive=simple
    )
    if in_domain is None:
        notices.warn(_unmeasured(classifier))
    elif (home := _set_name(in_domain)) in {domain.name for domain in outside}:
        raise UsageError(f"a domain is called {home!r}, as the in-domain set is; give it another name")
    reference = model_reference(classifier)
    found = [
        compared(classifier, domain, reference, naive=simple, seed=seed, tell=notices.warn, progress=progress)
        for domain in outside
    ]
    sections, labelled = [], {row["text_hash"] for row in rows}
    for each in found:
        section, more = outside_section(classifier, each, seed, group_by)
        section["n_labelled"] = sum(row["text_hash"] in labelled for row in more)
        section["answers"] = answers(section)  # once more, since they tell how many are labelled
        sections.append(section)
        rows += more
    content = _document(classifier, simple, in_domain, sections, seed) | {
        "asked": {
            "own_model": str(model) != "default",
            **columns,
            "label_columns": [label_column] if isinstance(label_column, str) else list(label_column or ()),
            "in_memory": _in_memory(domains or {}),
        },
        "map": text_map(reference, [each.sample for each in found], seed),
        "findings": findings(in_domain, sections),
        "warnings": notices.warnings,
    }
    return StudyReport(content, tuple(rows), tuple(bad_rows))


def _outside(
    domains: Mapping[str, Texts] | None,
    columns: Mapping[str, str | None],
    group_by: str | None,
    bad_rows: list[BadRow],
    notices: Notices,
    *,
    offline: bool,
) -> list[Domain]:
    """The outside texts, with warnings of what in them misleads. columns: of the user's own files."""
    if group_by is not None and not isinstance(group_by, str):
        raise UsageError("group_by: name one column; for another one, call study once more")
    if domains is None:
        outside = live_or_samples(offline=offline, warn=notices.warn)
    else:
        outside = from_files(domains, bad_rows, notices.tell, **columns)
    if bad_rows:
        first = bad_rows[0]
        rows = plural(len(bad_rows), "row")
        notices.warn(f"{rows} could not be used; the first: {first.where}: {first.reason}")
    for domain in outside:
        times = domain.text_profile.times
        if times is not None and (complaint := times.complaint()):
            notices.warn(f"{domain.name}: {complaint}")
        if words := in_words(domain.text_profile.shared_lines):
            notices.warn(f"{domain.name}: {words}")
    if group_by is not None:
        for name in without_column(group_by, outside):
            notices.warn(f"{name}: no row has a column {group_by!r}, so it is not broken down by it")
    return outside


def _in_memory(domains: Mapping[str, Texts]) -> list[str]:
    """The names of those that came as texts, not as files."""
    return [name for name, texts in domains.items() if not isinstance(texts, (str, Path))]


def _document(
    classifier: EmotionClassifier,
    naive: EmotionClassifier | None,
    in_domain: Mapping[str, Any] | None,
    sections: Sequence[Mapping[str, Any]],
    seed: int,
) -> dict[str, object]:
    """report.json without what is drawn and said of it as a whole."""
    return {
        "schema": SCHEMA,
        "goemox_version": __version__,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "seed": seed,
        "model": _model(classifier),
        "naive_model": None if naive is None else model_facts(naive),
        "in_domain": in_domain,
        "domains": sections,
        "correlation": _correlation(in_domain, sections, seed),
        "ladder": bundled_ladder(classifier.scorer.sha256),
    }


def _unmeasured(classifier: EmotionClassifier) -> str:
    """Why a study has no in-domain figures, and which others there are."""
    facts: Mapping[str, Any] = classifier.folder.facts or {}
    adapted: Mapping[str, Any] = facts.get("adapted") or {}
    if adapted.get("quotable") and not adapted.get("grouping"):
        return (
            "no --data was given: the report quotes the cross-validated figures of the "
            f"{plural(adapted['n'], 'row')} that the model was adapted on"
        )
    return "this model brings no evaluation, and no --data was given: nothing is known about it in domain"


def _correlation(
    in_domain: Mapping[str, Any] | None, sections: Sequence[Mapping[str, Any]], seed: int
) -> dict[str, object]:
    home = {_set_name(in_domain): in_domain} if in_domain else {}
    sets = home | {str(section["name"]): section for section in sections}
    return share_correlation(
        {name: list(each["top_label"].values()) for name, each in sets.items()},
        sizes={name: each["n"] for name, each in sets.items()},
        labels=list(next(iter(sets.values()))["top_label"]) if sets else None,
        seed=seed,
    )


def _set_name(in_domain: Mapping[str, Any]) -> str:
    return f"{in_domain['dataset']} {in_domain['split']}"


def _model(classifier: EmotionClassifier) -> dict[str, object]:
    facts: Mapping[str, Any] = classifier.folder.facts or {}
    training: Mapping[str, Any] = facts.get("training") or {}
    adapted: Mapping[str, Any] = facts.get("adapted") or {}
    rule = classifier.rule
    stated: Mapping[str, Any] = rule.to_facts()
    return {
        "name": facts.get("name") or classifier.folder.path.name,
        "file": classifier.folder.onnx.name,
        "sha256": classifier.scorer.sha256,
        "rule_sha256": rule_sha256(classifier),
        "base": training.get("base"),
        "parameters": training.get("parameters"),
        "labels": list(classifier.labels),
        "calibrated": rule.calibrated,
        "thresholds": {}
        if isinstance(rule, SoftmaxRule)
        else {label: round(float(t), 6) for label, t in zip(rule.labels, rule.thresholds, strict=True)},
        "calibrators": dict(zip(rule.labels, stated["calibrators"], strict=True)),
        "fallback": rule.fallback,
        "conformal": stated["conformal"],
        "adapted": None if not adapted else {key: adapted.get(key) for key in ADAPTED},
        "trained_on": training.get("data"),
        "notes": [note for note in (caveat(rule),) if note],
    }
