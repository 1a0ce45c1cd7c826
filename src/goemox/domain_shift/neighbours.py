"""Whether a text's nearest neighbours are texts of the reference, as they would be if both sides were alike.

Schilling 1986, "Multivariate two-sample tests based on nearest neighbors"
(https://doi.org/10.1080/01621459.1986.10478337), told as a share that can be read: of the neighbours of the
target's texts, how many are reference texts. What would be expected comes from exchanging the sides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goemox.domain_shift.limits import MIN_TEXTS
from goemox.errors import ShapeError
from goemox.scores import Floats

__all__ = ["NEIGHBOURS", "NeighbourMixing", "neighbour_mixing", "reference_share"]

NEIGHBOURS = 10
LARGEST = 1_000  # rows a side: time and memory grow with the square
PERMUTATIONS = 999


@dataclass(frozen=True, slots=True)
class NeighbourMixing:
    """How far two sets of vectors mix.

    share: of the ten nearest neighbours of a target row, itself left out, that are reference rows; the mean
    over target rows, in [0, 1]. expected: the same if both sides were alike, about one half. low, high: where
    95 % of such shares lie. p_value: of a share as low by chance, one-sided, in (0, 1], smallest
    1 / (1 + permutations); at_floor: whether it is, so that the true one may be smaller.
    n: rows of each side that were looked at.
    """

    share: float
    expected: float
    low: float
    high: float
    p_value: float
    at_floor: bool
    n: int


def neighbour_mixing(
    reference: Floats, target: Floats, *, permutations: int = PERMUTATIONS, seed: int = 0
) -> NeighbourMixing | None:
    """Share of reference rows among the target's neighbours; None with fewer than 50 on a side.

    reference: (m, d), target: (n, d), finite. As many rows of each side are drawn as the smaller has, at most
    1,000, so that one half is what alike sides give. Rows at the same distance are taken in random order, or
    repeats would count as neighbours of one side. Raises ShapeError where the sides differ in d.
    """
    if reference.ndim != 2 or target.ndim != 2 or target.shape[1] != reference.shape[1]:
        raise ShapeError("target vectors", (len(target), *reference.shape[1:]), target.shape)
    n = min(len(reference), len(target), LARGEST)
    if n < MIN_TEXTS:
        return None
    shares = _permuted_shares(reference, target, n, permutations, seed)
    low, high = np.quantile(shares[1:], [0.025, 0.975])
    as_low = int((shares[1:] <= shares[0] + 1e-12).sum())
    return NeighbourMixing(
        share=float(shares[0]),
        expected=n / (2 * n - 1),
        low=float(low),
        high=float(high),
        p_value=(1 + as_low) / (1 + permutations),
        at_floor=as_low == 0,
        n=n,
    )


def reference_share(reference: Floats, target: Floats, *, seed: int = 0) -> float | None:
    """The share alone, as in `neighbour_mixing`; None with ten rows or fewer of both sides together."""
    n = min(len(reference), len(target), LARGEST)
    return None if 2 * n <= NEIGHBOURS else float(_permuted_shares(reference, target, n, 0, seed)[0])


def _permuted_shares(reference: Floats, target: Floats, n: int, permutations: int, seed: int) -> Floats:
    """The share of n drawn rows a side, then that of so many ways of naming the sides by lot."""
    generator = np.random.default_rng(seed)
    rows = np.concatenate([_drawn(side, n, generator) for side in (reference, target)])
    order = generator.permutation(2 * n)
    neighbours = _nearest(rows[order].astype(np.float64))
    sides = np.empty((2 * n, 1 + permutations), dtype=np.float32)
    sides[:, 0] = order < n  # 1 = a row of the reference
    for column in range(1, 1 + permutations):
        sides[:, column] = generator.permutation(sides[:, 0])
    return _shares(neighbours, sides, n)


def _drawn(side: Floats, n: int, generator: np.random.Generator) -> Floats:
    return side if len(side) == n else side[generator.choice(len(side), n, replace=False)]


def _nearest(rows: Floats) -> npt.NDArray[np.intp]:
    """Of each row (n, d) the places of its ten nearest others, (n, 10), in no order."""
    centred = rows - rows.mean(axis=0)  # keeps the digits that |a|^2 + |b|^2 - 2ab would lose far from 0
    norms = (centred**2).sum(axis=1)
    squared = norms[:, None] + norms - 2.0 * (centred @ centred.T)
    np.fill_diagonal(squared, np.inf)
    return np.asarray(np.argpartition(squared, NEIGHBOURS, axis=1)[:, :NEIGHBOURS])


def _shares(neighbours: npt.NDArray[np.intp], sides: npt.NDArray[np.float32], n: int) -> Floats:
    """Share of each way of naming the sides, (b,): sides (2 n, b) of 1 for the reference and 0."""
    from scipy.sparse import csr_array

    starts = np.arange(0, neighbours.size + 1, NEIGHBOURS)
    weights = np.ones(neighbours.size, dtype=np.float32)
    links = csr_array((weights, neighbours.ravel(), starts), shape=(2 * n, 2 * n))
    of_reference = (links @ sides) * (1.0 - sides)
    return np.asarray(of_reference.sum(axis=0, dtype=np.float64) / (n * NEIGHBOURS))
