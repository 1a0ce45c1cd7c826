"""The ladder inside the page: a row for each rung, as wide as its place, readable from 320 pixels up.

`charts.ladder` draws the same rows as a picture on its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from goemox.report.charts.ladder import LadderRow, Spoken
from goemox.report.formats import decimal, interval
from goemox.report.svg import element, fluid, group, line, nice_ceiling, text
from goemox.wording import percent

__all__ = ["rungs_chart"]

F1_FROM = 1.6  # per cent: room for a dot at 0
F1_END = 28.0  # per cent of the width: macro-F1 takes the first part …
SHARES_FROM = 34.0  # … and the places share the rest
GAP = 4.0
HEAD = 102
COLUMNS = 50  # letters of a line that fit into 320 pixels
SMALL = 10.5
HEADS = 9.5


def rungs_chart(
    key: str, title: str, description: str, places: Sequence[tuple[str, float | None]],
    rows: Sequence[LadderRow],
) -> Markup:  # fmt: skip
    """Macro-F1 as dots with their lowest and highest run, and beside it the shares given no emotion.

    places: name as shown, and the true share of texts without an emotion there, if it is known.
    rows: at least one; `seeds` hold the lowest and the highest run.
    """
    tops = _tops(rows)
    bottom = tops[-1]
    most = nice_ceiling(max(value for row in rows for value in (row.macro_f1, *row.seeds)))
    width = (100 - SHARES_FROM - GAP * (len(places) - 1)) / max(len(places), 1)
    lefts = [SHARES_FROM + index * (width + GAP) for index in range(len(places))]
    marks = _axis(F1_FROM, F1_END, ["0", decimal(most, 2)], bottom)
    for left in lefts:
        marks += _axis(left, left + width, ["0%", "100%"], bottom)
    marks += _head(places, lefts)
    for index, (row, top) in enumerate(zip(rows, tops, strict=False)):
        truths = [truth for _, truth in places]
        marks.append(group(_row(index + 1, row, top, most, list(zip(lefts, truths, strict=True)), width)))
    return fluid(key, bottom + 22, title, description, marks)


def _tops(rows: Sequence[LadderRow]) -> list[int]:
    """Where each row begins, and where the last one ends."""
    tops = [HEAD]
    for row in rows:
        tops.append(tops[-1] + 58 + 13 * len(_wrapped(row.repair)))
    return tops


def _axis(left: float, right: float, words: Sequence[str], bottom: int) -> list[Markup]:
    marks = []
    for index, each in enumerate(words):
        x = _at(left + (right - left) * index / (len(words) - 1))
        anchor = "start" if index == 0 else "end" if index == len(words) - 1 else "middle"
        marks.append(text(x, bottom + 12, each, "muted", text_anchor=anchor, font_size=SMALL))
    return marks


def _head(places: Sequence[tuple[str, float | None]], lefts: Sequence[float]) -> list[Markup]:
    """Two lines of key, then the names of the columns, a word a line."""
    marks = [
        element("rect", x=0, y=2, width=11, height=11, class_="neutral"),
        text(16, 12, "neutral alone"),
        element("rect", x=116, y=2, width=11, height=11, class_="track"),
        text(132, 12, "no label at all"),
        element("circle", cx=6, cy=26, r=4.5, class_="dot main"),
        text(16, 30, "mean of runs"),
        line(121.5, 20, 121.5, 32, "tick"),
        text(132, 30, "neutral by people"),
        text(0, 52, "macro-F1", "strong"),
        text(0, 66, "28 labels", "muted", font_size=SMALL),
    ]
    if lefts:
        marks.append(text(_at(lefts[0]), 52, "share of texts given no emotion", "muted", font_size=SMALL))
    for (name, _), left in zip(places, lefts, strict=True):
        for index, word in enumerate(_words(name)):
            marks.append(text(_at(left), 67 + 12 * index, word, "strong", font_size=HEADS))
    return marks


def _words(name: str) -> list[str]:
    """A name in at most three lines, a word each."""
    first, second, *rest = [*name.split(), "", ""]
    return [words for words in (first, second, " ".join(rest).strip()) if words]


def _row(
    number: int,
    row: LadderRow,
    top: int,
    most: float,
    columns: Sequence[tuple[float, float | None]],
    width: float,
) -> list[Markup]:
    marks = [line("0%", top, "100%", top, "grid"), text(0, top + 17, f"{number}  {row.title}", "strong")]
    y = top + 17
    for words in _wrapped(row.repair):
        y += 13
        marks.append(text(0, y, words, "muted", font_size=SMALL))
    y += 18
    marks.append(text(0, y, decimal(row.macro_f1)))
    marks.append(_dot(row, y + 9, most))
    for (left, truth), spoken in zip(columns, row.places, strict=True):
        marks.append(text(_at(left), y, percent(spoken.neutral + spoken.nothing)))
        marks.append(_bar(row.title, spoken, left, width, y + 4))
        if truth is not None:
            x = _at(left + truth * width)
            marks.append(line(x, y + 3, x, y + 16, "tick"))
    return marks


def _dot(row: LadderRow, y: float, most: float) -> Markup:
    at = [_at(F1_FROM + min(value / most, 1.0) * (F1_END - F1_FROM)) for value in (row.macro_f1, *row.seeds)]
    shown = f"{row.title}: macro-F1 {decimal(row.macro_f1)}"
    marks = [line(_at(F1_FROM), y, _at(F1_END), y, "grid")]
    if len(row.seeds) == 2:
        marks.append(line(at[1], y, at[2], y, "whisker main"))
        shown += f", runs from {interval(*row.seeds)}"
    return group(
        [*marks, element("circle", element("title", shown), cx=at[0], cy=y, r=4.5, class_="dot main")]
    )


def _bar(title: str, spoken: Spoken, left: float, width: float, y: float) -> Markup:
    shown = f"{title}: neutral alone {percent(spoken.neutral)}, no label {percent(spoken.nothing)}"
    parts = ((left, spoken.neutral, "neutral"), (left + width * spoken.neutral, spoken.nothing, "track"))
    marks = [line(_at(left), y + 5, _at(left + width), y + 5, "grid")]
    marks += [
        element("rect", x=_at(x), y=y, width=_at(share * width), height=10, class_=class_)
        for x, share, class_ in parts
        if share > 0
    ]
    return group([element("title", shown), *marks])


def _wrapped(words: str) -> list[str]:
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > COLUMNS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines if lines[0] else []


def _at(part: float) -> str:
    return f"{part:.2f}%"
