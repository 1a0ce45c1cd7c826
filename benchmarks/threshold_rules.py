"""Which threshold rule holds on rows that it was not chosen by; writes results/threshold_rules.json.

    GOEMOX_DATA=... python benchmarks/threshold_rules.py MODEL_DIR ...

GoEmotions dev, five folds, twice: calibration and thresholds on four, decisions on the fifth, the top label
where none passes. Means over the given models and both repeats.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

import goemox
from goemox.data.goemotions import read_split
from goemox.decision.calibration import calibrate, fit_beta
from goemox.decision.rule import DecisionRule
from goemox.decision.thresholds import global_threshold, micro_macro_thresholds, shrunk_thresholds
from goemox.evaluation.metrics import measure
from goemox.evaluation.sample import LabelledSample
from goemox.labels import GOEMOTIONS
from goemox.records import truth_matrix

TARGET = Path(__file__).parent / "results" / "threshold_rules.json"
SHOWN = ("macro_f1", "micro_f1", "macro_f1_common", "ekman_macro_f1", "sentiment_macro_f1")
REPEATS, N_FOLDS = 2, 5
RULES = {
    "one global": lambda p, y: np.full(y.shape[1], global_threshold(p, y)),
    "own, shrunk by 20": shrunk_thresholds,
    "micro + macro": lambda p, y: micro_macro_thresholds(p, y, shrinkage=0.0),
    "micro + macro, shrunk by 20": lambda p, y: micro_macro_thresholds(p, y, shrinkage=20.0),
    "micro + macro, shrunk by 50": lambda p, y: micro_macro_thresholds(p, y, shrinkage=50.0),
    "micro + macro, shrunk by 100": lambda p, y: micro_macro_thresholds(p, y, shrinkage=100.0),
    "micro + macro, shrunk by 400": lambda p, y: micro_macro_thresholds(p, y, shrinkage=400.0),
}


def main(folders: list[str]) -> None:
    records = read_split(Path(os.environ["GOEMOX_DATA"]) / "goemotions", "dev")
    truth = truth_matrix(records, GOEMOTIONS)
    logits = [goemox.load(folder).scores(records).logits for folder in folders]
    rows = []
    for name, fit in RULES.items():
        found = [held_out(fit, z, truth, seed) for z in logits for seed in range(REPEATS)]
        figures = dict(zip(SHOWN, np.round(np.mean(found, axis=0), 5).tolist(), strict=True))
        rows.append({"rule": name, **figures})
        print(rows[-1], flush=True)
    result = {
        "claim": "shrinking helps on rows that the thresholds were not chosen by",
        "date": datetime.now(UTC).date().isoformat(),
        "models": len(folders),
        "n": len(records),
        "rules": rows,
    }
    TARGET.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def held_out(fit: object, logits: np.ndarray, truth: np.ndarray, seed: int) -> list[float]:
    """The metrics of SHOWN when every row is decided by thresholds of the other folds."""
    fold = np.random.default_rng(100 + seed).permutation(len(truth)) % N_FOLDS
    decided, probabilities = np.zeros_like(truth), np.zeros(truth.shape)
    for here in (fold == number for number in range(N_FOLDS)):
        maps = fit_beta(logits[~here], truth[~here])
        thresholds = fit(calibrate(logits[~here], maps), truth[~here])  # type: ignore[operator]
        rule = DecisionRule(GOEMOTIONS, maps, thresholds, "top", None, "dev")
        probabilities[here] = calibrate(logits[here], maps)
        decided[here] = rule.decide(probabilities[here])
    sample = LabelledSample(GOEMOTIONS, probabilities, decided, truth, np.ones(truth.shape, dtype=np.bool_))
    found = measure(sample, np.ones((1, len(truth)))).overall
    return [float(found[name][0]) for name in SHOWN]


if __name__ == "__main__":
    main(sys.argv[1:])
