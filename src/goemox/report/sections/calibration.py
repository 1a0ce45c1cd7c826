"""Calibration: whether a probability is a frequency, on the in-domain set."""

from __future__ import annotations

from markupsafe import Markup

from goemox.evaluation.noise_floor import DRAWS
from goemox.evaluation.reliability import COMMON_CURVE, N_BINS
from goemox.report.blocks import Cell, Column, Figure, Section, Table, number_cell, text_cell
from goemox.report.charts.reliability import ReliabilityBin, SmoothLine, SmoothPoint, reliability_curve
from goemox.report.fields import Fields
from goemox.report.formats import count
from goemox.report.order import label_order
from goemox.report.sentences import calibration as sentences
from goemox.report.sentences.verdicts import joined

__all__ = ["section"]

NOTE = (
    "The bands hold for each point alone: about one in ten of a perfectly calibrated model lies outside. "
    "Those of all labels together take the scores of one text as independent, which they are not quite. "
    "Whether a label is off beyond chance is tested by its calibration error ({bins} bins), beside those of "
    "{draws:,} simulated perfectly calibrated models with the same scores, Holm-adjusted over the labels. "
    "Labels that {least} texts and more carry have a curve: {drawn}."
)
SHOWN = 8  # panels before the switch
LEAD = (
    "Of all cases in which the model says “30% probable”, 30% should be true: points on the dashed line. "
    "Upright lines are the 90% bands that a perfectly calibrated model would stay in; the curve says the "
    "same without bins, and its band is shaded. "
    "This holds for in-domain texts; elsewhere it is unproven."
)


def section(report: Fields) -> Section:
    """The curve over all labels first, then label by label."""
    curves = {row.text("label"): row for row in report.fields("in_domain").rows("reliability") if _bins(row)}
    if not curves:
        return Section("calibration", "Calibration", "Calibration curves were not measured.")
    order = [label for label in ("all", *label_order(report)) if label in curves]
    panels = [_panel(index, label, curves[label]) for index, label in enumerate(order, 1)]
    said = joined([sentences.reliability(report), sentences.label_calibration(report)])
    table = _table([curves[label] for label in order])
    figure = Figure(
        "fig-reliability", "Said and true", said, tuple(panels[:SHOWN]), table, note=_note(report, order),
        more=tuple(panels[SHOWN:]),
    )  # fmt: skip
    return Section("calibration", "Calibration", LEAD, [figure])


def _note(report: Fields, drawn: list[str]) -> str:
    n_labels = len(report.fields("in_domain").rows("per_label")) or len(label_order(report))
    share = f"{len([label for label in drawn if label != 'all'])} of {n_labels}"
    return NOTE.format(bins=N_BINS, draws=DRAWS, least=COMMON_CURVE, drawn=share)


def _bins(curve: Fields) -> list[ReliabilityBin]:
    found = []
    for row in curve.rows("bins"):
        said, true = row.number("predicted"), row.number("observed")
        if said is not None and true is not None:
            found.append(
                ReliabilityBin(said, true, row.count("n") or 0, row.number("low"), row.number("high"))
            )
    return found


def _smooth(curve: Fields) -> SmoothLine:
    """The smooth curve; empty in reports from before there was one."""
    points = []
    for row in curve.rows("smooth"):
        found = [row.number(name) for name in ("predicted", "observed", "low", "high")]
        known = [value for value in found if value is not None]
        if len(known) == len(found):
            points.append(SmoothPoint(*known))
    return SmoothLine(points, curve.number("smooth_ece"))


def _panel(index: int, label: str, curve: Fields) -> Markup:
    bins = _bins(curve)
    name = "all labels" if label == "all" else label
    cases = sum(each.n for each in bins)
    described = (
        f"{name}: {len(bins)} bins of {count(cases)} cases, share that was true against probability said."
    )
    return reliability_curve(
        f"fig-reliability-{index}", name, f"n = {cases:,}", described, bins, _smooth(curve)
    )


def _table(curves: list[Fields]) -> Table:
    rows = [_row(curve.text("label"), each) for curve in curves for each in _bins(curve)]
    columns = (
        Column("Label", numeric=False), Column("Said"), Column("True"), Column("Band, low"),
        Column("Band, high"), Column("Cases"),
    )  # fmt: skip
    return Table("fig-reliability-numbers", "Bins of the curves", columns, tuple(rows), searchable=True)


def _row(label: str, each: ReliabilityBin) -> tuple[Cell, ...]:
    return (
        text_cell("all labels" if label == "all" else label),
        number_cell(each.predicted),
        number_cell(each.observed),
        number_cell(each.low),
        number_cell(each.high),
        number_cell(each.n, None),
    )
