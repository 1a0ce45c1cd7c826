"""In domain: which of two studies' models is better on labelled texts, figure by figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any, Literal

import numpy as np

from goemox.comparison.differences import Difference, adjusted, by_intervals
from goemox.comparison.matching import Match, match
from goemox.comparison.study_on_disk import LabelledSet, StudyOnDisk
from goemox.domain_shift.limits import MIN_TEXTS
from goemox.evaluation.metrics import COMMON
from goemox.evaluation.paired import LOWER_IS_BETTER, PairedDifference, paired_bootstrap
from goemox.evaluation.sample import LabelledSample
from goemox.evaluation.significance import p_of_interval
from goemox.scores import Bools, Ints

__all__ = ["QUALITY", "Quality", "compare_quality"]

QUALITY = (
    "macro_f1", "micro_f1", "weighted_f1", "macro_f1_common", "mean_average_precision", "top1_accuracy",
    "subset_accuracy", "brier", "nll", "ece_mean",
)  # fmt: skip
"""Figures of a comparison; those of groups of labels are left out: rows hold labels, not groups."""

SMALLEST = 5e-5  # half the last digit of a score: a written 0.0000 may have been this much

NEGLIGIBLE = {False: 5e-4, True: 5e-5}  # lower is better: half of the last digit that is shown

Quality = Literal["same", "better", "worse", "mixed", "within chance", "unknown"]


def compare_quality(
    a: StudyOnDisk, b: StudyOnDisk, labels: Sequence[str], seed: int
) -> dict[str, object] | None:
    """The in-domain part of a comparison, B against A; None where either study has no in-domain figures.

    Paired over the texts that both studies scored with the same truth. Where there are fewer than `MIN_TEXTS`
    of them, from the intervals that the reports state, and without a verdict where the sets are not the same
    by name and number: most figures depend on which texts, and how many, they were measured on. Then there is
    no verdict on averages over labels either, where the labels are not the same.
    n_fitted_on_a, n_fitted_on_b: how many of its texts a side's rule was fitted on, which flatters it: where
    such a side is the better one, the verdict is unknown.
    n_informative_…, n_suggested_…: as `data.marked_rows.counted` counts them.
    """
    home_a, home_b = (study.report.get("in_domain") for study in (a, b))
    if not isinstance(home_a, Mapping) or not isinstance(home_b, Mapping):
        return None
    same_set = _set_name(home_a) == _set_name(home_b)
    content: dict[str, object] = {
        "name_a": _set_name(home_a), "name_b": _set_name(home_b), "same_set": same_set,
        "n_a": home_a.get("n"), "n_b": home_b.get("n"), "pairs": None,
    }  # fmt: skip
    for key in ("n_fitted_on", "n_informative", "n_suggested"):
        content |= {f"{key}_a": _texts(home_a.get(key)), f"{key}_b": _texts(home_b.get(key))}
    flattered = frozenset(side for side in ("a", "b") if content[f"n_fitted_on_{side}"])
    if same_set and a.in_domain is not None and b.in_domain is not None:
        pairs = match(a.in_domain, b.in_domain)
        one = _parts(a.in_domain, pairs.a, [a.labels.index(label) for label in labels])
        other = _parts(b.in_domain, pairs.b, [b.labels.index(label) for label in labels])
        kept = (one["truth"] == other["truth"]).all(axis=1) & (one["judged"] == other["judged"]).all(axis=1)
        content["pairs"] = _counts(pairs, kept)
        if kept.sum() >= MIN_TEXTS:
            before, after = (
                LabelledSample(tuple(labels), **{key: part[kept] for key, part in parts.items()})
                for parts in (one, other)
            )
            return content | {"paired": True, "n": int(kept.sum())} | _paired(before, after, seed, flattered)
    alike = same_set and home_a.get("n") == home_b.get("n")
    same_labels = set(a.labels) == set(b.labels)
    told = _unpaired(home_a, home_b, labels, flattered, tested=alike, averaged=same_labels)
    return content | {"paired": False, "n": None} | told


def _set_name(home: Mapping[str, Any]) -> str:
    return f"{home.get('dataset') or ''} {home.get('split') or ''}".strip()


def _counts(pairs: Match, kept: Bools) -> dict[str, object]:
    return {
        "n_matched": len(pairs), "n_only_a": pairs.n_only_a, "n_only_b": pairs.n_only_b,
        "n_changed_text": pairs.n_changed_text, "n_repeated": pairs.n_repeated, "by_text": pairs.by_text,
        "renumbered": pairs.renumbered,
        "n_changed_truth": int((~kept).sum()),
    }  # fmt: skip


def _parts(texts: LabelledSet, rows: Ints, columns: Sequence[int]) -> dict[str, Any]:
    """The fields of a `LabelledSample` for some rows and columns of a labelled set."""
    arrays = {
        "probabilities": np.clip(texts.scores, SMALLEST, 1 - SMALLEST),
        "decided": texts.decided, "truth": texts.truth, "judged": texts.judged,
    }  # fmt: skip
    return {name: array[rows][:, columns] for name, array in arrays.items()}


def _paired(one: LabelledSample, other: LabelledSample, seed: int, flattered: Set[str]) -> dict[str, object]:
    """one, other: A's and B's answers to the same texts."""
    found = paired_bootstrap(other, one, seed=seed)
    alike = (one.decided == other.decided).all(axis=0)
    identical = bool(alike.all() and (one.probabilities == other.probabilities).all())
    metrics = {
        name: _tested(each, same=identical) for name in QUALITY if (each := found.metrics[name]) is not None
    }
    by_label = {
        label: _tested(each, same=bool(alike[column]), enough=found.support[label] >= COMMON)
        for column, (label, each) in enumerate(found.f1.items())
    }
    return _told(metrics, by_label, found.support, flattered)


def _tested(found: PairedDifference, *, same: bool, enough: bool = True) -> Difference:
    p = p_of_interval(found.difference, found.low, found.high) if enough else float("nan")
    return Difference(found.other, found.value, found.low, found.high, p, same=same)


def _unpaired(
    home_a: Mapping[str, Any],
    home_b: Mapping[str, Any],
    labels: Sequence[str],
    flattered: Set[str],
    *,
    tested: bool,
    averaged: bool,
) -> dict[str, object]:
    """From the figures and intervals of the two reports.

    tested: whether they may be of the same texts. averaged: whether of the same labels, too: without rows,
    what is an average over labels is that of each model's own.
    """
    parts_a, parts_b = ((h.get("metrics") or {}) for h in (home_a, home_b))
    enough = tested and min(home_a.get("n") or 0, home_b.get("n") or 0) >= MIN_TEXTS
    metrics = {}
    for name in QUALITY:
        one, other = (_ends(parts.get(name), "value", "low", "high") for parts in (parts_a, parts_b))
        if not np.isnan(one[0]) and not np.isnan(other[0]):
            metrics[name] = _apart(one, other, enough and averaged)
    rows_a, rows_b = (
        {str(row.get("label")): row for row in h.get("per_label") or ()} for h in (home_a, home_b)
    )
    by_label, support = {}, {}
    for label in labels:
        one, other = (_ends(rows.get(label), "f1", "f1_low", "f1_high") for rows in (rows_a, rows_b))
        if not np.isnan(one[0]) and not np.isnan(other[0]):
            support[label] = min(_texts(rows[label].get("support")) for rows in (rows_a, rows_b))
            by_label[label] = _apart(one, other, enough and support[label] >= COMMON)
    return _told(metrics, by_label, support, flattered)


def _apart(a: tuple[float, float, float], b: tuple[float, float, float], enough: bool) -> Difference:
    if a == b:  # the same figures, as those that two studies take from one model's folder
        return Difference(*a[:1], *b[:1], same=True)
    return by_intervals(a, b) if enough else Difference(a[0], b[0])


def _ends(row: object, *keys: str) -> tuple[float, float, float]:
    found = [row.get(key) if isinstance(row, Mapping) else None for key in keys]
    value, low, high = (float(x) if isinstance(x, int | float) else float("nan") for x in found)
    return value, low, high


def _texts(found: object) -> int:
    return found if isinstance(found, int) else 0


def _told(
    metrics: Mapping[str, Difference], by_label: Mapping[str, Difference], support: Mapping[str, int],
    flattered: Set[str],
) -> dict[str, object]:  # fmt: skip
    """flattered: the sides, "a" and "b", whose rule was fitted on some of the texts."""
    figures = dict(zip(metrics, adjusted(list(metrics.values())), strict=True))
    labels = dict(zip(by_label, adjusted(list(by_label.values())), strict=True))
    rows = [
        {"metric": name, "lower_is_better": name in LOWER_IS_BETTER} | each.to_dict()
        | {"verdict": _verdict(each, flattered, name in LOWER_IS_BETTER)}
        for name, each in figures.items()
    ]  # fmt: skip
    per_label = [
        {"label": label, "support": support[label]} | each.to_dict() | {"verdict": _verdict(each, flattered)}
        for label, each in labels.items()
    ]
    verdicts = [row["verdict"] for row in rows]
    untested = [each for each in figures.values() if not each.same and np.isnan(each.p_adjusted)]
    apart = any(abs(each.difference) > 0 for each in untested)
    return {"verdict": _overall(verdicts, apart=apart), "metrics": rows, "per_label": per_label}


def _verdict(found: Difference, flattered: Set[str], lower_is_better: bool = False) -> str:
    """As `Difference.verdict`: better or worse where it is sure, unknown where that is a flattered side."""
    better = "unknown" if "b" in flattered else "better"
    worse = "unknown" if "a" in flattered else "worse"
    up, down = (worse, better) if lower_is_better else (better, worse)
    return found.verdict(NEGLIGIBLE[lower_is_better], up, down)


def _overall(verdicts: Sequence[object], *, apart: bool) -> Quality:
    """Better or worse as soon as one figure surely is; mixed where others surely go the other way.

    Unknown as soon as one is better for a side that its texts flatter.
    apart: whether a figure that could not be tested differs, so that nobody may call the two the same.
    """
    if "unknown" in verdicts or set(verdicts) <= {"not tested"}:
        return "unknown"
    if "better" in verdicts:
        return "mixed" if "worse" in verdicts else "better"
    if "worse" in verdicts:
        return "worse"
    if set(verdicts) <= {"same", "not tested"}:
        return "unknown" if apart else "same"
    return "within chance"
