"""Outside texts in two studies: what B answers differently than A, one panel a domain."""

from __future__ import annotations

from collections.abc import Sequence

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
from goemox.report.charts.differences import DifferenceRow, difference_panel, reach
from goemox.report.charts.panels import KeyLine
from goemox.report.fields import Fields
from goemox.report.formats import MINUS, count, p_value, points
from goemox.report.order import domain_name
from goemox.report.sentences import compared_answers as sentences
from goemox.report.sentences.comparison import leaning
from goemox.report.texts import name
from goemox.wording import join

__all__ = ["SURE", "dots", "hollow", "outside", "ticks"]

SHARES_LEAST = 0.01  # of the axis, so that noise looks small
SURE = ("better", "worse", "more", "less")


def dots(rows: Sequence[Fields]) -> tuple[KeyLine, KeyLine]:
    """The two dots of a panel of these rows."""
    return KeyLine("dot", "dot main", "beyond chance"), KeyLine("dot", "dot rest hollow", hollow(rows))


def hollow(rows: Sequence[Fields]) -> str:
    """What a hollow dot stands for: a difference by chance or, where rows have one, untested or unearned."""
    untested = [row.text("verdict") == "not tested" for row in rows]
    unearned = [leaning(row) != row.text("verdict") for row in rows]
    meanings = {
        "within chance": not all(untested), "not tested": any(untested),
        "fitted on these texts": any(unearned),
    }  # fmt: skip
    return join([meaning for meaning, is_meant in meanings.items() if is_meant], "or")


def ticks(side: float) -> tuple[str, str]:
    """The words at the two ends of an axis, as few digits as tell them."""
    return tuple(f"{sign}{side:g}" for sign in (MINUS, "+"))  # type: ignore[return-value]


def outside(report: Fields) -> Section:
    """What is different there, label by label and row by row."""
    domains = report.rows("domains")
    if not domains:
        return Section("domains", "Outside texts", sentences.outside(report)[0])
    lead = "Labels that the models give, not labels that people gave: other is not better or worse here."
    blocks: list[Block] = [_overview(domains), _shares(report, domains)]
    blocks += [table for table in (_moves(domains), _rows(domains)) if table.rows]
    return Section("domains", "Outside texts", lead, blocks)


def _overview(domains: Sequence[Fields]) -> Table:
    columns = (
        Column("Domain", numeric=False), Column("Texts in A"), Column("Texts in B"),
        Column("Compared one by one"), Column("With other labels"), Column("Other top label"),
        Column("Confidence in A"), Column("Confidence in B"), Column("Far out in A"), Column("Far out in B"),
        Column("Verdict", numeric=False),
    )  # fmt: skip
    return Table(
        "compared-domains", "The texts that both studies read", columns, tuple(map(_overview_row, domains))
    )


def _overview_row(part: Fields) -> tuple[Cell, ...]:
    changed, sure, outside = (part.fields(key) for key in ("changed", "confidence", "share_outside"))
    n = part.number("n")
    top = changed.number("n_top")
    return (
        text_cell(domain_name(part, 60), foreign=True, known_as=domain_name(part)),
        number_cell(part.number("n_a"), None),
        number_cell(part.number("n_b"), None),
        number_cell(n, None),
        share_cell(changed.number("share")),
        share_cell(top / n if n and top is not None else None),
        *(number_cell(sure.number(side)) for side in ("a", "b")),
        *(share_cell(outside.number(side)) for side in ("a", "b")),
        text_cell(part.text("verdict")),
    )


def _shares(report: Fields, domains: Sequence[Fields]) -> Figure:
    title, said = "Share of texts with each label, B minus A", " ".join(sentences.outside(report))
    known = {
        index: [row for row in part.rows("label_share") if row.number("difference") is not None]
        for index, part in enumerate(domains, 1)
    }
    drawn = {index: list(map(_share_row, rows)) for index, rows in known.items()}
    side = reach([row for rows in drawn.values() for row in rows], SHARES_LEAST)
    panels = tuple(
        difference_panel(
            f"fig-shares-{index}", domain_name(part), _size(part), sentences.domain(report, part),
            drawn[index], dots(known[index]), side, "difference in percentage points",
            ticks(100 * side), domain_name(part),
        )
        for index, part in enumerate(domains, 1) if drawn[index]
    )  # fmt: skip
    columns = (
        Column("Domain", numeric=False), Column("Label", numeric=False), Column("Share in A"),
        Column("Share in B"), Column("Difference"), Column("low"), Column("high"), Column("Adjusted p"),
        Column("In B", numeric=False),
    )  # fmt: skip
    cells = tuple(_share_cells(part, row) for part in domains for row in part.rows("label_share"))
    table = Table("fig-shares-numbers", title, columns, cells, searchable=True)
    return Figure("fig-shares", title, said, panels, table, "panels")


def _share_row(row: Fields) -> DifferenceRow:
    words = f"{points(row.number('difference'))}, {row.text('verdict')}"
    return DifferenceRow(row.text("label"), words, row.number("difference") or 0.0, row.number("low"),
                         row.number("high"), row.text("verdict") in SURE)  # fmt: skip


def _size(part: Fields) -> str:
    return f"n = {count(part.number('n'))}" if part.flag("paired") else "not paired"


def _share_cells(part: Fields, row: Fields) -> tuple[Cell, ...]:
    return (
        text_cell(domain_name(part), foreign=True),
        text_cell(row.text("label")),
        *(share_cell(row.number(side)) for side in ("a", "b")),
        *(Cell(points(row.number(key)), row.number(key)) for key in ("difference", "low", "high")),
        Cell(p_value(row.number("p_adjusted")), row.number("p_adjusted")),
        text_cell(row.text("verdict")),
    )


def _moves(domains: Sequence[Fields]) -> Table:
    columns = (
        Column("Domain", numeric=False), Column("Top label in A", numeric=False),
        Column("Top label in B", numeric=False), Column("Texts"),
    )  # fmt: skip
    rows = tuple(
        (
            text_cell(domain_name(part), foreign=True),
            text_cell(row.text("from")),
            text_cell(row.text("to")),
            number_cell(row.number("n"), None),
        )
        for part in domains
        for row in part.rows("moves")
    )
    return Table("moves", "Where top labels went, most frequent first", columns, rows, folded=True)


def _rows(domains: Sequence[Fields]) -> Table:
    columns = (
        Column("Domain", numeric=False), Column("Row", numeric=False), Column("Labels in A", numeric=False),
        Column("Labels in B", numeric=False), Column("Largest change of a score"),
    )  # fmt: skip
    rows = tuple(
        (
            text_cell(domain_name(part), foreign=True),
            text_cell(name(row.text("id")), foreign=True),
            *(text_cell(", ".join(row.texts(f"labels_{side}"))) for side in ("a", "b")),
            number_cell(row.number("score_change"), 2),
        )
        for part in domains
        for row in part.rows("rows")
    )
    return Table("changed-rows", "Rows with other labels that changed most", columns, rows, folded=True)
