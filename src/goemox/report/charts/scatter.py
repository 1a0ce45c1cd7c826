"""Points over a grey cloud: the texts of one domain in the map, the reference's behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goemox.report.svg import element, group, picture, text

__all__ = ["LARGE", "SMALL", "Dot", "scatter"]

SMALL, LARGE = 252.0, 388.0  # sides of the square that is drawn in, one of many or one of two
TOP = 54.0
INSET = 6.0
KEY = ((6, "point", "not far"), (66, "point far", "far"), (134, "cloud-dot", "{home}"))


@dataclass(frozen=True, slots=True)
class Dot:
    """One text: its place in [0, 1], its label, its words on hover, and whether it lies outside."""

    x: float
    y: float
    label: str
    words: str
    outside: bool | None


def scatter(
    key: str, name: str, note: str, remark: str, dots: Sequence[Dot], behind: Sequence[tuple[float, float]],
    home: str, side: float = SMALL,
) -> Markup:  # fmt: skip
    """One square panel with a remark below its name; behind: places in [0, 1] of the reference's texts.

    home: what these are called.
    """
    width = side + 2 * INSET
    frame = element("rect", x=INSET, y=TOP, width=side, height=side, class_="frame-line")
    cloud = "".join(f"M{_x(x, side)} {_y(y, side)}h0" for x, y in behind)
    marks = [text(0, 12, name, "strong"), text(width - 2, 12, note, "muted", text_anchor="end")]
    marks += [text(0, 28, remark, "muted"), *_key(home), frame]
    marks.append(element("path", d=cloud, class_="cloud"))
    kinds: dict[tuple[str, str], list[Markup]] = {}  # the class stands once a group, not once a point
    for dot in dots:
        kinds.setdefault(("point far" if dot.outside else "point", dot.label), []).append(_point(dot, side))
    marks += [
        group(points, class_=class_, data_label=label) for (class_, label), points in sorted(kinds.items())
    ]
    bottom = TOP + side + 14
    marks.append(text(INSET, bottom, f"← as {home}", "muted"))
    marks.append(text(INSET + side, bottom, "as only here →", "muted", text_anchor="end"))
    return picture(key, width, bottom + 6, name, f"{name}: {remark}.", marks, domain=name)


def _key(home: str) -> list[Markup]:
    marks = []
    for x, class_, words in KEY:
        marks += [
            element("circle", cx=x, cy=41, r=3, class_=class_),
            text(x + 8, 45, words.format(home=home), "muted"),
        ]
    return marks


def _point(dot: Dot, side: float) -> Markup:
    return element("circle", element("title", dot.words), cx=_x(dot.x, side), cy=_y(dot.y, side), r=2)


def _x(x: float, side: float) -> str:
    return f"{INSET + 3 + x * (side - 6):.4g}"


def _y(y: float, side: float) -> str:
    return f"{TOP + 3 + (1.0 - y) * (side - 6):.4g}"
