"""How well the domain distance tells other domains apart, beyond their texts' length, and where it fails.

    GOEMOX_DATA=... python benchmarks/trust/domain.py [MODEL_DIR]

GoEmotions test against each outside set, by the model's own profile: AUROC with DeLong's interval, the same
from length alone and among texts of equal length, the share flagged; beside it the highest probability, the
evidence of any emotion, and the distance to the tenth neighbour among 12,000 training texts in the same
embedding (Sun et al. 2022, https://arxiv.org/abs/2204.06507). Writes results/trust/domain.json.
"""

from __future__ import annotations

import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import scored

from goemox.domain.profile import DomainProfile
from goemox.domain_shift.evidence import emotion_evidence
from goemox.domain_shift.lengths import auroc, compare_distances
from goemox.evaluation.intervals import Interval, wilson

NEIGHBOURS, ROWS_AT_ONCE, SEED = 10, 2_000, 0
TITLES = ("story titles 2015-16", "story titles 2007-15", "story titles 2026", "issue titles")


def main(model: str) -> None:
    opened, profile = scored.classifier(model), scored.profile(model)
    train = unit(scored.goemotions("train", model).scores.embeddings)
    test = scored.goemotions("test", model)
    inside = scores_of(opened, profile, train, test)
    flagged = ~profile.in_domain(profile.placed(test.scores.embeddings).percentiles)
    in_domain = rate(flagged)
    rows = []
    for name in scored.FAR:
        outside = scored.outside(name, model)
        found = scores_of(opened, profile, train, outside)
        compared = compare_distances(
            inside["distance"], found["distance"], test.n_words, outside.n_words, seed=SEED
        )
        assert compared is not None
        rows.append(
            {
                "data": name,
                "n": len(outside.records),
                "auroc": interval(compared.auroc),
                "fpr95": round(compared.fpr95, 4),
                "length_alone": round(compared.length_auroc, 4),
                "length_matched": None if compared.matched is None else interval(compared.matched),
                "n_matched": compared.n_matched,
                "flagged": rate(~profile.in_domain(profile.placed(outside.scores.embeddings).percentiles)),
                "median_words": float(np.median(outside.n_words)),
            }
            | {
                other: round(auroc(inside[other], found[other]).value, 4)
                for other in inside
                if other != "distance"
            }
        )
        print(rows[-1], flush=True)
    result = {
        "claim": "the distance tells titles apart, beyond their length; near domains it does not",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}",
        "model": opened.scorer.sha256[:12],
        "n": {"test": len(test.records), "train for neighbours": len(train)},
        "seed": SEED,
        "median_words_test": float(np.median(test.n_words)),
        "in_domain_flags": in_domain,
        "sets": rows,
        "goals": goals(rows, in_domain),
        "fails": {
            "AUROC below .80": [row["data"] for row in rows if row["auroc"][0] < 0.8],
            "less than .05 above length alone": [
                row["data"] for row in rows if row["auroc"][0] - row["length_alone"] < 0.05
            ],
        },
    }
    target = Path(__file__).parents[1] / "results" / "trust" / "domain.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def scores_of(
    opened, profile: DomainProfile, train: np.ndarray, side: scored.Scored
) -> dict[str, np.ndarray]:
    """Each way of calling a text foreign, (n,), higher = more foreign."""
    probabilities = opened.rule.probabilities(side.scores)
    return {
        "distance": profile.placed(side.scores.embeddings).distances,
        "highest_probability": -probabilities.max(axis=1),
        "evidence_of_emotion": -emotion_evidence(side.scores.logits, opened.labels),
        "tenth_neighbour": -neighbour_similarity(train, unit(side.scores.embeddings)),
    }


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def neighbour_similarity(train: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Cosine to the tenth nearest training text, (n,)."""
    parts = [rows[start : start + ROWS_AT_ONCE] @ train.T for start in range(0, len(rows), ROWS_AT_ONCE)]
    return np.concatenate([np.partition(part, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS] for part in parts])


def interval(found: Interval) -> list[float]:
    return [round(value, 4) for value in (found.value, found.low, found.high)]


def rate(hits: np.ndarray) -> list[float]:
    low, high = wilson(np.array(hits.sum()), len(hits))
    return [round(float(value), 4) for value in (hits.mean(), low, high)]


def goals(rows: list[dict], in_domain: list[float]) -> dict[str, object]:
    """The issue's, each for every set of titles."""
    titles = [row for row in rows if row["data"] in TITLES]
    aurocs = {row["data"]: row["auroc"][0] for row in titles}
    above = {row["data"]: round(row["auroc"][0] - row["length_alone"], 4) for row in titles}
    matched = {row["data"]: row["length_matched"][0] for row in titles if row["length_matched"]}
    return {
        "titles, AUROC": {"goal": ">= 0.90", "value": aurocs, "reached": min(aurocs.values()) >= 0.90},
        "titles, above length alone": {
            "goal": ">= 0.05",
            "value": above,
            "reached": min(above.values()) >= 0.05,
        },
        "titles, length-matched": {
            "goal": ">= 0.80",
            "value": matched,
            "reached": min(matched.values()) >= 0.80,
        },
        "in-domain flags": {
            "goal": "0.03 to 0.07",
            "value": in_domain,
            "reached": 0.03 <= in_domain[0] <= 0.07,
        },
    }


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "default")
