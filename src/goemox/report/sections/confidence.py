"""Confidence: how sure the model is on each set, calibrated, and as softmax or a naive model says it."""

from __future__ import annotations

from dataclasses import dataclass

from goemox.report.blocks import (
    Block,
    Cell,
    Column,
    Figure,
    Section,
    Table,
    number_cell,
    share_cell,
    text_cell,
)
from goemox.report.charts.histogram import HistogramPanel, histogram
from goemox.report.charts.panels import KeyLine
from goemox.report.charts.sure_right import SureRow, sure_right
from goemox.report.fields import Fields
from goemox.report.formats import decimal
from goemox.report.order import IN_DOMAIN, domain_name, domain_note
from goemox.report.sections.histograms import ceiling, shares
from goemox.report.sentences import naive as sentences

__all__ = ["section"]

LEAD = "The probability of each text's top label. Bars: this model, calibrated label by label. "
RULE = (
    "Line: the largest softmax value over the same logits, which must sum to 1 over all labels and so hides "
    "that several can be true: a rule, not another model."
)
MODEL = (
    "Line: the naive model, another model that was asked about the same texts; its softmax must sum to 1 "
    "over all labels and so hides that several can be true."
)
CAUTION = (
    "High confidence is not accuracy: whether the probabilities hold elsewhere needs labels from there. "
    "Each panel has a height of its own, written beside it."
)
RIGHT = "A top label is true where it is among the labels that people gave; the line is its 95% interval."
NOT_ASKED = " The naive model was not asked about in-domain texts: that needs --data."


@dataclass(frozen=True, slots=True)
class _Set:
    """One set of texts: its calibrated histogram, the line over it, and who drew that line."""

    name: str
    note: str
    bars: Fields
    line: Fields
    line_mean: float | None
    who: str


def section(report: Fields) -> Section:
    """One panel for each set with a histogram; then, in domain, how often that confidence is right."""
    drawn = [each for each in _sets(report) if shares(each.bars, "histogram")]
    if not drawn:
        return Section("confidence", "Confidence", "Confidence was not measured.")
    found = [shares(each.bars, "histogram") for each in drawn]
    panels = []
    for index, (each, bars) in enumerate(zip(drawn, found, strict=True), 1):
        if bars is None:
            continue
        outline = shares(each.line, "softmax_histogram")
        mean = each.bars.number("mean")
        key = [KeyLine("box", "calibrated", _with_mean("calibrated", mean))]
        if outline is not None:
            key.append(KeyLine("stroke", "softmax-line", _with_mean(each.who, each.line_mean)))
        panel = HistogramPanel(each.name, each.note, bars, tuple(key), outline)
        highest = ceiling([bars, outline])
        described = f"{each.name}: {', '.join(line.words for line in key)}."
        panels.append(histogram(f"fig-confidence-{index}", described, panel, highest, "top probability"))
    naive = sentences.asked(report)
    title, said = "How sure the model is", sentences.confidence(report)
    note = CAUTION + (NOT_ASKED if naive and not drawn[0].line else "")
    blocks: list[Block] = [
        Figure("fig-confidence", title, said, tuple(panels), _table(drawn), "panels", note)
    ]
    if right := _right(report):
        blocks.append(right)
    return Section("confidence", "Confidence", LEAD + (MODEL if naive else RULE), blocks)


def _right(report: Fields) -> Figure | None:
    """In domain, where the truth is known: how sure each model is beside how often it is right."""
    known = sentences.sure_and_right(report)
    if not known:
        return None
    rows = [SureRow(who, *values, strong=index == 0) for index, (who, values) in enumerate(known.items())]
    title, said = "In domain: how sure, and how often right", sentences.said_and_right(report)
    picture = sure_right("fig-sure-right-1", title, said, rows)
    columns = (
        Column("Model", numeric=False), Column("Says, on average"), Column("Top label is true"),
        Column("From"), Column("To"),
    )  # fmt: skip
    cells = tuple(
        (text_cell(who), number_cell(values[0]), *(share_cell(value) for value in values[1:]))
        for who, values in known.items()
    )
    table = Table("fig-sure-right-numbers", title, columns, cells)
    return Figure("fig-sure-right", title, said, (picture,), table, "one", RIGHT)


def _with_mean(who: str, mean: float | None) -> str:
    return who if mean is None else f"{who}, mean {decimal(mean, 2)}"


def _sets(report: Fields) -> list[_Set]:
    """In domain and the domains; all lines are the naive model's where it was asked about any of them."""
    naive = sentences.asked(report)
    inside = report.fields("in_domain")
    sets = []
    for place, texts in ((IN_DOMAIN, inside), *((domain_name(d), d) for d in report.rows("domains"))):
        bars, said = texts.fields("confidence"), texts.fields("naive")
        if naive:
            line = said.fields("model")
            mean, who = line.number("mean_max_softmax"), "naive model"
        else:
            line = bars
            mean = bars.number("mean_max_softmax")
            mean, who = said.number("mean_max_softmax") if mean is None else mean, "softmax, same logits"
        sets.append(_Set(place, domain_note(texts), bars, line, mean, who))
    return sets


def _table(drawn: list[_Set]) -> Table:
    columns = [Column("Top probability", numeric=False)]
    for each in drawn:
        columns.append(Column(f"{each.name}, calibrated"))
        if each.line:
            columns.append(Column(f"{each.name}, {each.who}"))
    first = shares(drawn[0].bars, "histogram")
    edges = first.edges if first else ()
    rows: list[tuple[Cell, ...]] = []
    for index in range(len(edges) - 1):
        cells = [text_cell(f"{edges[index]:g} to {edges[index + 1]:g}", place=index)]
        for each in drawn:
            cells.append(_count(each.bars, "histogram", index))
            if each.line:
                cells.append(_count(each.line, "softmax_histogram", index))
        rows.append(tuple(cells))
    return Table("fig-confidence-numbers", "Texts in each bin", tuple(columns), tuple(rows))


def _count(block: Fields, key: str, index: int) -> Cell:
    counts = block.fields(key).numbers("counts")
    return number_cell(counts[index] if index < len(counts) else None, None)
