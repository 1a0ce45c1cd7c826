"""Which labels are taken for which: two tables over the most frequent true labels."""

from __future__ import annotations

import numpy as np

from goemox.counts import ratio
from goemox.evaluation.sample import LabelledSample

__all__ = ["confusion"]

MOST_FREQUENT = 10


def confusion(sample: LabelledSample, n_labels: int = MOST_FREQUENT) -> dict[str, object] | None:
    """Confusions among the `n_labels` labels that truly occur most often; None without whole-row truth.

    Row i of both tables is about the texts that truly carry label i:

    - multi_label[i][j]: share of them all, found or missed, in which i was missed and j was decided though
      not true; on the diagonal the share in which i was found (recall). Rows need not sum to 1: a miss may
      leave no label in its place, or several.
    - single_label[i][j]: of those whose only true label is i, the share whose most probable label is j;
      the rest of the row went to labels outside the table. NaN where no such text exists.
    - support, single_label_support: texts behind each row of the two tables.
    """
    if not sample.complete:
        return None
    support = sample.support
    order = np.argsort(-support, kind="stable")[:n_labels]
    chosen = order[support[order] > 0]
    decided, truth = sample.decided[:, chosen], sample.truth[:, chosen]
    missed = (truth & ~decided).astype(np.float64)
    intruded = (decided & ~truth).astype(np.float64)
    multi = ratio(missed.T @ intruded, support[chosen][:, None])
    np.fill_diagonal(multi, ratio((decided & truth).sum(axis=0), support[chosen]))

    alone = truth & (sample.truth.sum(axis=1) == 1)[:, None]
    is_top = sample.probabilities.argmax(axis=1)[:, None] == chosen
    single_support = alone.sum(axis=0)
    single = ratio(alone.astype(np.float64).T @ is_top, single_support[:, None])
    single[single_support == 0] = np.nan
    return {
        "labels": [sample.labels[column] for column in chosen],
        "multi_label": multi,
        "single_label": single,
        "support": support[chosen],
        "single_label_support": single_support,
    }
