"""Numbers and names as a reader without statistics takes them: counts of a hundred, quoted names, lists."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["listed", "of_100", "quoted", "span"]


def quoted(name: str) -> str:
    """A foreign name inside a sentence."""
    return f"“{name}”"


def of_100(share: float) -> str:
    """A share as a count of a hundred; never 0 or 100 where some are, or are not."""
    if 0 < share < 0.005:
        return "fewer than 1"
    if 0.995 < share < 1:
        return "more than 99"
    return f"{100 * share:.0f}"


def span(low: int, high: int) -> str:
    """A range of whole numbers, or the one number that it is."""
    return str(high) if low >= high else f"{max(low, 0)} to {high}"


def listed(names: Sequence[str]) -> str:
    """Names, the last after an "and"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
