"""Whether two sets of embeddings come from one distribution: the maximum mean discrepancy, by permutation.

Gretton et al. 2012, "A kernel two-sample test" (https://jmlr.org/papers/v13/gretton12a.html): the unbiased
estimate of the squared discrepancy under a Gaussian kernel as wide as the median pairwise distance. It needs
no labels and has the most power at 100 to 200 texts. It says that something differs, never what.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goemox.domain_shift.limits import MIN_TEXTS
from goemox.errors import ShapeError
from goemox.scores import Floats

__all__ = ["MmdTest", "mmd_test"]

LARGEST = 1_000  # rows a side: time and memory grow with the square
PERMUTATIONS = 500


@dataclass(frozen=True, slots=True)
class MmdTest:
    """How far two sets of vectors differ as distributions, and how surprising that is.

    mmd2: the unbiased squared discrepancy; around 0, also below it, where nothing differs; at most 2.
    p_value: in (0, 1], smallest 1 / (1 + permutations); the true one may be smaller than that.
    n, n_reference: rows that were compared.
    bandwidth: the kernel's width in the vectors' units; 0 where all rows are the same.
    """

    mmd2: float
    p_value: float
    n: int
    n_reference: int
    bandwidth: float
    permutations: int


def mmd_test(
    reference: Floats,
    target: Floats,
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    largest: int = LARGEST,
) -> MmdTest | None:
    """Test two sets of vectors; None with fewer than 50 on a side.

    reference: (m, d), target: (n, d), finite. Of more than `largest` rows a side, that many are drawn without
    replacement. Drop repeats and overlaps first: rows drawn twice alarm too often. Where every row is the
    same, the discrepancy is 0 and p is 1. Raises ShapeError where the sides differ in d.
    """
    if reference.ndim != 2 or target.ndim != 2 or target.shape[1] != reference.shape[1]:
        raise ShapeError("target vectors", (len(target), *reference.shape[1:]), target.shape)
    if min(len(reference), len(target)) < MIN_TEXTS:
        return None
    generator = np.random.default_rng(seed)
    m, n = min(len(reference), largest), min(len(target), largest)
    rows = np.concatenate(
        [_drawn(reference, m, generator).astype(np.float64), _drawn(target, n, generator).astype(np.float64)]
    )
    kernel, bandwidth = _kernel(rows)
    if bandwidth == 0:
        return MmdTest(0.0, 1.0, n, m, 0.0, permutations)
    sides = np.zeros((m + n, permutations + 1))
    sides[:m, 0] = 1.0
    for column in range(1, permutations + 1):
        sides[generator.permutation(m + n)[:m], column] = 1.0
    found = _discrepancies(kernel, sides, m, n)
    # equal up to rounding counts as equal: a permutation may give the same split in another order
    at_least = int((found[1:] >= found[0] - 1e-12).sum())
    return MmdTest(float(found[0]), (1 + at_least) / (1 + permutations), n, m, bandwidth, permutations)


def _drawn(rows: Floats, n: int, generator: np.random.Generator) -> Floats:
    return rows if len(rows) == n else rows[generator.choice(len(rows), n, replace=False)]


def _kernel(rows: Floats) -> tuple[Floats, float]:
    """Gaussian kernel of all pairs with a diagonal of 0, and its width: the median distance of two rows.

    Where most rows are the same, so that the median is 0, the median of the distances that are not.
    """
    centred = rows - rows.mean(axis=0)  # keeps the digits that |a|^2 + |b|^2 - 2ab would lose far from 0
    norms = (centred**2).sum(axis=1)
    squared = norms[:, None] + norms - 2.0 * (centred @ centred.T)
    squared[squared < 1e-12 * max(norms.max(), 1e-300)] = 0.0
    above = squared[np.triu_indices(len(rows), 1)]
    median = float(np.median(above))
    if median == 0:
        apart = above[above > 0]
        median = float(np.median(apart)) if apart.size else 0.0
    kernel = np.exp(squared / (-2.0 * median)) if median > 0 else np.ones_like(squared)
    np.fill_diagonal(kernel, 0.0)
    return kernel, float(np.sqrt(median))


def _discrepancies(kernel: Floats, sides: Floats, m: int, n: int) -> Floats:
    """Unbiased squared discrepancy of each split: kernel (m + n, m + n), sides (m + n, b) of 0/1 -> (b,)."""
    row_sums = kernel.sum(axis=1)
    within = (sides * (kernel @ sides)).sum(axis=0)
    between = row_sums @ sides - within
    others = row_sums.sum() - within - 2.0 * between
    return np.asarray(within / (m * (m - 1)) + others / (n * (n - 1)) - 2.0 * between / (m * n))
