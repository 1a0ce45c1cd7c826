"""The naive model beside this one: another model on the same texts, not another rule on the same logits."""

from __future__ import annotations

from goemox.report.blocks import (
    Block,
    Cell,
    Column,
    Figure,
    Prose,
    Table,
    number_cell,
    share_cell,
    text_cell,
)
from goemox.report.charts.bars import StackedRow, stacked_bars
from goemox.report.fields import Fields
from goemox.report.order import (
    IN_DOMAIN,
    domain_name,
    domain_note,
    has_neutral,
    label_order,
    leading_label,
    three_groups,
)
from goemox.report.sections.domains import stacked_row
from goemox.report.sentences import naive as sentences
from goemox.report.texts import name
from goemox.wording import MISSING, join, percent

__all__ = ["side_by_side"]

TITLE = "Two models, the same texts: the naive model beside this one"
NOT_ASKED = (
    "No naive model was asked (--naive DIR), so only simpler rules can be compared here, on this model's own "
    "logits: they show what a rule does, not what a worse model would say."
)
CROSSING = "Of the texts to which the naive model gives each answer: what this model gives them"
NAMED = 3  # emotions that a row of the table names
SAID_FROM = 0.005


def side_by_side(report: Fields) -> list[Block]:
    """Top labels of both models in three groups, what becomes of each group, and all labels."""
    if not sentences.asked(report):
        return [Prose((NOT_ASKED,), "The naive model")] if report.rows("domains") else []
    sets = [(place, texts) for place, texts in _sets(report) if texts.fields("naive").fields("model")]
    blocks: list[Block] = []
    label = leading_label(report)
    rows = [row for place, texts in sets for row in _rows(place, texts, label)]
    if rows and has_neutral(report):
        said = sentences.side_by_side(report)
        picture = stacked_bars("fig-two-models-1", TITLE, said, rows)
        blocks.append(Prose((_who(report),), "A worse model on the same texts"))
        blocks.append(Figure("fig-two-models", TITLE, said, (picture,), _table(rows), "one"))
        blocks.append(_crossing(sets))
    blocks.append(_labels(report, sets))
    return blocks


def _who(report: Fields) -> str:
    """Which model was asked, and that it is no rule."""
    asked = name(report.fields("naive_model").text("name"), 60) or "an unnamed model"
    return (
        f"The naive model of this study is “{asked}”: another model, with weights of its own, that gives one "
        "label a text. It read the same texts."
    )


def _sets(report: Fields) -> list[tuple[str, Fields]]:
    domains = [(domain_name(domain), domain) for domain in report.rows("domains")]
    return [(IN_DOMAIN, report.fields("in_domain")), *domains]


def _rows(place: str, texts: Fields, label: str) -> list[StackedRow]:
    note = domain_note(texts)
    naive = texts.fields("naive").fields("model")
    tops = [each.by_name("top_label") for each in (naive, texts)]
    tops = tops if all(tops) else [{}, {}]
    before = three_groups(label, tops[0], naive.fields("softmax_argmax"))
    after = three_groups(label, tops[1], texts.fields("top_label_share"))
    both = (
        stacked_row(f"{place}: naive model", note, before, place),
        stacked_row(f"{place}: this model", note, after, place),
    )
    return [row for row in both if row is not None] if all(both) else []


def _table(rows: list[StackedRow]) -> Table:
    columns = (
        Column("Domain", numeric=False), Column("Model", numeric=False),
        *(Column(group) for group in rows[0].shares),
    )  # fmt: skip
    cells = tuple(
        (
            text_cell(row.domain or "", foreign=True),
            text_cell("naive model" if index % 2 == 0 else "this model"),
            *map(share_cell, row.shares.values()),
        )
        for index, row in enumerate(rows)
    )
    return Table("fig-two-models-numbers", "Share of texts by top label", columns, cells)


def _crossing(sets: list[tuple[str, Fields]]) -> Table:
    """For each group of the naive model's labels: what this model gives these texts."""
    columns = (
        Column("Domain", numeric=False), Column("The naive model says", numeric=False), Column("Texts"),
        Column("This model: neutral alone"), Column("Neutral and an emotion"),
        Column("An emotion, not neutral"), Column("No label"), Column("Emotions given most", numeric=False),
    )  # fmt: skip
    rows = tuple(
        _crossed(place, row)
        for place, texts in sets
        for row in texts.fields("naive").fields("model").rows("crossing")
        if row.count("n")
    )
    return Table("two-models-crossing", CROSSING, columns, rows)


def _crossed(place: str, row: Fields) -> tuple[Cell, ...]:
    given = row.by_name("label_share")
    neutral, alone, none = (
        given.get("neutral"),
        row.number("only_neutral_share"),
        row.number("no_label_share"),
    )
    known = neutral is not None and alone is not None and none is not None
    emotions = sorted(
        ((share, label) for label, share in given.items() if label != "neutral" and share >= SAID_FROM),
        key=lambda each: -each[0],
    )
    listed = join([f"{name(label)} {percent(share)}" for share, label in emotions[:NAMED]])
    return (
        text_cell(place, foreign=True),
        text_cell(row.text("group")),
        number_cell(row.number("n"), None),
        share_cell(alone),
        share_cell(max(neutral - alone, 0.0) if known else None),  # type: ignore[operator]  # known
        share_cell(max(1 - neutral - none, 0.0) if known else None),  # type: ignore[operator]  # known
        share_cell(none),
        text_cell(listed or MISSING),
    )


def _labels(report: Fields, sets: list[tuple[str, Fields]]) -> Table:
    """All labels: how often each is the one answer of the naive model, and what this model does."""
    columns = (
        Column("Domain", numeric=False), Column("Label", numeric=False), Column("Naive model's answer"),
        Column("This model's top label"), Column("This model gives it"),
        Column("This model gives it where the naive model says neutral"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for place, texts in sets:
        model = texts.fields("naive").fields("model")
        naive, top, given = (
            model.by_name("top_label"),
            texts.by_name("top_label"),
            texts.by_name("label_share"),
        )
        crossing = next((row for row in model.rows("crossing") if row.text("group") == "neutral"), None)
        where = {} if crossing is None else crossing.by_name("label_share")
        rows += [
            (
                text_cell(place, foreign=True), text_cell(label), share_cell(naive.get(label)),
                share_cell(top.get(label)), share_cell(given.get(label)), share_cell(where.get(label)),
            )
            for label in label_order(report)
        ]  # fmt: skip
    caption = "All labels: the naive model beside this one"
    return Table("two-models-labels", caption, columns, tuple(rows), searchable=True, folded=True)
