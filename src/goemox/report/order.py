"""What every figure agrees on: the order of labels, the names of places, and which texts are compared."""

from __future__ import annotations

from collections.abc import Mapping

from goemox.evaluation.shares import DISPLAY_GROUPS, leading
from goemox.labels import NEUTRAL
from goemox.report.fields import Fields
from goemox.report.texts import clip_middle, name, width

__all__ = [
    "IN_DOMAIN",
    "domain_name",
    "domain_note",
    "has_domains",
    "has_neutral",
    "in_domain_name",
    "label_order",
    "leading_label",
    "three_groups",
    "top_neutral",
]

IN_DOMAIN = "in domain"  # the reference set in pictures: it stays when the reader picks another domain
FIRST_STUDY = DISPLAY_GROUPS[1]  # the label that its figures named beside neutral
SHORT = 26  # columns that a panel's name may take


def label_order(report: Fields) -> tuple[str, ...]:
    """All labels, neutral first, then by how often they are true in domain (or predicted, if unknown)."""
    inside = report.fields("in_domain")
    shares = inside.by_name("true_label_share") or inside.by_name("label_share")
    if not shares:
        shares = {row.text("label"): row.number("support") or 0.0 for row in inside.rows("per_label")}
    known = list(report.fields("model").texts("labels"))
    known += [label for label in shares if label not in known]
    for domain in report.rows("domains"):
        known += [label for label in domain.by_name("label_share") if label not in known]
    place = {label: index for index, label in enumerate(known)}
    return tuple(sorted(known, key=lambda label: (label != NEUTRAL, -shares.get(label, 0.0), place[label])))


def in_domain_name(report: Fields) -> str:
    """`GoEmotions test`, as far as the report says."""
    inside = report.fields("in_domain")
    words = f"{inside.text('dataset')} {inside.text('split')}".strip()
    return name(words) if words else "the in-domain set"


def domain_name(domain: Fields, columns: int = SHORT) -> str:
    """A domain's name, harmless and short enough for a panel; long names that differ at an end stay apart.

    Those that differ in between bear their place in the report's list: `support ticke…cleaned) (2)`.
    """
    whole = domain.text("name")
    if width(whole) <= columns:
        return name(whole, columns)
    listed, cut = domain.in_list("name"), clip_middle(whole, columns)
    if sum(clip_middle(each, columns) == cut for each in listed) < 2:
        return name(whole, columns, clip_middle)
    end = f" ({listed.index(whole) + 1})"
    return name(whole, columns, lambda text, most: clip_middle(text, most - len(end)) + end)


def domain_note(domain: Fields) -> str:
    """`n = 20,000`, or nothing where the count is missing."""
    n = domain.count("n")
    return "" if n is None else f"n = {n:,}"


def has_neutral(report: Fields) -> bool:
    """Whether the model can call a text neutral; True where the report does not say."""
    labels = report.fields("model").texts("labels")
    return not labels or NEUTRAL in labels


def top_neutral(report: Fields, texts: Fields) -> float | None:
    """The share of the texts whose top label is neutral; None where unknown, or the model has no such label.

    texts: the in-domain set or a domain. Its groups always hold a share of neutral, 0 for such a model.
    """
    return texts.fields("top_label_share").number(NEUTRAL) if has_neutral(report) else None


def leading_label(report: Fields) -> str:
    """The most frequent top label of this study's texts after neutral, which figures of top labels name.

    By the mean share over the domains that are no samples, or over what there is. "admiration", as in the
    first study, for reports that state no other.
    """
    inside, domains = report.fields("in_domain"), report.rows("domains")
    sets = [each.by_name("top_label") for each in (*([inside] if inside else []), *domains)]
    if not sets or not all(sets):
        return FIRST_STUDY
    real = [d.by_name("top_label") for d in domains if d.text("source") != "sample"] or sets
    labels = {label for shares in real for label in shares}
    means = {label: sum(shares.get(label, 0.0) for shares in real) / len(real) for label in labels}
    return next(iter(leading(means, 1)), FIRST_STUDY)


def three_groups(label: str, top: Mapping[str, float], stated: Fields) -> dict[str, float] | None:
    """Shares of texts whose top label is neutral, `label`, or another; None where they are not known.

    top: share by top label. stated: the first study's groups, which are taken where `top` is empty.
    """
    if not top:
        known = {group: share for group in DISPLAY_GROUPS if (share := stated.number(group)) is not None}
        return known if len(known) == len(DISPLAY_GROUPS) else None
    neutral, named = top.get(NEUTRAL, 0.0), top.get(label, 0.0)
    rest = "others" if label != "others" else "all others"
    return {NEUTRAL: neutral, label: named, rest: max(sum(top.values()) - neutral - named, 0.0)}


def has_domains(report: Fields) -> bool:
    """Whether any outside domain is in the report."""
    return bool(report.rows("domains"))
