"""Small SVG: elements as escaped markup, a picture with its title and description, and scales.

Colours come from classes (templates/charts.css), so that one picture serves light, dark and print.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache

from markupsafe import Markup, escape

__all__ = ["column", "element", "fluid", "group", "line", "nice_ceiling", "picture", "place", "text"]

NICE = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)


def element(tag: str, *children: object, **attributes: object) -> Markup:
    """`<tag …>children</tag>`; attributes that are None are left out, `class_` and `a_b` become class, a-b.

    Children and values that are not markup are escaped; numbers keep two decimals.
    """
    written = [f"<{tag}"]
    for key, value in attributes.items():
        kind = type(value)
        if kind is float:
            value = _number(value)  # digits need no escaping
        elif value is not None and kind is not int and kind is not Markup:
            value = escape(_number(value))
        if value is not None:
            written.append(f'{_attribute(key)}="{value}"')
    start, inner = " ".join(written), "".join(map(_escaped, children))
    return Markup(f"{start}>{inner}</{tag}>" if inner else f"{start}/>")  # noqa: S704 - escaped


@cache
def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _escaped(value: object) -> str:
    """As `escape`, at once for what is markup already: a page has a hundred thousand of them."""
    return value if type(value) is Markup else escape(value)


def _number(value: object) -> object:
    if isinstance(value, float):
        short = f"{value:.2f}".rstrip("0").rstrip(".")
        return "0" if short == "-0" else short
    return value


def group(children: Iterable[object], **attributes: object) -> Markup:
    """`<g>` around the children."""
    return element("g", *children, **attributes)


def text(x: object, y: object, words: object, class_: str | None = None, **attributes: object) -> Markup:
    """Words with their baseline at (x, y)."""
    return element("text", words, x=x, y=y, class_=class_, **attributes)


def line(x1: object, y1: object, x2: object, y2: object, class_: str) -> Markup:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def column(x: float, top: float, width: float, bottom: float, class_: str, hover: str) -> Markup:
    """A bar standing on `bottom`, its numbers shown on hover."""
    height = max(bottom - top, 0.0)
    return element("rect", element("title", hover), x=x, y=top, width=width, height=height, class_=class_)


def picture(
    key: str, width: float, height: float, title: str, description: str, marks: Iterable[object],
    class_: str = "chart", *, domain: str | None = None, label: str | None = None,
) -> Markup:  # fmt: skip
    """A drawing in its own units, named for screen readers; `key` is unique on the page.

    domain, label: what the whole picture is about, by its name as shown; the page's selectors filter by them.
    """
    return element(
        "svg",
        element("title", title, id=f"{key}-t"),
        element("desc", description, id=f"{key}-d"),
        *marks,
        class_=class_,
        viewBox=f"0 0 {_number(float(width))} {_number(float(height))}",
        role="img",
        aria_labelledby=f"{key}-t {key}-d",
        data_domain=domain,
        data_label=label,
    )


def fluid(
    key: str, height: float, title: str, description: str, marks: Iterable[object],
    *, domain: str | None = None, label: str | None = None,
) -> Markup:  # fmt: skip
    """A drawing as wide as its place, whose marks use percentages: letters keep their size on a phone.

    domain, label: as in `picture`.
    """
    return element(
        "svg",
        element("title", title, id=f"{key}-t"),
        element("desc", description, id=f"{key}-d"),
        *marks,
        class_="chart fluid",
        width="100%",
        height=height,
        role="img",
        aria_labelledby=f"{key}-t {key}-d",
        data_domain=domain,
        data_label=label,
    )


def place(value: float, low: float, high: float, start: float, end: float) -> float:
    """Where `value` of the scale low…high falls between start and end; outside values stay at the edge."""
    if high <= low:
        return start
    part = min(max((value - low) / (high - low), 0.0), 1.0)
    return start + part * (end - start)


def nice_ceiling(share: float) -> float:
    """The smallest round share in (0, 1] that is not below `share`."""
    return next((step for step in NICE if share <= step + 1e-9), float(math.ceil(share)))
