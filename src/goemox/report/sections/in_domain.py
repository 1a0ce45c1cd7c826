"""In domain: how good the model is on the kind of text that it was made for."""

from __future__ import annotations

from collections.abc import Sequence

from goemox.report.blocks import (
    Block,
    Card,
    Cards,
    Cell,
    Column,
    Figure,
    Prose,
    Section,
    Table,
    number_cell,
    text_cell,
)
from goemox.report.charts.bars import DotRow, dot_rows, interval_bar
from goemox.report.fields import Fields
from goemox.report.formats import decimal, interval
from goemox.report.order import in_domain_name, label_order
from goemox.report.sections.label_scores import label_score_figure
from goemox.report.sections.strips import strip_figure
from goemox.report.sentences import in_domain as sentences
from goemox.report.svg import nice_ceiling
from goemox.wording import MISSING

__all__ = ["HEADLINE", "METRICS", "metric_cards", "section"]

HEADLINE = ("macro_f1", "micro_f1", "top1_accuracy", "ece_mean")
"""The key figures that a summary shows, those of `METRICS` by their keys."""

METRICS = (  # key, name, meaning, digits
    ("macro_f1", "Macro-F1", "every label counts alike", 3),
    ("micro_f1", "Micro-F1", "every decision counts alike", 3),
    ("weighted_f1", "Weighted F1", "labels count by their rows", 3),
    ("macro_f1_common", "Macro-F1, common labels", "labels with at least 30 true rows", 3),
    ("ekman_macro_f1", "Macro-F1, Ekman groups", "seven groups of labels", 3),
    ("sentiment_macro_f1", "Macro-F1, sentiment", "four groups of labels", 3),
    ("mean_average_precision", "Mean average precision", "ranking, whatever the cut", 3),
    ("top1_accuracy", "Top-label accuracy", "the top label is among the true ones", 3),
    ("subset_accuracy", "Subset accuracy", "all labels right at once", 3),
    ("brier", "Brier score", "lower is better", 4),
    ("nll", "Negative log-likelihood", "lower is better", 4),
    ("ece_mean", "Calibration error", "mean over labels; lower is better", 4),
)
SCORES = (
    ("macro_f1", "Macro-F1"), ("micro_f1", "Micro-F1"), ("weighted_f1", "Weighted F1"),
    ("top1_accuracy", "Top-label accuracy"), ("subset_accuracy", "Subset accuracy"),
)  # fmt: skip


def section(report: Fields) -> Section:
    """Metrics, baselines, thresholds and the table of labels."""
    inside = report.fields("in_domain")
    if not inside:
        return Section("in-domain", "In domain", "This report holds no in-domain figures.")
    lead = f"Measured on {in_domain_name(report)}, with 95% intervals from resampling its rows."
    if inside.text("measured") == "at release":
        lead += " These figures come with the model, from its release; this run did not repeat them."
    cards = metric_cards(inside)
    blocks: list[Block] = [Cards(tuple(cards)) if cards else Prose(("No metric was measured.",))]
    blocks += [block for block in (_baselines(report), _thresholds(report)) if block]
    blocks += [figure for figure in (label_score_figure(report), strip_figure(report)) if figure]
    if inside.rows("per_label"):
        blocks.append(_labels(report))
    return Section("in-domain", "In domain", lead, blocks)


def metric_cards(inside: Fields, keys: Sequence[str] = ()) -> list[Card]:
    """One card for each metric that was measured, or for those of `keys` only."""
    metrics = inside.fields("metrics")
    cards = []
    for key, title, meaning, digits in METRICS:
        metric = metrics.fields(key)
        if metric.number("value") is not None and (not keys or key in keys):
            low, high = metric.number("low"), metric.number("high")
            spread = "" if low is None or high is None else interval(low, high, digits)
            beside = sentences.beside_reference(metrics, key)
            told = f"{meaning}; {beside}" if beside else meaning
            cards.append(Card(title, decimal(metric.number("value"), digits), spread, told))
    return cards


