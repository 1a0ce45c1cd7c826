"""The ladder as one picture on its own: macro-F1 of every rung, and how many texts get no emotion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goemox.report.formats import decimal
from goemox.report.palette import LIGHT
from goemox.report.svg import element, line, nice_ceiling, place, text
from goemox.wording import percent

__all__ = ["LadderRow", "Spoken", "ladder_chart"]

NAMES = 236  # width of the column with the rungs' names
F1_WIDTH = 250
SHARE_WIDTH = 176
GAP = 22
WRITTEN = 42  # room for a number at the right end of a bar
ROW = 46
TOP = 96
MARGIN = 16


@dataclass(frozen=True, slots=True)
class Spoken:
    """Texts of one place that get no emotion, as shares in [0, 1], means over seeds.

    neutral: neutral alone; nothing: no label at all; seeds: their sum for each seed.
    """

    neutral: float
    nothing: float
    seeds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LadderRow:
    """One rung: its name, what it repairs, macro-F1 (mean and each seed), and `Spoken` for each place."""

    title: str
    repair: str
    macro_f1: float
    seeds: tuple[float, ...]
    places: tuple[Spoken, ...]


def ladder_chart(
    title: str, description: str, note: str, places: Sequence[tuple[str, float | None]],
    rows: Sequence[LadderRow], style: str,
) -> Markup:  # fmt: skip
    """A whole SVG file, readable on white.

    places: name as shown, and the true share of texts without an emotion there, if it is known.
    style: the style sheet of the picture, colours resolved. note: what must be known to read the figures.
    """
    width = MARGIN * 2 + NAMES + F1_WIDTH + len(places) * (GAP + SHARE_WIDTH)
    height = TOP + ROW * len(rows) + 62
    marks = [text(MARGIN, 26, title, "strong", font_size=15), text(MARGIN, 46, note, "muted")]
    marks += _names(rows)
    marks += _f1_panel(MARGIN + NAMES, rows)
    left = MARGIN + NAMES + F1_WIDTH + GAP
    for index, (name, truth) in enumerate(places):
        marks += _share_panel(left + index * (SHARE_WIDTH + GAP), name, truth, index, rows)
    marks += _key(MARGIN + NAMES, height - 14)
    return element(
        "svg",
        element("title", title, id="ladder-t"),
        element("desc", description, id="ladder-d"),
        element("style", Markup(style)),  # noqa: S704 - our own style sheet
        element("rect", width="100%", height="100%", fill=LIGHT["page"]),
        *marks,
        xmlns="http://www.w3.org/2000/svg",
        class_="chart",
        width=width,
        height=height,
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby="ladder-t ladder-d",
    )


def _middle(index: int) -> float:
    return TOP + ROW * (index + 0.5)


def _names(rows: Sequence[LadderRow]) -> list[Markup]:
    marks = []
    for index, row in enumerate(rows):
        y = _middle(index)
        marks.append(text(MARGIN, y - 4, f"{index + 1}  {row.title}", "strong"))
        for number, words in enumerate(_wrapped(row.repair)):
            marks.append(text(MARGIN + 16, y + 9 + 12 * number, words, "muted", font_size=10))
    return marks


def _wrapped(words: str, columns: int = 40) -> list[str]:
    """At most two lines, broken between words."""
    first = words[: columns + 1].rpartition(" ")[0] if len(words) > columns else words
    rest = words[len(first) :].strip()
    return [first, rest] if rest else [first]


def _f1_panel(left: float, rows: Sequence[LadderRow]) -> list[Markup]:
    """Dots on one axis: full for the mean, joined from rung to rung, and hollow below it for each seed."""
    top = nice_ceiling(max(value for row in rows for value in (row.macro_f1, *row.seeds)))
    right = left + F1_WIDTH - WRITTEN
    bottom = TOP + ROW * len(rows)
    marks = [text(left, TOP - 12, "macro-F1, 28 labels", "strong")]
    for step in range(5):
        x = place(step / 4, 0, 1, left, right)
        marks.append(line(x, TOP, x, bottom, "grid"))
        marks.append(text(x, bottom + 16, decimal(top * step / 4, 2), "muted", text_anchor="middle"))
    at = [place(row.macro_f1, 0, top, left, right) for row in rows]
    marks += [
        line(at[index - 1], _middle(index - 1), at[index], _middle(index), "shift")
        for index in range(1, len(rows))
    ]
    for index, row in enumerate(rows):
        y = _middle(index)
        marks += [
            element("circle", cx=place(value, 0, top, left, right), cy=y + 11, r=3, class_="dot main hollow")
            for value in row.seeds
        ]
        hover = element("title", f"{row.title}: macro-F1 {decimal(row.macro_f1)}")
        marks.append(element("circle", hover, cx=at[index], cy=y, r=5, class_="dot main"))
        marks.append(text(left + F1_WIDTH, y + 4, decimal(row.macro_f1), "strong", text_anchor="end"))
    return marks


def _share_panel(
    left: float, name: str, truth: float | None, index: int, rows: Sequence[LadderRow]
) -> list[Markup]:
    """Bars from 0 to 100 %: grey where neutral alone was given, pale where nothing was."""
    right = left + SHARE_WIDTH - WRITTEN
    bottom = TOP + ROW * len(rows)
    marks = [text(left, TOP - 28, "given no emotion:", "muted"), text(left, TOP - 12, name, "strong")]
    for part in (0.0, 0.5, 1.0):
        x = place(part, 0, 1, left, right)
        marks.append(line(x, TOP, x, bottom, "grid"))
        marks.append(text(x, bottom + 16, percent(part), "muted", text_anchor="middle"))
    for number, row in enumerate(rows):
        marks += _share_row(left, right, _middle(number), row.title, row.places[index])
    if truth is not None:
        x = place(truth, 0, 1, left, right)
        marks.append(line(x, TOP, x, bottom, "reference"))
    return marks


def _share_row(left: float, right: float, y: float, title: str, spoken: Spoken) -> list[Markup]:
    length = right - left
    whole = spoken.neutral + spoken.nothing
    hover = f"{title}: neutral alone {percent(spoken.neutral)}, no label {percent(spoken.nothing)}"
    marks = [
        element(
            "rect", element("title", hover), x=left, y=y - 9, width=length * spoken.neutral, height=18,
            class_="neutral",
        ),
        element(
            "rect", element("title", hover), x=left + length * spoken.neutral, y=y - 9,
            width=length * spoken.nothing, height=18, class_="track",
        ),
    ]  # fmt: skip
    for share in spoken.seeds:
        x = place(share, 0, 1, left, right)
        marks.append(line(x, y - 9, x, y + 9, "tick"))
    marks.append(text(right + WRITTEN, y + 4, percent(whole), "strong", text_anchor="end"))
    return marks


def _key(left: float, y: float) -> list[Markup]:
    """One line below: dots, bars, ticks, the dashed line."""
    entries: tuple[tuple[Markup, str], ...] = (
        (element("circle", cx=5, cy=-4, r=3, class_="dot main hollow"), "one seed"),
        (element("circle", cx=5, cy=-4, r=5, class_="dot main"), "mean"),
        (element("rect", x=0, y=-9, width=10, height=10, class_="neutral"), "neutral alone"),
        (element("rect", x=0, y=-9, width=10, height=10, class_="track"), "no label at all"),
        (line(5, -10, 5, 2, "tick"), "both, one seed"),
        (line(0, -4, 12, -4, "reference"), "what people gave"),
    )
    marks = []
    for swatch, words in entries:
        marks.append(
            element("g", swatch, text(16, 0, words, "muted"), transform=f"translate({left:g} {y:g})")
        )
        left += 36 + 6.2 * len(words)
    return marks
