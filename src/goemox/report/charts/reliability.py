"""Reliability diagrams: how often a label was true against how probable the model called it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goemox.report.charts.panels import WIDTH, Plot, header, x_axis
from goemox.report.formats import count, decimal, interval
from goemox.report.svg import element, line, picture, place, text

__all__ = ["HEIGHT", "ReliabilityBin", "SmoothLine", "SmoothPoint", "curve_marks", "reliability_curve"]

TOP, SIDE = 42, 218  # of the square that is drawn in
HEIGHT = TOP + SIDE + 36
QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Pairs of one text and one label whose probability is about `predicted`: the share that was true.

    low, high: 95 % interval of `observed`, or None.
    """

    predicted: float
    observed: float
    n: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class SmoothPoint:
    """The smoothed share that was true at `predicted`; low, high: where a perfect model's would lie."""

    predicted: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SmoothLine:
    """The same without bins: points by ascending `predicted`, and the smooth calibration error, or None."""

    points: Sequence[SmoothPoint] = ()
    error: float | None = None


def reliability_curve(
    key: str,
    name: str,
    note: str,
    description: str,
    bins: Sequence[ReliabilityBin],
    smooth: SmoothLine = SmoothLine(),
) -> Markup:
    """One square panel; on the dashed diagonal a probability is a frequency. name: of the label."""
    return picture(key, WIDTH, HEIGHT, name, description, curve_marks(name, note, bins, smooth), label=name)


def curve_marks(
    name: str, note: str, bins: Sequence[ReliabilityBin], smooth: SmoothLine = SmoothLine()
) -> list[Markup]:
    """What a panel of WIDTH x HEIGHT draws, for a picture of its own or for one of many."""
    plot = Plot(TOP, TOP + SIDE)
    marks = [*header(name, note, ()), text(0, 28, "share that was true", "muted")]
    for part in QUARTERS:
        y = place(part, 0, 1, plot.bottom, plot.top)
        marks.append(line(plot.left, y, plot.right, y, "grid"))
        marks.append(text(plot.left - 5, y + 4, f"{part:g}", "muted", text_anchor="end"))
    marks += _ribbon(smooth.points, plot)
    marks.append(line(plot.left, plot.bottom, plot.right, plot.top, "reference"))
    marks += _line(smooth, plot)
    for each in bins:
        marks += _bin(each, plot)
    return marks + x_axis(plot, [(q, f"{q:g}") for q in QUARTERS], "probability said")


def _ribbon(points: Sequence[SmoothPoint], plot: Plot) -> list[Markup]:
    """The consistency band of the line, as one filled area."""
    if len(points) < 2:
        return []
    upper = [(each.predicted, each.high) for each in points]
    lower = [(each.predicted, each.low) for each in reversed(points)]
    return [element("polygon", points=_places([*upper, *lower], plot), class_="ribbon")]


def _line(smooth: SmoothLine, plot: Plot) -> list[Markup]:
    marks = []
    if len(smooth.points) > 1:
        shape = _places([(each.predicted, each.observed) for each in smooth.points], plot)
        marks.append(element("polyline", points=shape, class_="smooth-line"))
    if smooth.error is not None:
        words = f"smooth error {decimal(smooth.error)}"
        marks.append(text(plot.right - 4, plot.bottom - 7, words, "muted", text_anchor="end"))
    return marks


def _places(shares: Sequence[tuple[float, float]], plot: Plot) -> str:
    """Corners in panel units, as SVG writes them."""
    corners = (
        (place(x, 0, 1, plot.left, plot.right), place(y, 0, 1, plot.bottom, plot.top)) for x, y in shares
    )
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)


def _bin(each: ReliabilityBin, plot: Plot) -> list[Markup]:
    x = place(each.predicted, 0, 1, plot.left, plot.right)
    marks = []
    if each.low is not None and each.high is not None:
        low, high = (place(edge, 0, 1, plot.bottom, plot.top) for edge in (each.low, each.high))
        marks.append(line(x, low, x, high, "band"))
    hover = (
        f"said {decimal(each.predicted)}, true {decimal(each.observed)} "
        f"({interval(each.low, each.high)}), n = {count(each.n)}"
    )
    y = place(each.observed, 0, 1, plot.bottom, plot.top)
    marks.append(element("circle", element("title", hover), cx=x, cy=y, r=3.4, class_="dot main"))
    return marks
