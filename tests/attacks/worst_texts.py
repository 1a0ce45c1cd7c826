"""Texts of any length that make careless expressions and parsers slow, and what reads texts in goemox."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from goemox.data.cells import as_written, csv_line
from goemox.domain.words import words_of
from goemox.explanation import WORD
from goemox.profiling.kinds import kinds_of
from goemox.profiling.language import _NOT_WORDS
from goemox.profiling.near import _DRAWN_OUT, _OTHER
from goemox.records import TextRecord
from goemox.report.markdown import quiet
from goemox.report.texts import long_text, visible
from goemox.runtime.tokens import clean_text
from goemox.runtime.windows import sentence_starts
from goemox.sources.cleaning import html_to_text, read_markdown
from goemox.wording import printable

UNITS = {
    "letters": "a",
    "capitals": "A",
    "spaces": " ",
    "tabs": "\t",
    "line ends": "\n",
    "carriage returns": "\r\n",
    "lines of spaces": "   \n",
    "dots": ".",
    "dots and spaces": ". ",
    "marks and closing quotes": '."',
    "exclamation marks": "!?",
    "digits": "7",
    "dashes": "-",
    "apostrophes": "'",
    "quotes": '"',
    "brackets": "[",
    "closed brackets": "[]",
    "parentheses": "(",
    "links": "[x](y)",
    "images": "![x](",
    "angles": "<",
    "tags": "<b>",
    "tags that stay open": "<div>",
    "half tags": "<a href=",
    "comments": "<!--",
    "entities": "&amp;",
    "ampersands": "&",
    "stars": "*",
    "stars and letters": "*a ",
    "underscores": "_a_",
    "tildes": "~",
    "back quotes": "`",
    "quotations": "> ",
    "list items": "- a\n",
    "nested lists": "  - ",
    "tables": "|a",
    "table rows": "|a|\n|-|\n",
    "hashes": "# ",
    "addresses": "http://a",
    "www": "www.",
    "paths": "/a",
    "stack lines": "  at a.b(c)\n",
    "stack starts": "  at a(",
    "at signs": "@a",
    "words and apostrophes": "a'",
    "emoji": "😀",
    "family emoji": "👨\u200d👩\u200d👧",
    "combining marks": "e\u0301\u0301",
    "ligatures that grow": "\ufdfa",
    "wide letters": "Ａ",
    "Chinese": "漢",
    "Korean parts": "\u1112\u1161\u11ab",
    "zero width": "a\u200b",
    "direction marks": "\u202ea",
    "NUL": "\0",
    "half pairs": "\ud83d",
    "tag characters": "\U000e0041",
    "unlike letters": "aбγ",
    "one word": "x1y2z3",
}
"""What a text repeats."""

ENDINGS = ("", "!", "x", "\n", ")")
"""What stands behind the repetition: expressions that almost match fail there."""


def shapes(length: int) -> Mapping[str, str]:
    """{name: text of `length` characters}."""
    found = {}
    for name, unit in UNITS.items():
        for end in ENDINGS:
            body = unit * (length // len(unit) + 1)
            found[f"{name} and {end!r}"] = body[: length - len(end)] + end
    return found


def readers() -> Mapping[str, Callable[[str], object]]:
    """{what reads texts of others: the function}, without the model."""
    return {
        "clean_text": clean_text,
        "sentence_starts": sentence_starts,
        "kinds_of": lambda text: kinds_of(TextRecord("1", text, "test")),
        "near duplicates": lambda text: _OTHER.sub(" ", _DRAWN_OUT.sub(r"\1\1", text)),
        "language": lambda text: _NOT_WORDS.sub(" ", text),
        "words_of": words_of,
        "words to explain": lambda text: WORD.findall(text),
        "html_to_text": html_to_text,
        "read_markdown": read_markdown,
        "csv cell": lambda text: as_written(csv_line([text])),
        "printable": printable,
        "text on a page": lambda text: (visible(text), long_text(text)),
        "text in Markdown": quiet,
    }


def seconds(read: Callable[[str], object], text: str, tries: int = 3) -> float:
    """The least time of the processor that a reader took of several."""
    found = []
    for _ in range(tries):
        began = time.process_time()
        read(text)
        found.append(time.process_time() - began)
    return min(found)
