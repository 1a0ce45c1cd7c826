"""Numbers in sentences: one of a thing, or several."""

from __future__ import annotations

__all__ = ["plural"]


def plural(number: float, one: str, many: str | None = None) -> str:
    """`1 text`, `2,000 texts`; with `many`, words that an s does not make: `1 text is`, `2 texts are`."""
    whole = round(number)
    return f"{whole:,} {one if whole == 1 else many or one + 's'}"
