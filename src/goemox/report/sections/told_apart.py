"""Told apart: how often the distance finds the outside text, beside what length alone finds."""

from __future__ import annotations

from goemox.report.blocks import Cell, Column, Figure, Table, number_cell, share_cell, text_cell
from goemox.report.charts import told_apart as charts
from goemox.report.charts.told_apart import ApartRow, Area
from goemox.report.fields import Fields
from goemox.report.formats import interval
from goemox.report.order import domain_name
from goemox.report.sentences import distance as sentences
from goemox.report.sentences.known_texts import home_kind

__all__ = ["told_apart"]

NOTE = (
    "Area under the ROC curve: the chance that of two texts, one of each side, the foreign one lies "
    "farther out; 0.5, the dashed line, is guessing. Lines are 95% intervals. Flagged at home, in the "
    "numbers: the share of {home} texts that would be flagged, too, by a cut that finds 95% of the "
    "domain's."
)


def told_apart(report: Fields) -> Figure | None:
    """One row a domain; None where nothing was compared."""
    rows = [row for domain in report.rows("domains") if (row := _row(domain))]
    if not rows:
        return None
    title, said = "Are they told apart, or only longer or shorter?", sentences.told_apart(report)
    note = NOTE.format(home=home_kind(report))
    picture = charts.told_apart("fig-told-apart-1", title, said, rows)
    return Figure("fig-told-apart", title, said, (picture,), _table(report), "half", note)


def _row(domain: Fields) -> ApartRow | None:
    found = domain.fields("distance").fields("told_apart")
    every = _area(found.fields("auroc"))
    if every is None:
        return None
    matched, n = _area(found.fields("matched")), found.count("n_matched")
    note = "too few of the same length" if matched is None or n is None else f"{n:,} of the same length"
    return ApartRow(domain_name(domain), note, every, matched, found.number("length_auroc"))


def _area(found: Fields) -> Area | None:
    value = found.number("value")
    return None if value is None else Area(value, found.number("low"), found.number("high"))


def _table(report: Fields) -> Table:
    columns = (
        Column("Domain", numeric=False), Column("By the distance"), Column("95% interval", numeric=False),
        Column("By length alone"), Column("Same length"), Column("Interval, same length", numeric=False),
        Column("Texts of the same length"), Column("Flagged at home"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for domain in report.rows("domains"):
        found = domain.fields("distance").fields("told_apart")
        area, matched = found.fields("auroc"), found.fields("matched")
        rows.append(
            (
                text_cell(domain_name(domain), foreign=True),
                number_cell(area.number("value")),
                text_cell(interval(area.number("low"), area.number("high"))),
                number_cell(found.number("length_auroc")),
                number_cell(matched.number("value")),
                text_cell(interval(matched.number("low"), matched.number("high"))),
                number_cell(found.number("n_matched"), None),
                share_cell(found.number("fpr95")),
            )
        )
    return Table("fig-told-apart-numbers", "How well the sides are told apart", columns, tuple(rows))
