"""Sentences for the confusions: which labels take the place of others."""

from __future__ import annotations

from goemox.labels import NEUTRAL
from goemox.report.fields import Fields
from goemox.report.formats import join, percent
from goemox.report.sentences.in_domain import NOT_MEASURED, RARE

__all__ = ["multi_label_confusion", "single_label_confusion"]

REGULAR = 0.1  # share of a label's rows from which another label regularly takes its place
FEW = f"No label here has {RARE} such rows, so no confusion stands out from chance."


def _largest(confusion: Fields, kind: str, support: str) -> list[tuple[float, str, str]] | None:
    """Cells off the diagonal as (value, row label, column label), largest first; None without a table.

    Rows of fewer texts than an F1 needs are left out.
    """
    labels, matrix, sizes = confusion.texts("labels"), confusion.matrix(kind), confusion.numbers(support)
    if len(labels) < 2 or not any(value is not None for row in matrix for value in row):
        return None
    cells = [
        (value, labels[i], labels[j])
        for i, row in enumerate(matrix)
        for j, value in enumerate(row)
        if i != j and i < len(labels) and j < len(labels) and value is not None
        if i >= len(sizes) or (sizes[i] or 0) >= RARE
    ]
    return sorted(cells, key=lambda cell: -cell[0])


def _regular(confusion: Fields, support: str) -> list[str]:
    """The labels whose row rests on enough texts."""
    sizes = confusion.numbers(support)
    return [
        label
        for i, label in enumerate(confusion.texts("labels"))
        if i >= len(sizes) or (sizes[i] or 0) >= RARE
    ]


def multi_label_confusion(report: Fields) -> str:
    """What is given most often where a label was missed, neutral and others apart."""
    cells = _largest(report.fields("in_domain").fields("confusion"), "multi_label", "support")
    if not cells:
        return NOT_MEASURED if cells is None else FEW
    value, true, predicted = cells[0]
    if value <= 0:
        return "No label took the place of a missed one."
    if value < REGULAR:
        return (
            f"No label regularly takes the place of a missed one: the most frequent case is {predicted} for "
            f"{true}, in {percent(value)} of all rows that carry {true}."
        )
    sentence = (
        f"In {percent(value)} of all rows that carry {true} it was missed and {predicted} wrongly given: "
        "the largest confusion here."
    )
    other = next((cell for cell in cells if NEUTRAL not in cell[1:]), None)
    if NEUTRAL in (true, predicted) and other is not None and other[0] >= REGULAR:
        sentence += f" Between two emotions it is {other[2]} for {other[1]} ({percent(other[0])})."
    return sentence


def single_label_confusion(report: Fields) -> str:
    """The most frequent wrong top label among rows with one true label."""
    confusion = report.fields("in_domain").fields("confusion")
    cells = _largest(confusion, "single_label", "single_label_support")
    if not cells:
        return NOT_MEASURED if cells is None else FEW
    value, true, predicted = cells[0]
    if value < REGULAR:
        regular = _regular(confusion, "single_label_support")
        if len(regular) == len(confusion.texts("labels")):
            most = percent(value)
            return f"No pair of labels is mixed up in {REGULAR:.0%} of the rows; the largest is {most}."
        have = "has" if len(regular) == 1 else "have"
        return (
            f"Only {join(regular)} {have} {RARE} such rows: of these, fewer than {REGULAR:.0%} get any one "
            f"wrong top label ({percent(value)} at most). "
            "The other rows of the picture are hints on fewer texts."
        )
    return (
        f"Of the rows whose only label is {true}, {percent(value)} get {predicted} as top label. "
        "This view leaves out rows with several labels and every label after the top one."
    )
