"""How well a measure tells two sides apart, one row a domain: all texts, matched ones, by length alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goemox.report.formats import decimal, interval
from goemox.report.svg import element, fluid, group, line, place, text

__all__ = ["ApartRow", "Area", "told_apart"]

ROW = 46
KEY = 40
CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class Area:
    """An area under the ROC curve in [0, 1] with its interval, if it has one."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class ApartRow:
    """One domain: by the distance, by the distance among texts of the same lengths, by length alone."""

    name: str
    note: str
    every: Area
    matched: Area | None
    length: float | None


def told_apart(key: str, title: str, description: str, rows: Sequence[ApartRow]) -> Markup:
    """Rows on one axis from chance, or below it where a row is, to 1."""
    lowest = min(
        each
        for row in rows
        for area in (row.every, row.matched)
        if area is not None
        for each in (area.value, area.low if area.low is not None else area.value)
    )
    low = next((edge for edge in (CHANCE, 0.4, 0.3, 0.2, 0.1) if edge <= lowest - 0.02), 0.0)
    height = KEY + ROW * len(rows)
    marks = _key()
    for tenth in range(round(10 * low), 11):
        x = _across(tenth / 10, low)
        marks.append(line(x, KEY, x, height, "reference" if tenth == 5 else "grid"))
        anchor = "start" if x == "0.00%" else "end" if tenth == 10 else "middle"
        marks.append(text(x, height + 16, decimal(tenth / 10, 1), "muted", text_anchor=anchor))
    for index, row in enumerate(rows):
        marks.append(group(_row(row, KEY + ROW * index, low), data_domain=row.name))
    return fluid(key, height + 22, title, description, marks)


def _key() -> list[Markup]:
    marks = []
    for x, y, swatch, words in (
        (6, 10, element("circle", cx=6, cy=6, r=4.5, class_="dot main"), "by the distance"),
        (150, 10, line(156, 0, 156, 12, "tick"), "by length alone"),
        (
            6,
            28,
            element("circle", cx=6, cy=24, r=4.5, class_="dot main hollow"),
            "among texts of the same lengths",
        ),
    ):
        marks += [swatch, text(x + 12, y, words, "muted")]
    return marks


def _row(row: ApartRow, top: int, low: float) -> list[Markup]:
    y = top + 31
    marks = [
        text(0, top + 16, row.name, "halo strong"),
        text("100%", top + 16, row.note, "halo muted", text_anchor="end"),
        line("0%", y, "100%", y, "grid"),
    ]
    if row.length is not None:
        hover = element("title", f"{row.name}: {decimal(row.length, 2)} by length alone")
        x = _across(row.length, low)
        marks.append(element("line", hover, x1=x, y1=y - 8, x2=x, y2=y + 8, class_="tick"))
    if row.matched is not None:
        marks += _dot(row.name, row.matched, y, low, "dot main hollow", "among texts of the same lengths")
    return marks + _dot(row.name, row.every, y, low, "dot main", "by the distance")


def _dot(name: str, area: Area, y: int, low: float, class_: str, what: str) -> list[Markup]:
    marks = []
    if area.low is not None and area.high is not None:
        marks.append(line(_across(area.low, low), y, _across(area.high, low), y, "whisker main"))
    words = f"{name}: {decimal(area.value, 2)} ({interval(area.low, area.high, 2)}) {what}"
    marks.append(
        element("circle", element("title", words), cx=_across(area.value, low), cy=y, r=5, class_=class_)
    )
    return marks


def _across(area: float, low: float) -> str:
    return f"{place(area, low, 1.0, 0.0, 100.0):.2f}%"
