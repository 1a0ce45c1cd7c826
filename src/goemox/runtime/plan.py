"""Which rows are run together: rows of like length, since what is padded is computed for nothing."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from goemox.scores import Ints

__all__ = ["BATCH_TOKENS", "batches"]

BATCH_TOKENS = 512  # padded tokens of one run: more is no faster, and leaves the caches of a core
RUN_TOKENS = 6  # what a run costs by itself, in tokens of work (benchmarks/load/run_costs.py)


def batches(n_tokens: npt.NDArray[np.int32]) -> list[Ints]:
    """Row numbers of each run, longest rows first; every row is in one run.

    n_tokens: (m,). A run holds at most BATCH_TOKENS padded tokens, or one row. The rows, sorted by length,
    are cut where runs and padding together cost least (dynamic programming over the distinct lengths).
    """
    if len(n_tokens) <= 1:
        return [np.arange(len(n_tokens))] if len(n_tokens) else []
    order = np.argsort(n_tokens, kind="stable")
    lengths, counts = np.unique(n_tokens, return_counts=True)
    ends = [0, *np.cumsum(counts).tolist()]
    found: list[Ints] = []
    for first, last in _cuts(lengths.tolist(), ends):
        most = BATCH_TOKENS // max(1, int(lengths[last - 1])) or 1
        n_runs = math.ceil((ends[last] - ends[first]) / most)
        found += np.array_split(order[ends[first] : ends[last]], n_runs)
    return found[::-1]


def _cuts(lengths: list[int], ends: list[int]) -> list[tuple[int, int]]:
    """Ranges [first, last) of lengths that share runs. ends[i]: how many rows are shorter than lengths[i]."""
    cheapest, begins = [0.0], [0]
    for last in range(1, len(lengths) + 1):
        width = max(1, lengths[last - 1])
        most = max(1, BATCH_TOKENS // width)
        best, begin = math.inf, last - 1
        for first in range(last - 1, -1, -1):
            if width - lengths[first] > 2 * RUN_TOKENS:  # even one such row is cheaper in a run of its own
                break
            n = ends[last] - ends[first]
            cost = cheapest[first] + n * width + RUN_TOKENS * math.ceil(n / most)
            if cost < best:
                best, begin = cost, first
        cheapest.append(best)
        begins.append(begin)
    cuts, last = [], len(lengths)
    while last:
        cuts.append((begins[last], last))
        last = begins[last]
    return cuts[::-1]
