"""Histograms of the report as shares of their texts: the one place where counts are divided."""

from __future__ import annotations

from goemox.report.charts.histogram import Shares
from goemox.report.fields import Fields
from goemox.report.svg import nice_ceiling

__all__ = ["ceiling", "shares"]


def shares(block: Fields, key: str) -> Shares | None:
    """The histogram under `key`, None where it is absent, empty or contradicts itself."""
    histogram = block.fields(key)
    edges = [edge for edge in histogram.numbers("edges") if edge is not None]
    counts = [number for number in histogram.numbers("counts") if number is not None]
    total = sum(counts)
    if not counts or total <= 0 or len(edges) != len(counts) + 1 or min(counts) < 0:
        return None
    return Shares(tuple(edges), tuple(number / total for number in counts))


def ceiling(found: list[Shares | None]) -> float:
    """The share at the top of every panel of a figure."""
    return nice_ceiling(max(max(each.shares) for each in found if each is not None))
