"""Summary: the story in short, every set at a glance, five questions answered, and the findings."""

from __future__ import annotations

from goemox.report.blocks import Block, Card, Cards, Finding, Findings, Headline, Prose, Section
from goemox.report.fields import Fields
from goemox.report.formats import count, plural
from goemox.report.order import in_domain_name
from goemox.report.sections.glance import glance
from goemox.report.sections.in_domain import metric_cards
from goemox.report.sentences.summary import answers, headline

__all__ = ["LEVELS", "section"]

LEVELS = ("good", "watch", "bad", "info")
HEADLINE = ("macro_f1", "micro_f1", "top1_accuracy", "ece_mean")


def section(report: Fields) -> Section:
    """The headline, key numbers, the sets at a glance, five answers, and what the study found."""
    blocks: list[Block] = [Headline(headline(report)), Cards(_headline(report)), glance(report)]
    blocks += [Prose(said, question, listed=len(said) > 2, half=True) for question, said in answers(report)]
    found = tuple(
        Finding(row.text("level") if row.text("level") in LEVELS else "info", row.text("text"))
        for row in report.rows("findings")
        if row.text("text")
    )
    if found:
        blocks.append(Findings(found))
    return Section("summary", "Summary", "", blocks)


def _headline(report: Fields) -> tuple[Card, ...]:
    inside = report.fields("in_domain")
    cards = metric_cards(inside, HEADLINE)
    if inside.count("n") is not None:
        cards.append(Card("In-domain texts", count(inside.number("n")), "", in_domain_name(report)))
    domains = report.rows("domains")
    texts = sum(domain.count("n") or 0 for domain in domains)
    said = f"in {plural(len(domains), 'domain')}" if domains else "no domain was studied"
    return (*cards, Card("Texts from elsewhere", count(texts), "", said))
