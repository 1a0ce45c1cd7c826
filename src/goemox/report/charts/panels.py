"""The frame that small multiples share: a name, a key, two axes, one size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goemox.report.svg import element, line, place, text
from goemox.wording import percent

__all__ = ["LEFT", "WIDTH", "KeyLine", "Plot", "header", "x_axis", "y_shares"]

WIDTH = 264
LEFT = 36
RIGHT = 254


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One line of a panel's key: its swatch is a "box", a "stroke", a "dot" or a "tick" of a class."""

    swatch: str
    class_: str
    words: str


@dataclass(frozen=True, slots=True)
class Plot:
    """The drawing area in panel units, top and bottom; left and right are the same everywhere."""

    top: float
    bottom: float
    left: float = LEFT
    right: float = RIGHT


def header(name: str, note: str, key: Sequence[KeyLine], *, loud: bool = False) -> list[Markup]:
    """The panel's name, a note such as its number of texts, and the key below. loud: it is a finding."""
    style = "strong" if loud else "muted"
    marks = [text(0, 12, name, "strong"), text(WIDTH - 2, 12, note, style, text_anchor="end")]
    for index, entry in enumerate(key):
        y = 28 + 14 * index
        marks += [_swatch(entry, y), text(18, y, entry.words, "muted")]
    return marks


def _swatch(entry: KeyLine, y: int) -> Markup:
    if entry.swatch == "box":
        return element("rect", x=1, y=y - 9, width=10, height=10, class_=entry.class_)
    if entry.swatch == "dot":
        return element("circle", cx=6, cy=y - 4, r=4, class_=entry.class_)
    if entry.swatch == "tick":
        return line(6, y - 9, 6, y + 1, entry.class_)
    return line(0, y - 4, 12, y - 4, entry.class_)


def x_axis(plot: Plot, ticks: Sequence[tuple[float, str]], label: str) -> list[Markup]:
    """A base line, ticks given as (place in [0, 1], words), and what is measured."""
    marks = [line(plot.left, plot.bottom, plot.right, plot.bottom, "axis")]
    for part, words in ticks:
        x = place(part, 0, 1, plot.left, plot.right)
        marks.append(line(x, plot.bottom, x, plot.bottom + 4, "axis"))
        marks.append(text(x, plot.bottom + 15, words, "muted", text_anchor="middle"))
    middle = (plot.left + plot.right) / 2
    marks.append(text(middle, plot.bottom + 29, label, "muted", text_anchor="middle"))
    return marks


def y_shares(plot: Plot, highest: float) -> list[Markup]:
    """Grid lines at none, half and all of `highest`, a share."""
    marks = []
    for share in (0.0, highest / 2, highest):
        y = place(share, 0, highest, plot.bottom, plot.top)
        marks.append(line(plot.left, y, plot.right, y, "grid"))
        marks.append(text(plot.left - 5, y + 4, percent(share), "muted", text_anchor="end"))
    return marks
