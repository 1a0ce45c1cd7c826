"""Does a promise hold whose rule was fitted on the same few rows? Writes results/trust/refitted_promise.json.

    GOEMOX_DATA=... python benchmarks/trust/refitted_promise.py [MODEL_DIR]

A hundred times a whole rule is fitted on n random rows, as `goemox calibrate` does, and the share of true
labels that its sets miss (FNR) is measured on all others: with the cutoff of `fit_rule` (left_out), and with
one from the rule's own probabilities, which saw the rows (seen_rows). `dev`: GoEmotions' rows and the model;
`weak`: 20,000 rows of scores drawn at random that hardly tell eight labels apart.
"""

from __future__ import annotations

import sys

import numpy as np
import scored
from results import mean_sd, write

from goemox.decision.conformal import false_negative_rates, fit_cutoff
from goemox.decision.rule import fit_rule
from goemox.labels import GOEMOTIONS
from goemox.records import truth_matrix
from goemox.runtime.blas import one_blas_thread
from goemox.scores import Bools, ScoreMatrix

DRAWS = 100
SIZES = (100, 200, 300, 1_000)
ALPHAS = (0.1, 0.2)
WEAK_LABELS, WEAK_ROWS = 8, 20_000

Drawn = tuple[ScoreMatrix, Bools]


@one_blas_thread(with_scipy=True)
def main(model: str) -> None:
    found = scored.goemotions("dev", model)
    dev = found.scores, truth_matrix(found.records, GOEMOTIONS)
    rows = [
        measured(name, source, n, alpha)
        for name, source in (("dev", dev), ("weak", weak_scores()))
        for n in SIZES
        for alpha in ALPHAS
    ]
    write(
        "refitted_promise",
        "a promise fitted on probabilities that saw its rows misses more than it says, on left-out ones not",
        {"draws": DRAWS, "rows": rows},
    )


def weak_scores() -> Drawn:
    generator = np.random.default_rng(999)
    truth = np.eye(WEAK_LABELS, dtype=np.bool_)[generator.integers(0, WEAK_LABELS, WEAK_ROWS)]
    logits = generator.normal(-2, 1, truth.shape) + 0.3 * truth
    ids = tuple(map(str, range(WEAK_ROWS)))
    n = np.zeros(WEAK_ROWS, dtype=np.int32)
    return ScoreMatrix(ids, tuple("abcdefgh"), logits.astype(np.float32), None, n > 0, n, ""), truth


def measured(name: str, source: Drawn, n: int, alpha: float) -> dict[str, object]:
    """FNR on the rows that were not drawn, both ways: [mean, standard deviation] over the draws."""
    scores, truth = source
    seen, left_out = [], []
    for seed in range(DRAWS):
        order = np.random.default_rng(seed).permutation(len(truth))
        use, rest = order[:n], order[n:]
        rule = fit_rule(scores.rows(use), truth[use], population="", fitted_on="these", alpha=alpha)
        assert rule.conformal is not None
        p = rule.probabilities(scores)
        carrying = use[truth[use].any(axis=1)]
        for cutoff, missed in (
            (fit_cutoff(p[carrying], truth[carrying], alpha), seen),
            (rule.conformal.cutoff, left_out),
        ):
            missed.append(false_negative_rates(p[rest] >= cutoff, truth[rest]).mean())
    row = {"scores": name, "n": n, "alpha": alpha, "seen_rows": mean_sd(seen), "left_out": mean_sd(left_out)}
    print(row, flush=True)
    return row


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "default")
