"""Confusions: what is predicted instead, with several labels allowed and with only one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from goemox.report.blocks import Column, Figure, Section, Table, number_cell, share_cell, text_cell
from goemox.report.charts.heatmap import Grid, heatmap
from goemox.report.fields import Fields
from goemox.report.formats import percent
from goemox.report.order import label_order
from goemox.report.sentences import in_domain as sentences

__all__ = ["section"]

Matrix = Sequence[Sequence[float | None]]

LEAD = (
    "The most frequent labels only. First: where a true label was missed, which other labels were wrongly "
    "predicted; the framed diagonal is the share of its rows in which a label was found. "
    "Second: the usual single-label picture, for comparison."
)


def section(report: Fields) -> Section:
    """Both heatmaps, or a sentence where there is none."""
    confusion = report.fields("in_domain").fields("confusion")
    labels = confusion.texts("labels")
    if not labels:
        return Section("confusions", "Confusions", "Confusions were not measured.")
    figures = []
    for kind, title, said in (
        ("multi_label", "Several labels allowed", sentences.multi_label_confusion(report)),
        ("single_label", "Only rows with one label", sentences.single_label_confusion(report)),
    ):
        matrix = confusion.matrix(kind)
        if len(matrix) == len(labels) and all(len(row) == len(labels) for row in matrix):
            figures.append(_figure(report, kind, title, said))
    return Section("confusions", "Confusions", LEAD, figures)


def _figure(report: Fields, kind: str, title: str, said: str) -> Figure:
    confusion = report.fields("in_domain").fields("confusion")
    given = confusion.texts("labels")
    order = [given.index(label) for label in label_order(report) if label in given]
    labels = [given[index] for index in order]
    matrix = confusion.matrix(kind)
    values = [[matrix[i][j] for j in order] for i in order]
    support = confusion.numbers("support")
    key = f"fig-confusion-{kind.replace('_', '-')}"
    grid = Grid(
        labels, labels, values, lambda share: f"{100 * share:.0f}", _hover(kind, labels, values),
        corner=("predicted →", "true ↓"), outlined=True,
    )  # fmt: skip
    rows = []
    for i, index in enumerate(order):
        held = number_cell(support[index] if index < len(support) else None, None)
        rows.append((text_cell(labels[i]), held, *(share_cell(value) for value in values[i])))
    columns = (Column("True label", numeric=False), Column("Rows"), *(Column(label) for label in labels))
    table = Table(f"{key}-numbers", f"{title}: percentages behind the picture", columns, tuple(rows))
    note = "Numbers are percentages of the row's texts; a stronger shade is more."
    return Figure(key, title, said, (heatmap(f"{key}-1", title, said, grid),), table, "half", note)


def _hover(kind: str, labels: Sequence[str], values: Matrix) -> Callable[[int, int], str]:
    def words(i: int, j: int) -> str:
        share = percent(values[i][j])
        if kind == "single_label":
            return f"only label {labels[i]}, top label {labels[j]}: {share}"
        if i == j:
            return f"{labels[i]} found: {share} of its rows"
        return f"{labels[i]} missed, {labels[j]} wrongly predicted: {share} of the misses"

    return words
