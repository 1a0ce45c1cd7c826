"""One label over time: a line of shares with its band, and below it how many texts each period holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from goemox.report.charts.panels import WIDTH, Plot, header, y_shares
from goemox.report.formats import count
from goemox.report.svg import element, line, picture, place, text
from goemox.wording import percent, plural

__all__ = ["Period", "time_panel"]

TOP, BOTTOM = 24, 116  # of the shares
BARS, BASE = 132, 148  # of the numbers of texts
HEIGHT = BASE + 20
DOTTED = 16  # points that a panel has room for; a longer line goes without
LETTER = 6.8  # units


@dataclass(frozen=True, slots=True)
class Period:
    """n texts from `name` on. share, low, high: in [0, 1], None where n is 0. few: too few to be drawn."""

    name: str
    n: int
    share: float | None
    low: float | None
    high: float | None
    few: bool


def time_panel(
    key: str, label: str, verdict: str, description: str, periods: Sequence[Period],
    home: float | None, highest: float, *, domain: str, moved: bool,
) -> Markup:  # fmt: skip
    """One panel. home: the label's share in domain, a dashed line. highest: the share at the top.

    moved: whether the verdict is a finding. Periods stand in their places in time; where one holds no text or
    few, the line and its band break off. Where all hold few, they are drawn as hollow points.
    """
    plot = Plot(TOP, BOTTOM)
    marks = [*header(label, verdict, (), loud=moved), *y_shares(plot, highest)]
    if home is not None:
        y = _level(plot, home, highest)
        marks.append(line(plot.left, y, plot.right, y, "reference"))
    for run in _runs(periods):
        marks += _run(plot, run, len(periods), highest)
    marks += _numbers(plot, periods)
    marks += _dates(plot, periods)
    if home is not None:
        marks.append(_home(plot, periods, home, highest))
    marks += [_column(plot, periods, index) for index in range(len(periods))]
    return picture(key, WIDTH, HEIGHT, label, description, marks, domain=domain, label=label)


def _runs(periods: Sequence[Period]) -> list[list[tuple[int, Period]]]:
    """Periods with texts enough that follow each other, with their places."""
    all_few = all(each.few for each in periods)

    def is_drawn(each: tuple[int, Period]) -> bool:
        return each[1].share is not None and (all_few or not each[1].few)

    return [list(run) for drawn, run in groupby(enumerate(periods), is_drawn) if drawn]


def _run(plot: Plot, run: Sequence[tuple[int, Period]], n_periods: int, highest: float) -> list[Markup]:
    upper = [_point(plot, index, n_periods, each.high, highest) for index, each in run]
    lower = [_point(plot, index, n_periods, each.low, highest) for index, each in run]
    middle = [_point(plot, index, n_periods, each.share, highest) for index, each in run]
    marks = []
    if len(run) > 1:
        marks.append(element("polygon", points=_joined([*upper, *reversed(lower)]), class_="ribbon"))
        marks.append(element("polyline", points=_joined(middle), class_="smooth-line"))
    else:  # a period between gaps
        (x, top), (_, bottom) = upper[0], lower[0]
        marks.append(line(x, top, x, bottom, "whisker band"))
    for (x, y), (_, each) in zip(middle, run, strict=True):
        if len(run) == 1 or n_periods <= DOTTED:
            style = "dot main hollow" if each.few else "dot main"
            marks.append(element("circle", cx=x, cy=y, r=2.6, class_=style))
    return marks


def _numbers(plot: Plot, periods: Sequence[Period]) -> list[Markup]:
    """Faint bars of the periods' sizes, the largest one's number above it."""
    largest = max(each.n for each in periods)
    width = max((plot.right - plot.left) / len(periods) - 1.5, 1.0)
    where = next(index for index, each in enumerate(periods) if each.n == largest)
    x, half = _place(plot, where, len(periods)), LETTER * len(count(largest)) / 2
    x = min(max(x, plot.left + half), plot.right - half)
    marks = [
        text(plot.left - 5, BASE, "texts", "muted number", text_anchor="end"),
        text(x, BARS - 2, count(largest), "muted number", text_anchor="middle"),
    ]
    for index, each in enumerate(periods):
        if each.n:
            height = max(each.n / largest * (BASE - BARS), 1.0)
            x = _place(plot, index, len(periods)) - width / 2
            marks.append(
                element("rect", x=x, y=float(BASE - height), width=width, height=height, class_="track")
            )
    marks.append(line(plot.left, BASE, plot.right, BASE, "axis"))
    return marks


def _dates(plot: Plot, periods: Sequence[Period]) -> list[Markup]:
    """The first and the last period, and one between them where there is room."""
    last = len(periods) - 1
    wanted = {0: "start", last: "end"}
    if last >= 4 and sum(len(periods[i].name) for i in (0, last // 2, last)) <= 30:
        wanted[last // 2] = "middle"
    marks = []
    for index, anchor in wanted.items():
        x = {"start": plot.left, "end": plot.right}.get(anchor, _place(plot, index, len(periods)))
        marks.append(text(x, BASE + 15, periods[index].name, "muted", text_anchor=anchor))
    return marks


def _home(plot: Plot, periods: Sequence[Period], home: float, highest: float) -> Markup:
    """What the dashed line is, written where the line of shares leaves most room."""
    words, y = f"in domain {percent(home)}", _level(plot, home, highest)
    half = LETTER * len(words) / 2
    step = (plot.right - plot.left) / len(periods)
    best: tuple[float, float, float] = (-1.0, plot.right - half, y - 4)
    for x in (plot.right - half, (plot.left + plot.right) / 2, plot.left + half + 2):
        near = [
            _level(plot, each.share, highest)
            for index, each in enumerate(periods)
            if each.share is not None and abs(_place(plot, index, len(periods)) - x) < half + step
        ]
        for baseline in (y - 4, y + 12):
            room = min((abs(level - (baseline - 4)) for level in near), default=plot.bottom)
            if plot.top + 7 <= baseline <= plot.bottom - 1 and room > best[0] + 1:
                best = (room, x, baseline)
    _, x, baseline = best
    return text(x, baseline, words, "halo muted", text_anchor="middle")


def _column(plot: Plot, periods: Sequence[Period], index: int) -> Markup:
    """An unseen column that says a period's numbers on hover."""
    each, width = periods[index], (plot.right - plot.left) / len(periods)
    known = each.share is not None
    said = f"{percent(each.share)} ({percent(each.low)} to {percent(each.high)}) of " if known else ""
    x = plot.left + index * width
    return element(
        "rect", element("title", f"{each.name}: {said}{plural(each.n, 'text')}"),
        x=x, y=plot.top, width=width, height=BASE - plot.top, class_="unseen-bar",
    )  # fmt: skip


def _place(plot: Plot, index: int, n_periods: int) -> float:
    return plot.left + (index + 0.5) * (plot.right - plot.left) / n_periods


def _level(plot: Plot, share: float, highest: float) -> float:
    return place(share, 0, highest, plot.bottom, plot.top)


def _point(
    plot: Plot, index: int, n_periods: int, share: float | None, highest: float
) -> tuple[float, float]:
    return _place(plot, index, n_periods), _level(plot, share or 0.0, highest)


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
