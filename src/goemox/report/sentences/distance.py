"""Sentences about how far the domains lie: shares outside, what the distance tells, and who mixes with whom.

The map's sentence is made from the neighbours in all directions, never from the picture.
"""

from __future__ import annotations

from collections.abc import Sequence

from goemox.domain import ADAPTED
from goemox.domain_shift.limits import A_LITTLE_MORE, USUAL
from goemox.report.fields import Fields
from goemox.report.formats import decimal
from goemox.report.order import domain_name, in_domain_name
from goemox.report.sentences.domains import NO_DOMAIN
from goemox.report.sentences.evidence import Apart, apart, mixing, standing
from goemox.report.sentences.known_texts import home_kind, home_of
from goemox.report.sentences.verdicts import compared_domains, joined, nearness
from goemox.report.texts import name
from goemox.wording import join, percent

__all__ = ["distance", "lengths", "neighbours", "told_apart"]

MORE_FAR = 0.07  # of home texts of the same lengths: from here on, a sentence says so
NAMED = 4  # domains that a list may name; of more, the first are named and the rest counted

OTHERWISE: dict[Apart, str] = {
    "length": "The distance finds texts of {}, but not beyond chance among texts of the same length: part of "
    "what it sees is length, if not all.",
    "unmatched": "The distance finds texts of {}; too few have the length of {home} texts to say whether "
    "it sees more than length.",
    "hardly": "The distance hardly tells {} from {home} texts (guessing: 50).",
    "flat": "The distance does not tell {} from {home} texts beyond chance (guessing: 50).",
    "closer": "Texts of {} lie closer than {home} texts do: by this measure none looks foreign.",
    "unknown": "How well the distance tells {} apart was not measured.",
}


def distance(report: Fields) -> str:
    """How many texts lie outside what the model was trained on."""
    if not report.rows("domains"):
        return NO_DOMAIN
    domains, aside = compared_domains(report)
    by_nearness = {
        found: [d for d in domains if nearness(d) == found] for found in ("near", "far", "unknown")
    }
    known = [(_outside(d), d) for d in domains if nearness(d) != "unknown"]
    names = {found: _listed([domain_name(d) for d in group]) for found, group in by_nearness.items()}
    parts = []
    if known:
        shares = _extremes(
            [(-share, f"{percent(share)} of {domain_name(d)}") for share, d in known], "no more of {} others"
        )
        alike = _same_length([d for _, d in known])
        parts.append(f"Far out lie {shares}; {_at_home(report)}{alike}.")
    if names["far"]:
        parts.append(f"Much of {names['far']} is new to the model.")
    parts += _no_farther(report, by_nearness["near"])
    other = [domain_name(d) for d in by_nearness["near"] if standing(report, d) == "other"]
    if other:
        parts.append(
            f"Yet texts of {_listed(other)} are other texts (see the summary): lying near proves nothing."
        )
    if names["unknown"]:
        parts.append(f"For {names['unknown']} the distance is not available with this model.")
    return joined([*parts, *aside])


def _no_farther(report: Fields, near: Sequence[Fields]) -> list[str]:
    """That no more lie far out than usual; of a larger share of few texts only that more is not sure."""
    home, said = f"{home_kind(report)} texts", []
    few = [domain_name(d) for d in near if _outside(d) <= A_LITTLE_MORE]
    unsure = [domain_name(d) for d in near if _outside(d) > A_LITTLE_MORE]
    if few:
        said.append(f"Hardly more texts of {_listed(few)} lie far out than of {home}, if more at all.")
    if unsure:
        said.append(f"Whether more texts of {_listed(unsure)} lie far out than of {home} is not sure.")
    return said


def _at_home(report: Fields) -> str:
    """The share that is usual by definition, and that of labelled texts from elsewhere, where measured."""
    outside = report.fields("in_domain").fields("distance").number("share_outside")
    is_adapted = home_of(report) == ADAPTED
    texts = "the texts that it was adapted on" if is_adapted else f"{home_kind(report)} texts"
    beside = "" if outside is None else f", of {in_domain_name(report)} {percent(outside)}"
    return f"of {texts} {USUAL:.0%} do, by definition{beside}"


def _same_length(domains: Sequence[Fields]) -> str:
    """The fairer comparison, where home texts of such lengths lie far out more often than others."""
    said = []
    for domain in domains:
        block = domain.fields("distance")
        share, limits = (
            block.number("share_far_same_length"),
            block.numbers("share_far_same_length_interval"),
        )
        if share is not None and share > MORE_FAR and limits and (limits[0] or 0.0) > USUAL:
            said.append((-share, f"{percent(share)} of those with the lengths of {domain_name(domain)}"))
    return f", but {_extremes(said, 'no more of those with the lengths of {} others')}" if said else ""


def _outside(domain: Fields) -> float:
    return domain.fields("distance").number("share_outside") or 0.0


def _listed(names: Sequence[str]) -> str:
    """All names, or the first of them and how many more there are."""
    return join(names if len(names) <= NAMED else [*names[: NAMED - 1], f"{len(names) - NAMED + 1} others"])


