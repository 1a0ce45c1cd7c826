"""Figures as files of their own: one SVG that any browser or editor opens, with its style inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from markupsafe import Markup

from goemox.report.charts.panels import WIDTH
from goemox.report.charts.reliability import HEIGHT, ReliabilityBin, SmoothLine, SmoothPoint, curve_marks
from goemox.report.formats import count
from goemox.report.palette import LIGHT, resolved
from goemox.report.svg import element, group, text

__all__ = ["reliability_figure"]

COLUMNS = 4
GAP = 24
HEAD = 78  # above the panels: title and explanation
NOTES = (
    "On the dashed line a probability is a frequency.",
    "Upright lines: the 90% bands that a perfectly calibrated model would stay in; shaded: the curve's band.",
)


def reliability_figure(curves: Sequence[Mapping[str, Any]], title: str) -> str:
    """The curves of an evaluation's "reliability", one panel each, "all" first; light, on white."""
    columns = min(COLUMNS, len(curves))
    lines = -(-len(curves) // columns)
    width = max(columns * (WIDTH + GAP), 2 * (WIDTH + GAP)) + GAP
    height = HEAD + lines * (HEIGHT + GAP)
    panels = []
    for index, curve in enumerate(curves):
        below, beside = divmod(index, columns)
        x, y = GAP + beside * (WIDTH + GAP), HEAD + below * (HEIGHT + GAP)
        panels.append(group(_panel(curve), transform=f"translate({x} {y})"))
    style = resolved((resources.files("goemox.report") / "templates" / "charts.css").read_text("utf-8"))
    drawing = element(
        "svg",
        element("title", title),
        element("desc", " ".join(NOTES)),
        element("style", Markup(style)),  # noqa: S704 - ours
        element("rect", width=width, height=height, fill=LIGHT["page"]),
        text(GAP, 24, title, "strong"),
        *(text(GAP, 42 + 16 * index, note, "muted") for index, note in enumerate(NOTES)),
        *panels,
        xmlns="http://www.w3.org/2000/svg",
        class_="chart",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawing}\n'


def _panel(curve: Mapping[str, Any]) -> list[Markup]:
    bins = [ReliabilityBin(**each) for each in curve["bins"]]
    name = "all labels" if curve["label"] == "all" else str(curve["label"])
    smooth = SmoothLine([SmoothPoint(**each) for each in curve.get("smooth", ())], curve.get("smooth_ece"))
    return curve_marks(name, f"n = {count(sum(each.n for each in bins))}", bins, smooth)
