"""The two kinds of section that a study has: the in-domain set, and one outside domain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from goemox.assessment import Assessed, assess
from goemox.classifier import EmotionClassifier
from goemox.data.labelled import HUB_WORD, dataset_name, load_labelled
from goemox.data.marked_rows import counted, figures_mislead
from goemox.data.splits import first_occurrences, repeated_rows
from goemox.domain import DomainProfile
from goemox.domain_shift.far_out import far_out
from goemox.domain_shift.label_words import label_words
from goemox.errors import UnknownColumn, UnknownLabel
from goemox.evaluation.few_rows import macro_f1_notes, repeats
from goemox.evaluation.numbers import plain
from goemox.evaluation.seen_rows import too_good
from goemox.evaluation.shares import label_shares
from goemox.model_folder import EVALUATION
from goemox.records import TextRecord, truth_matrix
from goemox.scores import Bools, Floats
from goemox.studies.breakdown import breakdown
from goemox.studies.domain_comparison import Compared
from goemox.studies.domains import Domain
from goemox.studies.examples import telling_rows
from goemox.studies.naive import add_naive, naive_at_home, naive_logits
from goemox.studies.notices import Notices
from goemox.studies.references import home_of
from goemox.studies.rows import Row, study_rows
from goemox.studies.timeline import timeline, tracked_labels
from goemox.wording import Progress

__all__ = ["in_domain_section", "labelled_rows", "outside_section"]

OTHER_LABELS = (
    "A study measures the model's own labels: leave other rows out, or map labels with "
    "`goemox evaluate --mapping`."
)


def labelled_rows(
    classifier: EmotionClassifier,
    data: str | Path,
    split: str,
    *,
    text_column: str | None,
    label_column: str | Sequence[str] | None,
    of_domains: bool,
    offline: bool,
    notices: Notices,
) -> list[TextRecord]:
    """The labelled texts of a study.

    of_domains: text_column is that of the domains' files first, and of `data` where it has a column of that
    name; else its texts are found by name.
    """
    for column in dict.fromkeys((text_column, None)):
        try:
            return load_labelled(
                data, split, classifier.labels, text_column=column, label_column=label_column,
                notice=notices.tell, offline=offline,
            )  # fmt: skip
        except UnknownColumn as error:
            if column is None or error.column != column or not of_domains:
                raise
        except UnknownLabel as error:
            raise UnknownLabel(error.label, error.where, error.known, OTHER_LABELS) from None
    raise AssertionError("the last of them is None")


def in_domain_section(
    classifier: EmotionClassifier,
    data: str | Path | None,
    split: str,
    records: Sequence[TextRecord] | None,
    *,
    seed: int,
    notices: Notices,
    progress: Progress | None,
    naive: EmotionClassifier | None = None,
) -> tuple[dict[str, Any] | None, list[Row]]:
    """The in-domain section, measured now where there is data, else as the model's folder tells it.

    records: the rows of `data`, as `labelled_rows` reads them. naive: asked about the same texts, where there
    are some.
    """
    if data is None or records is None:
        return classifier.folder.json(EVALUATION), []
    found = assess(classifier, records, seed=seed, progress=progress)
    name = dataset_name(records, data)
    texts = [record.text for record in records]
    logits = None if naive is None else naive_logits(classifier, naive, texts, progress)
    if found.n_seen:
        notices.warn(too_good(found.n_seen, len(records)))
    marks = counted(records)
    if misled := figures_mislead(**marks, n=len(records)):
        notices.warn(misled)
    if repeated := repeats(repeated_rows(records), len(records)):
        notices.warn(repeated)
    supports = [row.support for row in found.report.per_label if row.judged]
    common = " and the mean over labels of 30 rows" if found.report.metrics["macro_f1_common"] else ""
    for note in macro_f1_notes(supports, f"micro-F1{common}"):
        notices.warn(note)
    labels, percentiles = classifier.labels, classifier.percentiles(found.scores)
    content = {
        "dataset": name,
        "split": split if _has_splits(data) else "all rows",
        "measured": "now",
        "n_fitted_on": found.n_seen,
        **marks,
        "distance": _distance(classifier, percentiles),
        **found.report.to_dict(),
        "naive": naive_at_home(found, logits),
        "examples": _examples(records, found, percentiles, logits, seed),
        "words": _words(records, labels, found.decided, found.truth),
    }
    rows = study_rows(name, records, labels, found.probabilities, found.decided, percentiles, labelled=True)
    return content, list(rows)


def _distance(classifier: EmotionClassifier, percentiles: Floats | None) -> dict[str, object]:
    """How far labelled texts themselves lie out: they are the user's, and need not be like the model's."""
    inside = None if percentiles is None else DomainProfile.in_domain(percentiles)
    n_home = None if classifier.profile is None else len(classifier.profile.distances)
    found = far_out(percentiles, inside, home_of(classifier), n_home)
    return {key: plain(value) for key, value in found.items()}


def _examples(
    records: Sequence[TextRecord],
    found: Assessed,
    percentiles: Floats | None,
    logits: Floats | None,
    seed: int,
) -> list[dict[str, object]]:
    """Rows of labelled texts that tell most. percentiles: (n,). logits: (n, k), what a naive model says."""
    labels = found.scores.labels
    examples = telling_rows(
        records,
        labels,
        found.probabilities,
        found.decided,
        percentiles,
        None if percentiles is None else DomainProfile.in_domain(percentiles),
        truth=found.truth,
        judged=found.sample.judged,
        seed=seed,
    )
    add_naive(examples, records, logits, labels)
    return examples


def _words(records: Sequence[TextRecord], labels: Sequence[str], decided: Bools, truth: Bools) -> object:
    """The words that go with each label; a text that is repeated counts once."""
    kept = first_occurrences(record.text for record in records)
    texts = [records[i].text for i in kept]
    return plain(label_words(texts, labels, decided[kept], truth[kept]))


def _has_splits(data: str | Path) -> bool:
    return str(data) == HUB_WORD or Path(data).is_dir()


def outside_section(
    classifier: EmotionClassifier, found: Compared, seed: int = 0, group_by: str | None = None
) -> tuple[dict[str, object], list[Row]]:
    """One entry under "domains" of report.json, and its rows: the comparison, and what shows the texts.

    seed: of the examples and tables that are drawn at random. group_by: the column to break it down by.
    """
    domain, sample = found.domain, found.sample
    probabilities, decided = sample.probabilities, sample.decided
    section = dict(found.entry)
    examples = telling_rows(
        domain.records,
        classifier.labels,
        probabilities,
        decided,
        sample.domain_percentile,
        sample.in_domain,
        seed=seed,
    )
    add_naive(examples, domain.records, sample.naive_logits, classifier.labels)
    section["examples"] = examples
    section["words"] = plain(label_words(domain.texts, classifier.labels, decided))
    section |= _parts(found, group_by, seed)
    section["smoke"] = _smoke(domain, classifier.labels, probabilities) if domain.source == "sample" else None
    rows = study_rows(
        domain.name, domain.records, classifier.labels, probabilities, decided, sample.domain_percentile
    )
    return section, list(rows)


def _parts(found: Compared, group_by: str | None, seed: int) -> dict[str, object]:
    """The domain's texts by time, and by the column that was asked for; None where they cannot be parted."""
    sample, records = found.sample, found.domain.records
    labels, decided = sample.scores.labels, sample.decided
    tracked = tracked_labels(label_shares(decided, labels))
    return {
        "timeline": timeline(records, labels, decided, tracked, seed, found.domain.date_column),
        "groups": None if group_by is None else breakdown(group_by, records, sample, seed),
    }


def _smoke(domain: Domain, labels: tuple[str, ...], probabilities: Floats) -> dict[str, object] | None:
    """Whether the top label is among those the sample's writer had in mind; a smoke test, no evidence."""
    known = set(labels)
    if not all(record.labels is not None and record.labels <= known for record in domain.records):
        return None
    truth: Bools = truth_matrix(domain.records, labels)
    hits = truth[np.arange(len(truth)), probabilities.argmax(axis=1)]
    return {"n": len(hits), "top1_hit": round(float(hits.mean()), 6)}
