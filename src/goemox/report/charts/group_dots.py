"""One label in all groups: a dot with its interval for each group, beside the share of all texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goemox.report.charts.panels import WIDTH, Plot, header, x_axis
from goemox.report.formats import count
from goemox.report.svg import element, group, line, picture, place, text
from goemox.wording import percent

__all__ = ["GroupDot", "group_dots"]

TOP = 36
ROW = 17
NAMES, RIGHT = 124, 246  # units for a group's name, some 19 letters
LETTER = 6.8  # units


@dataclass(frozen=True, slots=True)
class GroupDot:
    """One group's share in [0, 1] with its interval; full = it holds enough texts to be compared.

    short: the name as it fits beside the row.
    """

    short: str
    name: str
    n: int
    share: float | None
    low: float | None
    high: float | None
    full: bool


def group_dots(
    key: str, label: str, verdict: str, description: str, dots: Sequence[GroupDot],
    all_texts: float | None, highest: float, *, domain: str, moved: bool,
) -> Markup:  # fmt: skip
    """One panel. all_texts: the label's share in the whole domain, dashed. highest: at the right end.

    moved: whether the verdict is a finding.
    """
    plot = Plot(TOP, TOP + ROW * len(dots) + 4, left=NAMES, right=RIGHT)
    marks = header(label, verdict, (), loud=moved)
    for part in (0.0, 0.5, 1.0):
        x = place(part, 0, 1, plot.left, plot.right)
        marks.append(line(x, plot.top, x, plot.bottom, "grid"))
    if all_texts is not None:
        words = f"all texts {percent(all_texts)}"
        x, half = place(all_texts, 0, highest, plot.left, plot.right), LETTER * len(words) / 2
        marks.append(line(x, plot.top, x, plot.bottom, "reference"))
        beside = min(max(x, plot.left + half), WIDTH - half)
        marks.append(text(beside, plot.top - 5, words, "muted", text_anchor="middle"))
    for index, dot in enumerate(dots):
        marks.append(_dot(dot, label, plot, plot.top + ROW * (index + 0.5) + 2, highest))
    ticks = [(part, percent(part * highest)) for part in (0.0, 0.5, 1.0)]
    marks += x_axis(plot, ticks, "share of texts")
    return picture(key, WIDTH, plot.bottom + 36, label, description, marks, domain=domain, label=label)


def _dot(dot: GroupDot, label: str, plot: Plot, y: float, highest: float) -> Markup:
    def at(share: float) -> float:
        return place(share, 0, highest, plot.left, plot.right)

    hover = f"{dot.name}: {label} {percent(dot.share)} ({percent(dot.low)} to {percent(dot.high)})"
    style = "number" if dot.full else "number muted"
    marks = [
        element("title", f"{hover} of {count(dot.n)} texts"),
        text(plot.left - 8, y + 4, dot.short, style, text_anchor="end"),
    ]
    if dot.low is not None and dot.high is not None:
        marks.append(line(at(dot.low), y, at(dot.high), y, f"whisker {'main' if dot.full else 'rest'}"))
    if dot.share is not None:
        mark = "dot main" if dot.full else "dot rest hollow"
        marks.append(element("circle", cx=at(dot.share), cy=y, r=3.6, class_=mark))
    return group(marks)
