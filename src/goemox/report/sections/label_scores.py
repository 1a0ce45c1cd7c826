"""The figure of every label's F1, best first: on which labels the model is bad."""

from __future__ import annotations

from goemox.report.blocks import Column, Figure, Table, number_cell, text_cell
from goemox.report.charts.label_scores import LabelScore, label_scores
from goemox.report.charts.panels import KeyLine
from goemox.report.fields import Fields
from goemox.report.sentences.in_domain import POOR, RARE, per_label

__all__ = ["label_score_figure"]

TITLE = "F1 of every label, best first"
KEY = (
    KeyLine("dot", "dot main", "F1 with its 95% interval"),
    KeyLine("dot", "dot main hollow", f"the same on fewer than {RARE} true texts: a hint"),
    KeyLine("dot", "dot poor", f"below {POOR:g} (dashed line), its name in bold"),
)
NOTE = "Bars: texts that truly carry the label, on a root scale."


def label_score_figure(report: Fields) -> Figure | None:
    """Labels by falling F1, None where no label was scored."""
    rows = [
        LabelScore(
            row.text("label"), f1, row.number("f1_low"), row.number("f1_high"), support, support < RARE
        )
        for row in report.fields("in_domain").rows("per_label")
        if (f1 := row.number("f1")) is not None
        for support in (row.number("support") or 0.0,)
    ]
    if not rows:
        return None
    rows.sort(key=lambda row: -row.value)
    said = per_label(report)
    drawn = label_scores("fig-label-scores-1", TITLE, said, rows, KEY, POOR)
    columns = (
        Column("Label", numeric=False), Column("F1"), Column("low"), Column("high"), Column("True texts"),
    )  # fmt: skip
    cells = tuple(
        (text_cell(row.label), *(number_cell(x) for x in (row.value, row.low, row.high)),
         number_cell(row.support, None))
        for row in rows
    )  # fmt: skip
    table = Table("fig-label-scores-numbers", TITLE, columns, cells)
    return Figure("fig-label-scores", TITLE, said, (drawn,), table, "half", NOTE)
