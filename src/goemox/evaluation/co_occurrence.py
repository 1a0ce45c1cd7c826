"""Which labels come together: shares of texts with both, and the pairs that do so more often than chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from goemox.evaluation.significance import LEVEL, holm
from goemox.scores import Bools, Floats, Ints

__all__ = ["MOST_FREQUENT", "co_occurrence"]

MOST_FREQUENT = 30


def co_occurrence(
    given: Bools, labels: Sequence[str], truth: Bools | None = None, n_labels: int = MOST_FREQUENT
) -> dict[str, object]:
    """Labels that stand on one text, as a model gives them and, where it is known, as people did.

    given, truth: bool (n, k); truth None where nobody said, or not of every text. labels: k names.
    Only the `n_labels` labels that are most often true (given, where truth is None) are compared.

    - labels, n, n_given, n_true: their names, most frequent first; numbers of texts: all, with each label.
    - given[i][j], true[i][j]: share of the texts with label i that have label j too; None where no text has
      i, and on the diagonal. Not symmetric: a rare label may always stand beside a frequent one.
    - pairs, true_pairs: the pairs that are given (are true) together surely more often than two labels of
      their frequencies would be by chance: {"labels", "n", "expected", "p_adjusted"}, numbers of texts;
      Fisher's exact test, one-sided, Holm-adjusted over all pairs that could occur. Strongest first, by the
      correlation of the two labels over the texts (phi). A pair may stand out because each is rare
      beside a third label that excludes both: this says that they come together, not why.
    """
    counted = (given if truth is None else truth).sum(axis=0)
    kept = np.argsort(-counted, kind="stable")[:n_labels]
    names = [labels[column] for column in kept]
    both_given = _together(given[:, kept])
    both_true = None if truth is None else _together(truth[:, kept])
    return {
        "labels": names,
        "n": len(given),
        "given": _shares(both_given),
        "true": None if both_true is None else _shares(both_true),
        "n_given": both_given.diagonal(),
        "n_true": None if both_true is None else both_true.diagonal(),
        "pairs": _sure_pairs(both_given, len(given), names),
        "true_pairs": None if both_true is None else _sure_pairs(both_true, len(given), names),
    }


def _together(chosen: Bools) -> Ints:
    """Numbers of texts with both labels, (k, k); on the diagonal, with the label at all."""
    columns = chosen.astype(np.float64)
    return np.rint(columns.T @ columns).astype(np.int64)


def _shares(both: Ints) -> Floats:
    """NaN where no text has the row's label, and on the diagonal."""
    rows = both.diagonal()[:, None]
    shares: Floats = np.divide(both, rows, out=np.full(both.shape, np.nan), where=rows > 0)
    np.fill_diagonal(shares, np.nan)
    return shares


def _sure_pairs(both: Ints, n: int, names: Sequence[str]) -> list[dict[str, object]]:
    from scipy.stats import hypergeom  # slow to import, and only a study counts pairs

    first, second = np.triu_indices(len(names), 1)
    size = both.diagonal()
    possible = (size[first] > 0) & (size[second] > 0)
    first, second = first[possible], second[possible]
    if not len(first):
        return []
    a, b, found = size[first], size[second], both[first, second]
    adjusted = holm(hypergeom.sf(found - 1, n, a, b))
    expected = a * b / n
    spread = np.sqrt((a * (n - a)).astype(np.float64) * (b * (n - b)))
    phi = np.divide(found * float(n) - a * b, spread, out=np.zeros(len(a)), where=spread > 0)
    sure = [index for index in np.argsort(-phi, kind="stable") if adjusted[index] < LEVEL]
    return [
        {
            "labels": [names[first[index]], names[second[index]]],
            "n": int(found[index]),
            "expected": float(expected[index]),
            "p_adjusted": float(adjusted[index]),
        }
        for index in sure
    ]
