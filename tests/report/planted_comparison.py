"""Planted comparisons: whole dicts of schema goemox.comparison/1 whose verdicts a reader can foresee."""

from __future__ import annotations

PAIRS = {
    "n_matched": 2000, "n_only_a": 0, "n_only_b": 0, "n_changed_text": 0, "n_changed_truth": 0,
    "n_repeated": 0, "by_text": True,
}  # fmt: skip


def row(key, a, b, verdict, half=0.01, **more):
    return {
        **more, "a": a, "b": b, "difference": round(b - a, 6), "low": round(b - a - half, 6),
        "high": round(b - a + half, 6), "p_adjusted": 0.001, "verdict": verdict, **key,
    }  # fmt: skip


def metric(name, a, b, verdict, lower=False):
    return row({"metric": name, "lower_is_better": lower}, a, b, verdict, 0.002 if lower else 0.01)


def share(label, a, b, verdict):
    return row({"label": label}, a, b, verdict)


def home(verdict="same", metrics=None, **more):
    rows = metrics or [metric("macro_f1", 0.5, 0.5, "same"), metric("brier", 0.02, 0.02, "same", True)]
    per_label = [row({"label": "joy", "support": 90}, 0.5, 0.5, "same")]
    return {
        "name_a": "hand.csv", "name_b": "hand.csv", "same_set": True, "n_a": 2000, "n_b": 2000,
        "paired": True, "n": 2000, "pairs": PAIRS, "verdict": verdict, "metrics": rows,
        "per_label": per_label, **more,
    }  # fmt: skip


def outside(verdict="same", shares=None, name="titles", **more):
    return {
        "name": name, "source": "texts", "n_a": 300, "n_b": 300, "paired": True, "n": 300, "pairs": PAIRS,
        "verdict": verdict, "label_share": shares or [share("joy", 0.1, 0.1, "same")],
        "changed": {"n": 30, "share": 0.1, "low": 0.07, "high": 0.14, "n_top": 12},
        "score_change": {"mean": 0.01, "largest": 0.2},
        "confidence": row({}, 0.7, 0.72, ""), "share_outside": row({}, 0.5, 0.5, ""),
        "moves": [{"from": "neutral", "to": "joy", "n": 9}],
        "rows": [{"id": "7", "labels_a": ["neutral"], "labels_b": ["joy"], "score_change": 0.2}], **more,
    }  # fmt: skip


def comparison(in_domain=None, domains=None, **more):
    study = {
        "created_at": "2026-11-23T22:00:00Z", "goemox_version": "0.1.0", "seed": 0, "has_rows": True,
        "model": {"name": "planted", "sha256": "ab" * 32},
    }  # fmt: skip
    same = {
        "same_model": True, "same_version": True, "same_seed": True, "same_fallback": True,
        "same_calibration": True, "same_conformal": True,
        "labels": ["joy", "anger", "neutral"], "labels_only_a": [], "labels_only_b": [],
        "thresholds_changed": [],
    }  # fmt: skip
    content = {
        "schema": "goemox.comparison/1", "goemox_version": "0.1.0", "seed": 0, "a": study, "b": dict(study),
        "comparable": same | more.pop("comparable", {}),
        "in_domain": home() if in_domain is None else in_domain,
        "domains": [outside()] if domains is None else domains, "domains_only_a": [], "domains_only_b": [],
    }  # fmt: skip
    return content | more
