"""Sentences for the confusions: which labels take the place of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goemox.labels import NEUTRAL
from goemox.report.fields import Fields
from goemox.report.sentences.in_domain import NOT_MEASURED, RARE
from goemox.wording import percent, plural

__all__ = ["multi_label_confusion", "single_label_confusion"]

REGULAR = 0.1  # share of a label's rows from which another label regularly takes its place
FEW = f"No label here has {RARE} such rows, so no confusion stands out from chance."


@dataclass(frozen=True, slots=True)
class _Cell:
    """A share of the `n` texts of a row that stands off the diagonal; n None where nobody counted them."""

    share: float
    true: str
    predicted: str
    n: float | None

    @property
    def regular(self) -> bool:
        """Whether its row holds as many texts as an F1 needs."""
        return self.n is None or self.n >= RARE


def _cells(confusion: Fields, kind: str, support: str) -> list[_Cell] | None:
    """Cells off the diagonal, largest first; None without a table."""
    labels, matrix, sizes = confusion.texts("labels"), confusion.matrix(kind), confusion.numbers(support)
    if len(labels) < 2 or not any(value is not None for row in matrix for value in row):
        return None
    cells = [
        _Cell(value, labels[i], labels[j], (sizes[i] or 0) if i < len(sizes) else None)
        for i, row in enumerate(matrix)
        for j, value in enumerate(row)
        if i != j and i < len(labels) and j < len(labels) and value is not None
    ]
    return sorted(cells, key=lambda cell: -cell.share)


def _among(cells: Sequence[_Cell]) -> str:
    """Which rows a sentence is about, where some rows of the picture hold too few texts."""
    every, regular = {cell.true for cell in cells}, {cell.true for cell in cells if cell.regular}
    if len(regular) == len(every):
        return ""
    return f"Among labels with {RARE} such rows or more ({len(regular)} of {len(every)}): "


def _hint(cells: Sequence[_Cell]) -> str:
    """The largest cell, where it stands in a row of too few texts: the picture shows it, so it is named."""
    cell = cells[0]
    if cell.regular or cell.share < REGULAR:
        return ""
    where = f"of the {plural(cell.n or 0, 'row')} of {cell.true}" if cell.n else f"of {cell.true}"
    return f" On fewer rows, a hint: {percent(cell.share)} {where} become {cell.predicted}."


def multi_label_confusion(report: Fields) -> str:
    """What is given most often where a label was missed, neutral and others apart."""
    cells = _cells(report.fields("in_domain").fields("confusion"), "multi_label", "support")
    if not cells:
        return NOT_MEASURED
    regular = [cell for cell in cells if cell.regular]
    if not regular:
        return FEW
    return f"{_led(_among(cells), _missed(regular))}{_hint(cells)}"


def _missed(cells: Sequence[_Cell]) -> str:
    most = cells[0]
    if most.share <= 0:
        return "No label took the place of a missed one."
    if most.share < REGULAR:
        return (
            f"No label regularly takes the place of a missed one: the most frequent case is {most.predicted} "
            f"for {most.true}, in {percent(most.share)} of all rows that carry {most.true}."
        )
    sentence = (
        f"In {percent(most.share)} of all rows that carry {most.true} it was missed and {most.predicted} "
        "wrongly given: the largest confusion here."
    )
    other = next((cell for cell in cells if NEUTRAL not in (cell.true, cell.predicted)), None)
    if NEUTRAL in (most.true, most.predicted) and other is not None and other.share >= REGULAR:
        sentence += (
            f" Between two emotions it is {other.predicted} for {other.true} ({percent(other.share)})."
        )
    return sentence


def single_label_confusion(report: Fields) -> str:
    """The most frequent wrong top label among rows with one true label."""
    cells = _cells(report.fields("in_domain").fields("confusion"), "single_label", "single_label_support")
    if not cells:
        return NOT_MEASURED
    regular = [cell for cell in cells if cell.regular]
    if not regular:
        return FEW
    if regular[0].share < REGULAR:
        most = percent(regular[0].share)
        said = f"No pair of labels is mixed up in {REGULAR:.0%} of the rows; the largest is {most}."
        return f"{_led(_among(cells), said)}{_hint(cells)}"
    most_often = (
        f"Of the rows whose only label is {regular[0].true}, {percent(regular[0].share)} get "
        f"{regular[0].predicted} as top label."
    )
    aside = " This view leaves out rows with several labels and every label after the top one."
    return f"{_led(_among(cells), most_often)}{_hint(cells)}{aside}"


def _led(lead: str, sentence: str) -> str:
    """The sentence after a lead that ends with a colon."""
    return f"{lead}{sentence[0].lower()}{sentence[1:]}" if lead else sentence
