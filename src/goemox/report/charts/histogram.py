"""Histograms as panels of one size and one height scale, one per domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from goemox.report.charts.panels import WIDTH, KeyLine, Plot, header, x_axis, y_shares
from goemox.report.svg import column, element, line, picture, place

__all__ = ["HistogramPanel", "Shares", "histogram"]

PLOT_HEIGHT = 104


@dataclass(frozen=True, slots=True)
class Shares:
    """A histogram as shares of its texts: m + 1 edges, m shares that sum to 1."""

    edges: tuple[float, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class HistogramPanel:
    """What one panel shows: filled bars, perhaps an outline over them, level and upright marks.

    name: of the set of texts, as the page's domain selector knows it.
    levels: shares drawn as dashed lines across; cuts: values drawn as dashed lines upward.
    """

    name: str
    note: str
    bars: Shares
    key: tuple[KeyLine, ...]
    outline: Shares | None = None
    levels: tuple[float, ...] = ()
    cuts: tuple[float, ...] = field(default=())


def histogram(key: str, description: str, panel: HistogramPanel, highest: float, x_label: str) -> Markup:
    """One panel; `highest` is the share at its top."""
    top = 30.0 + 14 * len(panel.key)
    plot = Plot(top, top + PLOT_HEIGHT)
    low, high = panel.bars.edges[0], panel.bars.edges[-1]
    marks = header(panel.name, panel.note, panel.key) + y_shares(plot, highest)
    marks += _bars(plot, panel.bars, highest)
    for share in panel.levels:
        y = place(share, 0, highest, plot.bottom, plot.top)
        marks.append(line(plot.left, y, plot.right, y, "reference"))
    for value in panel.cuts:
        x = place(value, low, high, plot.left, plot.right)
        marks.append(line(x, plot.top, x, plot.bottom, "reference"))
    if panel.outline is not None:
        marks += _outline(plot, panel.outline, highest)
    marked = panel.cuts or (high,)
    ticks = [(place(x, low, high, 0, 1), f"{x:g}") for x in (*_quarters(low, high), *marked)]
    marks += x_axis(plot, ticks, x_label)
    return picture(key, WIDTH, plot.bottom + 36, panel.name, description, marks, domain=panel.name)


def _quarters(low: float, high: float) -> list[float]:
    return [low + part * (high - low) for part in (0.0, 0.25, 0.5, 0.75)]


def _bars(plot: Plot, bars: Shares, highest: float) -> list[Markup]:
    low, high = bars.edges[0], bars.edges[-1]
    marks = []
    for left, right, share in zip(bars.edges[:-1], bars.edges[1:], bars.shares, strict=True):
        x, end = (place(edge, low, high, plot.left, plot.right) for edge in (left, right))
        hover = f"{left:g} to {right:g}: {100 * share:.1f}% of the texts"
        y = place(share, 0, highest, plot.bottom, plot.top)
        marks.append(column(x + 0.5, y, max(end - x - 1, 0.5), plot.bottom, "calibrated", hover))
    return marks


def _outline(plot: Plot, outline: Shares, highest: float) -> Sequence[Markup]:
    """The second histogram as a stepped line with a halo, so that it shows on bars and page alike."""
    low, high = outline.edges[0], outline.edges[-1]
    points = [f"M{plot.left:.1f},{plot.bottom:.1f}"]
    for left, right, share in zip(outline.edges[:-1], outline.edges[1:], outline.shares, strict=True):
        y = place(share, 0, highest, plot.bottom, plot.top)
        x, end = (place(edge, low, high, plot.left, plot.right) for edge in (left, right))
        points.append(f"L{x:.1f},{y:.1f}L{end:.1f},{y:.1f}")
    points.append(f"L{plot.right:.1f},{plot.bottom:.1f}")
    path = "".join(points)
    return [element("path", d=path, class_="halo-line"), element("path", d=path, class_="softmax-line")]
