"""How sure against how often right: a tick and a dot on one axis, for each model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goemox.report.formats import decimal, interval
from goemox.report.svg import element, fluid, line, text

__all__ = ["SureRow", "sure_right"]

KEY = 24
ROW = 44


@dataclass(frozen=True, slots=True)
class SureRow:
    """One model: its mean confidence, the share of texts where its top label is true, and its interval."""

    title: str
    sure: float
    right: float
    low: float
    high: float
    strong: bool = False


def sure_right(key: str, title: str, description: str, rows: Sequence[SureRow]) -> Markup:
    """Where the tick lies right of the dot and its line, a model says more than it keeps."""
    bottom = KEY + ROW * len(rows)
    marks = [
        line(6, 2, 6, 15, "tick"),
        text(16, 13, "says, on average"),
        element("circle", cx=152, cy=9, r=5, class_="dot main"),
        text(163, 13, "top label is true"),
    ]
    for step in range(6):
        anchor = "start" if step == 0 else "end" if step == 5 else "middle"
        marks.append(text(f"{step * 20}%", bottom + 14, decimal(step / 5, 1), "muted", text_anchor=anchor))
    for index, row in enumerate(rows):
        marks += _row(row, KEY + ROW * index)
    return fluid(key, bottom + 20, title, description, marks)


def _row(row: SureRow, top: int) -> list[Markup]:
    shown = f"says {decimal(row.sure, 2)}, true {decimal(row.right, 2)}"
    style, series, y = ("strong", "main", top + 31) if row.strong else (None, "rest", top + 31)
    at = [f"{100 * min(max(value, 0.0), 1.0):.2f}%" for value in (row.sure, row.right, row.low, row.high)]
    hover = element("title", f"{row.title}: {shown} ({interval(row.low, row.high, 2)})")
    return [
        text(0, top + 17, row.title, style),
        text("100%", top + 17, shown, style, text_anchor="end"),
        line("0%", y, "100%", y, "grid"),
        line(at[2], y, at[3], y, f"whisker {series}"),
        element("circle", hover, cx=at[1], cy=y, r=5, class_=f"dot {series}"),
        line(at[0], y - 9, at[0], y + 9, "tick"),
    ]
