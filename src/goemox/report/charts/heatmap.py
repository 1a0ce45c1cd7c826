"""Heatmaps: shade for the eye, the number in every cell for the reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goemox.report.palette import STEPS
from goemox.report.svg import element, picture, text

__all__ = ["Grid", "heatmap"]

LEFT = 104
ABOVE = 92
ASIDE = 30
SMALL, BROAD = 410, 640  # widths up to which a phone and a half page show it without scrolling


@dataclass(frozen=True, slots=True)
class Grid:
    """What to draw: values in [-1, 1] or None by row and column, negative ones in the other hue.

    rows, columns: names as shown; scale: "blue" or "orange"; corner: what the rows and columns are.
    outlined: whether the cells where row and column are the same thing get a frame.
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


def heatmap(key: str, title: str, description: str, grid: Grid) -> Markup:
    """Cells shaded by value, column names slanted above them."""
    width = LEFT + grid.cell * len(grid.columns) + ASIDE
    height = ABOVE + grid.cell * len(grid.rows) + 4
    marks = [text(0, ABOVE - 22, grid.corner[0], "muted"), text(0, ABOVE - 8, grid.corner[1], "muted")]
    for j, name in enumerate(grid.columns):
        x, y = LEFT + grid.cell * (j + 0.5) + 3, ABOVE - 6
        marks.append(text(x, y, name, transform=f"rotate(-60 {x:g} {y:g})"))
    for i, name in enumerate(grid.rows):
        middle = ABOVE + grid.cell * (i + 0.5) + 4
        marks.append(text(LEFT - 6, middle, name, text_anchor="end"))
        for j, value in enumerate(grid.values[i]):
            marks += _cell(grid, i, j, value)
    if grid.outlined:
        marks += [
            element("rect", **_square(grid, i, i), class_="frame")
            for i in range(min(len(grid.rows), len(grid.columns)))
        ]
    size = "chart" if width <= SMALL else "chart broad" if width <= BROAD else "chart vast"
    return picture(key, width, height, title, description, marks, size)


def _square(grid: Grid, i: int, j: int) -> dict[str, object]:
    x, y = LEFT + grid.cell * j, ABOVE + grid.cell * i
    return {"x": x + 0.5, "y": y + 0.5, "width": grid.cell - 1, "height": grid.cell - 1}


def _cell(grid: Grid, i: int, j: int, value: float | None) -> list[Markup]:
    if value is None:
        return [element("rect", element("title", grid.hover(i, j)), **_square(grid, i, j), class_="missing")]
    other = "orange" if grid.scale == "blue" else "blue"
    scale = grid.scale if value >= 0 else other
    step = round(min(abs(value), 1.0) * (STEPS - 1))
    x, y = LEFT + grid.cell * (j + 0.5), ABOVE + grid.cell * (i + 0.5) + 4
    square = element(
        "rect", element("title", grid.hover(i, j)), **_square(grid, i, j), class_=f"{scale}-{step}"
    )
    written = text(x, y, grid.shown(value), f"number on-{scale}-{step}", text_anchor="middle")
    return [square, written]
