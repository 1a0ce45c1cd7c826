"""Metrics of order: average precision of a label, and label ranking average precision of a text."""

from __future__ import annotations

import numpy as np

from goemox.scores import Bools, Floats

__all__ = ["average_precision", "label_ranking"]


def average_precision(probabilities: Floats, truth: Bools, weights: Floats) -> Floats:
    """Average precision of one label in each resample, in [0, 1]; NaN where it has no positive there.

    probabilities, truth: (n_texts,). weights: (n_texts, b), how often each text counts. Returns (b,).
    The sum over cuts of (recall gained) x (precision), texts of equal score cut together, as scikit-learn's
    `average_precision_score`.
    """
    if not truth.any():
        return np.full(weights.shape[1], np.nan)
    order = np.argsort(-probabilities, kind="stable")
    score, hit = probabilities[order], truth[order]
    last_of_ties = np.append(np.flatnonzero(np.diff(score)), len(score) - 1)
    # Only cuts that gain a positive count; sums between them are all that is needed of the negatives.
    positives = np.flatnonzero(hit)
    cut_of = np.searchsorted(last_of_ties, positives)
    cuts, first = np.unique(cut_of, return_index=True)
    ends = last_of_ties[cuts]
    starts = np.concatenate([[0], ends[:-1] + 1])
    above = np.cumsum(np.add.reduceat(weights[order[: ends[-1] + 1]], starts, axis=0), axis=0)
    gained = np.add.reduceat(weights[order[positives]], first, axis=0)
    found = np.cumsum(gained, axis=0)
    precision = np.divide(found, above, out=np.zeros_like(above), where=above > 0)
    gains, total = (gained * precision).sum(axis=0), found[-1]
    return np.asarray(np.divide(gains, total, out=np.full(len(total), np.nan), where=total > 0))


def label_ranking(probabilities: Floats, truth: Bools) -> Floats:
    """Label ranking average precision of each text, in (0, 1]: (n, k), (n, k) -> (n,).

    The mean over a text's true labels of the share of true ones among the labels scored at least as high
    (Schapire and Singer 2000). 1 for a text with no true label or with all of them: nothing can be misplaced.
    """
    n, k = truth.shape
    total = np.zeros(n)
    for column in range(k):
        at_least = probabilities >= probabilities[:, [column]]
        share = (at_least & truth).sum(axis=1) / at_least.sum(axis=1)
        total += np.where(truth[:, column], share, 0.0)
    size = truth.sum(axis=1)
    return np.where(size > 0, total / np.maximum(size, 1), 1.0)
