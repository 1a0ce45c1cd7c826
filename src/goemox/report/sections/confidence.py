"""Confidence: how sure the model is on each set, calibrated and as softmax would say it."""

from __future__ import annotations

from goemox.report.blocks import Cell, Column, Figure, Section, Table, number_cell, text_cell
from goemox.report.charts.histogram import HistogramPanel, histogram
from goemox.report.charts.panels import KeyLine
from goemox.report.fields import Fields
from goemox.report.formats import decimal
from goemox.report.order import domain_name, domain_note
from goemox.report.sections.histograms import ceiling, shares
from goemox.report.sentences import domains as sentences

__all__ = ["section"]

LEAD = (
    "The probability of each text's top label. Bars: calibrated, label by label. Line: the largest softmax "
    "value over the same logits, which must sum to 1 over all labels and so hides that several can be true."
)
CAUTION = "High confidence is not accuracy: whether the probabilities hold elsewhere needs labels from there."


def section(report: Fields) -> Section:
    """One panel for each set of texts with a histogram."""
    sets = _sets(report)
    drawn = [entry for entry in sets if shares(entry[2], "histogram")]
    if not drawn:
        return Section("confidence", "Confidence", "Confidence was not measured.")
    highest = ceiling(
        [shares(block, key) for *_, block, _ in drawn for key in ("histogram", "softmax_histogram")]
    )
    panels = []
    for index, (name, note, block, soft) in enumerate(drawn, 1):
        bars, outline = shares(block, "histogram"), shares(block, "softmax_histogram")
        if bars is None:
            continue
        mean = block.number("mean")
        key = [
            KeyLine(
                "box", "calibrated", "calibrated" + ("" if mean is None else f", mean {decimal(mean, 2)}")
            )
        ]
        if outline is not None:
            words = "softmax" + ("" if soft is None else f", mean {decimal(soft, 2)}")
            key.append(KeyLine("stroke", "softmax-line", words))
        panel = HistogramPanel(name, note, bars, tuple(key), outline)
        described = f"{name}: {', '.join(line.words for line in key)}."
        panels.append(histogram(f"fig-confidence-{index}", described, panel, highest, "top probability"))
    title, said = "How sure the model is", sentences.confidence(report)
    figure = Figure("fig-confidence", title, said, tuple(panels), _table(drawn), "panels", CAUTION)
    return Section("confidence", "Confidence", LEAD, [figure])


def _sets(report: Fields) -> list[tuple[str, str, Fields, float | None]]:
    inside = report.fields("in_domain")
    home = inside.fields("confidence")
    sets = [("in domain", domain_note(inside), home, home.number("mean_max_softmax"))]
    for domain in report.rows("domains"):
        soft = domain.fields("naive").number("mean_max_softmax")
        sets.append((domain_name(domain), domain_note(domain), domain.fields("confidence"), soft))
    return sets


def _table(drawn: list[tuple[str, str, Fields, float | None]]) -> Table:
    columns = [Column("Top probability", numeric=False)]
    for name, *_ in drawn:
        columns += [Column(f"{name}, calibrated"), Column(f"{name}, softmax")]
    first = shares(drawn[0][2], "histogram")
    edges = first.edges if first else ()
    rows: list[tuple[Cell, ...]] = []
    for index in range(len(edges) - 1):
        cells = [text_cell(f"{edges[index]:g} to {edges[index + 1]:g}")]
        for _, _, block, _ in drawn:
            for key in ("histogram", "softmax_histogram"):
                counts = block.fields(key).numbers("counts")
                cells.append(number_cell(counts[index] if index < len(counts) else None, None))
        rows.append(tuple(cells))
    return Table("fig-confidence-numbers", "Texts in each bin", tuple(columns), tuple(rows))
