"""Differences with intervals round a line at zero: wide rows for few figures, a panel for many labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goemox.report.charts.panels import WIDTH, KeyLine, Plot, header, x_axis
from goemox.report.svg import element, fluid, group, line, picture, place, text
from goemox.report.texts import clip

__all__ = ["DifferenceRow", "difference_panel", "difference_rows", "reach"]

ROW = 38
LINE = 15
BESIDE = 26  # characters of a row's words that stand beside its title on a phone, too
LABELS, LETTERS = 96, 14  # room of the labels; longer ones are cut, and whole where the mouse rests
NICE = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One difference B - A: its name, the words at its right, its interval; `sure` = beyond chance."""

    title: str
    words: str
    difference: float
    low: float | None = None
    high: float | None = None
    sure: bool = False


def reach(rows: Sequence[DifferenceRow], least: float) -> float:
    """The smallest round number, not below `least`, that no difference or interval goes beyond."""
    ends = [abs(end) for row in rows for end in (row.difference, row.low, row.high) if end is not None]
    most = max([*ends, least])
    power = 1.0
    while power > most:
        power /= 10
    while 10 * power < most:
        power *= 10
    return next(power * step for step in NICE if power * step >= most * (1 - 1e-9))


def difference_rows(
    key: str, title: str, description: str, rows: Sequence[DifferenceRow], ends: tuple[str, str], side: float
) -> Markup:
    """Rows as wide as their place; the axis runs from -side to side, `ends` are the words at its two ends.

    Where the words of any row are long, those of all stand below the titles.
    """
    step = ROW + (LINE if any(len(row.words) > BESIDE for row in rows) else 0)
    height = step * len(rows)
    marks: list[Markup] = [line("50%", 0, "50%", height, "reference")]
    marks.append(text(0, height + 16, f"\N{LEFTWARDS ARROW} {ends[0]}", "muted"))
    marks.append(text("50%", height + 16, "0", "muted", text_anchor="middle"))
    marks.append(text("100%", height + 16, f"{ends[1]} \N{RIGHTWARDS ARROW}", "muted", text_anchor="end"))
    for index, row in enumerate(rows):
        marks += _wide(row, step * index, step * (index + 1) - 11, side)
    return fluid(key, height + 22, title, description, marks)


def _wide(row: DifferenceRow, top: int, y: int, side: float) -> list[Markup]:
    """The title from `top` on, and the interval at y with the words above it."""

    def at(value: float) -> str:
        return f"{place(value, -side, side, 0, 100):.2f}%"

    style = "halo strong" if row.sure else "halo"
    marks = [
        line("0%", y, "100%", y, "grid"),
        text(0, top + 14, row.title, style),
        text("100%", y - 13, row.words, style, text_anchor="end"),
    ]
    series = "main" if row.sure else "rest"
    if row.low is not None and row.high is not None:
        marks.append(line(at(row.low), y, at(row.high), y, f"whisker {series}"))
    hover = element("title", f"{row.title}: {row.words}")
    dot = f"dot {series}" if row.sure else f"dot {series} hollow"
    return [*marks, element("circle", hover, cx=at(row.difference), cy=y, r=5, class_=dot)]


def difference_panel(
    key: str, name: str, note: str, description: str, rows: Sequence[DifferenceRow],
    words: tuple[KeyLine, ...], side: float, axis: str, ticks: tuple[str, str], domain: str,
) -> Markup:  # fmt: skip
    """One panel, a line for each label; `ticks` are the words at -side and side."""
    top = 30.0 + 14 * len(words)
    plot = Plot(top, top + LINE * len(rows) + 4, left=LABELS, right=246)
    middle = (plot.left + plot.right) / 2
    marks = [*header(name, note, words), line(middle, plot.top, middle, plot.bottom, "reference")]
    for index, row in enumerate(rows):
        marks.append(
            group(_narrow(row, plot, plot.top + LINE * (index + 0.5) + 2, side), data_label=row.title)
        )
    marks += x_axis(plot, [(0.0, ticks[0]), (0.5, "0"), (1.0, ticks[1])], axis)
    return picture(key, WIDTH, plot.bottom + 36, name, description, marks, domain=domain)


def _narrow(row: DifferenceRow, plot: Plot, y: float, side: float) -> list[Markup]:
    def at(value: float) -> float:
        return place(value, -side, side, plot.left, plot.right)

    marks = [
        text(plot.left - 6, y + 4, clip(row.title, LETTERS), text_anchor="end"),
        line(plot.left, y, plot.right, y, "grid"),
    ]
    if row.low is not None and row.high is not None:
        marks.append(line(at(row.low), y, at(row.high), y, f"whisker {'main' if row.sure else 'rest'}"))
    hover = element("title", f"{row.title}: {row.words}")
    style = "dot main" if row.sure else "dot rest hollow"
    return [*marks, element("circle", hover, cx=at(row.difference), cy=y, r=3.6, class_=style)]
