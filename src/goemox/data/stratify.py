"""Rows -> sides of a split, such that every label is on every side in its share, as far as it can be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from goemox.scores import Bools, Floats, Ints

__all__ = ["stratified_sides"]


def stratified_sides(truth: Bools, groups: Ints, sizes: Sequence[int], *, seed: int = 0) -> Ints:
    """The side of each row, (n,) in 0 to len(sizes) - 1; rows of one group are on the same side.

    truth: (n, k), which labels each row has. groups: (n,), numbered from 0. sizes: the rows that each side
    should get, in sum n; they are met exactly where no group has two rows. What is too rare to be divided
    goes to the largest side. The same seed and rows give the same sides.

    Iterative stratification (Sechidis, Tsoumakas & Vlahavas 2011,
    https://doi.org/10.1007/978-3-642-23808-6_10): the label with the fewest rows left is dealt out next,
    each group to the side that still wants most of it. Two things are unlike there, so that labels of a few
    rows each neither all crowd the largest side nor leave it: a side that is full gets no more, and what is
    less than a row of a label goes where rows of any label are missing most.
    """
    rows = np.bincount(groups)
    counts = np.zeros((len(rows), truth.shape[1]))
    np.add.at(counts, groups, truth)
    order = np.random.default_rng(seed).permutation(len(rows))
    order = order[np.argsort(-rows[order], kind="stable")]  # large groups first: they are hardest to place
    amounts = np.column_stack([counts, rows])  # last column: rows of any label
    wanted = np.outer(np.asarray(sizes) / len(truth), amounts.sum(axis=0))
    given = np.zeros_like(wanted)
    side = np.full(len(rows), -1)
    while (side < 0).any():
        column = _next_column(amounts[side < 0].sum(axis=0))
        for group in order[(side[order] < 0) & (amounts[order, column] > 0)]:
            side[group] = _neediest(wanted, given, column)
            given[side[group]] += amounts[group]
    return np.asarray(side[groups])


def _next_column(left: Floats) -> int:
    """The label with the fewest rows left; the last column, of all rows, once no label has any."""
    labels = left[:-1]
    return int(np.where(labels > 0, labels, np.inf).argmin()) if (labels > 0).any() else len(labels)


def _neediest(wanted: Floats, given: Floats, column: int) -> int:
    """The side that the next group of a column's rows goes to; wanted, given: (n_sides, k + 1) rows."""
    lacking = np.round(wanted - given, 6)  # what is left of shares like 0.1 is not exact
    is_open = lacking[:, -1] > 0
    sides = np.flatnonzero(is_open) if is_open.any() else np.arange(len(wanted))
    largest = int(wanted[:, -1].argmax())
    if largest in sides and not given[largest, column]:
        return largest
    if lacking[sides, column].max() >= 1:
        return int(max(sides, key=lambda side: (lacking[side, column], lacking[side, -1])))
    in_step = wanted[:, -1] * lacking[:, -1].sum() / wanted[:, -1].sum()  # what even dealing would leave
    behind = np.round(lacking[:, -1] - in_step, 6)
    return int(max(sides, key=lambda side: (lacking[side, column] > 0, behind[side], lacking[side, column])))
