"""Before and after: collapse or the texts; the ladder; the naive model beside this one; simpler rules."""

from __future__ import annotations

from goemox.report.blocks import Block, Cell, Column, Figure, Prose, Section, Table, share_cell, text_cell
from goemox.report.charts.bars import stacked_bars
from goemox.report.fields import Fields
from goemox.report.order import (
    IN_DOMAIN,
    domain_name,
    domain_note,
    has_neutral,
    leading_label,
    three_groups,
    top_neutral,
)
from goemox.report.sections.domains import stacked_row
from goemox.report.sections.ladder import ladder
from goemox.report.sections.side_by_side import side_by_side
from goemox.report.sentences import naive as sentences
from goemox.report.sentences.references import home
from goemox.report.sentences.verdicts import is_sample, joined

__all__ = ["section"]

LEAD = (
    "Was it collapse, or is it the text? First in words. Then how the model came about, what a worse model "
    "says of the same texts, and what worse rules would make of this model's own logits."
)
RULES = "One model, two rules: the same logits, read twice"
NOTE = (
    "No other model stands behind these bars: both read this model's logits, once by the largest softmax "
    "value, once by the calibrated probability of each label."
)


def section(report: Fields) -> Section:
    """The answer, the ladder, the two models, the rules; then the rest of what `goemox shift` says."""
    story: list[Block] = [
        Prose(said, domain_name(domain), listed=True, half=True, domain=domain_name(domain))
        for domain in _real(report)
        if (said := domain.texts("neutral_answers") or domain.texts("answers"))
    ]
    return Section(
        "before-after",
        "Before and after",
        joined([LEAD, home(report)]),
        [*story, ladder(report), *side_by_side(report), *_rules(report), *_rest(report)],
    )


def _real(report: Fields) -> list[Fields]:
    return [domain for domain in report.rows("domains") if not is_sample(domain)]


def _rest(report: Fields) -> list[Block]:
    """What `goemox shift` says besides; nothing where the two kinds of answers are not told apart."""
    blocks: list[Block] = []
    for domain in _real(report):
        said = domain.texts("neutral_answers")
        more = tuple(words for words in domain.texts("answers") if said and words not in said)
        if more:
            where = domain_name(domain)
            title = f"{where}: what else the comparison found"
            blocks.append(Prose(more, title, listed=True, half=True, domain=where))
    return blocks


def _rules(report: Fields) -> list[Block]:
    """Top labels by rule and domain, of this model's logits alone."""
    rows, numbers, label = [], [], leading_label(report)
    told = all(texts.fields("naive").by_name("top_label") for _, texts in _sets(report))
    for where, texts in _sets(report):
        naive, note = texts.fields("naive"), domain_note(texts)
        by_softmax = three_groups(
            label, naive.by_name("top_label") if told else {}, naive.fields("softmax_argmax")
        )
        calibrated = three_groups(
            label, texts.by_name("top_label") if told else {}, texts.fields("top_label_share")
        )
        before = stacked_row(f"{where}: largest softmax", note, by_softmax, where)
        after = stacked_row(f"{where}: calibrated top label", note, calibrated, where)
        if before and after and has_neutral(report):
            rows += [before, after]
        if naive:
            numbers.append(_numbers(report, where, texts))
    if not numbers:
        return [Prose(("The simpler decision rules were not compared.",))]
    table = _table(numbers)
    ways = _ways(report)
    more: list[Block] = [ways] if ways.rows else []
    if not rows:
        return [table, *more]
    said = sentences.decision_rules(report)
    picture = stacked_bars("fig-rules-1", RULES, said, rows)
    return [Figure("fig-rules", RULES, said, (picture,), table, "one", NOTE), *more]


def _sets(report: Fields) -> list[tuple[str, Fields]]:
    inside = report.fields("in_domain")
    sets = [(domain_name(domain), domain) for domain in report.rows("domains")]
    return [(IN_DOMAIN, inside), *sets] if inside.fields("naive") else sets


def _table(numbers: list[tuple[Cell, ...]]) -> Table:
    columns = (
        Column("Domain", numeric=False), Column("Neutral, softmax"), Column("Neutral, calibrated"),
        Column("Neutral by softmax, only emotions by the release rule"), Column("No label at a 0.5 cut"),
        Column("No label by the release rule"),
    )  # fmt: skip
    return Table("fig-rules-numbers", "Three decision rules on the same logits", columns, tuple(numbers))


def _numbers(report: Fields, where: str, texts: Fields) -> tuple[Cell, ...]:
    naive = texts.fields("naive")
    by_softmax = naive.fields("softmax_argmax").number("neutral") if has_neutral(report) else None
    return (
        text_cell(where, foreign=True),
        share_cell(by_softmax),
        share_cell(top_neutral(report, texts)),
        share_cell(naive.number("disagreement")),
        share_cell(naive.fields("cut_half").number("no_label_share")),
        share_cell(texts.number("no_label_share")),
    )


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
