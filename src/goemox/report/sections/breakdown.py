"""The figures of a breakdown by any column: top labels and single labels of each group, domain by domain."""

from __future__ import annotations

from goemox.domain_shift.limits import MIN_TEXTS
from goemox.evaluation.shares import DISPLAY_GROUPS
from goemox.report.blocks import Block, Cell, Column, Figure, Prose, Table, number_cell, share_cell, text_cell
from goemox.report.charts.bars import StackedRow, stacked_bars
from goemox.report.charts.group_dots import GroupDot, group_dots
from goemox.report.fields import Fields
from goemox.report.formats import count
from goemox.report.order import domain_name, has_neutral, leading_label, three_groups
from goemox.report.sections.parts import interesting_first, panel_top, part_table, with_note
from goemox.report.sentences import parts as sentences
from goemox.report.texts import name
from goemox.wording import plural

__all__ = ["labels_by_group"]

DRAWN = 8  # labels
BESIDE = 19  # letters of a name beside its row
NOTE = (
    "Dot: share of the group’s texts that are given the label, 95% interval; hollow: fewer than "
    f"{MIN_TEXTS} texts, or many groups together, never compared; dashed: all texts of the domain. "
    "Groups may differ because their texts do. In the numbers, p of the label is one test of all groups of "
    f"{MIN_TEXTS} texts and more, Holm-adjusted over the labels; ≤ marks one that was drawn and may be "
    "smaller."
)


def labels_by_group(report: Fields) -> list[Block]:
    """Two figures for each domain that has the column, or why not, and who has none; nothing without one."""
    blocks: list[Block] = []
    for index, domain in enumerate(report.rows("domains"), 1):
        groups = domain.fields("groups")
        if not groups:
            continue
        shown = groups.rows("shown")
        if shown and has_neutral(report):
            blocks.append(_top_labels(domain, f"fig-groups-of-{index}", leading_label(report)))
        figure = _labels(domain, f"fig-by-group-{index}") if shown else None
        blocks.append(figure or Prose((sentences.between_groups(domain),)))
    return with_note(blocks, sentences.ungrouped(report))


def _all_groups(domain: Fields) -> list[Fields]:
    """The groups shown, and the others as the last."""
    groups = domain.fields("groups")
    others = groups.fields("others")
    return [*groups.rows("shown"), *([others] if others else [])]


def _title(domain: Fields, columns: int = 40) -> list[tuple[str, Fields]]:
    """Each group with its name; the rest is called so, whatever a group is called."""
    others = domain.fields("groups").fields("others")
    n_others = others.count("n_groups")
    called = "all others" if n_others is None else f"all {n_others:,} others"
    n_shown = len(domain.fields("groups").rows("shown"))
    return [
        (name(each.text("name"), columns) if index < n_shown else called, each)
        for index, each in enumerate(_all_groups(domain))
    ]


def _top_labels(domain: Fields, key: str, label: str) -> Figure:
    where, column = domain_name(domain), name(domain.fields("groups").text("column"))
    rows = []
    for title, each in _title(domain):
        known = _three(each, label)
        if known is not None:
            rows.append(StackedRow(title, f"n = {count(each.number('n'))}", known, where))
    title, said = f"Top labels by {column}: {where}", sentences.whole_groups(domain)
    picture = stacked_bars(f"{key}-1", title, said, rows, domain=where)
    columns = (
        Column("Group", numeric=False), Column("Domain", numeric=False), Column("Texts"),
        *(Column(group) for group in _names(domain, label)), Column("Without any label"),
        Column("Mean confidence"), Column("Far out"),
    )  # fmt: skip
    table = Table(f"{key}-numbers", f"Texts by {column}", columns, tuple(_described(domain, label)))
    return Figure(key, title, said, (picture,), table, "one")


def _three(texts: Fields, label: str) -> dict[str, float] | None:
    return three_groups(label, texts.by_name("top_label"), texts.fields("top_label_share"))


def _names(domain: Fields, label: str) -> tuple[str, ...]:
    known = [found for each in _all_groups(domain) if (found := _three(each, label))]
    return tuple(known[0]) if known else DISPLAY_GROUPS


def _described(domain: Fields, label: str) -> list[tuple[Cell, ...]]:
    where, rows = text_cell(domain_name(domain), foreign=True), []
    for title, each in _title(domain, 120):
        top = _three(each, label) or {}
        rows.append(
            (
                text_cell(title, foreign=True), where, number_cell(each.number("n"), None),
                *(share_cell(top.get(group)) for group in _names(domain, label)),
                share_cell(each.number("no_label_share")), number_cell(each.number("confidence_mean")),
                share_cell(each.number("share_outside")),
            )
        )  # fmt: skip
    return rows


def _labels(domain: Fields, key: str) -> Figure | None:
    """One panel for each of the labels that moved or are frequent, None where no text is given any."""
    groups, where = domain.fields("groups"), domain_name(domain)
    column, overall = name(groups.text("column")), domain.by_name("label_share")
    frequent = sorted((label for label in overall if overall[label] > 0), key=lambda label: -overall[label])
    labels, n_seen = interesting_first(frequent, sentences.moved(domain, "groups")[:DRAWN])
    labels = labels[:DRAWN]
    if not labels:
        return None
    dots = {label: _dots(domain, label) for label in labels}
    panels = []
    for index, label in enumerate(labels, 1):
        trusted = [each for each in dots[label] if each.full] or dots[label]
        shares = [*(each.high for each in trusted), *(each.share for each in dots[label]), overall[label]]
        verdict = sentences.verdict(domain, "groups", label)
        described = f"{label} on {where} in {plural(len(dots[label]), 'group')} by {column}: {verdict}."
        panels.append(
            group_dots(
                f"{key}-{index}", label, verdict, described, dots[label], overall[label], panel_top(shares),
                domain=where, moved=label in sentences.moved(domain, "groups"),
            )
        )  # fmt: skip
    said = sentences.between_groups(domain)
    table = part_table(f"{key}-numbers", "groups", domain, labels, dots)
    return Figure(
        key, f"Labels by {column}: {where}", said, tuple(panels[:n_seen]), table, note=NOTE,
        more=tuple(panels[n_seen:]), folded=tuple(labels[n_seen:]),
    )  # fmt: skip


def _dots(domain: Fields, label: str) -> list[GroupDot]:
    dots, n_shown = [], len(domain.fields("groups").rows("shown"))
    for index, (title, each) in enumerate(_title(domain, 120)):
        ends = each.fields("label_share_interval").numbers(label)
        low, high = ends if len(ends) == 2 else (None, None)
        n, short = each.count("n") or 0, _title(domain, BESIDE)[index][0]
        share = each.fields("label_share").number(label)
        dots.append(GroupDot(short, title, n, share, low, high, n >= MIN_TEXTS and index < n_shown))
    return dots
