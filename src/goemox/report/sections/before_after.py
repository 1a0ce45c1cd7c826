"""Before and after: was it collapse, or is it the text; the same logits under every rule."""

from __future__ import annotations

from goemox.report.blocks import Block, Cell, Column, Figure, Prose, Section, Table, share_cell, text_cell
from goemox.report.charts.bars import stacked_bars
from goemox.report.fields import Fields
from goemox.report.order import domain_name, domain_note, has_neutral, top_neutral
from goemox.report.sections.domains import stacked_row
from goemox.report.sentences import domains as sentences
from goemox.report.sentences.verdicts import is_sample

__all__ = ["section"]

LEAD = (
    "Was it collapse, or is it the text? First in words; then the model's own logits under other decision "
    "rules: softmax with the largest label only, a fixed cut at 0.5, and the model's own calibrated cuts."
)


def section(report: Fields) -> Section:
    """Top labels by rule and domain."""
    rows, numbers = [], []
    for domain in report.rows("domains"):
        naive, where = domain.fields("naive"), domain_name(domain)
        before = stacked_row(f"{where}: softmax, argmax", domain_note(domain), naive.fields("softmax_argmax"))
        after = stacked_row(
            f"{where}: calibrated top label", domain_note(domain), domain.fields("top_label_share")
        )
        if before and after and has_neutral(report):
            rows += [before, after]
        if naive:
            numbers.append(_numbers(report, domain))
    if not numbers:
        return Section("before-after", "Before and after", "The simpler decision rules were not compared.")
    columns = (
        Column("Domain", numeric=False), Column("Neutral, softmax"), Column("Neutral, calibrated"),
        Column("Neutral by softmax, only emotions by the release rule"), Column("No label at a 0.5 cut"),
        Column("No label by the release rule"),
    )  # fmt: skip
    table = Table("fig-rules-numbers", "Three decision rules on the same logits", columns, tuple(numbers))
    blocks = _answers(report)
    if not rows:
        return Section("before-after", "Before and after", LEAD, [*blocks, table])
    title, said = "The same logits, read twice", sentences.decision_rules(report)
    picture = stacked_bars("fig-rules-1", title, said, rows)
    blocks.append(Figure("fig-rules", title, said, (picture,), table, "one"))
    ways = _ways(report)
    return Section("before-after", "Before and after", LEAD, [*blocks, ways] if ways.rows else blocks)


def _answers(report: Fields) -> list[Block]:
    """What the comparison found on each domain, in the words that `goemox shift` prints."""
    return [
        Prose(answers, domain_name(domain), listed=True)
        for domain in report.rows("domains")
        if (answers := domain.texts("answers")) and not is_sample(domain)
    ]


def _ways(report: Fields) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for domain in report.rows("domains"):
        account = domain.fields("neutral")
        rows += [
            (
                text_cell(domain_name(domain), foreign=True),
                text_cell(way.text("way")),
                share_cell(way.number("share")),
                share_cell(way.number("alone")),
                share_cell(way.number("nothing")),
                share_cell(way.number("home")),
                share_cell(account.number("expected")),
                share_cell(account.number("home")),
            )
            for way in account.rows("ways")
        ]
    columns = (
        Column("Domain", numeric=False), Column("Way of deciding", numeric=False), Column("Called neutral"),
        Column("Neutral and nothing else"), Column("No label"), Column("Called neutral at home"),
        Column("Neutral expected by calibration"), Column("Neutral at home, by people"),
    )  # fmt: skip
    return Table("ways", "Neutral, by way of deciding", columns, tuple(rows), folded=True)


def _numbers(report: Fields, domain: Fields) -> tuple[Cell, ...]:
    naive = domain.fields("naive")
    by_softmax = naive.fields("softmax_argmax").number("neutral") if has_neutral(report) else None
    return (
        text_cell(domain_name(domain), foreign=True),
        share_cell(by_softmax),
        share_cell(top_neutral(report, domain)),
        share_cell(naive.number("disagreement")),
        share_cell(naive.fields("cut_half").number("no_label_share")),
        share_cell(domain.number("no_label_share")),
    )
