"""Whether the texts that a server reads drift from what its model learned: counts of them, no texts.

Of each text only the bins of its scores, the labels that it was given and where it lies are counted: since
the start, for Prometheus, and in blocks that are forgotten whole, so that what is compared is always the last
two thousand.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from goemox.domain import ACCEPTED, DomainProfile
from goemox.evaluation.intervals import wilson
from goemox.evaluation.significance import LEVEL, holm
from goemox.prediction import Prediction
from goemox.scores import Bools, Floats, Ints

__all__ = ["EDGES", "PERCENTILES", "USUAL", "Drift", "Seen", "chi_square_tail"]

BLOCK = 250
BLOCKS = 8
LEAST = 200  # texts below which nothing is compared
EXPECTED = 5  # texts in a bin, below which chi-square says too much
EDGES = np.linspace(0.0, 1.0, 11) ** 2  # of scores; finer near 0, where most probabilities lie
INNER = EDGES[1:-1]
BINS = len(EDGES) - 1
PERCENTILES = np.array([5.0, 25, 50, 75, 90, ACCEPTED, 99, 100])  # upper ends of the bins of distances
USUAL = 1 - ACCEPTED / 100


@dataclass(slots=True, eq=False)
class Seen:
    """What some texts were given, as counts.

    n, n_truncated, n_placed (distance known), n_outside: texts. given (k,): texts with each label.
    bins (k, BINS) and sums (k,): their scores. places (len(PERCENTILES),): their distances, which add up to
    far.
    """

    given: Ints
    bins: Ints
    sums: Floats
    places: Ints
    n: int = 0
    n_truncated: int = 0
    n_placed: int = 0
    n_outside: int = 0
    far: float = 0.0

    @classmethod
    def nothing(cls, k: int) -> Seen:
        """No text yet, of a model with k labels."""
        counts = (np.zeros(k, np.int64), np.zeros((k, BINS), np.int64))
        return cls(*counts, np.zeros(k), np.zeros(len(PERCENTILES), np.int64))

    @classmethod
    def of(cls, predictions: Sequence[Prediction], place: dict[str, int]) -> Seen:
        """Count what these texts were given. place: column of each label."""
        k = len(place)
        scores = np.array([list(found.scores.values()) for found in predictions])
        given = [place[label] for found in predictions for label in found.labels]
        far = [found.domain_percentile for found in predictions if found.domain_percentile is not None]
        return cls(
            given=np.bincount(given, minlength=k) if given else np.zeros(k, np.int64),
            bins=_binned(scores),
            sums=scores.sum(axis=0),
            places=np.bincount(PERCENTILES.searchsorted(far), minlength=len(PERCENTILES)),
            n=len(predictions),
            n_truncated=sum(found.truncated for found in predictions),
            n_placed=len(far),
            n_outside=sum(found.in_domain is False for found in predictions),
            far=sum(far),
        )

    def add(self, more: Seen) -> None:
        """Count those texts here, too."""
        self.given += more.given
        self.bins += more.bins
        self.sums += more.sums
        self.places += more.places
        self.n += more.n
        self.n_truncated += more.n_truncated
        self.n_placed += more.n_placed
        self.n_outside += more.n_outside
        self.far += more.far


class Drift:
    """Counts of all texts, and of the last BLOCK x BLOCKS beside the model's own held-out texts."""

    def __init__(self, labels: Sequence[str], profile: DomainProfile | None, decided: Bools | None) -> None:
        """profile: the reference, or None. decided: bool (m, k), what its m texts are given by the rule."""
        self.labels = tuple(labels)
        self.total = Seen.nothing(len(self.labels))
        self._place = {label: j for j, label in enumerate(self.labels)}
        self._blocks = deque([Seen.nothing(len(self.labels))], maxlen=BLOCKS)
        self._reference: tuple[int, Ints, Ints] | None = None
        if profile is not None and decided is not None:
            bins = _binned(np.asarray(profile.probabilities, dtype=np.float64))
            self._reference = len(decided), decided.sum(axis=0), bins

    @property
    def shares_reference(self) -> Floats | None:
        """Share of the reference's texts that each label is given to, (k,)."""
        return None if self._reference is None else self._reference[1] / self._reference[0]

    def read(self, predictions: Sequence[Prediction]) -> None:
        """Count what these texts were given."""
        start = 0
        while start < len(predictions):
            if self._blocks[-1].n >= BLOCK:
                self._blocks.append(Seen.nothing(len(self.labels)))
            part = predictions[start : start + BLOCK - self._blocks[-1].n]
            more = Seen.of(part, self._place)
            self._blocks[-1].add(more)
            self.total.add(more)
            start += len(part)

    def last(self) -> Seen:
        """A copy of what is known of the last texts."""
        found = Seen.nothing(len(self.labels))
        for block in self._blocks:
            found.add(block)
        return found

    def p_values(self, seen: Seen) -> Floats | None:
        """How surprising each label's scores are, Holm over labels, (k,); None where that cannot be said.

        Chi-square of two samples on up to ten bins. None where fewer than LEAST texts were read, or the model
        brings no reference.
        """
        if seen.n < LEAST or self._reference is None:
            return None
        return holm(_p_values(seen.bins, self._reference[2]))

    def moved(self, p_values: Floats | None) -> list[str]:
        """The labels whose bins differ from the reference's beyond chance."""
        return [] if p_values is None else [self.labels[j] for j in np.flatnonzero(p_values < LEVEL)]

    def report(self) -> dict[str, object]:
        """The last texts against the reference: shares of labels, share outside, and which labels moved."""
        seen, reference = self.last(), self.shares_reference
        n, given, p_values = seen.n, seen.given, self.p_values(seen)
        low, high = wilson(given, float(n)) if n else (np.zeros(len(given)), np.ones(len(given)))
        rows = []
        for j, label in enumerate(self.labels):
            rows.append({
                "label": label,
                "share": round(float(given[j] / n), 6) if n else None,
                "low": round(float(low[j]), 6) if n else None,
                "high": round(float(high[j]), 6) if n else None,
                "share_reference": None if reference is None else round(float(reference[j]), 6),
                "p_adjusted": None if p_values is None else float(p_values[j]),
            })  # fmt: skip
        return {
            "n": n, "n_most": BLOCK * BLOCKS, "enough": n >= LEAST,
            "share_outside": round(seen.n_outside / seen.n_placed, 6) if seen.n_placed else None,
            "share_outside_usual": round(USUAL, 6),
            "labels": rows, "moved": self.moved(p_values),
        }  # fmt: skip


