"""Do the prediction sets keep their promise, and where not? Writes results/trust/conformal.json.

    GOEMOX_DATA=... python benchmarks/trust/conformal.py [MODEL_DIR]

- random_splits: GoEmotions dev and test pooled; 200 times, the cutoff is fitted on n random rows and the
  share of true labels that the sets miss (FNR) is measured on all others. The calibration maps are those of
  the release. A look at test; nothing is chosen by it.
- per_label: the same at n = 1,000: how often each label is missed, mean over the splits.
- outside: labelled sets from elsewhere under the cutoff that GoEmotions dev promises, mapped to their labels:
  a label counts as in the set if any of its members is, so that a miss is a miss of them all. Labels without
  a counterpart, and rows without a label, are left out. Developers' comments were judged for one emotion
  each, so that only those that carry it can be missed. `inside` is GoEmotions test under the same mapping.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import scored
from results import goal, mean_sd, short, write

from goemox.decision.conformal import false_negative_rates, fit_cutoff
from goemox.decision.rule import Conformal, DecisionRule
from goemox.evaluation.intervals import bootstrap_weights, percentile_interval
from goemox.evaluation.mapping import LabelMapping, read_mapping
from goemox.labels import GOEMOTIONS
from goemox.records import truth_matrix

SPLITS = 200
SIZES = (100, 300, 1_000, 3_000)
ALPHAS = (0.2, 0.1)
SHOWN = 1_000  # rows that the goal speaks of


def main(model: str) -> None:
    rule = scored.classifier(model).rule
    parts = {name: scored.goemotions(name, model) for name in ("dev", "test")}
    truth = {name: truth_matrix(part.records, GOEMOTIONS) for name, part in parts.items()}
    p = {name: rule.probabilities(part.scores) for name, part in parts.items()}
    pooled, pooled_truth = np.vstack([p["dev"], p["test"]]), np.vstack([truth["dev"], truth["test"]])
    rows, labels = [], []
    for alpha in ALPHAS:
        for n in SIZES:
            row, missed = random_splits(rule, pooled, pooled_truth, alpha, n)
            rows.append(row)
            print(row, flush=True)
            if n == SHOWN:
                labels.append(missed)
    support = pooled_truth.sum(axis=0)
    per_label = [
        {"label": label, "n": int(support[j])}
        | {f"{a:g}": short(m[j]) for a, m in zip(ALPHAS, labels, strict=True)}
        for j, label in enumerate(GOEMOTIONS)
    ]
    outside = [
        outside_row(name, rule, p, truth, alpha, model) for name in scored.LABELLED for alpha in ALPHAS
    ]
    shown = [row for row in rows if row["n"] == SHOWN]
    write(
        "conformal",
        "prediction sets miss the promised share of true labels on texts like dev, and more elsewhere",
        {
            "n": {name: len(part.records) for name, part in parts.items()},
            "splits": SPLITS,
            "goals": {
                f"alpha {row['alpha']:g}, n = 1,000: {what}": goal(value, wanted, value <= limit)
                for row in shown
                for what, value, wanted, limit in (
                    ("mean FNR", row["fnr"][0], f"<= {row['alpha'] + 0.005:.3f}", row["alpha"] + 0.005),
                    ("sd of FNR", row["fnr"][1], "<= .012", 0.012),
                )
            },
            "random_splits": rows,
            "per_label": sorted(per_label, key=lambda row: -row["0.2"]),
            "outside": outside,
        },
    )


def promised(rule: DecisionRule, p: np.ndarray, truth: np.ndarray, alpha: float) -> DecisionRule:
    return replace(rule, conformal=Conformal(alpha, fit_cutoff(p, truth, alpha), "", len(p)))


def random_splits(
    rule: DecisionRule, p: np.ndarray, truth: np.ndarray, alpha: float, n: int
) -> tuple[dict[str, object], np.ndarray]:
    fnr, size, missed = [], [], []
    for seed in range(SPLITS):
        order = np.random.default_rng(seed).permutation(len(p))
        use, rest = order[:n], order[n:]
        included = promised(rule, p[use], truth[use], alpha).sets(p[rest])
        fnr.append(false_negative_rates(included, truth[rest]).mean())
        size.append(included.sum(axis=1).mean())
        missed.append((truth[rest] & ~included).sum(axis=0) / truth[rest].sum(axis=0))
    row = {
        "alpha": alpha, "n": n, "fnr": mean_sd(fnr), "set_size": mean_sd(size),
        "fnr_5_95": [short(v) for v in np.quantile(fnr, [0.05, 0.95])],
    }  # fmt: skip
    return row, np.mean(missed, axis=0)


def outside_row(
    name: str, rule: DecisionRule, p: dict, truth: dict, alpha: float, model: str
) -> dict[str, object]:
    """FNR with its bootstrap interval of one outside set under the promise made on dev."""
    mapping = read_mapping(scored.data_folder() / scored.LABELLED[name][1], GOEMOTIONS)
    fitted = promised(rule, p["dev"], truth["dev"], alpha)
    found = scored.outside(name, model)
    true = np.array([[label in (r.labels or ()) for label in mapping.labels] for r in found.records])
    there = misses(fitted, rule.probabilities(found.scores), true, mapping)
    inside = misses(fitted, p["test"], mapping.decisions(truth["test"]), mapping)
    row = {
        "set": name, "alpha": alpha, "n": len(there), "fnr": interval(there), "inside": interval(inside),
        "set_size": short(fitted.sets(rule.probabilities(found.scores)).sum(axis=1).mean()),
    }  # fmt: skip
    print(row, flush=True)
    return row


def misses(rule: DecisionRule, p: np.ndarray, true: np.ndarray, mapping: LabelMapping) -> np.ndarray:
    """Share of each text's true labels outside its set, of texts with one."""
    carrying = true.any(axis=1)
    return false_negative_rates(mapping.decisions(rule.sets(p[carrying])), true[carrying])


def interval(rates: np.ndarray) -> list[float | None]:
    drawn = [weights @ rates / len(rates) for weights in bootstrap_weights(len(rates), 1000, 0)]
    found = percentile_interval(float(rates.mean()), np.concatenate(drawn))
    return [short(found.value), short(found.low), short(found.high)]


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "default")
