"""A ridge: one row a domain, all on one axis, each the spread of its texts over that of the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goemox.report.charts.histogram import Shares
from goemox.report.svg import element, fluid, group, line, place, text
from goemox.wording import percent

__all__ = ["RidgeRow", "ridge"]

LINE = 16
PLOT = 70
GAP = 16
UNITS = 400.0  # across a plot, whatever its width on the page
STEPS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
KEY = (
    ("ridge-fill", "the domain's texts"),
    ("ridge-line home", "{home}"),
    ("ridge-line home dashed", "{home} of the same lengths"),
    ("ridge-line here dashed", "the domain's texts of the same lengths"),
    ("ridge-line cut", "95% of {home} lie left of it"),
)


@dataclass(frozen=True, slots=True)
class RidgeRow:
    """One domain: its name, a note at the right, lines below it, a remark at the right of the first of these.

    target, reference: shares of all texts by distance, on the same edges. matched: of texts of the same
    lengths, reference first; the target's is None where nearly all its texts are among them.
    """

    name: str
    note: str
    lines: tuple[str, ...]
    remark: str
    target: Shares
    reference: Shares
    matched: tuple[Shares, Shares | None] | None = None


def ridge(
    key: str, title: str, description: str, rows: Sequence[RidgeRow], cut: float | None, highest: float,
    home: str,
) -> Markup:  # fmt: skip
    """Rows of one height scale, `highest` being the share at its top; cut: marked in each, in axis units.

    home: what the texts of the references are called.
    """
    marks, top = _key(rows, cut, home)
    low, high = rows[0].target.edges[0], rows[0].target.edges[-1]
    at = None if cut is None else place(cut, low, high, 0.0, UNITS)
    for row in rows:
        marks.append(group(_row(row, top, at, highest, home), data_domain=row.name))
        top += LINE * (1 + len(row.lines)) + PLOT + GAP
    marks += _axis(low, high, top - GAP + 4)
    return fluid(key, top + 26, title, description, marks)


def _key(rows: Sequence[RidgeRow], cut: float | None, home: str) -> tuple[list[Markup], int]:
    """What each mark is, and where the key ends; marks that no row has are left out."""
    matched = [row.matched for row in rows if row.matched is not None]
    shown = [True, True, bool(matched), any(target for _, target in matched), cut is not None]
    marks, y = [], 12
    for (class_, words), is_shown in zip(KEY, shown, strict=True):
        if not is_shown:
            continue
        if class_ == "ridge-fill":
            marks.append(element("rect", x=1, y=y - 9, width=14, height=10, class_=class_))
        else:
            is_upright = class_.endswith("cut")
            ends = (8, y - 11, 8, y + 2) if is_upright else (0, y - 4, 16, y - 4)
            marks.append(line(*ends, class_))
        marks.append(text(22, y, words.format(home=home), "muted"))
        y += LINE
    return marks, y


def _row(row: RidgeRow, top: int, cut: float | None, highest: float, home: str) -> list[Markup]:
    marks = [
        text(0, top + 12, row.name, "strong"),
        text("100%", top + 12, row.note, "muted", text_anchor="end"),
    ]
    for index, words in enumerate(row.lines, 2):
        marks.append(text(0, top + LINE * index - 4, words, "muted"))
    if row.remark and row.lines:
        marks.append(text("100%", top + 2 * LINE - 4, row.remark, "muted", text_anchor="end"))
    y = top + LINE * (1 + len(row.lines)) + 2
    marks.append(
        element(
            "svg", *_curves(row, cut, highest), *_hovers(row, home), x=0, y=y, width="100%", height=PLOT,
            viewBox=f"0 0 {UNITS:g} {PLOT}", preserveAspectRatio="none",
        )
    )  # fmt: skip
    marks.append(line(0, y + PLOT, "100%", y + PLOT, "axis"))
    return marks


def _curves(row: RidgeRow, cut: float | None, highest: float) -> list[Markup]:
    """The row's shapes in a frame of UNITS x PLOT that is stretched to the page; lines keep their width."""
    marks = [element("polygon", points=_points(row.target, highest, closed=True), class_="ridge-fill")]
    lines = [(row.reference, "ridge-line home")]
    if row.matched is not None:
        reference, target = row.matched
        lines.append((reference, "ridge-line home dashed"))
        if target is not None:
            lines.append((target, "ridge-line here dashed"))
    for shares, class_ in lines:
        marks.append(element("polyline", points=_points(shares, highest), class_=class_))
    if cut is not None:
        marks.append(line(cut, 0, cut, PLOT, "ridge-line cut"))
    return marks


def _points(shares: Shares, highest: float, closed: bool = False) -> str:
    """The top of the bins joined at their middles, level up to either end of the axis."""
    step = UNITS / len(shares.shares)
    heights = [place(share, 0, highest, PLOT, 1) for share in shares.shares]
    corners = [(step * (index + 0.5), y) for index, y in enumerate(heights)]
    corners = [(0.0, heights[0]), *corners, (UNITS, heights[-1])]
    if closed:
        corners = [(0.0, float(PLOT)), *corners, (UNITS, float(PLOT))]
    return " ".join(f"{x:g},{y:.1f}" for x, y in corners)


def _hovers(row: RidgeRow, home: str) -> list[Markup]:
    """One unseen column a bin, which says its numbers."""
    step = UNITS / len(row.target.shares)
    edges = row.target.edges
    last = len(row.target.shares) - 1
    marks = []
    for index, (here, there) in enumerate(zip(row.target.shares, row.reference.shares, strict=True)):
        if here == there == 0:
            continue
        reach = (
            f"{edges[index]:.1f} and more"
            if index == last
            else f"{edges[index]:.1f} to {edges[index + 1]:.1f}"
        )
        hover = element("title", f"{reach}: {percent(here)} here, {percent(there)} of {home}")
        marks.append(
            element("rect", hover, x=step * index, y=0, width=step, height=PLOT, class_="unseen-bar")
        )
    return marks


def _axis(low: float, high: float, y: float) -> list[Markup]:
    step = next((step for step in STEPS if (high - low) / step <= 6), STEPS[-1])
    first = int(-(-low // step))
    marks = []
    for number in range(first, int(high // step) + 1):
        x = _across(place(number * step, low, high, 0.0, UNITS))
        marks += [
            line(x, y - 4, x, y, "axis"),
            text(x, y + 12, f"{number * step:g}", "muted", text_anchor="middle"),
        ]
    marks.append(text("50%", y + 27, "how far out: distance", "muted", text_anchor="middle"))
    return marks


def _across(units: float) -> str:
    return f"{100 * units / UNITS:.2f}%"
