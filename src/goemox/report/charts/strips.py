"""Score strips: a label's true texts above a line, its other texts below it, and the cut across both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goemox.report.svg import element, fluid, group, line, text

__all__ = ["Strip", "strips"]

ROW, HALF = 46, 13  # of one label; each side of its line
KEY = 36  # height of the key
TICKS = (0.0, 0.05, 0.25, 0.5, 1.0)
STEPS = 400  # units across, as many as a phone has pixels


@dataclass(frozen=True, slots=True)
class Strip:
    """One label: m + 1 edges in [0, 1], its true (positive) and other (negative) texts in each bin, the cut.

    note: what stands at the right of its name. hollow: drawn as an outline, for labels of few true texts.
    """

    label: str
    note: str
    hover: str
    edges: Sequence[float]
    positive: Sequence[float]
    negative: Sequence[float]
    cut: float | None
    hollow: bool = False


def strips(key: str, title: str, description: str, rows: Sequence[Strip], note: str) -> Markup:
    """Strips below each other on one square-root axis of probability; `note` heads the words at the right.

    Each side is as high as its fullest bin: the two are compared by shape, not by number.
    """
    bottom = KEY + ROW * len(rows)
    marks = _key(note)
    for tick in TICKS:
        x = _part(tick)
        anchor = "start" if tick == 0 else "end" if tick == 1 else "middle"
        marks.append(line(x, KEY, x, bottom, "grid"))
        marks.append(text(x, bottom + 15, f"{tick:g}", "muted", text_anchor=anchor))
    for index, row in enumerate(rows):
        marks.append(_strip(row, KEY + ROW * index))
    marks.append(text("50%", bottom + 30, "probability (root scale)", "muted", text_anchor="middle"))
    return fluid(key, bottom + 36, title, description, marks)


def _key(note: str) -> list[Markup]:
    return [
        element("rect", x=0, y=3, width=10, height=8, class_="strip main"),
        text(14, 11, "true"),
        element("rect", x=48, y=3, width=10, height=8, class_="strip rest"),
        text(62, 11, "other texts"),
        line(146, 1, 146, 13, "tick"),
        text(152, 11, "cut"),
        text("100%", 29, note, "muted", text_anchor="end"),
    ]


def _strip(row: Strip, top: float) -> Markup:
    middle = top + 19 + HALF
    marks = [
        element("title", row.hover),
        text(0, top + 14, row.label, "halo"),
        text("100%", top + 14, row.note, "halo muted", text_anchor="end"),
        _side(row, row.positive, middle, -1, "main hollow" if row.hollow else "main"),
        _side(row, row.negative, middle, 1, "rest"),
        line("0%", middle, "100%", middle, "axis"),
    ]
    if row.cut is not None:
        x = _part(row.cut)
        marks.append(line(x, middle - HALF - 2, x, middle + HALF + 2, "tick"))
    # over all of it, so that a pointer finds the words anywhere in the row
    marks.append(element("rect", x=0, y=top, width="100%", height=ROW, class_="unseen-bar"))
    return group(marks, data_label=row.label)


def _side(row: Strip, counts: Sequence[float], middle: float, way: int, class_: str) -> Markup:
    """One side as a stepped area that stretches with its place."""
    highest = max(counts, default=0.0)
    if highest <= 0:
        return Markup()
    steps = []
    for left, right, n in zip(row.edges[:-1], row.edges[1:], counts, strict=True):
        height = HALF + way * (HALF - 1) * n / highest
        steps.append(f"L{_across(left)} {height:.1f}H{_across(right)}")
    path = element("path", d=f"M0 {HALF}{''.join(steps)}V{HALF}Z", class_=f"strip {class_}")
    return element(
        "svg", path, x=0, y=middle - HALF, width="100%", height=2 * HALF,
        viewBox=f"0 0 {STEPS} {2 * HALF}", preserveAspectRatio="none",
    )  # fmt: skip


def _across(probability: float) -> str:
    return f"{STEPS * math.sqrt(min(max(probability, 0.0), 1.0)):.0f}"


def _part(probability: float) -> str:
    return f"{100 * math.sqrt(min(max(probability, 0.0), 1.0)):.2f}%"
