"""Every set of texts in one row: what is known of it and what its numbers may be used for."""

from __future__ import annotations

from goemox.domain import ADAPTED
from goemox.domain_shift.limits import LABEL_ROWS, USUAL, rows_to_label
from goemox.report.blocks import Cell, Column, Table, number_cell, share_cell, text_cell
from goemox.report.fields import Fields
from goemox.report.formats import count, interval
from goemox.report.order import domain_name, in_domain_name, top_neutral
from goemox.report.sentences.evidence import standing
from goemox.report.sentences.known_texts import home_of
from goemox.report.sentences.labelled import well_labelled
from goemox.report.sentences.verdicts import is_sample, too_few

__all__ = ["glance"]

USES = {
    "alike": "unproven: whether they hold only labels can tell",
    "other": "unproven: other texts than at home; label {} first",
    "partly": "a ranking at best; label {} texts first",
    "far": "a ranking at best; label {} texts first",
    "unknown": "unproven: nobody knows how far these texts lie",
}
ENOUGH = "in-domain figures are of its labelled texts, too"


def glance(report: Fields) -> Table:
    """The in-domain set first, then the domains in the order given."""
    columns = (
        Column("Set", numeric=False), Column("What the numbers are", numeric=False), Column("Texts"),
        Column("Macro-F1"), Column("95% interval", numeric=False), Column("Neutral on top"),
        Column("Mean top probability"), Column(_unlike(report)),
    )  # fmt: skip
    home = [_home(report)] if report.fields("in_domain") else []
    rows = (*home, *(_row(report, domain) for domain in report.rows("domains")))
    return Table("glance", "At a glance", columns, rows, stacked=True)


def _unlike(report: Fields) -> str:
    return "Unlike the texts it was adapted on" if home_of(report) == ADAPTED else "Unlike the training texts"


def _home(report: Fields) -> tuple[Cell, ...]:
    inside = report.fields("in_domain")
    macro = inside.fields("metrics").fields("macro_f1")
    value, low, high = macro.number("value"), macro.number("low"), macro.number("high")
    spread = "" if low is None or high is None else interval(low, high)
    return (
        text_cell(f"{in_domain_name(report)} (in domain)", foreign=True),
        text_cell("too few to stand on" if too_few(inside) else "measured against what people said"),
        number_cell(inside.number("n"), None),
        number_cell(value),
        text_cell(spread),
        share_cell(top_neutral(report, inside)),
        number_cell(inside.fields("confidence").number("mean"), 2),
        _home_outside(report, inside),
    )


def _home_outside(report: Fields, inside: Fields) -> Cell:
    """By definition only of texts like those that distances are from; the user's own are measured."""
    if inside.fields("distance"):
        return share_cell(inside.fields("distance").number("share_outside"))
    is_home = inside.text("measured") != "now" and home_of(report) != ADAPTED
    return Cell(f"{USUAL:.0%}, by definition", USUAL) if is_home else share_cell(None)


def _row(report: Fields, domain: Fields) -> tuple[Cell, ...]:
    return (
        text_cell(domain_name(domain), foreign=True),
        text_cell(_use(report, domain)),
        number_cell(domain.number("n"), None),
        text_cell(f"{count(n)} labelled" if (n := domain.number("n_labelled")) else "not labelled"),
        text_cell(""),
        share_cell(top_neutral(report, domain)),
        number_cell(domain.fields("confidence").number("mean"), 2),
        share_cell(domain.fields("distance").number("share_outside")),
    )


def _use(report: Fields, domain: Fields) -> str:
    if is_sample(domain):
        return "a demonstration, never evidence"
    if too_few(domain):
        return "too few to say anything"
    if well_labelled(domain):
        return ENOUGH
    wanted = rows_to_label(domain.number("n"))
    some = f"{wanted}" if wanted == LABEL_ROWS else f"all {wanted}"
    return USES[standing(report, domain)].format(some)
