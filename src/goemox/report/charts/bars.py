"""Horizontal rows that stay readable from 320 pixels up: stacked shares, and dots with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goemox.report.formats import decimal, interval
from goemox.report.svg import element, fluid, group, line, text
from goemox.wording import percent

__all__ = ["DotRow", "StackedRow", "dot_rows", "interval_bar", "score_bar", "stacked_bars"]

PARTS = ("neutral", "leading", "others")  # of a bar: how the three are coloured, whatever they are called
ROW = 50
BELOW = 22  # more, where a row says the numbers of its narrow parts
KEY = 30
WRITTEN_FROM = 0.07  # narrower parts hold no number; it stands below the bar
DOTS = 46  # height of a row of dots
STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)  # between ticks, of which there are seven at most


@dataclass(frozen=True, slots=True)
class StackedRow:
    """One bar: its name, a note at the right, and shares in [0, 1] by group, left to right.

    domain, label: what the row is about, if it is about one, by its name as the page's selectors know it.
    """

    title: str
    note: str
    shares: dict[str, float]
    domain: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class DotRow:
    """One value in [0, 1] with its interval, if it has one; `strong` for the row the figure is about.

    domain, label: as in StackedRow.
    """

    title: str
    value: float
    low: float | None = None
    high: float | None = None
    strong: bool = False
    domain: str | None = None
    label: str | None = None


def stacked_bars(
    key: str, title: str, description: str, rows: Sequence[StackedRow], domain: str | None = None
) -> Markup:
    """Bars of equal length, cut by share; the groups are those of the first row, in its order.

    domain: what the whole picture is about, if one.
    """
    groups = list(rows[0].shares) if rows else []
    marks: list[Markup] = []
    x = 0
    for name, part in zip(groups, PARTS, strict=False):  # none without rows
        marks.append(element("rect", x=x, y=2, width=11, height=11, rx=2, class_=part))
        marks.append(text(x + 16, 12, name))
        x += 34 + 7 * len(name)
    height = ROW + (BELOW if any(_narrow(row) for row in rows) else 0)
    for index, row in enumerate(rows):
        marks.append(_tagged(row, _stacked_row(row, KEY + index * height)))
    return fluid(key, KEY + height * len(rows), title, description, marks, domain=domain)


def _tagged(row: StackedRow | DotRow, marks: Sequence[Markup]) -> Markup:
    return group(marks, data_domain=row.domain, data_label=row.label)


def _narrow(row: StackedRow) -> str:
    """The parts too narrow for a number, each with its number; "" where there is none."""
    return ", ".join(
        f"{name} {percent(share)}" for name, share in row.shares.items() if 0 < share < WRITTEN_FROM
    )


def _stacked_row(row: StackedRow, top: int) -> list[Markup]:
    marks = [
        text(0, top + 12, row.title, "strong"),
        text("100%", top + 12, row.note, "muted", text_anchor="end"),
    ]
    start = 0.0
    for (name, share), part in zip(row.shares.items(), PARTS, strict=True):
        hover = element("title", f"{row.title}: {name} {percent(share)}")
        marks.append(
            element(
                "rect", hover, x=f"{100 * start:.2f}%", y=top + 18, width=f"{100 * share:.2f}%", height=22,
                class_=f"part {part}",
            )
        )  # fmt: skip
        if share >= WRITTEN_FROM:
            middle = f"{100 * (start + share / 2):.2f}%"
            written = percent(share) if share >= 0.1 else f"{share:.0%}"  # decimals would not fit on a phone
            marks.append(text(middle, top + 33, written, f"on-{part}", text_anchor="middle"))
        start += share
    if _narrow(row):
        marks.append(text("100%", top + 53, _narrow(row), "muted", text_anchor="end"))
    return marks


def dot_rows(key: str, title: str, description: str, rows: Sequence[DotRow], top: float = 1.0) -> Markup:
    """Values on one axis from 0 to `top`, each under its name, the interval as a line."""
    step = _step(top)
    ticks = [round(step * index, 6) for index in range(round(top / step) + 1)]
    digits = next((digits for digits in (1, 2) if step >= 0.1**digits - 1e-9), 3)
    marks = [_tagged(row, _dot_row(row, DOTS * index, top, ticks)) for index, row in enumerate(rows)]
    height = DOTS * len(rows) - 4
    for value in ticks:
        anchor = "start" if value == 0 else "end" if value == top else "middle"
        words = decimal(value, digits) if value else "0"
        marks.append(text(_part(value, top), height + 12, words, "muted", text_anchor=anchor))
    return fluid(key, height + 18, title, description, marks)


def _step(top: float) -> float:
    """The finest step of 1, 2 or 5 that leads from 0 to `top`, a round share, in six at most."""
    fits = (step for step in STEPS if top / step < 6.5 and abs(top / step - round(top / step)) < 1e-9)
    return next(fits, top)


def _dot_row(row: DotRow, y: int, top: float, ticks: Sequence[float]) -> list[Markup]:
    shown = decimal(row.value)
    if row.low is not None and row.high is not None:
        shown = f"{shown} ({interval(row.low, row.high)})"
    style = "strong" if row.strong else None
    marks = [
        text(0, y + 14, row.title, f"halo {style or ''}".strip()),
        text("100%", y + 14, shown, f"halo {style or ''}".strip(), text_anchor="end"),
        line("0%", y + 27, "100%", y + 27, "grid"),
        *(line(_part(value, top), y + 22, _part(value, top), y + 32, "grid") for value in ticks),
    ]
    series = "main" if row.strong else "rest"
    if row.low is not None and row.high is not None:
        marks.append(line(_part(row.low, top), y + 27, _part(row.high, top), y + 27, f"whisker {series}"))
    hover = element("title", f"{row.title}: {shown}")
    marks.append(element("circle", hover, cx=_part(row.value, top), cy=y + 27, r=5, class_=f"dot {series}"))
    return marks


def interval_bar(value: float, low: float | None, high: float | None) -> Markup:
    """A small dot with its interval on the axis 0 to 1, for a table cell that also says the number."""
    marks = [line("0%", 8, "100%", 8, "grid")]
    if low is not None and high is not None:
        marks.append(line(_part(low, 1), 8, _part(high, 1), 8, "whisker main"))
    marks.append(element("circle", cx=_part(value, 1), cy=8, r=3.5, class_="dot main"))
    return element("svg", *marks, class_="chart cell", width="100%", height=16, aria_hidden="true")


def score_bar(probability: float) -> Markup:
    """A small bar for a probability in [0, 1] that is also written beside it."""
    marks = (
        element("rect", x=0, y=0, width="100%", height=6, rx=3, class_="track"),
        element("rect", x=0, y=0, width=_part(probability, 1), height=6, rx=3, class_="main"),
    )
    return element("svg", *marks, class_="chart cell", width="100%", height=6, aria_hidden="true")


def _part(value: float, top: float) -> str:
    return f"{100 * min(max(value / top, 0.0), 1.0):.2f}%"