def _extremes(said: Sequence[tuple[float, str]], others: str) -> str:
    """All phrases as they come, or those of the lowest numbers and the rest in words; {} counts it."""
    if len(said) <= NAMED:
        return join([words for _, words in said])
    lowest = [words for _, words in sorted(said, key=lambda each: each[0])[: NAMED - 1]]
    return join([*lowest, others.format(len(said) - len(lowest))])


def lengths(report: Fields) -> str:
    """Whether texts are longer or shorter than at home, which alone can move the distance."""
    here, home = [], None
    for domain in report.rows("domains"):
        block = domain.fields("distance")
        words = block.number("length_median_words")
        home = block.number("reference_length_median_words") if home is None else home
        if words is not None:
            here.append((words, f"{words:g} on {domain_name(domain)}"))
    if not here or home is None:
        return ""
    shown = _extremes(here, "no fewer on {} others")
    return (
        f"The median text has {home:g} words among {home_kind(report)} texts, {shown}: length alone can move "
        "the distance."
    )


def told_apart(report: Fields) -> str:
    """How often the distance finds the foreign one of two texts, among all and among texts of one length."""
    if not report.rows("domains"):
        return NO_DOMAIN
    domains, aside = compared_domains(report)
    groups: dict[Apart, list[Fields]] = {}
    for domain in domains:
        groups.setdefault(apart(domain), []).append(domain)
    parts = [_found(groups.get("apart", [])), *_lengths_part(groups.get("apart", []))]
    for kind, words in OTHERWISE.items():
        if kind in groups:
            named = _listed([_with_times(domain, kind) for domain in groups[kind]])
            parts.append(words.format(named, home=home_kind(report)))
    return joined([*parts, *aside])


def _found(domains: Sequence[Fields]) -> str:
    """The domains that the distance finds, also among texts of the same length."""
    said = []
    named = domains if len(domains) <= NAMED else domains[: NAMED - 1]
    for index, domain in enumerate(named):
        found = domain.fields("distance").fields("told_apart")
        same, alone = _of_100(found.fields("matched")), _hundredth(found.number("length_auroc"))
        times, where = _of_100(found.fields("auroc")), domain_name(domain)
        if index:
            said.append(f"that of {where} {times} times ({alone}; {same})")
        else:
            length = f"length alone {alone}; among texts of the same length {same}"
            said.append(f"that of {where} {times} times in 100 ({length})")
    if not said:
        return ""
    if len(named) < len(domains):
        said.append(f"more often than by chance on {len(domains) - len(named)} others")
    return (
        f"Given two texts, one of each side, the distance picks out {join(said)}. Guessing picks it 50 times."
    )


def _lengths_part(domains: Sequence[Fields]) -> list[str]:
    """How much of it is length, where something can be said."""
    said = []
    for kind, words in (
        ("no", "it is not mainly length"),
        ("partly", "part of it is length"),
        ("unclear", "how much of it is length is not clear"),
    ):
        named = [
            domain_name(domain)
            for domain in domains
            if domain.fields("distance").fields("told_apart").text("length_explains") == kind
        ]
        if named:
            said.append(f"On {_listed(named)} {words}.")
    return said


def _with_times(domain: Fields, kind: Apart) -> str:
    """The domain's name, and how often its text is found where that is of use."""
    found, where = domain.fields("distance").fields("told_apart"), domain_name(domain)
    times = _of_100(found.fields("auroc"))
    if kind == "length":
        return f"{where} ({times} in 100, same length {_of_100(found.fields('matched'))})"
    if kind == "unmatched":
        return f"{where} ({times} in 100, length alone {_hundredth(found.number('length_auroc'))})"
    return where if kind == "unknown" else f"{where} ({times})"


def _of_100(area: Fields) -> str:
    return _hundredth(area.number("value"))


def _hundredth(share: float | None) -> str:
    return decimal(None if share is None else 100 * share, 0)


def neighbours(report: Fields) -> str:
    """Whether texts have texts of home for neighbours, as those like them would."""
    if not report.rows("domains"):
        return NO_DOMAIN
    domains, aside = compared_domains(report)
    found = [(domain_name(domain), each) for domain in domains if (each := mixing(report, domain))]
    alone = [(where, each) for where, each in found if each.surely and each.keeps_apart]
    partly = [(where, each) for where, each in found if each.surely and not each.keeps_apart]
    alike = [(where, each) for where, each in found if not each.surely]
    count, home = report.fields("map").count("neighbours"), f"{home_kind(report)} texts"
    parts = []
    if found:
        shares = _extremes(
            [(each.share, f"{percent(each.share)} on {where}") for where, each in found],
            "no less on {} others",
        )
        parts.append(
            f"Of a text's {f'{count} ' if count else ''}nearest neighbours {shares} are {home}; "
            f"were the texts alike, about {percent(found[0][1].expected)} would be."
        )
    for group, words in (
        (alone, "Texts of {} keep to themselves."),
        (partly, "Texts of {} mix with {home} only in part."),
        (alike, "By their neighbours, texts of {} cannot be told from {home}."),
    ):
        if group:
            parts.append(words.format(_listed([where for where, _ in group]), home=home))
    return joined([*parts, _left_out(report), *aside])


def _left_out(report: Fields) -> str:
    names = [name(each) for each in report.fields("map").texts("left_out")]
    return f"Not drawn, with fewer than ten texts: {_listed(names)}." if names else ""
