"""Folds that keep groups whole and classes even: `StratifiedGroupKFold`, in a twentieth of its time."""

from __future__ import annotations

from math import sqrt

import numpy as np
import numpy.typing as npt

__all__ = ["group_folds"]

Ints = npt.NDArray[np.intp]


def group_folds(classes: npt.NDArray[np.bool_], groups: Ints, n_folds: int, seed: int) -> Ints:
    """The fold of each row, (n,) in 0 … n_folds - 1; rows of one group share it.

    Shuffled groups, most uneven first, each to the fold that leaves the shares of both classes most alike
    over the folds; among equals the one with fewest rows. These are the folds of scikit-learn's
    `StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)`, all folds being tried at once.
    """
    _, place = np.unique(groups, return_inverse=True)
    of_class = np.stack(
        [np.bincount(place[classes == value], minlength=place.max() + 1) for value in (0, 1)], 1
    )
    order = np.arange(len(of_class))
    np.random.RandomState(seed).shuffle(order)
    order = order[np.argsort(-np.std(of_class[order], axis=1), kind="stable")]
    fold_of_group = np.empty(len(of_class), dtype=np.intp)
    sides = [_Side(n_folds, int(n)) for n in of_class.sum(axis=0)]
    one, other = sides
    for group, added in zip(order.tolist(), of_class[order].tolist(), strict=True):
        uneven = [(a + b) / 2 for a, b in zip(one.tried(added[0]), other.tried(added[1]), strict=True)]
        fold = _best(uneven, [a + b for a, b in zip(one.counts, other.counts, strict=True)])
        for side, n in zip(sides, added, strict=True):
            if n:
                side.add(fold, n)
        fold_of_group[group] = fold
    return np.asarray(fold_of_group[place])


class _Side:
    """The rows of one class in each fold; n: how many there are of it."""

    def __init__(self, n_folds: int, n: int) -> None:
        self.n, self.counts, self.shares, self.now = n, [0] * n_folds, [0.0] * n_folds, 0.0

    def tried(self, added: int) -> list[float]:
        """The standard deviation of the class's shares over the folds, were so many rows added to each."""
        if not added:
            return [self.now] * len(self.counts)
        found = []
        for fold, share in enumerate(self.shares):
            self.shares[fold] = (self.counts[fold] + added) / self.n
            found.append(_deviation(self.shares))
            self.shares[fold] = share
        return found

    def add(self, fold: int, added: int) -> None:
        """Put so many rows into one fold."""
        self.counts[fold] += added
        self.shares[fold] = self.counts[fold] / self.n
        self.now = _deviation(self.shares)


def _deviation(values: list[float]) -> float:
    """`np.std` to the last bit, which decides between folds as good as equal."""
    total = squares = 0.0
    for value in values:
        total += value
    mean = total / len(values)
    for value in values:
        squares += (value - mean) * (value - mean)
    return sqrt(squares / len(values))


def _best(unevenness: list[float], n_rows: list[int]) -> int:
    """The fold of the least unevenness; of two that are as good as equal, the one with fewer rows."""
    best = 0
    for fold in range(1, len(unevenness)):
        least, now = unevenness[best], unevenness[fold]
        is_equal = abs(now - least) <= 1e-8 + 1e-5 * abs(least)
        if now < least or (is_equal and n_rows[fold] < n_rows[best]):
            best = fold
    return best
