"""What the figures of a domain's parts share, be they periods or groups: order, axes, numbers, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from goemox.labels import NEUTRAL
from goemox.report.blocks import Block, Cell, Column, Figure, Prose, Table, number_cell, share_cell, text_cell
from goemox.report.charts.group_dots import GroupDot
from goemox.report.charts.timeline import Period
from goemox.report.fields import Fields
from goemox.report.formats import p_value
from goemox.report.order import domain_name
from goemox.report.svg import nice_ceiling

__all__ = ["interesting_first", "panel_top", "part_table", "with_note"]

AT_FIRST = 4  # panels before the switch, unless more labels moved


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


def _p_cell(test: Fields | None) -> Cell:
    """The adjusted p of a row of `tests`: one for a label and all its parts."""
    if test is None:
        return Cell(p_value(None))
    p = test.number("p_adjusted")
    return Cell(p_value(p, test.flag("p_at_floor")), p)


def part_table(
    key: str,
    kind: str,
    domain: Fields,
    labels: Sequence[str],
    parts: Mapping[str, Sequence[Period | GroupDot]],
) -> Table:
    """The numbers behind such a figure. kind: "timeline" or "groups". parts: of each label, in order."""
    one = {"timeline": "period", "groups": "group"}[kind]
    columns = (
        Column(one.capitalize(), numeric=False), Column("Domain", numeric=False),
        Column("Label", numeric=False), Column("Texts"), Column("Share"), Column("Low"), Column("High"),
        Column("p of the label"),
    )  # fmt: skip
    tests = {row.text("label"): row for row in domain.fields(kind).rows("tests")}
    where, rows = text_cell(domain_name(domain), foreign=True), []
    for label in labels:
        tested = _p_cell(tests.get(label))
        for index, each in enumerate(parts[label]):
            numbers = (number_cell(each.n, None), *(share_cell(v) for v in (each.share, each.low, each.high)))
            is_period = kind == "timeline"
            name = text_cell(each.name, foreign=not is_period, place=index if is_period else None)
            rows.append((name, where, text_cell(label), *numbers, tested))
    return Table(key, f"Share of each {one}’s texts by label", columns, tuple(rows), searchable=True)
