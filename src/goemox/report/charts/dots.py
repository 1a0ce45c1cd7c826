"""Shares of many labels as dots on a square-root axis, one panel per domain, in-domain marked in each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goemox.report.charts.panels import WIDTH, KeyLine, Plot, header, x_axis
from goemox.report.svg import element, group, line, picture, place, text
from goemox.report.texts import clip
from goemox.wording import percent

__all__ = ["LabelDot", "label_dots"]

ROW = 15
LABELS, LETTERS = 102, 14  # room of the labels; longer ones are cut, and whole where the mouse rests
TICKS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0)
APART = 0.18  # of the axis, so that no two ticks touch


@dataclass(frozen=True, slots=True)
class LabelDot:
    """One label's share in [0, 1]: here, its interval, and on the reference; `full` = it moved."""

    label: str
    share: float | None
    low: float | None
    high: float | None
    reference: float | None
    full: bool = True


def label_dots(
    key: str, name: str, note: str, description: str, dots: Sequence[LabelDot], words: tuple[KeyLine, ...],
    highest: float,
) -> Markup:  # fmt: skip
    """One panel; `highest` is the share at the right end of every panel of the figure.

    name: of the set of texts, as the page's domain selector knows it.
    """
    top = 30.0 + 14 * len(words)
    plot = Plot(top, top + ROW * len(dots) + 4, left=LABELS, right=246)
    marks = header(name, note, words)
    ticks = _ticks(highest)
    for part, _ in ticks:
        x = place(part, 0, 1, plot.left, plot.right)
        marks.append(line(x, plot.top, x, plot.bottom, "grid"))
    for index, dot in enumerate(dots):
        drawn = _dot(dot, plot, plot.top + ROW * (index + 0.5) + 2, highest)
        marks.append(group(drawn, data_label=dot.label))
    marks += x_axis(plot, ticks, "share of texts (root scale)")
    return picture(key, WIDTH, plot.bottom + 36, name, description, marks, domain=name)


def _ticks(highest: float) -> list[tuple[float, str]]:
    """(place in [0, 1], words): none, `highest`, and between them what leaves room for its neighbours."""
    chosen = [0.0]
    for share in TICKS:
        last = math.sqrt(chosen[-1] / highest)
        if last + APART <= math.sqrt(share / highest) <= 1 - APART:
            chosen.append(share)
    return [(math.sqrt(share / highest), f"{100 * share:g}%") for share in (*chosen, highest)]


def _dot(dot: LabelDot, plot: Plot, y: float, highest: float) -> list[Markup]:
    def at(share: float) -> float:
        return place(math.sqrt(max(share, 0.0)), 0, math.sqrt(highest), plot.left, plot.right)

    marks = [text(plot.left - 6, y + 4, clip(dot.label, LETTERS), text_anchor="end")]
    if dot.reference is not None and dot.share is not None:
        marks.append(line(at(dot.reference), y, at(dot.share), y, "shift"))
    if dot.reference is not None:
        marks.append(line(at(dot.reference), y - 6, at(dot.reference), y + 6, "tick"))
    if dot.low is not None and dot.high is not None:
        marks.append(line(at(dot.low), y, at(dot.high), y, "whisker main"))
    if dot.share is not None:
        hover = element("title", f"{dot.label}: {percent(dot.share)}")
        style = "dot main" if dot.full else "dot main hollow"
        marks.append(element("circle", hover, cx=at(dot.share), cy=y, r=3.6, class_=style))
    return marks
