"""Rows dealt to folds at random, so that each is judged by what was fitted without it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from goemox.scores import Bools, Ints

__all__ = ["dealt", "folds"]


def dealt(n: int, n_folds: int, seed: int) -> Ints:
    """The fold of each of n rows, (n,) in 0 … n_folds - 1; no fold has two rows more than another."""
    return np.asarray(np.random.default_rng(seed).permutation(n) % n_folds)


def folds(n: int, n_folds: int, seed: int) -> Iterator[Bools]:
    """The rows of each fold, bool (n,), fold by fold; n folds of a row each where there are fewer rows."""
    n_folds = min(n_folds, n)
    fold = dealt(n, n_folds, seed)
    for number in range(n_folds):
        yield fold == number
