"""When two texts count as nearly the same: the rule behind near-duplicates."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["near_key"]

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_NUMBER = re.compile(r"\d+")
_OTHER = re.compile(r"[\W_]+")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")


def near_key(form: str) -> str:
    """What is left of a `normalised` text when that which seldom makes another text of it is taken away.

    Web addresses, punctuation, symbols, emoji and accents go, every run of digits is 0, and a letter written
    three times or more stands twice ("sooo" = "soo"). Texts of which nothing is left, such as one emoji, are
    nearly the same as no other. Words and their order stay: a text told in other words has another key.
    """
    bare = _ADDRESS.sub(" ", form)
    if not bare.isascii():
        parts = unicodedata.normalize("NFD", bare)
        bare = "".join(character for character in parts if not unicodedata.combining(character))
    words = " ".join(_OTHER.sub(" ", bare).split())
    return _DRAWN_OUT.sub(r"\1\1", _NUMBER.sub("0", words)) or form
