"""A study as its files tell it: report.json, and, where it lies beside it, every row as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from goemox.errors import InvalidInput
from goemox.scores import Bools, Floats
from goemox.studies.report_files import ROWS, read_report, read_rows, report_path

__all__ = ["LabelledSet", "StudyOnDisk", "TextSet", "read_study"]

OBJECTS = ("label_share", "confidence", "distance", "metrics", "thresholds", "calibrators")
ROUNDED = 2e-6  # shares in report.json keep six decimals


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class TextSet:
    """What a model said of the n texts of one set, about k labels.

    ids, hashes: n each; a hash is empty where the row holds none. scores: (n, k), probabilities of 4 digits.
    decided: bool (n, k). percentiles: (n,), NaN where the model brings no profile.
    """

    ids: tuple[str, ...]
    hashes: tuple[str, ...]
    scores: Floats
    decided: Bools
    percentiles: Floats

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, eq=False)
class LabelledSet(TextSet):
    """Texts that people labelled: what is true, and which cells anybody looked at; bool (n, k) each."""

    truth: Bools
    judged: Bools


@dataclass(frozen=True, slots=True, eq=False)
class StudyOnDisk:
    """One study. labels: of its model. in_domain, domains: its rows by set; None and empty without rows.

    rows: the file with the rows, None where there is none.
    """

    path: Path
    report: Mapping[str, Any]
    labels: tuple[str, ...]
    in_domain: LabelledSet | None
    domains: Mapping[str, TextSet]
    rows: Path | None


def read_study(path: Path) -> StudyOnDisk:
    """Read a report.json (or its folder) and the rows.jsonl.gz beside it.

    Raises InvalidInput for files that cannot be used, and for rows that are not this report's.
    """
    place = report_path(path)
    report = read_report(place)
    _check_types(place, report)
    named = _objects(report, "model").get("labels")
    if not isinstance(named, list) or not all(isinstance(label, str) for label in named) or not named:
        raise InvalidInput(f"{place}: model: labels must be a list of names. Write it with `goemox study`.")
    labels, rows = tuple(named), place.with_name(ROWS)
    if not rows.exists():
        return StudyOnDisk(place, report, labels, None, {}, None)
    in_domain, domains = _read_sets(rows, labels)
    _check_rows(place, rows, report, labels, in_domain, domains)
    return StudyOnDisk(place, report, labels, in_domain, domains, rows)


def _check_types(place: Path, report: Mapping[str, Any]) -> None:
    """Raise InvalidInput where a part that a comparison reads is of another type than a study writes."""
    domains = report.get("domains")
    if domains is not None and not _is_rows(domains):
        _wrong(place, "domains", "a list of objects")
    parts = {"report": report, "in_domain": report.get("in_domain") or {}, "model": report.get("model") or {}}
    parts |= {f"domains: {index}": domain for index, domain in enumerate(domains or ())}
    for where, part in parts.items():
        if not isinstance(part, Mapping):
            _wrong(place, where, "an object")
        for key in OBJECTS:
            if not isinstance(part.get(key) or {}, Mapping):
                _wrong(place, f"{where}: {key}", "an object")
        if not _is_rows(part.get("per_label") or []):
            _wrong(place, f"{where}: per_label", "a list of objects")
        if not isinstance(part.get("n") or 0, int):
            _wrong(place, f"{where}: n", "a number of texts")


def _is_rows(found: object) -> bool:
    return isinstance(found, list) and all(isinstance(row, Mapping) for row in found)


def _wrong(place: Path, key: str, expected: str) -> NoReturn:
    raise InvalidInput(f"{place}: {key} must be {expected}. Write the report again with `goemox study`.")


def _objects(report: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = report.get(key)
    return found if isinstance(found, Mapping) else {}


def _read_sets(path: Path, labels: Sequence[str]) -> tuple[LabelledSet | None, dict[str, TextSet]]:
    """The labelled set and the outside sets; only rows of the labelled set say what is true."""
    column = {label: index for index, label in enumerate(labels)}
    parts: dict[tuple[str, bool], list[Mapping[str, Any]]] = {}
    for where, row in read_rows(path):
        _check_row(where, row, column)
        parts.setdefault((str(row["domain"]), "true_labels" in row), []).append(row)
    labelled = [rows for (_, true), rows in parts.items() if true]
    if len(labelled) > 1:
        raise InvalidInput(f"{path}: rows of two labelled sets; a study has one. Write it again")
    outside = {name: TextSet(*_columns(rows, column)) for (name, true), rows in parts.items() if not true}
    return (_labelled_set(labelled[0], column) if labelled else None), outside


def _check_row(where: str, row: Mapping[str, Any], column: Mapping[str, int]) -> None:
    for key in ("domain", "id"):
        if not isinstance(row.get(key), str):
            _refuse(where, f"{key} must be a text")
    scores = row.get("scores")
    if not isinstance(scores, list) or len(scores) != len(column):
        _refuse(where, f"scores must be {len(column)} numbers, one for each label of the model")
    if not all(type(p) in (int, float) and 0 <= p <= 1 for p in scores):
        _refuse(where, "scores must be probabilities from 0 to 1")
    for key in ("labels", "true_labels", "judged"):
        named = row.get(key, [])
        if not isinstance(named, list) or not all(
            isinstance(label, str) and label in column for label in named
        ):
            _refuse(where, f"{key} must be labels of the model")


def _refuse(where: str, what: str) -> NoReturn:
    raise InvalidInput(f"{where}: {what}; these rows are not of the report beside them, or damaged")


def _columns(
    rows: Sequence[Mapping[str, Any]], column: Mapping[str, int]
) -> tuple[tuple[str, ...], tuple[str, ...], Floats, Bools, Floats]:
    """The fields of a `TextSet`."""
    percentiles = [row.get("domain_percentile") for row in rows]
    return (
        tuple(row["id"] for row in rows),
        tuple(str(row.get("text_hash") or "") for row in rows),
        np.array([row["scores"] for row in rows], dtype=np.float32),
        _indicator([row.get("labels", ()) for row in rows], column),
        np.array([p if isinstance(p, int | float) else np.nan for p in percentiles], dtype=np.float64),
    )


def _labelled_set(rows: Sequence[Mapping[str, Any]], column: Mapping[str, int]) -> LabelledSet:
    truth = _indicator([row["true_labels"] for row in rows], column)
    judged = _indicator([row.get("judged", column) for row in rows], column)
    return LabelledSet(*_columns(rows, column), truth, judged)


def _indicator(named: Sequence[Sequence[str] | Mapping[str, int]], column: Mapping[str, int]) -> Bools:
    found = np.zeros((len(named), len(column)), dtype=np.bool_)
    for row, labels in enumerate(named):
        found[row, [column[label] for label in labels]] = True
    return found


def _check_rows(
    place: Path, rows: Path, report: Mapping[str, Any], labels: Sequence[str],
    in_domain: LabelledSet | None, domains: Mapping[str, TextSet],
) -> None:  # fmt: skip
    """Raise InvalidInput where numbers of texts or shares of labels say that the rows are another study's."""
    said = [(str(d.get("name")), d, domains.get(str(d.get("name")))) for d in report.get("domains") or ()]
    home = _objects(report, "in_domain")
    if home.get("measured") == "now" or in_domain is not None:
        said.append(("the in-domain set", home, in_domain))
    for name, section, found in said:
        n, here = section.get("n"), 0 if found is None else len(found)
        if n != here:
            raise InvalidInput(
                f"{rows}: not the rows of {place} ({name}: {here:,} rows, the report says {n}); "
                "keep the two files of a study together"
            )
        shares = section.get("label_share")
        if found is None or not isinstance(shares, Mapping):
            continue
        for label, share in zip(labels, found.decided.mean(axis=0).tolist(), strict=True):
            told = shares.get(label)
            if type(told) in (int, float) and abs(told - share) > ROUNDED:
                raise InvalidInput(
                    f"{rows}: not the rows of {place} ({name}: {label} is given to {share:.2%} of the rows, "
                    f"the report says {told:.2%}); keep the two files of a study together"
                )
