"""Whether the texts that a server reads drift from what its model learned: counts of the last ones, no texts.

Of each text only the bins of its scores, the labels that it was given and whether it lies outside are
counted. Blocks of texts are forgotten whole, so that what is kept is always of the last two thousand.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from goemox.domain import ACCEPTED, DomainProfile
from goemox.evaluation.intervals import wilson
from goemox.evaluation.significance import LEVEL, holm
from goemox.prediction import Prediction
from goemox.scores import Bools, Floats, Ints

__all__ = ["Drift"]

BLOCK = 250
BLOCKS = 8
LEAST = 200  # texts below which nothing is compared
EDGES = np.linspace(0.0, 1.0, 11) ** 2  # finer near 0, where most probabilities lie
USUAL = 1 - ACCEPTED / 100


@dataclass(slots=True, eq=False)
class _Block:
    n: int
    given: Ints  # (k,)
    bins: Ints  # (k, bins)
    n_outside: int
    n_placed: int  # texts whose distance is known


class Drift:
    """Counts of the last BLOCK x BLOCKS texts beside the model's own held-out texts."""

    def __init__(self, labels: Sequence[str], profile: DomainProfile | None, decided: Bools | None) -> None:
        """profile: the reference, or None. decided: bool (m, k), what its m texts are given by the rule."""
        self.labels = tuple(labels)
        self._blocks: deque[_Block] = deque([self._new()], maxlen=BLOCKS)
        self._reference: tuple[int, Ints, Ints] | None = None
        if profile is not None and decided is not None:
            bins = _binned(np.asarray(profile.probabilities, dtype=np.float64))
            self._reference = len(decided), decided.sum(axis=0), bins

    def _new(self) -> _Block:
        k = len(self.labels)
        return _Block(0, np.zeros(k, np.int64), np.zeros((k, len(EDGES) - 1), np.int64), 0, 0)

    def read(self, predictions: Sequence[Prediction]) -> None:
        """Count what these texts were given."""
        place = {label: j for j, label in enumerate(self.labels)}
        for found in predictions:
            if self._blocks[-1].n == BLOCK:
                self._blocks.append(self._new())
            block = self._blocks[-1]
            block.n += 1
            block.given[[place[label] for label in found.labels]] += 1
            block.bins += _binned(np.array([list(found.scores.values())]))
            if found.in_domain is not None:
                block.n_placed += 1
                block.n_outside += not found.in_domain

    def report(self) -> dict[str, object]:
        """The last texts against the reference: shares of labels, share outside, and which labels moved.

        A label moved where the bins of its probability differ from the reference's beyond chance (chi-square
        of two samples on ten bins, Holm over labels). None where fewer than LEAST texts were read, or the
        model brings no reference.
        """
        n = sum(block.n for block in self._blocks)
        given = np.sum([block.given for block in self._blocks], axis=0)
        placed = sum(block.n_placed for block in self._blocks)
        outside = sum(block.n_outside for block in self._blocks)
        low, high = wilson(given, float(n)) if n else (np.zeros(len(given)), np.ones(len(given)))
        enough = n >= LEAST
        p_values = self._p_values() if enough and self._reference is not None else None
        rows = []
        for j, label in enumerate(self.labels):
            home = None if self._reference is None else float(self._reference[1][j] / self._reference[0])
            rows.append({
                "label": label,
                "share": round(float(given[j] / n), 6) if n else None,
                "low": round(float(low[j]), 6) if n else None,
                "high": round(float(high[j]), 6) if n else None,
                "share_reference": None if home is None else round(home, 6),
                "p_adjusted": None if p_values is None else float(p_values[j]),
            })  # fmt: skip
        moved = [] if p_values is None else [self.labels[j] for j in np.flatnonzero(p_values < LEVEL)]
        return {
            "n": n, "n_most": BLOCK * BLOCKS, "enough": enough,
            "share_outside": round(outside / placed, 6) if placed else None,
            "share_outside_usual": round(USUAL, 6),
            "labels": rows, "moved": moved,
        }  # fmt: skip

    def _p_values(self) -> Floats:
        from scipy.stats import chi2_contingency

        assert self._reference is not None  # noqa: S101 - asked before
        here, home = np.sum([block.bins for block in self._blocks], axis=0), self._reference[2]
        found = []
        for one, other in zip(here, home, strict=True):
            table = np.array([one, other])[:, (one + other) > 0]
            found.append(chi2_contingency(table, correction=False).pvalue if table.shape[1] > 1 else 1.0)
        return holm(np.array(found))


def _binned(probabilities: Floats) -> Ints:
    """Numbers of texts in each bin, by label: (n, k) -> (k, bins)."""
    bins = np.clip(np.searchsorted(EDGES, probabilities, side="right") - 1, 0, len(EDGES) - 2)
    counts = np.zeros((probabilities.shape[1], len(EDGES) - 1), dtype=np.int64)
    np.add.at(counts, (np.arange(probabilities.shape[1])[None, :], bins), 1)
    return counts
