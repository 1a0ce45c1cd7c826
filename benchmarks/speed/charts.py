"""Pictures of docs/performance.md: bars against peers, the profile, scaling curves; SVG of our own.

Each picture carries its style and its background, for light and for dark, so that it can be read wherever a
page shows it as an image.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goemox.report.palette import DARK, LIGHT
from goemox.report.svg import element, line, picture, text

__all__ = ["Bar", "Curve", "Stack", "bars", "curves", "stacks"]

WIDTH = 820.0
LEFT = 230.0  # where bars begin
ROW = 26.0
COLOURS = ("page", "text", "muted", "line", "edge", "others", "neutral", "leading", "calibrated", "good",
           "watch", "bad", "softmax", "surface")  # fmt: skip
FILLS = ("others", "calibrated", "leading", "watch", "good", "neutral", "bad", "edge", "line")
RULES = (
    ".words{fill:var(--text)}.muted{fill:var(--muted)}.strong{font-weight:600}.small{font-size:11px}"
    ".page{fill:var(--page)}.grid{stroke:var(--line)}.whisker{stroke:var(--text);stroke-width:1.4}"
    ".curve{fill:none;stroke-width:2}.dash{stroke-dasharray:5 4}"
    ".part{stroke:var(--page)}"
    + "".join(f".fill-{name}{{fill:var(--{name})}}.line-{name}{{stroke:var(--{name})}}" for name in FILLS)
)


@dataclass(frozen=True, slots=True)
class Bar:
    """A value with its least and most; kind: "ours", "before" or "peer"."""

    name: str
    value: float
    low: float
    high: float
    kind: str


@dataclass(frozen=True, slots=True)
class Stack:
    """Parts of a whole, by name, in one unit."""

    name: str
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of one line: x to y. dashed: a peer's."""

    name: str
    points: Mapping[float, float]
    dashed: bool


def bars(title: str, description: str, rows: Sequence[Bar]) -> str:
    """Horizontal bars, highest first, with whiskers from least to most."""
    ordered = sorted(rows, key=lambda row: -row.value)
    most = max(row.high for row in ordered)
    scale = (WIDTH - LEFT - 90) / most
    marks = [_title(title)]
    for number, row in enumerate(ordered):
        top = 44 + ROW * number
        middle = top + 8
        fill = {"ours": "others", "before": "calibrated"}.get(row.kind, "neutral")
        weight = "words strong" if row.kind == "ours" else "words"
        marks += [
            text(LEFT - 10, top + 13, row.name, weight, text_anchor="end"),
            element("rect", x=LEFT, y=top, width=max(1.0, row.value * scale), height=16.0, rx=2,
                    class_=f"fill-{fill}"),
            line(LEFT + row.low * scale, middle, LEFT + row.high * scale, middle, "whisker"),
            text(LEFT + row.high * scale + 8, top + 13, f"{row.value:,.0f}", weight),
        ]  # fmt: skip
    return _file("bars", 54 + ROW * len(ordered), title, description, marks)


def stacks(title: str, description: str, rows: Sequence[Stack], unit: str, fills: Mapping[str, str]) -> str:
    """Horizontal bars cut into parts of the same names, with a key; fills: the colour of each part."""
    known = {name for row in rows for name in row.parts}
    names = [name for name in fills if name in known]
    most = max(sum(row.parts.values()) for row in rows)
    scale = (WIDTH - LEFT - 110) / most
    marks, x, y = [_title(title)], 20.0, 44.0
    for name in names:
        wide = 26 + 6.8 * len(name)
        if x + wide > WIDTH - 10:
            x, y = 20.0, y + 20
        marks += [
            element("rect", x=x, y=y, width=12.0, height=12.0, rx=2, class_=f"fill-{fills[name]}"),
            text(x + 17, y + 11, name, "words small"),
        ]
        x += wide
    for number, row in enumerate(rows):
        top, at = y + 32 + 34 * number, LEFT
        marks.append(text(LEFT - 10, top + 16, row.name, "words", text_anchor="end"))
        for name in names:
            wide = row.parts.get(name, 0.0) * scale
            words = f"{name}: {row.parts.get(name, 0.0):,.1f} {unit}"
            marks.append(
                element("rect", element("title", words), x=at, y=top, width=wide, height=22.0,
                        class_=f"part fill-{fills[name]}")
            )  # fmt: skip
            at += wide
        marks.append(text(at + 8, top + 16, f"{sum(row.parts.values()):,.0f} {unit}", "words strong"))
    return _file("stacks", y + 40 + 34 * len(rows), title, description, marks)


