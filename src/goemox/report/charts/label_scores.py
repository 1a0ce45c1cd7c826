"""Scores of many labels, best first: dots with intervals on one axis, and how many texts they stand on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goemox.report.charts.panels import KeyLine, Plot, header, x_axis
from goemox.report.formats import count, decimal, interval
from goemox.report.svg import element, group, line, picture, place, text
from goemox.report.texts import clip, width
from goemox.wording import plural

__all__ = ["LabelScore", "label_scores"]

ROW = 16
WIDTH = 420
LETTER, LETTERS = 6.9, 22  # longer labels are cut, and whole where the mouse rests
PLOT, VALUE = 296, 330  # right ends of the plot and of the scores
BARS, LONG = 340, 36  # where the bars start, and the longest
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class LabelScore:
    """One label's score in [0, 1] with its interval, if it has one, and its number of true texts."""

    label: str
    value: float
    low: float | None
    high: float | None
    support: float
    hollow: bool = False


def label_scores(
    key: str, title: str, description: str, rows: Sequence[LabelScore], key_lines: tuple[KeyLine, ...],
    weak: float,
) -> Markup:  # fmt: skip
    """Rows as given; labels whose score is below `weak` are marked, and so is the line itself."""
    top = 30.0 + 14 * len(key_lines)
    left = 10 + LETTER * min(LETTERS, max((width(row.label) for row in rows), default=0))
    plot = Plot(top, top + ROW * len(rows) + 4, left=left, right=PLOT)
    marks = header("", "", key_lines)
    marks.append(text(VALUE, top - 6, "F1", "muted", text_anchor="end"))
    marks.append(text(BARS, top - 6, "true texts", "muted"))
    for tick in TICKS:
        x = place(tick, 0, 1, plot.left, plot.right)
        marks.append(line(x, plot.top, x, plot.bottom, "grid"))
    x = place(weak, 0, 1, plot.left, plot.right)
    marks.append(line(x, plot.top, x, plot.bottom, "reference"))
    most = max((row.support for row in rows), default=0.0)
    for index, row in enumerate(rows):
        drawn = _row(row, plot, plot.top + ROW * (index + 0.5) + 2, weak, most)
        marks.append(group(drawn, data_label=row.label))
    marks += x_axis(plot, [(tick, f"{tick:g}") for tick in TICKS], "F1, 0 to 1")
    return picture(key, WIDTH, plot.bottom + 36, title, description, marks)


def _row(row: LabelScore, plot: Plot, y: float, weak: float, most: float) -> list[Markup]:
    def at(score: float) -> float:
        return place(score, 0, 1, plot.left, plot.right)

    poor = row.value < weak
    style = "strong" if poor else None
    spread = "" if row.low is None or row.high is None else f" ({interval(row.low, row.high, 2)})"
    marks = [
        element(
            "title", f"{row.label}: F1 {decimal(row.value, 2)}{spread}, {plural(row.support, 'true text')}"
        ),
        text(plot.left - 6, y + 4, clip(row.label, LETTERS), style, text_anchor="end"),
        text(VALUE, y + 4, decimal(row.value, 2), style, text_anchor="end"),
    ]
    series = "poor" if poor else "main"
    if row.low is not None and row.high is not None:
        marks.append(line(at(row.low), y, at(row.high), y, f"whisker {series}"))
    dot = f"dot {series} hollow" if row.hollow else f"dot {series}"
    marks.append(element("circle", cx=at(row.value), cy=y, r=4.0, class_=dot))
    long = 0.0 if most <= 0 else LONG * math.sqrt(row.support / most)
    marks.append(element("rect", x=BARS, y=y - 5, width=long, height=10, class_="calibrated"))
    marks.append(text(BARS + long + 4, y + 4, count(row.support), "muted"))
    return marks
