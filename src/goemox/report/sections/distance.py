"""Distance: how far each domain's texts lie from what the model was trained on."""

from __future__ import annotations

from goemox.report.blocks import Cell, Column, Figure, Section, Table, number_cell, share_cell, text_cell
from goemox.report.charts.histogram import HistogramPanel, histogram
from goemox.report.charts.panels import KeyLine
from goemox.report.fields import Fields
from goemox.report.formats import percent
from goemox.report.order import domain_name, domain_note, has_domains
from goemox.report.sections.histograms import ceiling, shares
from goemox.report.sentences import distance as sentences
from goemox.report.sentences.domains import NO_DOMAIN

__all__ = ["section"]

LEAD = (
    "Each text gets a percentile: the share of in-domain texts that lie closer to the reference than it "
    "does. In-domain texts would fill every bin alike; texts beyond 95 count as outside."
)
OUTSIDE = 95.0


def section(report: Fields) -> Section:
    """One panel for each domain whose distance is known."""
    if not has_domains(report):
        return Section("distance", "Distance", NO_DOMAIN)
    said = " ".join(filter(None, (sentences.distance(report), sentences.lengths(report))))
    drawn = [domain for domain in report.rows("domains") if shares(domain.fields("distance"), "histogram")]
    if not drawn:
        return Section("distance", "Distance", f"{LEAD} {said}", [_table(report)])
    found = [shares(domain.fields("distance"), "histogram") for domain in drawn]
    highest = ceiling(found)
    panels = []
    for index, (domain, bars) in enumerate(zip(drawn, found, strict=True), 1):
        if bars is None:
            continue
        outside = domain.fields("distance").number("share_outside")
        key = (
            KeyLine("box", "calibrated", f"texts; {percent(outside)} beyond 95"),
            KeyLine("stroke", "reference", "level of in-domain texts"),
        )
        level = 1 / len(bars.shares)
        name = domain_name(domain)
        panel = HistogramPanel(name, domain_note(domain), bars, key, None, (level,), (OUTSIDE,))
        described = f"{name}: {percent(outside)} of the texts lie beyond the 95th percentile."
        panels.append(
            histogram(
                f"fig-distance-{index}",
                described,
                panel,
                highest,
                "percentile of distance",
            )
        )
    figure = Figure("fig-distance", "How far the texts lie out", said, tuple(panels), _table(report))
    return Section("distance", "Distance", LEAD, [figure])


def _table(report: Fields) -> Table:
    columns = (
        Column("Domain", numeric=False), Column("Texts"), Column("Share outside"),
        Column("Median percentile"), Column("Median words"), Column("Median words in domain"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for domain in report.rows("domains"):
        block = domain.fields("distance")
        rows.append(
            (
                text_cell(domain_name(domain), foreign=True),
                number_cell(domain.number("n"), None),
                share_cell(block.number("share_outside")),
                number_cell(block.number("median_percentile"), 1),
                number_cell(block.number("length_median_words"), 0),
                number_cell(block.number("reference_length_median_words"), 0),
            )
        )
    return Table("fig-distance-numbers", "Distance and length of the texts", columns, tuple(rows))
