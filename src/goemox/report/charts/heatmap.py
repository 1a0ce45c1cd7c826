"""Heatmaps: shade for the eye, the number in every cell for the reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from goemox.report.palette import STEPS
from goemox.report.svg import element, group, picture, text
from goemox.report.texts import width

__all__ = ["Grid", "heatmap", "whole_percent"]

LEFT, ABOVE = 104, 92  # room for the names of rows and columns, more where a name is longer
LETTER = 6.9
HALF = 0.005  # share from which a percentage is not 0
TITLE = 16  # height of a title
ASIDE = 30
OUTSIDE = 8  # more room at the right for words there
DIGIT = 6.6
LEAST, LEAST_BENEATH = 400, 360  # widths at which letters have their usual size, and those beneath others
SMALL, BROAD = 410, 640  # widths up to which a phone and a half page show it without scrolling


@dataclass(frozen=True)  # without slots, which have no room for what is worked out once
class Grid:
    """What to draw: values in [-1, 1] or None by row and column, negative ones in the other hue.

    rows, columns: names as shown; scale: "blue" or "orange"; corner: what the rows and columns are.
    about, known_as: "label" or "domain" where rows and columns are the same labels or domains, and the names
    by which the page's selectors know them where they are shown shorter; "" for anything else.
    outlined: whether the cells where row and column are the same thing get a frame.
    beneath: what stands under the number of a cell, in smaller letters.
    aside: the head of a column of words at the right, and its words row by row.
    framed: cells, by row and column, that get a frame too. title: words at the top, for one of many pictures.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[float | None]]
    shown: Callable[[float], str]
    hover: Callable[[int, int], str]
    scale: str = "blue"
    cell: int = 26
    corner: tuple[str, str] = ("", "")
    outlined: bool = False
    about: str = ""
    known_as: Sequence[str] = ()
    beneath: Callable[[int, int], str] | None = None
    aside: tuple[str, Sequence[str]] = ("", ())
    framed: Sequence[tuple[int, int]] = ()
    title: str = ""

    @cached_property
    def left(self) -> float:
        """Where the cells begin."""
        return max(LEFT, 10 + LETTER * max(map(width, self.rows), default=0))

    @cached_property
    def right(self) -> float:
        """Room at the right of the cells, for the words there or the last column's slanting name."""
        longest = max(map(width, self.aside[1]), default=0)
        return max(ASIDE + OUTSIDE, 6 + DIGIT * longest) if self.aside[0] else ASIDE

    @cached_property
    def above(self) -> float:
        """Where the cells begin, from the top; the names of columns slant by 60 degrees."""
        names = 16 + LETTER * 0.87 * max(map(width, self.columns), default=0)
        return max(ABOVE, names) + (TITLE if self.title else 0)

    def tags(self, row: int | None, column: int | None) -> Mapping[str, str]:
        """Attributes by which the page's selectors find what is about a row, a column or both."""
        if not self.about:
            return {}
        places = {f"data_{self.about}": row, f"data_{self.about}_across": column}
        names = self.known_as or self.rows
        return {key: names[place] for key, place in places.items() if place is not None}


def whole_percent(share: float) -> str:
    """A share in [0, 1] as a percentage without its sign; a dot where it is less than 0.5."""
    return f"{100 * share:.0f}" if share >= HALF else "·"


def heatmap(key: str, title: str, description: str, grid: Grid, domain: str | None = None) -> Markup:
    """Cells shaded by value, column names slanted above them; domain: as in `svg.picture`."""
    cells = grid.left + grid.cell * len(grid.columns) + grid.right
    across = max(cells, LEAST_BENEATH if grid.beneath else LEAST)
    down = grid.above + grid.cell * len(grid.rows) + 4
    heads = [(12.0, grid.title, "strong")] if grid.title else []
    heads += [(grid.above - over, words, "muted") for over, words in zip((22, 8), grid.corner, strict=True)]
    marks = [text(0, y, words, style) for y, words, style in heads]
    for j, name in enumerate(grid.columns):
        x, y = grid.left + grid.cell * (j + 0.5) + 3, grid.above - 6
        marks.append(text(x, y, name, transform=f"rotate(-60 {x:g} {y:g})", **grid.tags(j, None)))
    for i, name in enumerate(grid.rows):
        middle = grid.above + grid.cell * (i + 0.5) + 4
        marks.append(text(grid.left - 6, middle, name, text_anchor="end", **grid.tags(i, None)))
        marks += [_cell(grid, i, j, value) for j, value in enumerate(grid.values[i])]
    marks += _aside(grid)
    framed = [*((i, i) for i in range(min(len(grid.rows), len(grid.columns))) if grid.outlined), *grid.framed]
    marks += [element("rect", **_square(grid, i, j), class_="frame", **grid.tags(i, j)) for i, j in framed]
    size = "chart" if across <= SMALL else "chart broad" if across <= BROAD else "chart vast"
    return picture(key, across, down, title, description, marks, size, domain=domain)


def _aside(grid: Grid) -> list[Markup]:
    """Words at the right of the rows, under their head."""
    head, words = grid.aside
    x = grid.left + grid.cell * len(grid.columns) + grid.right - 2
    marks = [text(x, grid.above - 8, head, "muted", text_anchor="end")] if head else []
    for i, each in enumerate(words):
        middle = grid.above + grid.cell * (i + 0.5) + 4
        marks.append(text(x, middle, each, "muted number", text_anchor="end", **grid.tags(i, None)))
    return marks


def _square(grid: Grid, i: int, j: int) -> dict[str, object]:
    x, y = grid.left + grid.cell * j, grid.above + grid.cell * i
    return {"x": x + 0.5, "y": y + 0.5, "width": grid.cell - 1, "height": grid.cell - 1}


def _cell(grid: Grid, i: int, j: int, value: float | None) -> Markup:
    hover, tags = element("title", grid.hover(i, j)), grid.tags(i, j)
    if value is None:
        return group([hover, element("rect", **_square(grid, i, j), class_="missing")], **tags)
    other = "orange" if grid.scale == "blue" else "blue"
    scale = grid.scale if value >= 0 else other
    step = round(min(abs(value), 1.0) * (STEPS - 1))
    x, y = grid.left + grid.cell * (j + 0.5), grid.above + grid.cell * (i + 0.5) + 4
    square = element("rect", **_square(grid, i, j), class_=f"{scale}-{step}")
    below = grid.beneath(i, j) if grid.beneath else ""
    style = f"on-{scale}-{step}"
    written = [text(x, y - 5 if below else y, grid.shown(value), f"number {style}", text_anchor="middle")]
    if below:
        written.append(text(x, y + 9, below, f"beneath {style}", text_anchor="middle"))
    return group([hover, square, *written], **tags)