def curves(title: str, description: str, panels: Sequence[tuple[str, Sequence[Curve]]]) -> str:
    """Panels side by side, x in doublings, y from 0, one key for all."""
    names = list(dict.fromkeys(curve.name for _, some in panels for curve in some))
    wide = (WIDTH - 30) / len(panels)
    marks, x = [_title(title)], 20.0
    for number, name in enumerate(names):
        marks += [
            line(x, 48, x + 20, 48, f"curve line-{_fill(number)}"),
            text(x + 25, 52, name, "words small"),
        ]
        x += 46 + 6.8 * len(name)
    for number, (words, some) in enumerate(panels):
        marks += _panel(words, some, 15 + wide * number, wide, names)
    return _file("curves", 320, title, description, marks)


def _panel(words: str, some: Sequence[Curve], left: float, wide: float, names: Sequence[str]) -> list[Markup]:
    top, bottom, start, end = 100.0, 280.0, left + 50, left + wide - 14
    steps = sorted({x for curve in some for x in curve.points})
    most = _ceiling(max(y for curve in some for y in curve.points.values()))
    low, high = math.log2(steps[0]), math.log2(steps[-1])

    def across(x: float) -> float:
        return start + (end - start) * ((math.log2(x) - low) / (high - low) if high > low else 0.5)

    def upward(y: float) -> float:
        return bottom - (bottom - top) * y / most

    marks = [text(start, 84, words, "words strong small")]
    for part in range(3):
        y = most * part / 2
        marks += [
            line(start, upward(y), end, upward(y), "grid"),
            text(start - 6, upward(y) + 4, _short(y), "muted small", text_anchor="end"),
        ]
    marks += [
        text(across(x), 298, _short(x), "muted small", text_anchor="middle") for x in _apart(steps, across)
    ]
    for curve in some:
        fill = _fill(names.index(curve.name))
        at = [(across(x), upward(y)) for x, y in sorted(curve.points.items())]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in at)
        dash = " dash" if curve.dashed else ""
        marks.append(element("path", element("title", curve.name), d=path, class_=f"curve line-{fill}{dash}"))
        marks += [element("circle", cx=x, cy=y, r=2.6, class_=f"fill-{fill}") for x, y in at]
    return marks


def _apart(steps: Sequence[float], across) -> list[float]:  # type: ignore[no-untyped-def]
    """The steps whose numbers do not touch."""
    kept: list[float] = []
    for step in steps:
        if not kept or across(step) - across(kept[-1]) > 30:
            kept.append(step)
    return kept


def _ceiling(value: float) -> float:
    size = 10 ** math.floor(math.log10(value))
    return next(size * step for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if size * step >= value)


def _short(value: float) -> str:
    if value >= 1e6:
        return f"{value / 1e6:g}M"
    return f"{round(value / 1e3, 1):g}k" if value >= 1e3 else f"{value:g}"


def _fill(number: int) -> str:
    return FILLS[number % len(FILLS)]


def _title(words: str) -> Markup:
    return text(20, 26, words, "words strong")


def _file(key: str, height: float, title: str, description: str, marks: Sequence[Markup]) -> str:
    """The picture as a file of its own."""
    style = (
        f":root{{{_colours(LIGHT)}}}@media(prefers-color-scheme:dark){{:root{{{_colours(DARK)}}}}}{RULES}"
        "svg{font:13px system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif}"
    )
    behind = [
        Markup(f"<style>{style}</style>"),
        element("rect", x=0, y=0, width=WIDTH, height=float(height), rx=6, class_="page"),
    ]
    drawn = str(picture(key, WIDTH, height, title, description, [*behind, *marks]))
    return drawn.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1) + "\n"


def _colours(theme: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{theme[name]};" for name in COLOURS)
