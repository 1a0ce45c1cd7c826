"""Sentences for the figures that set the domains beside the in-domain set."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from goemox.domain import ADAPTED
from goemox.evaluation.significance import LEVEL, holm, p_of_shares
from goemox.report.fields import Fields
from goemox.report.formats import decimal
from goemox.report.order import domain_name, in_domain_name, top_neutral
from goemox.report.sentences.known_texts import home_kind, home_of
from goemox.report.sentences.verdicts import (
    compared_domains,
    few,
    is_sample,
    joined,
    largest_move,
    too_few,
    verdict,
)
from goemox.wording import join, percent, plural

__all__ = [
    "NO_DOMAIN",
    "beyond_chance",
    "change",
    "group_shares",
    "is_beside_others",
    "label_shares",
    "sample",
    "samples",
]

NO_DOMAIN = "No outside texts were studied, so nothing is known beyond the in-domain set."


def sample(domain: Fields) -> str:
    """The sentence that every sample domain carries."""
    return (
        f"The texts of {domain_name(domain)} were written for goemox: they show that everything runs "
        "and are never evidence."
    )


def change(report: Fields, domain: Fields) -> str:
    """What happened to the labels of one domain, as strongly as its test allows."""
    found = verdict(domain)
    if found == "too few":
        return few(domain)
    where = domain_name(domain)
    here, home = top_neutral(report, domain), top_neutral(report, report.fields("in_domain"))
    compared, others = "", is_beside_others(report)
    if here is not None:
        beside = "" if home is None or (others and found == "flat") else f" ({percent(home)} in domain)"
        compared = f"neutral is the top label of {percent(here)} of the texts{beside}"
    if found == "untested":
        return f"On {where} {compared or 'labels were counted'}; whether that is chance was not tested."
    tests = domain.fields("tests")
    moved, tested = tests.texts("moved"), len(tests.rows("labels"))
    than = _than(report)
    if found == "flat":
        return f"On {where} no label moved beyond chance{than}{': ' + compared if compared else ''}."
    labels = f"{len(moved)} of {plural(tested, 'label')}"
    ks = decimal(largest_move(domain), 2)
    if found == "slight":
        most = f"most: {moved[0]}, KS distance {ks} of 1"
        return f"On {where} {labels} moved measurably but little{than} ({most})."
    shares = _shares_changed(report, domain)
    said = "; ".join(
        filter(None, [f"On {where} the scores of {labels} differ beyond chance{than}", shares, compared])
    )
    return f"{said}."


def group_shares(report: Fields) -> str:
    """Neutral as top label, domain by domain, and which of the differences are chance."""
    if not report.rows("domains"):
        return NO_DOMAIN
    domains, aside = compared_domains(report)
    home = top_neutral(report, report.fields("in_domain"))
    known = [(d, s) for d in domains if (s := top_neutral(report, d)) is not None]
    if not known:
        return joined(["Shares of top labels are not known.", *aside] if domains else aside)
    where = [] if home is None else [f"{percent(home)} of the texts in domain"]
    listed = join([*where, *(f"{percent(share)} on {domain_name(d)}" for d, share in known)])
    first = f"Neutral is the top label of {listed}."
    sizes = [(share, domain.number("n") or 0.0) for domain, share in known]
    is_told = home is not None and not too_few(report.fields("in_domain"))
    sure = _differ([(*size, home or 0.0, _n_home(report)) for size in sizes]) if is_told else None
    if sure is None:
        return joined([first, *aside])
    flat = [domain_name(domain) for (domain, _), each in zip(known, sure, strict=True) if not each]
    if flat and len(flat) == len(known):
        return joined([first, "No difference from those goes beyond chance.", *aside])
    chance = f"The difference on {join(flat)} does not go beyond chance." if flat else ""
    return joined([first, chance, *aside])


def label_shares(report: Fields) -> str:
    """Which labels moved most on each domain."""
    if not report.rows("domains"):
        return NO_DOMAIN
    domains, aside = compared_domains(report)
    parts = []
    for domain in domains:
        where, found = domain_name(domain), verdict(domain)
        if found in ("flat", "untested"):
            flat = f"no label moved beyond chance{_than(report)}"
            what = flat if found == "flat" else "no test was made"
            parts.append(f"On {where} {what}.")
            continue
        most = f"Of the labels of {where} that moved a little" if found == "slight" else f"On {where}"
        if shares := _shares_changed(report, domain):
            parts.append(f"{most} {shares}.")
    if not parts and domains:
        parts.append(f"{in_domain_name(report)} holds too few texts to compare shares with.")
    return joined([*parts, *aside])


def _shares_changed(report: Fields, domain: Fields) -> str:
    """Where the shares changed most; nothing where those beside them are of a handful of texts.

    The tests are against texts of the model's own, the shares beside those of the figures.
    """
    inside, others = report.fields("in_domain"), is_beside_others(report)
    if others and too_few(inside):
        return ""
    listed = join([_against(report, domain, label) for label in _by_change(report, domain)[:3]])
    home = f" from those of {in_domain_name(report)}" if others else ""
    if not listed:
        return f"no label's share differs beyond chance{home}"
    return f"the shares {'differ' if others else 'changed'} most{home} for {listed}"


def is_beside_others(report: Fields) -> bool:
    """Whether the in-domain figures are of other texts than the model's own, which the tests are against.

    They are of a reader's own then, or the model was adapted, and the tests are against those texts.
    """
    inside = report.fields("in_domain")
    return bool(inside.by_name("label_share")) and (
        inside.text("measured") == "now" or home_of(report) == ADAPTED
    )


def _than(report: Fields) -> str:
    """Whose labels the tests are against, where the figures beside them are of other texts."""
    return f" from those of {home_kind(report)} texts" if is_beside_others(report) else ""


def _by_change(report: Fields, domain: Fields) -> list[str]:
    """The labels that moved and whose share differs beyond chance, too, the largest difference first."""
    sure = beyond_chance(report, domain)
    moved = [label for label in domain.fields("tests").texts("moved") if label in sure]
    return sorted(moved, key=lambda label: -abs(_change(report, domain, label)))


def beyond_chance(report: Fields, domain: Fields) -> set[str]:
    """The labels whose share differs from the in-domain one, Holm over all; all where no n is known.

    Without in-domain figures, as for an adapted model, from the share of the tests' own texts.
    """
    n, labels = domain.number("n") or 0.0, list(domain.by_name("label_share"))
    if not report.fields("in_domain").by_name("label_share"):
        tested = domain.fields("tests").rows("labels")
        return {row.text("label") for row in tested if (row.number("share_p_adjusted") or 0.0) < LEVEL}
    known = [(label, *_shares(report, domain, label)) for label in labels]
    both = [(label, here, home) for label, here, home in known if here is not None and home is not None]
    sure = _differ([(here, n, home, _n_home(report)) for _, here, home in both])
    return (
        set(labels) if sure is None else {label for (label, *_), each in zip(both, sure, strict=True) if each}
    )


def _differ(pairs: Sequence[tuple[float, float, float, float]]) -> list[bool] | None:
    """Whether each share, of so many texts, differs from the other beyond chance, Holm over all.

    None where there is no pair, or nobody says of how many texts one is.
    """
    if not pairs or not all(n and n_home for _, n, _, n_home in pairs):
        return None
    return [bool(p < LEVEL) for p in holm(p_of_shares(*np.array(pairs).T))]


def _n_home(report: Fields) -> float:
    return report.fields("in_domain").number("n") or 0.0


def _change(report: Fields, domain: Fields, label: str) -> float:
    here, home = _shares(report, domain, label)
    return 0.0 if here is None or home is None else here - home


def _shares(report: Fields, domain: Fields, label: str) -> tuple[float | None, float | None]:
    """Of texts given the label: here, and in domain as every figure draws it, else as the tests had it."""
    here, home = domain.by_name("label_share"), report.fields("in_domain").by_name("label_share")
    if home:
        return here.get(label), home.get(label)
    rows = domain.fields("tests").rows("labels")
    return here.get(label), next(
        (r.number("share_reference") for r in rows if r.text("label") == label), None
    )


def _against(report: Fields, domain: Fields, label: str) -> str:
    here, home = _shares(report, domain, label)
    return f"{label} ({percent(here)} against {percent(home)})"


def samples(report: Fields) -> list[str]:
    """One sentence for each sample domain, with its smoke test where there is one."""
    said = []
    for domain in report.rows("domains"):
        if not is_sample(domain):
            continue
        smoke = domain.fields("smoke")
        hit, n = smoke.number("top1_hit"), smoke.number("n")
        checked = ""
        if hit is not None and n is not None:
            texts = plural(n, "text")
            checked = f" As a smoke test, the top label is a written one for {percent(hit)} of {texts}."
        said.append(sample(domain) + checked)
    return said
