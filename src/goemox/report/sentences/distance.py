"""Sentences about how far the domains lie: shares outside, what the distance tells, and who mixes with whom.

The map's sentence is made from the neighbours in all directions, never from the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from goemox.domain_shift.limits import TOLD_APART, USUAL
from goemox.evaluation.significance import LEVEL
from goemox.report.fields import Fields
from goemox.report.formats import decimal, join, percent
from goemox.report.order import domain_name
from goemox.report.sentences.domains import NO_DOMAIN
from goemox.report.sentences.verdicts import compared_domains, joined, nearness
from goemox.report.texts import name

__all__ = ["Apart", "apart", "distance", "lengths", "mixing", "neighbours", "told_apart"]

CHANCE = 0.5
SEPARATE = 0.5  # of what would be expected: below it, texts keep to themselves

Apart = Literal["unknown", "closer", "flat", "hardly", "length", "unmatched", "apart"]


@dataclass(frozen=True, slots=True)
class Mixing:
    """One domain's neighbours: share of in-domain texts among them, what would be expected, Holm's p."""

    share: float
    expected: float
    low: float | None
    high: float | None
    p: float


def distance(report: Fields) -> str:
    """How many texts lie outside what the model was trained on."""
    if not report.rows("domains"):
        return NO_DOMAIN
    domains, aside = compared_domains(report)
    by_nearness = {
        found: [d for d in domains if nearness(d) == found] for found in ("near", "far", "unknown")
    }
    known = [
        f"{percent(d.fields('distance').number('share_outside'))} of {domain_name(d)}"
        for d in domains
        if nearness(d) != "unknown"
    ]
    names = {found: join([domain_name(d) for d in group]) for found, group in by_nearness.items()}
    parts = (
        [f"Outside lie {join(known)}; of in-domain texts it is {USUAL:.0%}, by definition."] if known else []
    )
    if names["far"]:
        parts.append(f"Much of {names['far']} is new to the model.")
    if names["near"]:
        parts.append(f"No more texts of {names['near']} lie outside than of in-domain texts.")
    if names["unknown"]:
        parts.append(f"For {names['unknown']} the distance is not available with this model.")
    return joined([*parts, *aside])


def lengths(report: Fields) -> str:
    """Whether texts are longer or shorter than in domain, which alone can move the distance."""
    here, home = [], None
    for domain in report.rows("domains"):
        block = domain.fields("distance")
        words = block.number("length_median_words")
        home = block.number("reference_length_median_words") if home is None else home
        if words is not None:
            here.append(f"{words:g} on {domain_name(domain)}")
    if not here or home is None:
        return ""
    return f"The median text has {home:g} words in domain, {join(here)}: length alone can move the distance."


def apart(domain: Fields) -> Apart:
    """What may be said of how well the distance tells a domain's texts from in-domain texts.

    "length": it tells them apart, but not among texts of the same length. "unmatched": it does, and too few
    texts have the same length to say whether that is all it sees. "hardly": surely, but less than what counts
    as other texts (`limits.TOLD_APART`).
    """
    found = domain.fields("distance").fields("told_apart")
    area, matched = found.fields("auroc"), found.fields("matched")
    value, low, high = (area.number(key) for key in ("value", "low", "high"))
    if value is None or low is None or high is None:
        return "unknown"
    if high < CHANCE:
        return "closer"
    if low <= CHANCE:
        return "flat"
    if value < TOLD_APART:
        return "hardly"
    if not matched:
        return "unmatched"
    return "apart" if (matched.number("low") or 0.0) > CHANCE else "length"


def told_apart(report: Fields) -> str:
    """How often the distance finds the outside one of two texts, among all and among texts of one length."""
    if not report.rows("domains"):
        return NO_DOMAIN
    domains, aside = compared_domains(report)
    kinds = [(domain, apart(domain)) for domain in domains]
    parts = []
    found = [_times(domain) for domain, kind in kinds if kind == "apart"]
    if found:
        parts.append(
            "Given one text of each side, the distance finds the outside one so many times in 100, guessing "
            f"50: {'; '.join(found)}."
        )
        parts += _meaning([domain for domain, kind in kinds if kind == "apart"])
    for domain, kind in kinds:
        parts.append(_one(domain, kind))
    return joined([*parts, *aside])


def _times(domain: Fields) -> str:
    found = domain.fields("distance").fields("told_apart")
    return (
        f"{domain_name(domain)} {_of_100(found.fields('auroc'))} (among texts of the same length "
        f"{_of_100(found.fields('matched'))}, by length alone {_hundredth(found.number('length_auroc'))})"
    )


def _meaning(domains: Sequence[Fields]) -> list[str]:
    """How much of it is length, where something can be said."""
    said = []
    for kind, words in (
        ("no", "it is surely not mainly length"),
        ("partly", "part of it is length"),
        ("unclear", "how much of it is length is unclear"),
    ):
        named = [
            domain_name(domain)
            for domain in domains
            if domain.fields("distance").fields("told_apart").text("length_explains") == kind
        ]
        if named:
            said.append(f"On {join(named)} {words}.")
    return said


def _one(domain: Fields, kind: Apart) -> str:
    found, where = domain.fields("distance").fields("told_apart"), domain_name(domain)
    times = _of_100(found.fields("auroc"))
    if kind == "length":
        return (
            f"On {where} it finds {times} in 100, but among texts of the same length "
            f"{_of_100(found.fields('matched'))}, no more than chance: what it sees there is length."
        )
    if kind == "unmatched":
        return (
            f"On {where} it finds {times} in 100, length alone {_hundredth(found.number('length_auroc'))}; too "
            "few texts have the same length to say what else it sees."
        )
    if kind == "hardly":
        return f"Texts of {where} it hardly tells from in-domain texts: {times} times in 100, guessing 50."
    if kind == "flat":
        return f"Texts of {where} it does not tell from in-domain texts: {times} times in 100, within chance of 50."
    if kind == "closer":
        return f"Texts of {where} lie closer than in-domain texts do, so none of them looks foreign by this measure."
    return f"How well it tells {where} apart was not measured." if kind == "unknown" else ""


def _of_100(area: Fields) -> str:
    return _hundredth(area.number("value"))


def _hundredth(share: float | None) -> str:
    return decimal(None if share is None else 100 * share, 0)


def mixing(report: Fields, domain: Fields) -> Mixing | None:
    """A domain's neighbours, None where they were not compared."""
    for row in report.fields("map").rows("mixing"):
        if row.text("name") == domain.text("name"):
            share, expected = row.number("neighbours_reference"), row.number("expected")
            p = row.number("p_adjusted")
            if share is not None and expected is not None and p is not None:
                return Mixing(share, expected, row.number("low"), row.number("high"), p)
    return None


