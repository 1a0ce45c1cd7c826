"""The probability from which a label is given, chosen per label on held-out rows.

With many rows: micro-F1 + macro-F1 are raised together, frequent labels first, over folds whose
thresholds are averaged on the logit scale (Lin & Lin, CIKM 2023, https://doi.org/10.1145/3583780.3614996).
With few: each label's own best cut. Either is shrunk to the global cut, by positives / (positives + 50) or
20, since a cut chosen on a handful of positives overstates itself (benchmarks/threshold_rules.py).
"""

from __future__ import annotations

import numpy as np

from goemox.decision.folds import folds
from goemox.scores import Bools, Floats, Ints, logit, sigmoid

__all__ = [
    "EDGE", "best_f1_cut", "fit_thresholds", "global_threshold", "micro_macro_thresholds", "shrink_cuts",
    "shrunk_thresholds", "sweep",
]  # fmt: skip

MIN_ROWS = 2_000
MIN_POSITIVES = 10
SHRINKAGE = 50.0  # of the cuts found together, in positives
OWN_SHRINKAGE = 20.0  # of each label's own
EDGE = 1e-4  # thresholds stay within (EDGE, 1 - EDGE)


def fit_thresholds(probabilities: Floats, truth: Bools, *, seed: int = 0) -> Floats:
    """Thresholds (k,) in (0, 1), by the rule that suits the number of rows.

    probabilities, truth: (n, k), calibrated, from rows that the model was not trained on.
    """
    if len(truth) >= MIN_ROWS:
        return micro_macro_thresholds(probabilities, truth, seed=seed)
    return shrunk_thresholds(probabilities, truth)


def global_threshold(probabilities: Floats, truth: Bools) -> float:
    """The one cut for all labels with the best macro-F1, on a grid of 0.01."""
    grid = np.arange(0.02, 0.80, 0.01)
    scores = [_macro_f1(probabilities >= cut, truth) for cut in grid]
    return float(grid[int(np.argmax(scores))])


def micro_macro_thresholds(
    probabilities: Floats, truth: Bools, *, n_folds: int = 5, shrinkage: float = SHRINKAGE, seed: int = 0
) -> Floats:
    """Thresholds (k,) that raise micro-F1 + macro-F1, averaged over `n_folds` leave-one-fold-out fits.

    shrinkage: positives at which a label's cut stands halfway between its own and the global one, >= 0.
    Labels with fewer than MIN_POSITIVES positives take the global cut.
    """
    start = global_threshold(probabilities, truth)
    unseen = folds(len(truth), n_folds, seed)
    fits = [_coordinate_fit(probabilities[~here], truth[~here], start) for here in unseen]
    return shrink_cuts(_mean_on_logit_scale(np.stack(fits)), start, truth.sum(axis=0), shrinkage)


def shrunk_thresholds(probabilities: Floats, truth: Bools) -> Floats:
    """Each label's best-F1 cut, pulled to the global cut on the logit scale; (k,)."""
    start = global_threshold(probabilities, truth)
    own = np.full(truth.shape[1], start)
    for label in np.flatnonzero(truth.any(axis=0)):
        own[label] = best_f1_cut(probabilities[:, label], truth[:, label])
    return shrink_cuts(own, start, truth.sum(axis=0))


def best_f1_cut(probabilities: Floats, truth: Bools) -> float:
    """The cut of one label with the highest F1 on its rows; probabilities, truth: (n,), not all false."""
    cuts, tp, fp = sweep(probabilities, truth)
    return float(cuts[int(np.argmax(2 * tp / (tp + fp + truth.sum())))])


def shrink_cuts(
    own: Floats, start: float | Floats, positives: Ints, shrinkage: float = OWN_SHRINKAGE
) -> Floats:
    """Each label's cut, drawn to `start` on the logit scale as far as its positives are few; (k,).

    own, positives: (k,); start: one for all, or (k,). shrinkage: positives at which a cut stands halfway.
    """
    weight = np.where(positives < MIN_POSITIVES, 0.0, positives / np.maximum(positives + shrinkage, 1.0))
    return _clip(sigmoid(weight * _logit(own) + (1 - weight) * _logit(np.full_like(own, start))))


def _coordinate_fit(probabilities: Floats, truth: Bools, start: float) -> Floats:
    """One fit: labels in order of falling frequency, each cut chosen with the others held, two rounds."""
    n_labels = truth.shape[1]
    thresholds = np.full(n_labels, start)
    decided = probabilities >= thresholds
    tp = (decided & truth).sum(axis=0).astype(float)
    fp = (decided & ~truth).sum(axis=0).astype(float)
    positives = truth.sum(axis=0).astype(float)
    sweeps = [sweep(probabilities[:, label], truth[:, label]) for label in range(n_labels)]
    for _ in range(2):
        for label in np.argsort(-positives, kind="stable"):
            if positives[label] == 0:
                continue
            cuts, label_tp, label_fp = sweeps[label]
            own = 2 * label_tp / (label_tp + label_fp + positives[label])
            micro_tp = tp.sum() - tp[label] + label_tp
            micro_fp = fp.sum() - fp[label] + label_fp
            micro = 2 * micro_tp / (micro_tp + micro_fp + positives.sum())
            best = int(np.argmax(own / n_labels + micro))
            thresholds[label], tp[label], fp[label] = cuts[best], label_tp[best], label_fp[best]
    return thresholds


def sweep(probabilities: Floats, truth: Bools) -> tuple[Floats, Floats, Floats]:
    """Every distinct cut of one label with its true and false positives; (m,) each.

    Cuts lie midway between neighbouring scores, so that the choice does not hang on one row's digits. Where
    scores are so close to 0 or 1 that a cut cannot follow them, the counts are those of the cut that can.
    """
    order = np.argsort(-probabilities, kind="stable")
    p, y = probabilities[order], truth[order]
    last_of_tie = np.append(p[1:] < p[:-1], True)
    distinct = p[last_of_tie]
    below = np.append(distinct[1:], 0.0)
    cuts = _clip((distinct + below) / 2)
    n_given = np.searchsorted(-p, -cuts, side="right")
    tp = np.concatenate([[0], np.cumsum(y)])[n_given].astype(float)
    return cuts, tp, n_given - tp


def _macro_f1(decided: Bools, truth: Bools) -> float:
    from goemox.counts import count

    return float(count(decided, truth).macro_f1)


def _mean_on_logit_scale(thresholds: Floats) -> Floats:
    return _clip(sigmoid(_logit(thresholds).mean(axis=0)))


def _logit(p: Floats) -> Floats:
    return logit(p, EDGE)


def _clip(p: Floats) -> Floats:
    return np.clip(p, EDGE, 1 - EDGE)
