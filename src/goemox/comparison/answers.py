"""Outside texts: what two studies' models answer differently there, where nobody says what is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from goemox.comparison.differences import (
    Difference,
    adjusted,
    paired_means,
    paired_shares,
    unpaired_means,
    unpaired_shares,
)
from goemox.comparison.matching import Match, match
from goemox.comparison.study_on_disk import StudyOnDisk, TextSet
from goemox.domain.profile import ACCEPTED
from goemox.domain_shift.limits import MIN_TEXTS
from goemox.evaluation.intervals import wilson
from goemox.scores import Bools, Floats

__all__ = ["compare_domain"]

MOVES = 12  # most frequent changes of the top label that are listed
NEGLIGIBLE = 0.001  # share below which a sure difference is too small to be told
MOVED = ("more", "less")
ROWS = 12  # rows with the largest change of a score that are listed


def compare_domain(name: str, a: StudyOnDisk, b: StudyOnDisk, labels: Sequence[str]) -> dict[str, object]:
    """One set of outside texts that both studies have, B against A, over the labels of both models.

    Paired over the texts that both scored; where there are fewer than `MIN_TEXTS`, from all of both sides.
    """
    section_a, section_b = (_section(study, name) for study in (a, b))
    set_a, set_b = a.domains.get(name), b.domains.get(name)
    pairs = match(set_a, set_b) if set_a is not None and set_b is not None else None
    content: dict[str, object] = {
        "name": name,
        "source": "sample" if "sample" in (section_a.get("source"), section_b.get("source")) else "texts",
        "n_a": section_a.get("n"), "n_b": section_b.get("n"),
        "reference_a": section_a.get("reference"), "reference_b": section_b.get("reference"),
        "pairs": None if pairs is None else _counts(pairs),
    }  # fmt: skip
    if set_a is not None and set_b is not None and pairs is not None and len(pairs) >= MIN_TEXTS:
        columns = [[study.labels.index(label) for label in labels] for study in (a, b)]
        return content | _paired(set_a, set_b, pairs, columns, labels)
    return content | _unpaired(
        section_a, section_b, _shared(a, set_a, labels), _shared(b, set_b, labels), labels
    )


def _shared(study: StudyOnDisk, texts: TextSet | None, labels: Sequence[str]) -> Floats | None:
    """Scores of the labels that both models have, (n, k); None without rows."""
    return None if texts is None else texts.scores[:, [study.labels.index(label) for label in labels]]


def _section(study: StudyOnDisk, name: str) -> Mapping[str, Any]:
    return next(d for d in study.report["domains"] if d.get("name") == name)


def _counts(pairs: Match) -> dict[str, object]:
    return {
        "n_matched": len(pairs), "n_only_a": pairs.n_only_a, "n_only_b": pairs.n_only_b,
        "n_changed_text": pairs.n_changed_text, "n_repeated": pairs.n_repeated, "by_text": pairs.by_text,
        "renumbered": pairs.renumbered,
    }  # fmt: skip


def _paired(
    a: TextSet, b: TextSet, pairs: Match, columns: Sequence[Sequence[int]], labels: Sequence[str]
) -> dict[str, object]:
    scores_a, scores_b = a.scores[pairs.a][:, columns[0]], b.scores[pairs.b][:, columns[1]]
    given_a, given_b = a.decided[pairs.a][:, columns[0]], b.decided[pairs.b][:, columns[1]]
    changed = (given_a != given_b).any(axis=1)
    top_a, top_b = scores_a.argmax(axis=1), scores_b.argmax(axis=1)
    shares = adjusted(paired_shares(given_a, given_b))
    low, high = wilson(np.array([changed.sum()]), len(pairs))
    steps = np.abs(scores_b - scores_a)
    outside = _outside(a.percentiles[pairs.a], b.percentiles[pairs.b])
    return {
        "paired": True, "n": len(pairs),
        "verdict": _verdict(shares, changed, steps),
        "label_share": _rows(labels, shares),
        "changed": {"n": int(changed.sum()), "share": float(changed.mean()), "low": float(low[0]),
                    "high": float(high[0]), "n_top": int((top_a != top_b).sum())},
        "score_change": {"mean": float(steps.mean(dtype=np.float64)), "largest": float(steps.max())},
        "confidence": paired_means(scores_a.max(axis=1), scores_b.max(axis=1)).to_dict(),
        "share_outside": None if outside is None else outside.to_dict(),
        "moves": _moves(top_a, top_b, labels),
        "rows": _changed_rows(a.ids, pairs, (given_a, given_b), steps, labels),
    }  # fmt: skip


def _verdict(shares: Sequence[Difference], changed: Bools, steps: Floats) -> str:
    """Same to the last digit, same labels by other scores, within chance, or changed."""
    if not changed.any():
        return "same labels" if steps.any() else "same"
    return "changed" if any(_word(each) in MOVED for each in shares) else "within chance"


def _rows(labels: Sequence[str], shares: Sequence[Difference]) -> list[dict[str, object]]:
    return [{"label": label} | each.to_dict() | {"verdict": _word(each)}
            for label, each in zip(labels, shares, strict=True)]  # fmt: skip


def _word(found: Difference) -> str:
    return found.verdict(NEGLIGIBLE, "more", "less")


def _outside(a: Floats, b: Floats) -> Difference | None:
    if np.isnan(a).any() or np.isnan(b).any():
        return None
    return paired_shares((a > ACCEPTED)[:, None], (b > ACCEPTED)[:, None])[0]


def _moves(top_a: Any, top_b: Any, labels: Sequence[str]) -> list[dict[str, object]]:
    """The most frequent changes of the top label."""
    counted = Counter((int(i), int(j)) for i, j in zip(top_a, top_b, strict=True) if i != j)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:MOVES]
    return [{"from": labels[i], "to": labels[j], "n": n} for (i, j), n in ordered]


def _changed_rows(
    ids: Sequence[str], pairs: Match, given: tuple[Bools, Bools], steps: Floats, labels: Sequence[str]
) -> list[dict[str, object]]:
    """The rows with other labels whose scores moved most."""
    changed = np.flatnonzero((given[0] != given[1]).any(axis=1))
    moved = steps[changed].max(axis=1) if len(changed) else np.empty(0)
    chosen = changed[np.argsort(-moved, kind="stable")[:ROWS]]
    return [
        {
            "id": ids[pairs.a[row]],
            "labels_a": [labels[j] for j in np.flatnonzero(given[0][row]).tolist()],
            "labels_b": [labels[j] for j in np.flatnonzero(given[1][row]).tolist()],
            "score_change": float(steps[row].max()),
        }
        for row in chosen.tolist()
    ]


def _unpaired(
    section_a: Mapping[str, Any], section_b: Mapping[str, Any], a: Floats | None, b: Floats | None,
    labels: Sequence[str],
) -> dict[str, object]:  # fmt: skip
    """From the shares that the reports state; confidence with an interval where both have rows.

    a, b: scores of both sides, (n, k).
    """
    n_a, n_b = (_number(section.get("n")) for section in (section_a, section_b))
    enough = n_a >= MIN_TEXTS and n_b >= MIN_TEXTS
    shares = [
        unpaired_shares(_share(section_a, label), n_a, _share(section_b, label), n_b)
        if enough
        else Difference(_share(section_a, label), _share(section_b, label))
        for label in labels
    ]
    tested = adjusted(shares)
    mean_a, mean_b = (_inner(section, "confidence", "mean") for section in (section_a, section_b))
    confidence = Difference(mean_a, mean_b)
    if enough and a is not None and b is not None:
        confidence = unpaired_means(a.max(axis=1), b.max(axis=1))
    far_a, far_b = (_inner(section, "distance", "share_outside") for section in (section_a, section_b))
    outside = unpaired_shares(far_a, n_a, far_b, n_b) if enough else Difference(far_a, far_b)
    sure = any(_word(each) in MOVED for each in tested)
    return {
        "paired": False, "n": None,
        "verdict": ("changed" if sure else "within chance") if enough else "unknown",
        "label_share": _rows(labels, tested),
        "changed": None, "score_change": None,
        "confidence": confidence.to_dict(),
        "share_outside": None if np.isnan([far_a, far_b]).any() else outside.to_dict(),
        "moves": [], "rows": [],
    }  # fmt: skip


def _share(section: Mapping[str, Any], label: str) -> float:
    return _inner(section, "label_share", label)


def _inner(section: Mapping[str, Any], key: str, name: str) -> float:
    """A share or probability that the report states; NaN where it states none."""
    found = _number((section.get(key) or {}).get(name))
    return found if 0 <= found <= 1 else float("nan")


def _number(found: object) -> float:
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else float("nan")
