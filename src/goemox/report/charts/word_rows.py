"""Labels with the words that go with them, as short lines of text that stand at one height in every panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goemox.report.charts.panels import WIDTH, header
from goemox.report.svg import element, group, line, picture, text
from goemox.report.texts import width

__all__ = ["WordMark", "WordRow", "n_lines", "word_rows"]

LETTER, BOLD = 7.3, 8.2  # units that a column of text takes in a wide system font
GAP, NEAR = 10.0, 3.0  # between words, and between a word and its share
TOP = 22
LABEL = 17  # height of a label's own line, above its words
LINE = 15
BELOW = 7


@dataclass(frozen=True, slots=True)
class WordMark:
    """One word, what is written after it (or nothing), and what is said on hover; `strong` ones are bold."""

    word: str
    after: str
    hover: str
    strong: bool


@dataclass(frozen=True, slots=True)
class WordRow:
    """One label, a note at the right, and its words; `instead` is written where there are none."""

    label: str
    note: str
    words: tuple[WordMark, ...]
    instead: str = ""


def word_rows(
    key: str, name: str, note: str, description: str, rows: Sequence[WordRow], lines: Sequence[int],
) -> Markup:  # fmt: skip
    """One panel. lines: how many lines of words each row may take, the same in all panels of a figure.

    name: of the set of texts, as the page's domain selector knows it.
    """
    marks, top = header(name, note, ()), float(TOP)
    for row, most in zip(rows, lines, strict=True):
        marks.append(group(_row(row, top), data_label=row.label))
        top += LABEL + LINE * most + BELOW
    return picture(key, WIDTH, top, name, description, marks, "chart rows", domain=name)


def n_lines(row: WordRow) -> int:
    """How many lines the words of a row take, at least one."""
    return max(len(_lines(row.words)), 1)


def _row(row: WordRow, top: float) -> list[Markup]:
    marks = [
        line(0, top, WIDTH - 2, top, "grid"),
        text(0, top + 14, row.label, "strong"),
        text(WIDTH - 2, top + 14, row.note, "muted", text_anchor="end"),
    ]
    y = top + LABEL + 12
    if not row.words:
        return [*marks, text(0, y, row.instead, "muted")]
    for index, words in enumerate(_lines(row.words)):
        marks.append(element("text", *_written(words), x=0, y=y + LINE * index))
    return marks


def _written(words: Sequence[WordMark]) -> list[Markup]:
    parts = []
    for index, mark in enumerate(words):
        parts.append(
            element(
                "tspan", element("title", mark.hover), mark.word,
                class_="strong" if mark.strong else None, dx=GAP if index else None,
            )
        )  # fmt: skip
        if mark.after:
            parts.append(element("tspan", mark.after, class_="muted number", dx=NEAR))
    return parts


def _lines(words: Sequence[WordMark]) -> list[list[WordMark]]:
    """The words in lines that fit the panel, in their order."""
    lines: list[list[WordMark]] = []
    left = 0.0
    for mark in words:
        wide = (BOLD if mark.strong else LETTER) * width(mark.word)
        wide += LETTER * width(mark.after) + NEAR * bool(mark.after)
        if not lines or wide + GAP > left:
            lines.append([])
            left = WIDTH + GAP - 2.0
        lines[-1].append(mark)
        left -= wide + GAP
    return lines
