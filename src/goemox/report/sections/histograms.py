"""Histograms of the report as shares of their texts: the one place where counts are divided."""

from __future__ import annotations

from collections.abc import Sequence

from goemox.report.charts.histogram import Shares
from goemox.report.fields import Fields
from goemox.report.svg import nice_ceiling

__all__ = ["ceiling", "shares", "shares_of"]


def shares(block: Fields, key: str) -> Shares | None:
    """The histogram under `key`, None where it is absent, empty or contradicts itself."""
    histogram = block.fields(key)
    return shares_of(histogram.numbers("edges"), histogram.numbers("counts"))


def shares_of(edges: Sequence[float | None], counts: Sequence[float | None]) -> Shares | None:
    """Counts between edges as shares of their sum; None where absent, empty or contradicting each other."""
    known = [number for number in counts if number is not None]
    ends = [edge for edge in edges if edge is not None]
    total = sum(known)
    if not known or total <= 0 or len(ends) != len(known) + 1 or min(known) < 0:
        return None
    return Shares(tuple(ends), tuple(number / total for number in known))


def ceiling(found: list[Shares | None]) -> float:
    """A round share that none of the histograms passes."""
    return nice_ceiling(max(max(each.shares) for each in found if each is not None))
