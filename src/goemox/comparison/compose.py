"""`compare_studies`: two studies as one document of plain numbers, schema goemox.comparison/1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from goemox._version import __version__
from goemox.comparison.answers import compare_domain
from goemox.comparison.quality import compare_quality
from goemox.comparison.study_on_disk import StudyOnDisk
from goemox.errors import InvalidInput
from goemox.evaluation.numbers import plain
from goemox.wording import listed

__all__ = ["SCHEMA", "compare_studies"]

SCHEMA = "goemox.comparison/1"
MODEL = (
    "name", "file", "sha256", "rule_sha256", "base", "trained_on", "fallback", "conformal", "adapted",
)  # fmt: skip


def compare_studies(a: StudyOnDisk, b: StudyOnDisk, *, seed: int = 0) -> dict[str, object]:
    """What got better or worse from A to B, and what changed on texts that nobody labelled.

    The same two studies and seed give the same document. Differences are B - A, with 95 % intervals; verdicts
    rest on Holm-adjusted p-values below .05, over the figures, over the labels and within each domain.
    Raises InvalidInput where the two models have no label in common, and where no text is in both studies.
    """
    labels = [label for label in a.labels if label in b.labels]
    if not labels:
        raise InvalidInput(
            f"{a.path} and {b.path}: the two models have no label in common, so nothing can be compared"
        )
    names_a, names_b = ([str(d.get("name")) for d in study.report.get("domains") or ()] for study in (a, b))
    comparable, in_domain = _comparable(a, b, labels), compare_quality(a, b, labels, seed)
    shared = [name for name in names_a if name in names_b]
    if not shared and not _tells(in_domain, comparable, alone=not names_a and not names_b):
        raise InvalidInput(_nothing_in_common(a, b, names_a, names_b))
    return plain(  # type: ignore[return-value]  # a mapping stays one
        {
            "schema": SCHEMA,
            "goemox_version": __version__,
            "seed": seed,
            "a": _facts(a),
            "b": _facts(b),
            "comparable": comparable,
            "in_domain": in_domain,
            "domains": [compare_domain(name, a, b, labels) for name in shared],
            "domains_only_a": [name for name in names_a if name not in names_b],
            "domains_only_b": [name for name in names_b if name not in names_a],
        }
    )


def _tells(home: Mapping[str, object] | None, comparable: Mapping[str, object], *, alone: bool) -> bool:
    """Whether in-domain figures say anything of two studies without a common set of outside texts.

    Those of other texts do not, nor do the figures that one model brings with it to every study. alone:
    whether neither study has outside texts, so that these figures are what was asked about.
    """
    if home is None:
        return False
    if home["paired"]:
        return True
    if not home["same_set"] or home["n_a"] != home["n_b"]:
        return False
    return alone or home["verdict"] != "same" or comparable["same_model"] is not True


def _nothing_in_common(a: StudyOnDisk, b: StudyOnDisk, names_a: Sequence[str], names_b: Sequence[str]) -> str:
    """What the studies hold instead, and the two ways to a comparison."""
    held = [f"{study.path} has {listed(names) or 'none'}" for study, names in ((a, names_a), (b, names_b))]
    return (
        f"nothing to compare: no set of texts is in both studies ({'; '.join(held)}; sets are matched by "
        "their names). To compare two collections by one model, join them in one file and name the column "
        "that tells them apart (goemox study --domain NAME=FILE --group-by COLUMN), or study each under one "
        "NAME. To compare two models, let both study the same files under the same names"
    )


def _facts(study: StudyOnDisk) -> dict[str, object]:
    model = _model(study)
    return {
        "created_at": study.report.get("created_at"),
        "goemox_version": study.report.get("goemox_version"),
        "seed": study.report.get("seed"),
        "model": {key: model.get(key) for key in MODEL},
        "has_rows": study.rows is not None,
    }


def _model(study: StudyOnDisk) -> Mapping[str, Any]:
    found: Mapping[str, Any] = study.report["model"]
    return found


def _comparable(a: StudyOnDisk, b: StudyOnDisk, labels: Sequence[str]) -> dict[str, object]:
    """What is equal in the two studies beside their texts; null where a report does not say.

    same_kind: whether both decide label by label, or both give one label a text and have no thresholds.
    calibrators_changed: labels whose logits become probabilities in another way.
    """
    one, other = _model(a), _model(b)
    cuts_a, cuts_b = (model.get("thresholds") or {} for model in (one, other))
    maps_a, maps_b = (model.get("calibrators") or {} for model in (one, other))
    moved = [label for label in labels if maps_a.get(label) != maps_b.get(label)]
    return {
        "same_model": _equal(one.get("sha256"), other.get("sha256")),
        "same_version": _equal(a.report.get("goemox_version"), b.report.get("goemox_version")),
        "same_seed": _equal(a.report.get("seed"), b.report.get("seed")),
        "same_fallback": _equal(one.get("fallback"), other.get("fallback")),
        "labels": list(labels),
        "labels_only_a": [label for label in a.labels if label not in labels],
        "labels_only_b": [label for label in b.labels if label not in labels],
        "same_kind": bool(cuts_a) == bool(cuts_b),
        "thresholds_changed": [
            label for label in labels if cuts_a and cuts_b and cuts_a.get(label) != cuts_b.get(label)
        ],
        "same_calibration": not moved if maps_a and maps_b else None,
        "calibrators_changed": moved if maps_a and maps_b else [],
        "same_conformal": one["conformal"] == other["conformal"]
        if "conformal" in one and "conformal" in other
        else None,
    }


def _equal(one: object, other: object) -> bool | None:
    return None if one is None or other is None else one == other
