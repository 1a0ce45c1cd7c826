"""Which rows are run together: rows of like length, since what is padded is computed for nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goemox.scores import Ints

__all__ = ["RunCosts", "batches"]

# Where shapes are kept few: rows of a run that is not full, and widths, (from, bits set): between 16 and 32
# tokens they are odd, from 32 on four apart, from 64 on eight, from 128 on sixteen.
ROWS = (1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
STEPS = ((128, 15), (64, 7), (32, 3), (16, 1), (0, 0))
EIGHT = 8


@dataclass(frozen=True, slots=True)
class RunCosts:
    """What the runs of an engine cost, in tokens of work, and how large they are best.

    batch_tokens: padded tokens of one run; more is no faster, and leaves the caches of a core.
    run_tokens: what a run costs by itself. Measured by benchmarks/load/run_costs.py.
    shape_tokens: what the first run of a shape costs more, spread over those that follow; 0 = nothing, and
    shapes need not be few. Where it is not 0, the eights in the width of a run follow from the length of each
    of its rows alone: such engines add up in eights or sixteens, so that more could give other last bits.
    """

    batch_tokens: int = 512
    run_tokens: int = 6
    shape_tokens: int = 0

    def most(self, width: int) -> int:
        """How many rows of this width a run holds."""
        return max(1, self.batch_tokens // max(1, width))

    def shape(self, n_rows: int, longest: int, limit: int) -> tuple[int, int]:
        """Rows and width to run n_rows of at most `longest` tokens with; no width is over `limit`."""
        if not self.shape_tokens:
            return n_rows, longest
        width = _stepped(longest)
        height = next((step for step in ROWS if step >= n_rows), n_rows)
        return min(height, max(n_rows, self.most(width))), min(width, max(longest, limit))


def _stepped(n_tokens: int) -> int:
    """The width that a row is run with where shapes are kept few."""
    return n_tokens | next(bits for least, bits in STEPS if n_tokens >= least)


def batches(n_tokens: npt.NDArray[np.int32], costs: RunCosts) -> list[Ints]:
    """Row numbers of each run, longest rows first; every row is in one run.

    n_tokens: (m,). A run holds at most `costs.batch_tokens` padded tokens, or one row. The rows, sorted by
    length, are cut where runs and padding together cost least (dynamic programming over the lengths), or, for
    an engine that is slow with new shapes, so that most runs are full.
    """
    if len(n_tokens) <= 1:
        return [np.arange(len(n_tokens))] if len(n_tokens) else []
    order = np.argsort(n_tokens, kind="stable")
    if costs.shape_tokens:
        return _full_runs(n_tokens, order[::-1], costs)
    lengths, counts = np.unique(n_tokens, return_counts=True)
    ends = [0, *np.cumsum(counts).tolist()]
    found: list[Ints] = []
    for first, last in _cuts(lengths.tolist(), ends, costs):
        n_runs = math.ceil((ends[last] - ends[first]) / costs.most(int(lengths[last - 1])))
        found += np.array_split(order[ends[first] : ends[last]], n_runs)
    return found[::-1]


def _full_runs(n_tokens: npt.NDArray[np.int32], order: Ints, costs: RunCosts) -> list[Ints]:
    """Runs as full as can be, from rows in falling order of length: one shape a width, and few others.

    A run ends early where to pad what still fits would cost more than another run of another shape.
    """
    lengths = [_stepped(n) for n in n_tokens[order].tolist()]
    found, start = [], 0
    while start < len(lengths):
        width = lengths[start]
        end, stop = min(start + costs.most(width), len(lengths)), start + 1
        while (
            stop < end
            and lengths[stop] // EIGHT == width // EIGHT
            and (end - stop) * (width - lengths[stop]) <= costs.run_tokens + costs.shape_tokens
        ):
            stop += 1
        found.append(order[start:stop])
        start = stop
    return found


def _cuts(lengths: list[int], ends: list[int], costs: RunCosts) -> list[tuple[int, int]]:
    """Ranges [first, last) of lengths that share runs. ends[i]: how many rows are shorter than lengths[i]."""
    cheapest, begins = [0.0], [0]
    for last in range(1, len(lengths) + 1):
        width = lengths[last - 1]
        most = costs.most(width)
        best, begin = math.inf, last - 1
        for first in range(last - 1, -1, -1):
            if width - lengths[first] > 2 * costs.run_tokens:  # even one such row is cheaper by itself
                break
            n = ends[last] - ends[first]
            cost = cheapest[first] + n * max(1, width) + costs.run_tokens * math.ceil(n / most)
            if cost < best:
                best, begin = cost, first
        cheapest.append(best)
        begins.append(begin)
    cuts, last = [], len(lengths)
    while last:
        cuts.append((begins[last], last))
        last = begins[last]
    return cuts[::-1]