def _p_values(here: Ints, home: Ints) -> Floats:
    """Pearson's chi-square of two samples, for each row of counts (k, bins)."""
    return np.array([_p_value(*_pooled(*counts)) for counts in zip(here, home, strict=True)])


def _p_value(here: Floats, home: Floats) -> float:
    n, m = here.sum(), home.sum()
    statistic = ((here * m - home * n) ** 2 / (n * m * (here + home))).sum()
    return chi_square_tail(float(statistic), len(here) - 1)


def _pooled(here: Ints, home: Ints) -> tuple[Floats, Floats]:
    """Counts of neighbouring bins as one until both samples expect EXPECTED texts in it (Cochran 1954).

    Most scores of a rare label lie in the first bins; of nearly empty ones the statistic is no chi-square.
    """
    n, m = here.sum(), home.sum()
    least = EXPECTED * (n + m) / min(n, m)  # of both samples together
    pooled = [[0.0, 0.0]]
    for some in zip(here.tolist(), home.tolist(), strict=True):
        if sum(pooled[-1]) >= least:
            pooled.append([0.0, 0.0])
        pooled[-1] = [a + b for a, b in zip(pooled[-1], some, strict=True)]
    if len(pooled) > 1 and sum(pooled[-1]) < least:
        rest = pooled.pop()
        pooled[-1] = [a + b for a, b in zip(pooled[-1], rest, strict=True)]
    counts = np.array(pooled)
    return counts[:, 0], counts[:, 1]


def chi_square_tail(statistic: float, freedom: int) -> float:
    """Chance of a chi-square variable with `freedom` degrees to exceed `statistic`; 1 without a degree.

    Abramowitz and Stegun 1964, 26.4.4 and 26.4.5, as a sum from one or two degrees on. scipy.stats has the
    same, but takes half a second and 57 MB to load, which a server that is asked for its drift would keep.
    """
    half = statistic / 2
    if freedom < 1 or half <= 0:
        return 1.0
    tail = math.erfc(math.sqrt(half)) if freedom % 2 else math.exp(-half)
    for degrees in range(4 - freedom % 2, freedom + 1, 2):
        tail += math.exp((degrees / 2 - 1) * math.log(half) - half - math.lgamma(degrees / 2))
    return min(tail, 1.0)


def _binned(probabilities: Floats) -> Ints:
    """Numbers of texts in each bin, by label: (n, k) -> (k, BINS)."""
    k = probabilities.shape[1]
    cells = INNER.searchsorted(probabilities, side="right") + np.arange(0, k * BINS, BINS)
    return np.bincount(cells.ravel(), minlength=k * BINS).reshape(k, BINS)
