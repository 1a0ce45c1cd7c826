"""Planted studies on disk: report.json and rows whose differences a reader can foresee."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

LABELS = ("joy", "anger", "neutral")


def rows_of(domain, scores, cuts, truth=None, ids=None, hashes=True, start=0):
    rows = []
    for i, p in enumerate(np.round(scores, 4).tolist()):
        row = {"domain": domain, "id": str(start + i) if ids is None else ids[i]}
        if hashes:
            row["text_hash"] = f"{start + i:012x}"
        given = [label for label, score, cut in zip(LABELS, p, cuts, strict=True) if score >= cut]
        row |= {"labels": given, "scores": p, "domain_percentile": 50.0 + (i % 2) * 49}
        if truth is not None:
            row["true_labels"] = [label for label, true in zip(LABELS, truth[i], strict=True) if true]
        rows.append(row)
    return rows


def section_of(rows):
    share = {label: round(sum(label in row["labels"] for row in rows) / len(rows), 6) for label in LABELS}
    mean = round(sum(max(row["scores"]) for row in rows) / len(rows), 6)
    outside = round(sum(row["domain_percentile"] > 95 for row in rows) / len(rows), 6)
    return {
        "n": len(rows),
        "label_share": share,
        "confidence": {"mean": mean},
        "distance": {"available": True, "share_outside": outside},
    }


def write_study(folder: Path, home, domains, *, with_rows=True, labels=LABELS, sha="ab" * 32, **more) -> Path:
    """home: rows of the labelled set or None; domains: {name: rows}."""
    folder.mkdir(parents=True, exist_ok=True)
    report = {
        "schema": "goemox.report/1", "goemox_version": "0.1.0", "seed": 0,
        "created_at": "2026-11-23T22:00:00Z",
        "model": {"name": "planted", "sha256": sha, "labels": list(labels), "calibrated": True,
                  "thresholds": dict.fromkeys(labels, 0.5), "fallback": "none"},
        "in_domain": None,
        "domains": [{"name": name, "source": "file", **section_of(rows)} for name, rows in domains.items()],
        "findings": [],
    }  # fmt: skip
    if home:
        report["in_domain"] = {
            "dataset": home[0]["domain"], "split": "test", "measured": "now", "metrics": {}, "per_label": [],
            **section_of(home),
        }  # fmt: skip
    report |= more
    (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
    if with_rows:
        with gzip.open(folder / "rows.jsonl.gz", "wt", encoding="utf-8") as out:
            for row in [*(home or ()), *(row for rows in domains.values() for row in rows)]:
                out.write(json.dumps(row) + "\n")
    return folder


def answers(truth, noise, seed):
    """Scores of a model that sees the truth through noise: the more noise, the worse it is."""
    generator = np.random.default_rng(seed)
    return 1 / (1 + np.exp(-(4.0 * truth - 2.0 + noise * generator.standard_normal(truth.shape))))


@pytest.fixture(scope="session")
def planted_studies(tmp_path_factory) -> SimpleNamespace:
    """write(name, noise, …): a study of 400 labelled and 300 outside texts by a model of that much noise."""
    truth = np.random.default_rng(3).random((700, 3)) < (0.3, 0.2, 0.5)
    root = tmp_path_factory.mktemp("studies")

    def write(name, noise=1.0, seed=1, cuts=(0.5, 0.5, 0.5), folder=None, start=0, **more):
        p = answers(truth, noise, seed)
        home = rows_of("hand.csv", p[:400], cuts, truth[:400], start=start)
        outside = rows_of("mine", p[400:], cuts, start=start)
        return write_study((folder or root) / name, home, {"mine": outside}, **more)

    return SimpleNamespace(
        write=write,
        rows_of=rows_of,
        write_study=write_study,
        answers=answers,
        truth=truth,
        labels=LABELS,
        root=root,
    )
