"""What the model sees of a text: the only place where a text is changed.

The original stays in the `TextRecord`; training and every way of scoring read it through here.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["MAX_CHARACTERS", "clean_text", "exceeds"]

MAX_CHARACTERS = 20_000  # far beyond the 512 tokens a model reads; keeps a 1 MB text from costing seconds

# Unicode categories Cc, without tab and line ends, and Cs; both are fixed for good (Unicode, 23.1 and 23.6).
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def clean_text(text: str, max_characters: int = MAX_CHARACTERS) -> str:
    """NFKC-normalised text, cut at `max_characters`, without lone surrogates or control characters.

    Control characters other than tab and line ends become spaces; lone surrogates, which no tokenizer
    accepts, become U+FFFD.
    """
    cut = text[:max_characters]
    if cut.isascii() and cut.isprintable():
        return cut
    normal = unicodedata.normalize("NFKC", cut)[:max_characters]  # one character may expand to eighteen
    return UNSEEN.sub(_visible, normal)


def exceeds(text: str, seen: str) -> bool:
    """Whether cleaning cut the text: normalising may make a short text too long, or a long one short."""
    if len(text) > MAX_CHARACTERS:
        return True
    return len(seen) == MAX_CHARACTERS and len(clean_text(text, MAX_CHARACTERS + 1)) > MAX_CHARACTERS


def _visible(found: re.Match[str]) -> str:
    return "\ufffd" if found[0] >= "\ud800" else " "
