"""Foreign texts made safe to look at: nothing hidden, nothing run, nothing longer than its place.

Control characters, direction overrides and invisible characters are shown by name; the joiners that
emoji and several scripts need are left alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup, escape

from goemox.wording import JOINERS

__all__ = ["LongText", "clip", "clip_middle", "isolate", "long_text", "name", "plain", "visible", "width"]

SHOWN_CHARACTERS = 420
REMEMBERED = 8192  # characters: more than any report's, fewer than an attacker's
ELLIPSIS = "…"


def _stand_in(character: str) -> str | None:
    """What to show instead of a character that cannot be seen or that changes others; None = itself."""
    category = unicodedata.category(character)
    code = ord(character)
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    if category == "Cc" and character not in "\n\t":
        if code < 0x20:
            return chr(0x2400 + code)
        return "\N{SYMBOL FOR DELETE}" if code == 0x7F else f"U+{code:04X}"
    if category in ("Zl", "Zp") or (category == "Cf" and character not in JOINERS):
        return f"U+{code:04X}"
    if code in (0xFFFE, 0xFFFF):  # no character at all: a picture that held one would be no XML
        return f"U+{code:04X}"
    return None


class _Shown(dict[int, str]):
    """For `str.translate`: each character as it is shown, found out when it is met first."""

    def __init__(self, show: Callable[[str], str]) -> None:
        super().__init__()
        self._show = show

    def __missing__(self, code: int) -> str:
        shown = self._show(chr(code))
        if len(self) < REMEMBERED:
            self[code] = shown
        return shown


def _named(character: str) -> str:
    stand_in = _stand_in(character) or character
    return f"⟦{stand_in}⟧" if len(stand_in) > 1 else stand_in


def _boxed(character: str) -> str:
    stand_in = _stand_in(character)
    return str(escape(character)) if stand_in is None else f'<span class="ctl">{stand_in}</span>'


NAMED, BOXED = _Shown(_named), _Shown(_boxed)


def plain(text: str) -> str:
    """`text` on one line with its invisible characters named, for places that hold no markup."""
    line = " ".join(text.split())
    # What is printable has neither controls nor marks of direction nor halves of characters.
    return line if line.isprintable() else line.translate(NAMED)


def visible(text: str) -> Markup:
    """`text` escaped, line breaks kept, with its invisible characters in small named boxes."""
    if text.isprintable():
        return escape(str(text))
    return Markup(text.replace("\r\n", "\n").translate(BOXED))  # noqa: S704 - every character is escaped above


def width(text: str) -> int:
    """Columns that `text` takes, wide East Asian characters and emoji counted double."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def clip(text: str, columns: int) -> str:
    """`text` cut to `columns` with an ellipsis where something is missing."""
    if width(text) <= columns:
        return text
    kept, used = [], 0
    for character in text:
        used += width(character)
        if used > columns - 1:
            break
        kept.append(character)
    return "".join(kept).rstrip() + ELLIPSIS


def clip_middle(text: str, columns: int) -> str:
    """`text` cut to `columns`, but with both its ends: names of one kind differ at either."""
    if width(text) <= columns:
        return text
    tail = clip(text[::-1], 2 * columns // 5 + 1)[-2::-1].lstrip()  # turned round, cut, and turned back
    return clip(text, columns - width(tail)) + tail


def isolate(text: str) -> str:
    """`text` that cannot turn the direction of its neighbours, where no markup can say so (UAX 9)."""
    return text if text.isascii() else f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


def name(text: str, columns: int = 40, cut: Callable[[str, int], str] = clip) -> str:
    """A foreign name as it may stand inside our sentences and pictures."""
    return isolate(cut(plain(text), columns)) or "(no name)"


@dataclass(frozen=True, slots=True)
class LongText:
    """A text in two steps: the beginning, and all of it where there is more; length in characters."""

    beginning: Markup
    whole: Markup | None
    length: int
    cut_at: int | None

    @property
    def invitation(self) -> str:
        """What the switch that opens the whole text says."""
        if self.cut_at is None:
            return f"Show all {self.length:,} characters"
        return f"Show the first {self.cut_at:,} of {self.length:,} characters"


def long_text(text: str, budget: int = 40_000) -> LongText:
    """`text` ready for the page; `budget` is the most bytes that its two forms may take in the file."""
    beginning = _fitting(text[:SHOWN_CHARACTERS], budget // 4)
    if len(beginning) == len(text):
        return LongText(visible(text), None, len(text), None)
    whole = _fitting(text[:budget], budget - budget // 4)
    shown = visible(beginning.rstrip() + ELLIPSIS)
    return LongText(shown, visible(whole), len(text), None if len(whole) == len(text) else len(whole))


def _fitting(text: str, budget: int) -> str:
    """As much of the beginning of `text` as takes at most `budget` bytes once it is visible."""
    while len(visible(text).encode()) > budget:
        text = text[: len(text) * 3 // 4]
    return text
