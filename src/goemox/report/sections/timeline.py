"""The figures of labels over time, one for each domain that has dates."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from goemox.report.blocks import Block, Figure
from goemox.report.charts.timeline import Period, time_panel
from goemox.report.fields import Fields
from goemox.report.order import domain_name
from goemox.report.sections.parts import interesting_first, panel_top, part_table, with_note
from goemox.report.sentences import parts as sentences
from goemox.wording import percent, plural

__all__ = ["labels_over_time"]

NOTE = (
    "Labels: neutral and the most frequent of these texts. Line: share of the period’s texts that are given "
    "the label, with its 95% band; {drawn}. Grey bars: number of texts. "
    "Dashed: share in domain. Times are UTC. A change may come from "
    "other texts having been collected. In the numbers, p of the label is one test of all periods, "
    "Holm-adjusted over the labels; ≤ marks one that was drawn and may be smaller."
)
NOT_DRAWN = "not drawn for fewer than {few} texts"
ALL_FEW = "every period holds fewer than {few} texts, hence hollow points: a hint, no more"


def labels_over_time(report: Fields) -> list[Block]:
    """A figure for each domain with a time line, and which domains have none; nothing where none has one."""
    blocks: list[Block] = []
    for index, domain in enumerate(report.rows("domains"), 1):
        if domain.fields("timeline").rows("periods"):
            blocks.append(_figure(report, domain, f"fig-time-{index}"))
    return with_note(blocks, sentences.untimed(report))


def _figure(report: Fields, domain: Fields, key: str) -> Figure:
    line, where = domain.fields("timeline"), domain_name(domain)
    labels, n_seen = interesting_first(line.texts("labels"), sentences.moved(domain, "timeline"))
    home = report.fields("in_domain").by_name("label_share")
    periods = {label: _periods(line, label) for label in labels}
    panels = []
    for index, label in enumerate(labels, 1):
        shown = periods[label]
        highest = panel_top([home.get(label), *_heights(shown)])
        verdict = sentences.verdict(domain, "timeline", label)
        described = f"{label} on {where}, {plural(len(shown), line.text('unit'))}: {verdict}. {_ends(shown)}"
        panels.append(
            time_panel(
                f"{key}-{index}", label, verdict, described, shown, home.get(label), highest, domain=where,
                moved=label in sentences.moved(domain, "timeline"),
            )
        )  # fmt: skip
    title, few = f"Over time: {where}", line.count("few") or 0
    all_few = all(each.few for shown in periods.values() for each in shown)
    note = NOTE.format(drawn=(ALL_FEW if all_few else NOT_DRAWN).format(few=max(few, 1)))
    table = part_table(f"{key}-numbers", "timeline", domain, labels, periods)
    return Figure(
        key, title, sentences.over_time(domain), tuple(panels[:n_seen]), table, note=note,
        more=tuple(panels[n_seen:]), folded=tuple(labels[n_seen:]),
    )  # fmt: skip


def _periods(line: Fields, label: str) -> list[Period]:
    few, unit, periods = line.number("few") or 0, line.text("unit"), []
    for each in line.rows("periods"):
        n = each.count("n") or 0
        ends = each.fields("label_share_interval").numbers(label)
        low, high = ends if len(ends) == 2 else (None, None)
        share = each.fields("label_share").number(label) if n else None
        periods.append(Period(sentences.period_name(each.text("start"), unit), n, share, low, high, n < few))
    return periods


def _heights(periods: Sequence[Period]) -> list[float | None]:
    """What must lie within the panel: shares, but those of few texts, and the bands of the larger periods."""
    middle = median([each.n for each in periods if each.n] or [0])
    shares = [each.share for each in periods if not each.few] or [each.share for each in periods]
    return [*shares, *(each.high for each in periods if each.n >= middle)]


def _ends(periods: Sequence[Period]) -> str:
    known = [each for each in periods if each.share is not None]
    if not known:
        return ""
    return " to ".join(f"{percent(each.share)} in {each.name}" for each in (known[0], known[-1])) + "."
