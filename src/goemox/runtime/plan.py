"""Which rows are run together: rows of like length, since what is padded is computed for nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goemox.scores import Ints

__all__ = ["RunCosts", "batches"]


@dataclass(frozen=True, slots=True)
class RunCosts:
    """What the runs of an engine cost, in tokens of work, and how large they are best.

    batch_tokens: padded tokens of one run; more is no faster, and leaves the caches of a core.
    run_tokens: what a run costs by itself. Measured by benchmarks/load/run_costs.py.
    """

    batch_tokens: int = 512
    run_tokens: int = 6


def batches(n_tokens: npt.NDArray[np.int32], costs: RunCosts) -> list[Ints]:
    """Row numbers of each run, longest rows first; every row is in one run.

    n_tokens: (m,). A run holds at most `costs.batch_tokens` padded tokens, or one row. The rows, sorted by
    length, are cut where runs and padding together cost least (dynamic programming over the lengths).
    """
    if len(n_tokens) <= 1:
        return [np.arange(len(n_tokens))] if len(n_tokens) else []
    order = np.argsort(n_tokens, kind="stable")
    lengths, counts = np.unique(n_tokens, return_counts=True)
    ends = [0, *np.cumsum(counts).tolist()]
    found: list[Ints] = []
    for first, last in _cuts(lengths.tolist(), ends, costs):
        most = costs.batch_tokens // max(1, int(lengths[last - 1])) or 1
        n_runs = math.ceil((ends[last] - ends[first]) / most)
        found += np.array_split(order[ends[first] : ends[last]], n_runs)
    return found[::-1]


def _cuts(lengths: list[int], ends: list[int], costs: RunCosts) -> list[tuple[int, int]]:
    """Ranges [first, last) of lengths that share runs. ends[i]: how many rows are shorter than lengths[i]."""
    cheapest, begins = [0.0], [0]
    for last in range(1, len(lengths) + 1):
        width = max(1, lengths[last - 1])
        most = max(1, costs.batch_tokens // width)
        best, begin = math.inf, last - 1
        for first in range(last - 1, -1, -1):
            if width - lengths[first] > 2 * costs.run_tokens:  # even one such row is cheaper by itself
                break
            n = ends[last] - ends[first]
            cost = cheapest[first] + n * width + costs.run_tokens * math.ceil(n / most)
            if cost < best:
                best, begin = cost, first
        cheapest.append(best)
        begins.append(begin)
    cuts, last = [], len(lengths)
    while last:
        cuts.append((begins[last], last))
        last = begins[last]
    return cuts[::-1]
