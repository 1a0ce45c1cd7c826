"""Numbers in sentences: one of a thing, or several; shares as percentages."""

from __future__ import annotations

__all__ = ["MISSING", "percent", "plural"]

MISSING = "–"


def plural(number: float, one: str, many: str | None = None) -> str:
    """`1 text`, `2,000 texts`; with `many`, words that an s does not make: `1 text is`, `2 texts are`."""
    whole = round(number)
    return f"{whole:,} {one if whole == 1 else many or one + 's'}"


def percent(share: float | None) -> str:
    """A share in [0, 1] as a percentage: whole from 10 to 99, one decimal towards the ends."""
    if share is None:
        return MISSING
    hundredth = 100 * share
    if 0 < hundredth < 0.05:
        return "<0.1%"
    if 99.95 <= hundredth < 100:
        return ">99.9%"
    digits = 0 if hundredth in (0.0, 100.0) or 9.95 <= hundredth <= 99 else 1
    return f"{hundredth:.{digits}f}%"
