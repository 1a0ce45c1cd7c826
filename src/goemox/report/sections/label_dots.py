"""The figure of all label shares, one panel for each set of texts."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from goemox.report.blocks import Cell, Column, Figure, Table, share_cell, text_cell
from goemox.report.charts.dots import LabelDot, label_dots
from goemox.report.charts.panels import KeyLine
from goemox.report.fields import Fields
from goemox.report.order import IN_DOMAIN, domain_name, domain_note, label_order
from goemox.report.sentences import domains as sentences
from goemox.report.sentences.verdicts import too_few, verdict
from goemox.report.svg import nice_ceiling
from goemox.wording import percent

__all__ = ["label_shares"]

HOME_KEY = (KeyLine("dot", "dot main", "predicted"), KeyLine("tick", "tick", "true"))
AWAY_KEY = (
    KeyLine("dot", "dot main", "predicted here, 95% interval"),
    KeyLine("tick", "tick", "predicted in domain"),
)
NOTE = (
    "Elsewhere, a full dot is a label whose {} beyond chance, which with many texts is "
    "soon so: look at the distance from the tick. A hollow one does not differ, or was not tested. "
    "Labels by their frequency in domain."
)
TESTED, SHARED = "scores differ from home", "share differs from that in domain"

Panel = tuple[str, str, tuple[KeyLine, ...], list[LabelDot]]


def label_shares(report: Fields) -> Figure | None:
    """Every label's share on every set, None where none is known."""
    order = label_order(report)
    panels = [panel for panel in (_home(report, order), *_away(report, order)) if panel]
    if not panels or not order:
        return None
    highest = nice_ceiling(
        max(max(dot.high or 0, dot.share or 0, dot.reference or 0) for *_, dots in panels for dot in dots)
    )
    title, said = "All labels", sentences.label_shares(report)
    drawn = tuple(
        label_dots(f"fig-labels-{index}", name, note, f"{name}: {_three(dots)}", dots, key, highest)
        for index, (name, note, key, dots) in enumerate(panels, 1)
    )
    note = NOTE.format(SHARED if sentences.is_beside_others(report) else TESTED)
    return Figure("fig-labels", title, said, drawn, _table(order, panels), "panels", note)


def _home(report: Fields, order: Sequence[str]) -> Panel | None:
    inside = report.fields("in_domain")
    predicted, true = inside.by_name("label_share"), inside.by_name("true_label_share")
    if not predicted:
        return None
    dots = [LabelDot(label, predicted.get(label), None, None, true.get(label)) for label in order]
    return IN_DOMAIN, domain_note(inside), HOME_KEY, dots


def _away(report: Fields, order: Sequence[str]) -> list[Panel]:
    home = report.fields("in_domain").by_name("label_share")
    panels: list[Panel] = []
    for domain in report.rows("domains"):
        shares, spread = domain.by_name("label_share"), domain.fields("label_share_interval")
        if not shares:
            continue
        moved = () if too_few(domain) else _moved(report, domain)
        dots = []
        for label in order:
            ends = spread.numbers(label)
            low, high = ends if len(ends) == 2 else (None, None)
            dots.append(LabelDot(label, shares.get(label), low, high, home.get(label), label in moved))
        panels.append((domain_name(domain), domain_note(domain), AWAY_KEY, dots))
    return panels


def _moved(report: Fields, domain: Fields) -> Collection[str]:
    """The labels with a full dot: the model's tests, where the ticks are of such texts, too."""
    if not sentences.is_beside_others(report):
        return domain.fields("tests").texts("moved")
    if verdict(domain) == "untested" or too_few(report.fields("in_domain")):
        return ()
    return sentences.beyond_chance(report, domain)


def _three(dots: Sequence[LabelDot]) -> str:
    most = sorted((d for d in dots if d.share is not None), key=lambda d: -(d.share or 0.0))[:3]
    return "most frequent are " + ", ".join(f"{dot.label} {percent(dot.share)}" for dot in most) + "."


def _table(order: Sequence[str], panels: Sequence[Panel]) -> Table:
    columns = (Column("Label", numeric=False), *(Column(name) for name, *_ in panels))
    rows: list[tuple[Cell, ...]] = []
    for index, label in enumerate(order):
        rows.append((text_cell(label), *(share_cell(dots[index].share) for *_, dots in panels)))
    return Table("fig-labels-numbers", "Share of texts that carry each label", columns, tuple(rows))
