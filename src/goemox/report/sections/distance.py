"""Distance: how far each domain's texts lie from the training texts, what of that is length, and the map."""

from __future__ import annotations

from goemox.domain import ADAPTED
from goemox.report.blocks import (
    Block,
    Cell,
    Column,
    Figure,
    Prose,
    Section,
    Table,
    number_cell,
    share_cell,
    text_cell,
)
from goemox.report.charts.histogram import Shares
from goemox.report.charts.ridge import RidgeRow, ridge
from goemox.report.fields import Fields
from goemox.report.formats import decimal, interval
from goemox.report.order import domain_name, domain_note, has_domains
from goemox.report.sections.histograms import ceiling, shares_of
from goemox.report.sections.text_map import text_map
from goemox.report.sections.told_apart import told_apart
from goemox.report.sentences import distance as sentences
from goemox.report.sentences.domains import NO_DOMAIN
from goemox.report.sentences.known_texts import home_kind, home_of, not_compared
from goemox.report.sentences.verdicts import too_few
from goemox.wording import MISSING, percent

__all__ = ["section"]

LEAD = (
    "How unlike the {known} each text is, as the model's first layer sees it (Mahalanobis distance). A text "
    "counts as far where it lies farther out than 95% of {home}. Take the probabilities of "
    "far texts as a ranking at best; near texts can still be of another kind."
)
ADAPTED_ON = "texts that the model was adapted on"
NEARLY_ALL = 0.95  # share of a domain's texts in the matched part from which that part is not drawn twice


def section(report: Fields) -> Section:
    """The ridge, what the distance tells beside length, and the map of texts."""
    if not has_domains(report):
        return Section("distance", "Distance", NO_DOMAIN)
    figure = _ridge(report)
    blocks: list[Block] = [figure] if figure else [Prose((sentences.distance(report),)), _table(report)]
    blocks += [each for each in (told_apart(report), text_map(report)) if each]
    is_adapted = home_of(report) == ADAPTED
    known, which = (ADAPTED_ON, "those") if is_adapted else ("training texts", "texts held out from training")
    lead = LEAD.format(known=known, home=f"{which} ({home_kind(report)} texts)")
    return Section("distance", "Distance", lead, blocks)


def _ridge(report: Fields) -> Figure | None:
    rows = [row for domain in report.rows("domains") if (row := _row(domain))]
    if not rows:
        return None
    title, said = "How far the texts lie out", sentences.distance(report)
    cuts = [domain.fields("distance").fields("ridge").number("cut") for domain in report.rows("domains")]
    cut = next((each for each in cuts if each is not None), None)
    every = [each for row in rows for each in (row.target, row.reference, *(row.matched or ()))]
    texts = f"{home_kind(report)} texts"
    picture = ridge("fig-distance-1", title, said, rows, cut, ceiling(every), texts)
    note = (
        f"{sentences.lengths(report)} The dashed line shows {texts} with the lengths of the "
        f"domain's. The axis is made from {texts} alone; what lies beyond it is counted at its end."
    ).strip()
    return Figure("fig-distance", title, said, (picture,), _table(report), "wide", note)


def _row(domain: Fields) -> RidgeRow | None:
    block = domain.fields("distance")
    here, home = _density(block, "target"), _density(block, "reference")
    if here is None or home is None or too_few(domain):
        return None
    remark = f"{percent(block.number('share_outside'))} far out"
    lines = _lines(domain)
    return RidgeRow(domain_name(domain), domain_note(domain), lines, remark, here, home, _matched(block))


def _density(block: Fields, key: str) -> Shares | None:
    found = block.fields("ridge")
    return shares_of(found.numbers("edges"), found.numbers(key))


def _matched(block: Fields) -> tuple[Shares, Shares | None] | None:
    home, here = _density(block, "matched_reference"), _density(block, "matched_target")
    if home is None or here is None:
        return None
    all_texts = sum(number or 0 for number in block.fields("ridge").numbers("target"))
    matched = block.fields("ridge").number("n_matched") or 0
    return home, None if matched >= NEARLY_ALL * all_texts else here


def _lines(domain: Fields) -> tuple[str, ...]:
    """What the distance tells, what it tells among texts of the same length, and what length alone tells."""
    found = domain.fields("distance").fields("told_apart")
    area, matched = found.fields("auroc"), found.fields("matched")
    if area.number("value") is None:
        return (not_compared(domain, "too few texts to tell apart"),)
    bounds = interval(area.number("low"), area.number("high"), 2)
    same = decimal(matched.number("value"), 2) if matched else "too few texts"
    return (
        f"told apart {decimal(area.number('value'), 2)} ({bounds})",
        f"same length {same}, length alone {decimal(found.number('length_auroc'), 2)}",
    )


def _range(limits: tuple[float | None, ...]) -> str:
    return interval(*limits) if len(limits) == 2 else MISSING


def _table(report: Fields) -> Table:
    texts = f"{home_kind(report)} texts"
    columns = (
        Column("Domain", numeric=False), Column("Texts"), Column("Share far out"),
        Column(f"{texts.capitalize()} of the same lengths, far out"), Column("95% interval", numeric=False),
        Column("Median percentile"), Column("Median words"), Column(f"Median words of {texts}"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for domain in report.rows("domains"):
        block = domain.fields("distance")
        rows.append(
            (
                text_cell(domain_name(domain), foreign=True),
                number_cell(domain.number("n"), None),
                share_cell(block.number("share_outside")),
                share_cell(block.number("share_far_same_length")),
                text_cell(_range(block.numbers("share_far_same_length_interval"))),
                number_cell(block.number("median_percentile"), 1),
                number_cell(block.number("length_median_words"), 0),
                number_cell(block.number("reference_length_median_words"), 0),
            )
        )
    return Table("fig-distance-numbers", "Distance and length of the texts", columns, tuple(rows))