def neighbours(report: Fields) -> str:
    """Whether texts have in-domain texts for neighbours, as those like them would."""
    if not report.rows("domains"):
        return NO_DOMAIN
    domains, aside = compared_domains(report)
    found = [(domain_name(domain), each) for domain in domains if (each := mixing(report, domain))]
    alone = [(where, each) for where, each in found if _surely(each) and _keeps_apart(each)]
    partly = [(where, each) for where, each in found if _surely(each) and not _keeps_apart(each)]
    alike = [(where, each) for where, each in found if not _surely(each)]
    count = report.fields("map").count("neighbours")
    of = f"Of the {count} nearest neighbours of a text" if count else "Of the nearest neighbours of a text"
    parts = []
    if found:
        shares = join([f"{percent(each.share)} on {where}" for where, each in found])
        parts.append(
            f"{of}, in all directions that the model keeps, {shares} are in-domain texts; among like texts it "
            f"would be {percent(found[0][1].expected)}."
        )
    for group, words in (
        (alone, "keep to themselves"),
        (partly, "mix with in-domain texts only in part"),
        (alike, "mix with in-domain texts no less than chance allows"),
    ):
        if group:
            parts.append(f"Texts of {join([where for where, _ in group])} {words}.")
    return joined([*parts, _left_out(report), *aside])


def _surely(each: Mixing) -> bool:
    return each.p < LEVEL


def _keeps_apart(each: Mixing) -> bool:
    return each.share < SEPARATE * each.expected


def _left_out(report: Fields) -> str:
    names = [name(each) for each in report.fields("map").texts("left_out")]
    if not names:
        return ""
    return f"Too few texts to draw: {join(names)}."
