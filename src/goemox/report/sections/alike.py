"""How alike the label distributions of the sets are: correlation, and the distance beside it."""

from __future__ import annotations

from collections.abc import Sequence

from goemox.report.blocks import Column, Figure, Table, number_cell, text_cell
from goemox.report.charts.heatmap import Grid, heatmap
from goemox.report.fields import Fields
from goemox.report.formats import decimal
from goemox.report.sentences import domains as sentences
from goemox.report.texts import name

__all__ = ["alike"]

NOTES = {
    "pearson": "Correlation of label shares, −1 to 1. One dominating label is enough to make it high.",
    "jensen_shannon": "Jensen–Shannon distance of label shares, 0 (the same) to 1: strong shades are far.",
}


def alike(report: Fields) -> list[Figure]:
    """The two heatmaps, left out where the report has no such matrix."""
    block = report.fields("correlation")
    names = block.texts("names")
    figures = []
    for kind, title, scale in (
        ("pearson", "Correlation of label shares", "blue"),
        ("jensen_shannon", "Distance of label shares", "orange"),
    ):
        matrix = block.matrix(kind)
        if len(names) > 1 and len(matrix) == len(names) and all(len(row) == len(names) for row in matrix):
            said = sentences.correlation(report) if kind == "pearson" else sentences.likeness(report)
            figures.append(_figure(kind, title, scale, said, names, matrix))
    return figures


def _figure(
    kind: str,
    title: str,
    scale: str,
    said: str,
    names: Sequence[str],
    matrix: Sequence[Sequence[float | None]],
) -> Figure:
    shown = [name(each, 15) for each in names]

    def hover(i: int, j: int) -> str:
        return f"{shown[i]} and {shown[j]}: {decimal(matrix[i][j], 2)}"

    cell = 52 if len(names) <= 5 else 30
    grid = Grid(shown, shown, matrix, lambda value: decimal(value, 2), hover, scale, cell)
    key = f"fig-{kind.replace('_', '-')}"
    columns = (Column("", numeric=False), *(Column(each) for each in shown))
    rows = tuple(
        (text_cell(shown[i], foreign=True), *(number_cell(value) for value in row))
        for i, row in enumerate(matrix)
    )
    table = Table(f"{key}-numbers", title, columns, rows)
    return Figure(key, title, said, (heatmap(f"{key}-1", title, said, grid),), table, "half", NOTES[kind])
