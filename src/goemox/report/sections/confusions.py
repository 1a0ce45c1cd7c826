"""Confusions: what is predicted instead, with several labels allowed and with only one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from goemox.report.blocks import Block, Cell, Column, Figure, Section, Table, number_cell, text_cell
from goemox.report.charts.heatmap import Grid, heatmap, whole_percent
from goemox.report.fields import Fields
from goemox.report.formats import count
from goemox.report.order import label_order
from goemox.report.sections.co_occurrence import in_domain_together
from goemox.report.sentences import confusions as sentences
from goemox.wording import percent

__all__ = ["section"]

Matrix = Sequence[Sequence[float | None]]

LEAD = (
    "The most frequent labels only. Each row of a picture holds the texts that truly carry its label, n of "
    "them. First: on the framed diagonal the share in which the label was found, elsewhere the share in "
    "which it was missed and another label wrongly given. Second: the usual single-label picture, for "
    "comparison."
)
NOTES = {
    "multi_label": "Percentages of all n texts of the row, found or missed; a stronger shade is more, a dot "
    "less than 0.5. A row need not sum to 100: a missed label can leave none, or several, in its place.",
    "single_label": "Percentages of the n texts whose only true label is the row's; a stronger shade is "
    "more, a dot less than 0.5. What a row lacks to 100 got a top label outside the picture.",
}
SUPPORT = {"multi_label": "support", "single_label": "single_label_support"}


def section(report: Fields) -> Section:
    """Both heatmaps, or a sentence where there is none."""
    confusion = report.fields("in_domain").fields("confusion")
    labels = confusion.texts("labels")
    if not labels:
        return Section("confusions", "Confusions", "Confusions were not measured.")
    figures: list[Block] = []
    for kind, title, said in (
        ("multi_label", "Several labels allowed", sentences.multi_label_confusion(report)),
        ("single_label", "Only rows with one label", sentences.single_label_confusion(report)),
    ):
        matrix = confusion.matrix(kind)
        if len(matrix) == len(labels) and all(len(row) == len(labels) for row in matrix):
            figures.append(_figure(report, kind, title, said))
    together = in_domain_together(report)
    return Section("confusions", "Confusions", LEAD, [*figures, together] if together else figures)


def _figure(report: Fields, kind: str, title: str, said: str) -> Figure:
    confusion = report.fields("in_domain").fields("confusion")
    given = confusion.texts("labels")
    order = [given.index(label) for label in label_order(report) if label in given]
    labels = [given[index] for index in order]
    matrix, support = confusion.matrix(kind), confusion.numbers(SUPPORT[kind])
    values = [[matrix[i][j] for j in order] for i in order]
    sizes = [support[index] if index < len(support) else None for index in order]
    key = f"fig-confusion-{kind.replace('_', '-')}"
    grid = Grid(
        labels, labels, values, whole_percent, _hover(kind, labels, values, sizes),
        corner=("predicted label →", "true label ↓"), outlined=True, about="label",
        aside=("n", [count(size) for size in sizes]) if any(sizes) else ("", ()),
    )  # fmt: skip
    rows = [
        (text_cell(labels[i]), number_cell(sizes[i], None), *(_cell(value, sizes[i]) for value in row))
        for i, row in enumerate(values)
    ]
    columns = (Column("True label", numeric=False), Column("Rows"), *(Column(label) for label in labels))
    caption = f"{title}: shares of the row's texts, and their number"
    table = Table(f"{key}-numbers", caption, columns, tuple(rows))
    return Figure(key, title, said, (heatmap(f"{key}-1", title, said, grid),), table, "half", NOTES[kind])


def _cell(share: float | None, size: float | None) -> Cell:
    """`36% (115)`: a share of the row's texts and their number, sorted and copied as the share."""
    held = "" if share is None or size is None else f" ({count(share * size)})"
    return Cell(f"{percent(share)}{held}", share)


def _hover(
    kind: str, labels: Sequence[str], values: Matrix, sizes: Sequence[float | None]
) -> Callable[[int, int], str]:
    def words(i: int, j: int) -> str:
        share, size = values[i][j], sizes[i]
        held = "" if share is None or size is None else f" ({count(share * size)} of {count(size)})"
        true, other = labels[i], labels[j]
        if kind == "single_label":
            return f"only label {true}, top label {other}: {percent(share)}{held}"
        if i == j:
            return f"{true} found: {percent(share)} of the rows that carry it{held}"
        return (
            f"{true} missed and {other} wrongly given: {percent(share)} of all rows that carry {true}{held}"
        )

    return words
