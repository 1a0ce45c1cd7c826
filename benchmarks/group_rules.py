"""Groups decided as groups against "any label of it was given"; writes results/group_rules.json.

    GOEMOX_DATA=... python benchmarks/group_rules.py MODEL_DIR ...

GoEmotions dev, five folds, twice: calibration, thresholds and group rules on four, decisions on the fifth.
Means over the given models and both repeats, macro-F1 of Ekman's seven groups and of the four sentiments.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

import goemox
from goemox.counts import count
from goemox.data.goemotions import read_split
from goemox.decision.groups import fit_groupings
from goemox.decision.rule import fit_rule
from goemox.labels import GOEMOTIONS, GROUPINGS
from goemox.records import truth_matrix
from goemox.scores import Bools, ScoreMatrix

TARGET = Path(__file__).parent / "results" / "group_rules.json"
REPEATS, N_FOLDS = 2, 5


def main(folders: list[str]) -> None:
    records = read_split(Path(os.environ["GOEMOX_DATA"]) / "goemotions", "dev")
    truth = truth_matrix(records, GOEMOTIONS)
    found = [
        compared(goemox.load(folder).scores(records), truth, seed)
        for folder in folders
        for seed in range(REPEATS)
    ]
    rows = [
        {
            "grouping": name,
            "any label given": round(float(np.mean([row[name][0] for row in found])), 5),
            "group rule": round(float(np.mean([row[name][1] for row in found])), 5),
        }
        for name in GROUPINGS
    ]
    result = {
        "claim": "groups decided as groups have a higher macro-F1 than groups of decided labels",
        "date": datetime.now(UTC).date().isoformat(),
        "models": len(folders),
        "n": len(records),
        "rows": rows,
    }
    TARGET.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(rows, indent=1))


def compared(scores: ScoreMatrix, truth: Bools, seed: int) -> dict[str, tuple[float, float]]:
    """Macro-F1 of each grouping, both ways, each row decided by rules that did not see it."""
    fold = np.random.default_rng(seed).permutation(len(truth)) % N_FOLDS
    ways: dict[str, tuple[Bools, Bools, Bools]] = {}
    for here in (fold == number for number in range(N_FOLDS)):
        rule = fit_rule(scores.rows(~here), truth[~here], population="dev", fitted_on="dev")
        probabilities = rule.probabilities(scores)
        groupings = fit_groupings(GOEMOTIONS, probabilities[~here], truth[~here], fitted_on="dev")
        labels = rule.decide(probabilities)
        for name, groups in groupings.items():
            shape = (len(truth), len(groups.names))
            union, own, _ = ways.setdefault(
                name, (np.zeros(shape, bool), np.zeros(shape, bool), groups.truth(truth))
            )
            union[here] = groups.truth(labels)[here]
            own[here] = groups.decide(probabilities)[here]
    return {
        name: (float(count(union, goal).macro_f1), float(count(own, goal).macro_f1))
        for name, (union, own, goal) in ways.items()
    }


if __name__ == "__main__":
    main(sys.argv[1:])
