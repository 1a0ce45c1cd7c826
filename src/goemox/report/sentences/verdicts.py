"""When a domain's difference may be called a finding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from goemox.domain import ADAPTED
from goemox.domain_shift.answers import how_far
from goemox.domain_shift.limits import A_LITTLE_MORE, MIN_TEXTS, USUAL
from goemox.domain_shift.phrases import known_texts
from goemox.report.fields import Fields
from goemox.report.formats import count
from goemox.report.order import domain_name
from goemox.wording import percent, plural

__all__ = [
    "Nearness",
    "Verdict",
    "compared_domains",
    "few",
    "is_sample",
    "joined",
    "largest_move",
    "nearness",
    "outside_words",
    "too_few",
    "unlabelled",
    "verdict",
]

SLIGHT_MOVE = 0.1  # largest Kolmogorov-Smirnov distance that is still called slight

Verdict = Literal["too few", "untested", "flat", "slight", "moved"]
Nearness = Literal["unknown", "near", "partly", "far"]


def too_few(domain: Fields) -> bool:
    """Whether a domain holds fewer texts than any comparison needs (or does not say how many)."""
    return (domain.number("n") or 0) < MIN_TEXTS


def unlabelled(domain: Fields) -> bool:
    """Whether no text of a domain is given any label."""
    given = domain.by_name("label_share")
    return bool(given) and not any(given.values())


def is_sample(domain: Fields) -> bool:
    """Whether its texts were written for goemox: a demonstration, never evidence."""
    return domain.text("source") == "sample"


def verdict(domain: Fields) -> Verdict:
    """What may be said of a domain's labels against the in-domain ones."""
    if too_few(domain):
        return "too few"
    tests = domain.fields("tests")
    if not tests.rows("labels"):
        return "untested"
    if not tests.texts("moved"):
        return "flat"
    return "slight" if largest_move(domain) < SLIGHT_MOVE else "moved"


def largest_move(domain: Fields) -> float:
    """The largest Kolmogorov-Smirnov distance among the labels that moved; 0 where none did."""
    tests = domain.fields("tests")
    moved = set(tests.texts("moved"))
    found = [row.number("ks") or 0.0 for row in tests.rows("labels") if row.text("label") in moved]
    return max(found, default=0.0)


def nearness(domain: Fields) -> Nearness:
    """How much of a domain lies outside what the model was trained on, as `answers.how_far` says it.

    Surely more than usual, but not by much, is near, too.
    """
    distance = domain.fields("distance")
    outside = distance.number("share_outside")
    if distance.flag("available") is False or outside is None or too_few(domain):
        return "unknown"
    ends = [end for end in distance.numbers("share_outside_interval") if end is not None]
    known = {"share_outside": outside, "share_outside_interval": ends, "n_home": distance.count("n_home")}
    found = how_far(known)
    if found == "usual" or outside <= A_LITTLE_MORE:
        return "near"
    return "far" if found == "far" else "partly"


def few(domain: Fields) -> str:
    """The sentence for a domain that is too small."""
    n = domain.count("n")
    if n is None:
        return f"{domain_name(domain)} does not say how many texts it holds, so nothing is compared."
    return (
        f"{domain_name(domain)} has {plural(n, 'text')}: too few to compare "
        f"(at least {MIN_TEXTS} are needed)."
    )


def outside_words(domain: Fields) -> str:
    """`54% of 20,000 texts lie …`, with what would be expected."""
    outside = domain.fields("distance").number("share_outside")
    return (
        f"{percent(outside)} of {count(domain.number('n'))} texts lie far out "
        f"(farther out than {1 - USUAL:.0%} of {_home_texts(domain)})"
    )


def _home_texts(domain: Fields) -> str:
    if domain.fields("distance").text("home") == ADAPTED:
        return known_texts(ADAPTED)
    return f"held-out texts; at home that is {USUAL:.0%}"


def compared_domains(report: Fields) -> tuple[list[Fields], list[str]]:
    """The domains that a sentence may compare, and what must be said of the others.

    Samples are compared only where nothing else is there, and then under their own name.
    """
    domains = report.rows("domains")
    real = [domain for domain in domains if not is_sample(domain)]
    aside = [few(domain) for domain in real if too_few(domain)]
    if domains and not real:
        aside.append("These are samples written for goemox, never evidence.")
    return [domain for domain in real or domains if not too_few(domain)], aside


def joined(sentences: Sequence[str]) -> str:
    """The sentences that are not empty, as one paragraph."""
    return " ".join(sentence for sentence in sentences if sentence)
