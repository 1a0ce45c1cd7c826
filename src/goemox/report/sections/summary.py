"""Summary: the story in short, every set at a glance, five questions answered, and the findings."""

from __future__ import annotations

from goemox.report.blocks import Block, Card, Cards, Finding, Findings, Headline, Prose, Section
from goemox.report.fields import Fields
from goemox.report.formats import count
from goemox.report.order import domain_name, in_domain_name
from goemox.report.sections.glance import glance
from goemox.report.sections.in_domain import HEADLINE, metric_cards
from goemox.report.sentences.own_texts import frequent, own, own_texts, parted
from goemox.report.sentences.summary import answers, headline
from goemox.report.sentences.verdicts import too_few
from goemox.wording import percent, plural

__all__ = ["LEVELS", "section"]

LEVELS = ("good", "watch", "bad", "info")
CARDS = 6  # labels


def section(report: Fields) -> Section:
    """What the reader's texts say, then the model: key numbers, sets at a glance, answers, and findings."""
    story = headline(report)
    blocks: list[Block] = [*_own(report)]
    blocks.append(Prose(story, "How far can that be believed?") if blocks else Headline(story))
    blocks += [Cards(_headline(report)), glance(report)]
    blocks += [Prose(said, question, listed=len(said) > 2, half=True) for question, said in answers(report)]
    found = tuple(
        Finding(row.text("level") if row.text("level") in LEVELS else "info", row.text("text"))
        for row in report.rows("findings")
        if row.text("text")
    )
    if found:
        blocks.append(Findings(found))
    return Section("summary", "Summary", "", blocks)


def _own(report: Fields) -> list[Block]:
    """The reader's own texts: in words, their most frequent labels, and how they differ."""
    said = own_texts(report)
    if not said:
        return []
    blocks: list[Block] = [Headline(said)]
    sets = [domain for domain in own(report) if not too_few(domain)]
    if len(sets) == 1:
        blocks.append(Cards(tuple(_card(sets[0], label, share) for label, share in frequent(sets[0], CARDS))))
    differences = parted(report)
    if differences:
        blocks.append(Prose(differences, "How do they differ?", listed=len(differences) > 2))
    return blocks


def _card(domain: Fields, label: str, share: float) -> Card:
    ends = domain.fields("label_share_interval").numbers(label)
    low, high = ends if len(ends) == 2 else (None, None)
    spread = "" if low is None or high is None else f"{percent(low)} to {percent(high)}"
    return Card(label, percent(share), spread, f"of the texts of {domain_name(domain)}, says the model")


def _headline(report: Fields) -> tuple[Card, ...]:
    inside = report.fields("in_domain")
    cards = metric_cards(inside, HEADLINE)
    if inside.count("n") is not None:
        cards.append(Card("In-domain texts", count(inside.number("n")), "", in_domain_name(report)))
    domains = report.rows("domains")
    texts = sum(domain.count("n") or 0 for domain in domains)
    said = f"in {plural(len(domains), 'domain')}" if domains else "no domain was studied"
    return (*cards, Card("Texts from elsewhere", count(texts), "", said))
