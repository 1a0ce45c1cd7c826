"""Numbers in sentences: one of a thing, or several; shares as percentages; and foreign words in ours."""

from __future__ import annotations

import unicodedata

__all__ = ["MISSING", "percent", "plural", "printable"]

MISSING = "–"

JOINERS = "\u200c\u200d"  # parts of ordinary emoji and of several scripts


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


def printable(text: str) -> str:
    r"""The text on one line; control, direction and invisible characters as `\n`, `\x1b`, `\u202e`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character.encode("unicode_escape").decode("ascii") if _is_invisible(character) else character
        for character in text
    )


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in JOINERS
