"""How alike the label distributions of the sets are: correlations, and the distance beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from goemox.report.blocks import Cell, Column, Figure, Table, number_cell, text_cell
from goemox.report.charts.heatmap import Grid, heatmap
from goemox.report.fields import Fields
from goemox.report.formats import decimal, interval
from goemox.report.order import IN_DOMAIN, domain_name
from goemox.report.sentences import alike as sentences
from goemox.report.texts import clip_middle, name

__all__ = ["alike"]

ROOMY = 5  # sets up to which a cell has room for its interval
WIDE = 3  # sets up to which it has room for ends of the length of 1.00 or a minus sign
LIGHT = 0.5  # of the strongest shade, for correlations: a row of dark squares would shout what is usual


@dataclass(frozen=True, slots=True)
class _Kind:
    """One way to compare two sets: its key in the report, its title, hue and note, and what reads it."""

    key: str
    title: str
    scale: str
    said: Callable[[Fields], str]
    note: str
    strength: float = 1.0  # of its shades


KINDS = (
    _Kind(
        "pearson", "Correlation of label shares", "blue", sentences.correlation,
        "Pearson's correlation of the shares of top labels, −1 to 1. One dominating label is enough to make "
        "it high.", LIGHT,
    ),
    _Kind(
        "pearson_emotions", "The same without neutral", "blue", sentences.emotions,
        "Pearson's correlation again, neutral left out: whether the same emotions lead.", LIGHT,
    ),
    _Kind(
        "jensen_shannon", "Distance of label shares", "orange", sentences.likeness,
        "Jensen–Shannon distance, 0 (the same) to 1 (nothing in common): strong shades are far. It weighs "
        "all labels, and is never 0 between samples, so the table says what chance reaches.",
    ),
)  # fmt: skip


def alike(report: Fields) -> list[Figure]:
    """The heatmaps, each left out where the report has no such matrix."""
    block = report.fields("correlation")
    names = block.texts("names")
    figures = []
    for kind in KINDS:
        matrix = block.matrix(kind.key)
        if len(names) > 1 and len(matrix) == len(names) and all(len(row) == len(names) for row in matrix):
            figures.append(_figure(report, kind, names))
    return figures


def _figure(report: Fields, kind: _Kind, names: Sequence[str]) -> Figure:
    block = report.fields("correlation")
    matrix, ends = block.matrix(kind.key), block.intervals(f"{kind.key}_interval")
    shown = [name(each, 15, clip_middle) for each in names]
    known = _known(report, names)

    def spread(i: int, j: int, within: str = "") -> str:
        pair = ends[i][j] if i < len(ends) and j < len(ends[i]) else None
        if pair is None:
            return ""
        return within.format(interval(*pair, 2)) if within else " to ".join(map(_short, pair))

    def hover(i: int, j: int) -> str:
        if i == j:
            return f"{shown[i]} and itself"
        return f"{shown[i]} and {shown[j]}: {decimal(matrix[i][j], 2)}{spread(i, j, ' ({})')}"

    roomy = len(names) <= ROOMY
    pairs = [
        [None if i == j or value is None else value * kind.strength for j, value in enumerate(row)]
        for i, row in enumerate(matrix)
    ]
    written = _two_digits if roomy else _short
    cell = (76 if len(names) <= WIDE else 66) if roomy else 30
    grid = Grid(
        shown, shown, pairs, lambda shade: written(shade / kind.strength), hover, kind.scale, cell,
        about="domain", known_as=known,
        beneath=spread if roomy and ends else None,
    )  # fmt: skip
    key, said = f"fig-{kind.key.replace('_', '-')}", kind.said(report)
    picture = heatmap(f"{key}-1", kind.title, said, grid)
    note = f"{kind.note} Under each number its 95% interval over texts." if roomy and ends else kind.note
    return Figure(key, kind.title, said, (picture,), _table(key, kind, block, names, known), "half", note)


def _known(report: Fields, names: Sequence[str]) -> list[str]:
    """The names of the sets as the page's selectors know them."""
    domains = {domain.text("name"): domain_name(domain) for domain in report.rows("domains")}
    return [domains.get(each, IN_DOMAIN) for each in names]


def _two_digits(value: float) -> str:
    return decimal(value, 2)


def _short(value: float) -> str:
    """`.93`: a number as short as a cell."""
    shown = f"{value:.2f}".replace("-0.00", "0.00").replace("0.", ".")
    return shown.replace("-", "\N{MINUS SIGN}")


def _table(key: str, kind: _Kind, block: Fields, names: Sequence[str], known: Sequence[str]) -> Table:
    """One row a pair: the value, its interval, and for the distance what chance reaches."""
    matrix, ends = block.matrix(kind.key), block.intervals(f"{kind.key}_interval")
    noise = block.matrix("noise") if kind.key == "jensen_shannon" else ()
    rows: list[tuple[Cell, ...]] = []
    for i in range(len(names)):
        for j in range(i + 1, len(names)):
            low, high = (ends[i][j] if ends else None) or (None, None)
            row = [text_cell(name(names[end]), foreign=True, known_as=known[end]) for end in (i, j)]
            row += [number_cell(value) for value in (matrix[i][j], low, high)]
            rows.append((*row, number_cell(noise[i][j])) if noise else tuple(row))
    columns = [
        Column("Set", numeric=False), Column("Other set", numeric=False), Column(kind.title),
        Column("low"), Column("high"),
    ]  # fmt: skip
    if noise:
        columns.append(Column("Chance reaches"))
    return Table(f"{key}-numbers", kind.title, tuple(columns), tuple(rows))
