"""The figure of score strips: where each label's cut stands between its true texts and the others."""

from __future__ import annotations

from goemox.report.blocks import Cell, Column, Figure, Table, number_cell, share_cell, text_cell
from goemox.report.charts.strips import Strip, strips
from goemox.report.fields import Fields
from goemox.report.formats import count, decimal
from goemox.report.order import label_order
from goemox.report.sentences.in_domain import RARE
from goemox.report.sentences.strips import score_strips
from goemox.wording import MISSING, percent, plural

__all__ = ["strip_figure"]

A_PANEL = 7  # labels
SHOWN = 4  # panels before the switch
TITLE = "Where the cuts stand"
NOTE = (
    "Above each line the texts that truly carry the label, below it the others, by their probability; each "
    "side is scaled to its own fullest bin, so compare shapes, not heights. Most others lie at the far left. "
    f"Labels with fewer than {RARE} true texts are outlined. Precision and recall are those of the decisions."
)


def strip_figure(report: Fields) -> Figure | None:
    """Strips in panels of a few labels, None for reports from before there were strips."""
    inside = report.fields("in_domain")
    found = {row.text("label"): row for row in inside.rows("score_strips") if _whole(row)}
    scores = {row.text("label"): row for row in inside.rows("per_label")}
    order = [label for label in label_order(report) if label in found]
    if not order:
        return None
    rows = [_strip(found[label], scores.get(label, Fields({}))) for label in order]
    parts = [rows[start : start + A_PANEL] for start in range(0, len(rows), A_PANEL)]
    said = score_strips(report)
    drawn = tuple(
        strips(
            f"fig-strips-{index}",
            f"{part[0].label} to {part[-1].label}",
            " ".join(f"{row.hover}." for row in part),
            part,
            "precision / recall · true texts",
        )
        for index, part in enumerate(parts, 1)
    )
    table = Table(
        "fig-strips-numbers",
        "Texts on both sides of each cut",
        (
            Column("Label", numeric=False), Column("Cut"), Column("True texts"), Column("of them above"),
            Column("Other texts"), Column("above"), Column("Precision"), Column("Recall"),
        ),
        tuple(_row(found[label], scores.get(label, Fields({}))) for label in order),
    )  # fmt: skip
    return Figure("fig-strips", TITLE, said, drawn[:SHOWN], table, "panels", NOTE, drawn[SHOWN:])


def _whole(strip: Fields) -> bool:
    """Whether bins and counts belong together."""
    edges = strip.numbers("edges")
    sides = [strip.numbers(side) for side in ("positive", "negative")]
    known = all(value is not None for values in (edges, *sides) for value in values)
    return known and len(edges) > 1 and all(len(side) == len(edges) - 1 for side in sides)


def _counts(strip: Fields, side: str) -> list[float]:
    return [n or 0.0 for n in strip.numbers(side)]


def _above(strip: Fields, side: str) -> float | None:
    """Share of a side's texts at or above the cut."""
    total, above = sum(_counts(strip, side)), strip.number(f"{side}_above")
    return None if above is None or not total else above / total


def _strip(strip: Fields, score: Fields) -> Strip:
    label, cut = strip.text("label"), strip.number("threshold")
    positives, negatives = (sum(_counts(strip, side)) for side in ("positive", "negative"))
    quality = [decimal(score.number(key), 2) for key in ("precision", "recall")]
    where = "without a cut" if cut is None else f"cut at {decimal(cut, 2)}"
    sides = [
        f"{percent(_above(strip, side))} of {plural(total, words)} lie above it"
        for side, total, words in (
            ("positive", positives, "true text"),
            ("negative", negatives, "other text"),
        )
    ]
    hover = f"{label}, {where}" if cut is None else f"{label}, {where}: {' and '.join(sides)}"
    return Strip(
        label,
        f"{' / '.join(quality)} · {count(positives)}" if positives else f"{MISSING} · no true text",
        hover,
        [edge or 0.0 for edge in strip.numbers("edges")],
        _counts(strip, "positive"),
        _counts(strip, "negative"),
        cut,
        positives < RARE,
    )


def _row(strip: Fields, score: Fields) -> tuple[Cell, ...]:
    cells = [text_cell(strip.text("label")), number_cell(strip.number("threshold"))]
    for side in ("positive", "negative"):
        cells += [number_cell(sum(_counts(strip, side)), None), share_cell(_above(strip, side))]
    return (*cells, *(number_cell(score.number(key), 2) for key in ("precision", "recall")))
