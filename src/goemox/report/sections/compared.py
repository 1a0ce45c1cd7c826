"""The sections of two studies side by side: story, in domain, outside texts, and how it was compared."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from goemox.report.blocks import (
    Block,
    Cell,
    Column,
    Facts,
    Figure,
    Prose,
    Section,
    Table,
    number_cell,
    text_cell,
)
from goemox.report.charts.differences import (
    DifferenceRow,
    difference_panel,
    difference_rows,
    reach,
)
from goemox.report.fields import Fields
from goemox.report.formats import decimal, p_value, signed
from goemox.report.sections.compared_answers import SURE, dots, hollow, outside, ticks
from goemox.report.sentences import comparison as sentences
from goemox.report.sentences.fitted import rule_words
from goemox.report.sentences.in_domain import RARE
from goemox.wording import MISSING

__all__ = ["sections"]

SCORES_LEAST, ERRORS_LEAST, F1_LEAST, SHARES_LEAST = (
    0.01,
    0.001,
    0.05,
    0.01,
)  # of an axis, so that noise looks small

TESTED = (
    f"Labels with fewer than {RARE} true rows are not tested and stand in the table alone; the others are "
    "Holm-adjusted together."
)
UNTESTED = f"No label was tested, and no dot is more than a hint: a test takes {RARE} true rows of a label."


def sections(report: Fields) -> tuple[Section, ...]:
    """All sections, in reading order."""
    return (_summary(report), _quality(report), outside(report), _method(report))


def _summary(report: Fields) -> Section:
    blocks: list[Block] = [Prose((sentences.headline(report),), "In one sentence")]
    blocks += [
        Prose(said, question, listed=len(said) > 1, half=True) for question, said in sentences.answers(report)
    ]
    return Section(
        "summary",
        "Summary",
        "A is the first study named, B the second; every difference is B minus A.",
        blocks,
    )


def _quality(report: Fields) -> Section:
    home = report.fields("in_domain")
    rows = home.rows("metrics")
    if not rows:
        return Section("in-domain", "In domain", sentences.quality(report))
    paired = "the same texts, resampled together" if home.flag("paired") else "the two reports' own intervals"
    lead = f"Differences are B minus A, with 95% intervals from {paired}."
    blocks: list[Block] = [_metrics(report, rows)]
    labels = home.rows("per_label")
    if labels:
        blocks.append(_labels(report, labels))
    return Section("in-domain", "In domain", lead, blocks)


def _metrics(report: Fields, rows: Sequence[Fields]) -> Figure:
    title, said = "In-domain figures of B beside those of A", sentences.quality(report)
    panels: list[Markup] = []
    for lower, least, ends in (
        (False, SCORES_LEAST, ("B worse", "B better")),
        (True, ERRORS_LEAST, ("B better", "B worse")),
    ):
        drawn = [_metric_row(row) for row in rows if row.flag("lower_is_better") is lower]
        if drawn:
            key = f"fig-quality-{len(panels) + 1}"
            what = "errors, lower is better" if lower else "scores, higher is better"
            panels.append(difference_rows(key, f"{title}: {what}", said, drawn, ends, reach(drawn, least)))
    columns = (
        Column("Figure", numeric=False), Column("A"), Column("B"), Column("Difference"), Column("low"),
        Column("high"), Column("Adjusted p"), Column("B is", numeric=False),
    )  # fmt: skip
    table = Table(
        "fig-quality-numbers",
        title,
        columns,
        tuple(_metric_cells(row) for row in rows),
    )
    note = f"Above: scores, higher is better. Below: errors, lower is better. A hollow dot is {hollow(rows)}."
    return Figure("fig-quality", title, said, tuple(panels), table, "one", note)


def _metric_row(row: Fields) -> DifferenceRow:
    title, digits = sentences.TITLES.get(row.text("metric"), (row.text("metric"), 3))
    return _difference_row(row, title, digits)


def _difference_row(row: Fields, title: str, digits: int = 3) -> DifferenceRow:
    found = sentences.verdict_words(row)
    words = f"{signed(row.number('difference'), digits)}, {found}"
    return DifferenceRow(title, words, row.number("difference") or 0.0, row.number("low"), row.number("high"),
                         found in SURE)  # fmt: skip


def _metric_cells(row: Fields) -> tuple[Cell, ...]:
    title, digits = sentences.TITLES.get(row.text("metric"), (row.text("metric"), 3))
    return (
        text_cell(title),
        *(number_cell(row.number(key), digits) for key in ("a", "b")),
        *(Cell(signed(row.number(key), digits), row.number(key)) for key in ("difference", "low", "high")),
        Cell(p_value(row.number("p_adjusted")), row.number("p_adjusted")),
        text_cell(sentences.verdict_words(row)),
    )


def _labels(report: Fields, rows: Sequence[Fields]) -> Figure:
    title, said = "F1 of every label, B minus A", sentences.labels(report)
    rows = sorted(rows, key=lambda row: -(row.number("support") or 0.0))
    tested = [
        row for row in rows if row.text("verdict") != "not tested" and (row.count("support") or 0) >= RARE
    ]
    shown = tested or rows
    drawn = [_difference_row(row, row.text("label")) for row in shown]
    side = reach(drawn, F1_LEAST)
    panel = difference_panel(
        "fig-label-f1-1", "in domain", "", said, drawn, dots(shown), side, "difference in F1",
        ticks(side), "in domain",
    )  # fmt: skip
    columns = (
        Column("Label", numeric=False), Column("True rows"), Column("F1 in A"), Column("F1 in B"),
        Column("Difference"), Column("low"), Column("high"), Column("Adjusted p"),
        Column("B is", numeric=False),
    )  # fmt: skip
    cells = tuple(
        (
            text_cell(row.text("label")),
            number_cell(row.number("support"), None),
            *(number_cell(row.number(key)) for key in ("a", "b")),
            *(Cell(signed(row.number(key)), row.number(key)) for key in ("difference", "low", "high")),
            Cell(p_value(row.number("p_adjusted")), row.number("p_adjusted")),
            text_cell(sentences.verdict_words(row)),
        )
        for row in rows
    )
    table = Table("fig-label-f1-numbers", title, columns, cells)
    return Figure("fig-label-f1", title, said, (panel,), table, "panels", TESTED if tested else UNTESTED)


def _method(report: Fields) -> Section:
    blocks: list[Block] = [_study(report, "a"), _study(report, "b")]
    said = (
        "Texts are matched by the name of their set and their id; where both studies tell a hash of the "
        "text, pairs of different texts are left out, and texts are matched by it if that pairs more.",
        "In domain both models are measured in the same 1,000 resamples of the texts that both scored "
        "(paired bootstrap); scores are read with four digits.",
        "Shares of labels on the same texts: McNemar's exact test, intervals of Agresti and Min. "
        "On different texts: a test of two proportions, exact for few texts (Fisher); intervals of Newcombe.",
        "Better, worse, more and less are said where the p-value is below .05 after Holm's correction "
        "over the figures, the labels, or the labels of one domain.",
        "A sure difference that rounds to nothing is called negligible.",
        "F1 of groups of labels is left out: rows hold labels, not groups.",
    )
    blocks.append(Prose(said, "How it was compared", listed=True))
    return Section("method", "Method and data", "", blocks)


def _study(report: Fields, side: str) -> Facts:
    study = report.fields(side)
    model = study.fields("model")
    rows = {True: "beside the report", False: "missing", None: MISSING}[study.flag("has_rows")]
    facts = [
        ("Model", model.text("name")),
        ("SHA-256 of the network", model.text("sha256")),
        ("Decision rule", rule_words(model)),
        ("SHA-256 of the rule", model.text("rule_sha256")),
        ("Trained on", model.text("trained_on")),
        ("Made by", f"goemox {study.text('goemox_version') or MISSING}"),
        ("Made at", study.text("created_at")),
        ("Seed", decimal(study.number("seed"), 0)),
        ("rows.jsonl.gz", rows),
    ]
    return Facts(f"Study {side.upper()}", tuple((key, value or MISSING) for key, value in facts))
