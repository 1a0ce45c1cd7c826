"""Domains: which labels the model gives elsewhere, and how far that is from home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from goemox.report.blocks import (
    Block,
    Cell,
    Column,
    Figure,
    Prose,
    Section,
    Table,
    number_cell,
    share_cell,
    text_cell,
)
from goemox.report.charts.bars import StackedRow, stacked_bars
from goemox.report.fields import Fields
from goemox.report.formats import p_value
from goemox.report.order import (
    IN_DOMAIN,
    domain_name,
    domain_note,
    has_neutral,
    in_domain_name,
    label_order,
    leading_label,
    three_groups,
)
from goemox.report.sections.alike import alike
from goemox.report.sections.breakdown import labels_by_group
from goemox.report.sections.co_occurrence import domains_together
from goemox.report.sections.label_dots import label_shares
from goemox.report.sections.timeline import labels_over_time
from goemox.report.sections.words import label_words
from goemox.report.sentences import domains as sentences
from goemox.report.sentences.verdicts import too_few

__all__ = ["TOP_NOTE", "section", "stacked_row"]

TOP_NOTE = (
    "Each text counts once, under its most probable label. A text can be given several labels, or neutral "
    "beside an emotion: shares of labels given, as below, are larger and do not add up to 100%. The label "
    "named beside neutral is the most frequent top label of the texts that were studied."
)
SOURCES = {
    "live": "collected live for this report",
    "file": "from a file",
    "sample": "written for goemox: never evidence",
}


def section(report: Fields) -> Section:
    """What the domains are, their top labels, all labels, the tests and the likeness of sets."""
    domains = report.rows("domains")
    if not domains:
        lead = f"{sentences.NO_DOMAIN} Name some with --domain NAME=FILE."
        return Section("domains", "Domains", lead)
    lead = "Labels that the model gives, not labels that people gave. The in-domain set is the reference."
    blocks: list[Block] = []
    written = sentences.samples(report)
    if written:
        blocks.append(Prose(tuple(written)))
    blocks.append(_overview(domains))
    blocks += [figure for figure in (_groups(report), label_shares(report)) if figure]
    blocks += [*labels_over_time(report), *labels_by_group(report)]
    blocks += [figure for figure in (label_words(report), domains_together(report)) if figure]
    moved = _moved(report)
    if moved.rows:
        blocks.append(moved)
    return Section("domains", "Domains", lead, [*blocks, *alike(report)])


def stacked_row(
    title: str, note: str, shares: Mapping[str, float] | None, domain: str | None = None
) -> StackedRow | None:
    """A bar of the three groups, None where a share is missing; `domain` by its name in pictures."""
    return None if shares is None else StackedRow(title, note, dict(shares), domain)


def _overview(domains: Sequence[Fields]) -> Table:
    columns = (
        Column("Domain", numeric=False), Column("Where from", numeric=False), Column("What", numeric=False),
        Column("Texts"), Column("Repeated texts"), Column("Without any label"), Column("Median words"),
    )  # fmt: skip
    rows = tuple(_overview_row(domain) for domain in domains)
    return Table("domains-overview", "The texts that were studied", columns, rows)


def _overview_row(domain: Fields) -> tuple[Cell, ...]:
    return (
        text_cell(domain_name(domain, 60), foreign=True, known_as=domain_name(domain)),
        text_cell(SOURCES.get(domain.text("source"), domain.text("source"))),
        text_cell(domain.text("description"), foreign=True),
        number_cell(domain.number("n"), None),
        number_cell(domain.number("n_duplicates"), None),
        share_cell(domain.number("no_label_share")),
        number_cell(domain.fields("distance").number("length_median_words"), 0),
    )


def _groups(report: Fields) -> Figure | None:
    if not has_neutral(report):
        return None  # the groups are neutral, another label and the others
    inside, label = report.fields("in_domain"), leading_label(report)
    home = stacked_row(
        f"{in_domain_name(report)} (in domain)",
        domain_note(inside),
        _three(label, inside),
        IN_DOMAIN,
    )
    found = [
        stacked_row(domain_name(d), domain_note(d), _three(label, d), domain_name(d))
        for d in report.rows("domains")
    ]
    rows = [row for row in (home, *found) if row is not None]
    if not rows:
        return None
    title, said = "Top labels in three groups", sentences.group_shares(report)
    table = Table(
        "fig-groups-numbers",
        "Share of texts by their top label",
        (Column("Set", numeric=False), *(Column(group) for group in rows[0].shares)),
        tuple((text_cell(row.title, foreign=True), *map(share_cell, row.shares.values())) for row in rows),
    )
    picture = stacked_bars("fig-groups-1", title, said, rows)
    return Figure("fig-groups", title, said, (picture,), table, "one", TOP_NOTE)


def _three(label: str, texts: Fields) -> dict[str, float] | None:
    return three_groups(label, texts.by_name("top_label"), texts.fields("top_label_share"))


def _moved(report: Fields) -> Table:
    place = {label: index for index, label in enumerate(label_order(report))}
    rows: list[tuple[Cell, ...]] = []
    for domain in report.rows("domains"):
        tested = domain.fields("tests").rows("labels")
        ordered = sorted(tested, key=lambda row: place.get(row.text("label"), len(place)))
        rows += [_moved_row(domain, row) for row in ordered]
    columns = (
        Column("Domain", numeric=False), Column("Label", numeric=False), Column("Verdict", numeric=False),
        Column("Share in the reference"), Column("Share here"), Column("KS distance of scores"),
        Column("Adjusted p"),
    )  # fmt: skip
    return Table(
        "moved",
        "Which labels moved: one test a label and domain, against the reference texts (see Method)",
        columns,
        tuple(rows),
        searchable=True,
        folded=True,
    )


def _moved_row(domain: Fields, row: Fields) -> tuple[Cell, ...]:
    moved = row.text("label") in domain.fields("tests").texts("moved")
    found = "too few texts" if too_few(domain) else "moved" if moved else "within chance"
    return (
        text_cell(domain_name(domain), foreign=True),
        text_cell(row.text("label")),
        text_cell(found),
        share_cell(row.number("share_reference")),
        share_cell(row.number("share_target")),
        number_cell(row.number("ks")),
        Cell(p_value(row.number("p_adjusted")), row.number("p_adjusted")),
    )
