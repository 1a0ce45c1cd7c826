"""Texts that a reader of emotions does not expect: addresses, code, titles, other scripts, no letters."""

from __future__ import annotations

import re
import unicodedata

from goemox.records import TextRecord

__all__ = ["KINDS", "kinds_of"]

KINDS = {
    "title_only": "the text is the row's title, and the body is empty",
    "address_only": "web addresses and nothing else with a letter",
    "code": "a fenced or tagged block of code, or a stack trace",
    "without_letters": "numbers, punctuation or emoji alone",
    "other_script": "more than half of the letters are not Latin",
}
"""Name of each kind -> what it means."""

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# White space of one line only: if it could cross line ends, each of many empty lines would read all others.
_CODE = re.compile(
    r"```|<pre>|<code>|^Traceback \(most recent call last\)|^[^\S\n]+at [\w.$<>]+\(.*\)[^\S\n]*$",
    re.MULTILINE,
)


def kinds_of(record: TextRecord) -> list[str]:
    """The kinds that a text belongs to: none, one or several of `KINDS`."""
    text = record.text
    tests = {
        "title_only": "title" in record.meta and not record.meta.get("body") and record.meta["title"] == text,
        "code": _CODE.search(text) is not None,
        "other_script": not text.isascii() and _is_other_script(text),
    }
    if not any(character.isalpha() for character in text):
        tests["without_letters"] = True
    elif "://" in text or "www." in text.lower():
        tests["address_only"] = not any(character.isalpha() for character in _ADDRESS.sub("", text))
    return [kind for kind in KINDS if tests.get(kind)]


def _is_other_script(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    latin = sum(
        character.isascii() or unicodedata.name(character, "").startswith(("LATIN", "FULLWIDTH LATIN"))
        for character in letters
    )
    return latin < len(letters) / 2
