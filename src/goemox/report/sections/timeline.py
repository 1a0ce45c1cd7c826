"""The figures of labels over time, one for each domain that has dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from goemox.labels import NEUTRAL
from goemox.report.blocks import Block, Cell, Column, Figure, Prose, Table, number_cell, share_cell, text_cell
from goemox.report.charts.timeline import Period, time_panel
from goemox.report.fields import Fields
from goemox.report.formats import p_value, percent, plural
from goemox.report.order import domain_name
from goemox.report.sentences import parts as sentences
from goemox.report.svg import nice_ceiling

__all__ = ["interesting_first", "labels_over_time", "p_cell", "panel_top", "with_note"]

AT_FIRST = 4  # panels before the switch, unless more labels moved
NOTE = (
    "Line: share of the period’s texts that are given the label, with its 95% band; not drawn for fewer than "
    "{few} texts. Grey bars: number of texts. Dashed: share in domain. Times are UTC. A change may come from "
    "other texts having been collected. In the numbers, p of the label is one test of all periods, "
    "Holm-adjusted over the labels; ≤ marks one that was drawn and may be smaller."
)


def labels_over_time(report: Fields) -> list[Block]:
    """A figure for each domain with a time line, and which domains have none; nothing where none has one."""
    blocks: list[Block] = []
    for index, domain in enumerate(report.rows("domains"), 1):
        if domain.fields("timeline").rows("periods"):
            blocks.append(_figure(report, domain, f"fig-time-{index}"))
    return with_note(blocks, sentences.untimed(report))


def with_note(blocks: Sequence[Block], said: Sequence[str]) -> list[Block]:
    """The blocks with more said in the note of the last figure; as a paragraph where they end without one."""
    if said and blocks and isinstance(last := blocks[-1], Figure):
        return [*blocks[:-1], replace(last, note=" ".join([last.note, *said]).strip())]
    return [*blocks, *([Prose(tuple(said))] if said else [])]


def interesting_first(labels: Sequence[str], moved: Sequence[str]) -> tuple[list[str], int]:
    """The labels that moved, neutral, the others; and how many of them are seen before the switch."""
    ordered = dict.fromkeys(
        [*(m for m in moved if m in labels), *(n for n in labels if n == NEUTRAL), *labels]
    )
    return list(ordered), AT_FIRST if len(moved) <= AT_FIRST else len(ordered)


def panel_top(known: Sequence[float | None]) -> float:
    """The share at the end of a panel's axis, so that all that is known lies within."""
    return nice_ceiling(max((share for share in known if share is not None), default=1.0))


def p_cell(test: Fields | None) -> Cell:
    """The adjusted p of a row of `tests`: one for a label and all its parts."""
    if test is None:
        return Cell(p_value(None))
    p = test.number("p_adjusted")
    return Cell(p_value(p, test.flag("p_at_floor")), p)


def _figure(report: Fields, domain: Fields, key: str) -> Figure:
    line, where = domain.fields("timeline"), domain_name(domain)
    labels, n_seen = interesting_first(line.texts("labels"), sentences.moved(domain, "timeline"))
    home = report.fields("in_domain").by_name("label_share")
    periods = {label: _periods(line, label) for label in labels}
    panels = []
    for index, label in enumerate(labels, 1):
        shown = periods[label]
        highest = panel_top([home.get(label), *_heights(shown)])
        verdict = sentences.verdict(domain, "timeline", label)
        described = f"{label} on {where}, {plural(len(shown), line.text('unit'))}: {verdict}. {_ends(shown)}"
        panels.append(
            time_panel(
                f"{key}-{index}", label, verdict, described, shown, home.get(label), highest, domain=where,
                moved=label in sentences.moved(domain, "timeline"),
            )
        )  # fmt: skip
    title, few = f"Over time: {where}", line.count("few") or 0
    note = NOTE.format(few=max(few, 1))
    table = _table(f"{key}-numbers", domain, labels, periods)
    return Figure(
        key, title, sentences.over_time(domain), tuple(panels[:n_seen]), table, note=note,
        more=tuple(panels[n_seen:]),
    )  # fmt: skip


def _periods(line: Fields, label: str) -> list[Period]:
    few, unit, periods = line.number("few") or 0, line.text("unit"), []
    for each in line.rows("periods"):
        n = each.count("n") or 0
        ends = each.fields("label_share_interval").numbers(label)
        low, high = ends if len(ends) == 2 else (None, None)
        share = each.fields("label_share").number(label) if n else None
        periods.append(Period(sentences.period_name(each.text("start"), unit), n, share, low, high, n < few))
    return periods


def _heights(periods: Sequence[Period]) -> list[float | None]:
    """What must lie within the panel: shares, but those of few texts, and the bands of the larger periods."""
    middle = median([each.n for each in periods if each.n] or [0])
    shares = [each.share for each in periods if not each.few] or [each.share for each in periods]
    return [*shares, *(each.high for each in periods if each.n >= middle)]


def _ends(periods: Sequence[Period]) -> str:
    known = [each for each in periods if each.share is not None]
    if not known:
        return ""
    return " to ".join(f"{percent(each.share)} in {each.name}" for each in (known[0], known[-1])) + "."


def _table(key: str, domain: Fields, labels: Sequence[str], periods: dict[str, list[Period]]) -> Table:
    columns = (
        Column("Period", numeric=False), Column("Domain", numeric=False), Column("Label", numeric=False),
        Column("Texts"), Column("Share"), Column("Low"), Column("High"), Column("p of the label"),
    )  # fmt: skip
    tests = {row.text("label"): row for row in domain.fields("timeline").rows("tests")}
    where, rows = text_cell(domain_name(domain), foreign=True), []
    for label in labels:
        tested = p_cell(tests.get(label))
        for each in periods[label]:
            numbers = (number_cell(each.n, None), *(share_cell(v) for v in (each.share, each.low, each.high)))
            rows.append((text_cell(each.name), where, text_cell(label), *numbers, tested))
    return Table(key, "Share of each period’s texts by label", columns, tuple(rows), searchable=True)