def _baselines(report: Fields) -> Figure | None:
    inside = report.fields("in_domain")
    macro = inside.fields("metrics").fields("macro_f1")
    value = macro.number("value")
    rivals = [row for row in inside.rows("baselines") if row.number("macro_f1") is not None]
    rivals.sort(key=lambda row: -(row.number("macro_f1") or 0.0))
    if value is None or not rivals:
        return None
    rows = [DotRow("this model", value, macro.number("low"), macro.number("high"), strong=True)]
    rows += [DotRow(row.text("name"), row.number("macro_f1") or 0.0) for row in rivals]
    highest = nice_ceiling(max(row.high or row.value for row in rows))
    said = sentences.baselines(report)
    model_row = (
        text_cell("this model"),
        *(number_cell(inside.fields("metrics").fields(k).number("value")) for k, _ in SCORES),
    )
    table = Table(
        "baselines-numbers",
        "The model and its baselines",
        (Column("", numeric=False), *(Column(title) for _, title in SCORES)),
        (
            model_row,
            *((text_cell(r.text("name")), *(number_cell(r.number(k)) for k, _ in SCORES)) for r in rivals),
        ),
    )
    title = "Macro-F1 beside simple baselines"
    picture = dot_rows("fig-baselines-1", title, said, rows, highest)
    return Figure("fig-baselines", title, f"{sentences.headline(report)} {said}", (picture,), table, "one")


def _thresholds(report: Fields) -> Figure | None:
    rules = [
        r for r in report.fields("in_domain").rows("thresholds_compared") if r.number("macro_f1") is not None
    ]
    if not rules:
        return None
    rules.sort(key=lambda row: (row.text("rule") != "chosen", -(row.number("macro_f1") or 0.0)))
    rows = [
        DotRow(sentences.cut_rule(r), r.number("macro_f1") or 0.0, strong=r.text("rule") == "chosen")
        for r in rules
    ]
    table = Table(
        "thresholds-numbers",
        "Three rules for the cut on the same scores",
        (Column("Rule", numeric=False), Column("Macro-F1"), Column("Micro-F1")),
        tuple(
            (
                text_cell(sentences.cut_rule(r)),
                number_cell(r.number("macro_f1")),
                number_cell(r.number("micro_f1")),
            )
            for r in rules
        ),
    )
    title, said = "What the cut is worth", sentences.thresholds(report)
    picture = dot_rows("fig-thresholds-1", title, said, rows, nice_ceiling(max(row.value for row in rows)))
    return Figure("fig-thresholds", title, said, (picture,), table, "one")


def _labels(report: Fields) -> Table:
    rows = {row.text("label"): row for row in report.fields("in_domain").rows("per_label")}
    columns = (
        Column("Label", numeric=False), Column("True rows"), Column("Predicted"), Column("Precision"),
        Column("Recall"), Column("F1"), Column("F1 with 95% interval, 0 to 1", drawn=True), Column("low"),
        Column("high"), Column("Avg. precision"), Column("Threshold"), Column("Brier"), Column("Brier skill"),
        Column("ECE"),
    )  # fmt: skip
    ordered = [rows[label] for label in label_order(report) if label in rows]
    return Table(
        "labels",
        "Every label, most frequent first",
        columns,
        tuple(_label_row(row) for row in ordered),
        searchable=True,
    )


def _label_row(row: Fields) -> tuple[Cell, ...]:
    f1, low, high = row.number("f1"), row.number("f1_low"), row.number("f1_high")
    bar = Cell(MISSING) if f1 is None else Cell(interval_bar(f1, low, high))
    return (
        text_cell(row.text("label")),
        number_cell(row.number("support"), None),
        number_cell(row.number("predicted"), None),
        number_cell(row.number("precision"), 2),
        number_cell(row.number("recall"), 2),
        number_cell(f1, 2),
        bar,
        number_cell(low, 2),
        number_cell(high, 2),
        number_cell(row.number("average_precision"), 2),
        number_cell(row.number("threshold"), 2),
        number_cell(row.number("brier"), 4),
        number_cell(row.number("brier_skill"), 2),
        number_cell(row.number("ece"), 4),
    )
