"""Sentences about the parts of a domain: its labels over time, and by the values of a column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from goemox.domain_shift.limits import MIN_TEXTS
from goemox.evaluation.significance import LEVEL
from goemox.labels import NEUTRAL
from goemox.report.fields import Fields
from goemox.report.formats import p_value
from goemox.report.order import domain_name
from goemox.report.sentences.domains import sample
from goemox.report.sentences.verdicts import is_sample, nearness, unlabelled
from goemox.report.texts import name
from goemox.wording import join, percent, plural

__all__ = [
    "between_groups",
    "moved",
    "over_time",
    "period_name",
    "ungrouped",
    "untimed",
    "verdict",
    "whole_groups",
]

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sep", "Oct", "Nov", "Dec")
HOUR = len("2026-11-23T22")  # of a date and time
FEW_DATED = f"fewer than {MIN_TEXTS} dated texts, or all of one hour"
NAMED = 3  # labels that a sentence tells the numbers of
WORDS, WORDY = 3, 2  # words of a label, and labels, that a caution names
VERDICTS = {"rising": "rose", "falling": "fell"}


def moved(domain: Fields, parts: str) -> tuple[str, ...]:
    """The labels that moved between the parts ("timeline" or "groups"); none of samples, never evidence."""
    found = domain.fields(parts)
    return () if is_sample(domain) or not found.rows("tests") else found.texts("moved")


def verdict(domain: Fields, parts: str, label: str) -> str:
    """What happened to one label between the parts, in two words at most."""
    row = _row(domain.fields(parts), label)
    if row is None or is_sample(domain):
        return "not tested"
    if label not in moved(domain, parts):
        return "within chance"
    return VERDICTS.get(row.text("trend"), "varied") if parts == "timeline" else "differs"


def period_name(start: str, unit: str) -> str:
    """A period as short as its unit allows: `2021`, `Q2 2021`, `May 2021`, `3 May 2021`, `3 May, 14:00`."""
    try:
        day = datetime.fromisoformat(start)
    except ValueError:
        return name(start)
    month = MONTHS[day.month - 1]
    return {
        "year": f"{day.year}",
        "quarter": f"Q{(day.month + 2) // 3} {day.year}",
        "month": f"{month} {day.year}",
        "hour": f"{day.day} {month}, {day.hour:02}:00",
    }.get(unit, f"{day.day} {month} {day.year}")


def over_time(domain: Fields) -> str:
    """Which labels changed from period to period, with the shares of both ends, or that none did."""
    if is_sample(domain):
        return sample(domain)
    line, where = domain.fields("timeline"), domain_name(domain)
    periods, tests = line.rows("periods"), line.rows("tests")
    n_left_out = line.count("n_undated") or 0
    undated = plural(n_left_out, "text has", "texts have")
    left_out = f"{undated} no date, or none that can be read or is near the others." if n_left_out else ""
    if (line.number("n") or 0) < MIN_TEXTS or not tests or not periods:
        few = plural(line.number("n") or 0, "text")
        return _said(
            f"Only {few} of {where} {'carries' if few[:2] == '1 ' else 'carry'} a date: too few.", left_out
        )
    first, last = (period_name(each.text("start"), line.text("unit")) for each in (periods[0], periods[-1]))
    labels = plural(len(tests), "label")
    if not moved(domain, "timeline"):
        looked_at = join([row.text("label") for row in tests])
        flat = (
            f"On {where} none of {labels} changed beyond chance between {first} and {last}; looked at were "
            f"the most frequent: {looked_at}."
        )
        return _said(flat, left_out)
    changed = _listed([_change(line, label) for label in moved(domain, "timeline")])
    those = f"{len(moved(domain, 'timeline'))} of {labels}"
    said = f"On {where} {those} changed beyond chance between {first} and {last}: {changed}."
    return _said(said, _caution(domain, moved(domain, "timeline")), left_out)


def _change(line: Fields, label: str) -> str:
    row = _row(line, label)
    if row is None:
        return label
    earlier, later = row.number("earlier_half"), row.number("later_half")
    trend = row.text("trend")
    if earlier is not None and later is not None and trend == ("rising" if later > earlier else "falling"):
        halves = f"{percent(earlier)} in the earlier half of the texts, {percent(later)} in the later"
        return f"{label} {VERDICTS[trend]} ({halves})"
    said = f"{label} {VERDICTS.get(trend, 'varied')}"
    if not row.text("lowest"):  # no two periods hold enough texts
        return said
    low, high = (_in_part(line, row.text(end), label, line.text("unit")) for end in ("lowest", "highest"))
    return f"{said} (lowest {low}, highest {high})"


def _in_part(line: Fields, start: str, label: str, unit: str) -> str:
    found = next((each for each in line.rows("periods") if each.text("start") == start), None)
    share = None if found is None else found.fields("label_share").number(label)
    return f"{percent(share)} in {period_name(start, unit)}"


def untimed(report: Fields) -> list[str]:
    """The domains without a time line and why, where others have one."""
    with_line, without = _split(report, "timeline")
    if not with_line:
        return []
    names: dict[str, list[str]] = {}
    for domain in without:
        names.setdefault(_why_untimed(domain), []).append(domain_name(domain))
    return [
        f"{join(some)} {'has' if len(some) == 1 else 'have'} no time line: {why}."
        for why, some in names.items()
    ]


def _why_untimed(domain: Fields) -> str:
    """What a domain lacks for a time line, by the range of its dates."""
    profile = domain.fields("profile")
    first, last = profile.text("first"), profile.text("last")
    if not profile:
        return FEW_DATED
    if not first:
        unread = profile.count("unreadable_times")
        return "its dates cannot be read" if unread else "no text carries a date"
    if unlabelled(domain):
        return "no text is given any label"
    if first[:HOUR] == last[:HOUR]:
        return "all its dates fall into one hour" if (domain.number("n") or 0) >= MIN_TEXTS else FEW_DATED
    return FEW_DATED


def between_groups(domain: Fields) -> str:
    """Which labels differ between the groups, with the shares of both ends, or that none does."""
    groups, where = domain.fields("groups"), domain_name(domain)
    column, aside = name(groups.text("column")), _aside(groups)
    if is_sample(domain):
        return sample(domain)
    missing = _nothing_to_compare(groups, where, column)
    if missing:
        return _said(missing, aside)
    if unlabelled(domain):
        return _said(f"No text of {where} is given any label, so none can differ by {column}.", aside)
    n_large, tests = len(_large(groups)), groups.rows("tests")
    among = f"between the {n_large} groups by {column} of {MIN_TEXTS} texts and more"
    if not moved(domain, "groups"):
        return _said(f"On {where} no label differs beyond chance {among}.", aside)
    ends = _listed([_ends(groups, label) for label in moved(domain, "groups")])
    differ = "differs" if len(moved(domain, "groups")) == 1 else "differ"
    those = f"{len(moved(domain, 'groups'))} of {plural(len(tests), 'label')}"
    said = f"On {where} {those} {differ} beyond chance {among}: {ends}."
    return _said(said, _caution(domain, moved(domain, "groups")), aside)


def _caution(domain: Fields, labels: Sequence[str]) -> str:
    """On texts where its labels are unproven: what words these go with, before a mood is read into them."""
    if nearness(domain) not in ("partly", "far"):
        return ""
    words = {row.text("label"): row.rows("words")[:WORDS] for row in domain.rows("words")}
    known = [(label, words[label]) for label in labels if words.get(label)][:WORDY]
    if not known:
        return "The labels are unproven here: it may be words that differ, not moods."
    quoted = [(label, [f"“{name(word.text('word'))}”" for word in some]) for label, some in known]
    listed = join([f"{label} with {join(some)}" for label, some in quoted])
    return f"The labels are unproven here, and go with words: {listed}. Look at these before you name a mood."


def _nothing_to_compare(groups: Fields, where: str, column: str) -> str:
    shown, n_groups = groups.rows("shown"), groups.count("n_groups") or 0
    if not shown and n_groups:
        values = f"{n_groups:,} different values of {column}"
        return f"The texts of {where} have {values}, none of them on {MIN_TEXTS} texts: nothing to compare."
    if not shown:
        return f"No text of {where} has a value of {column}."
    if n_groups == 1:
        return f"All texts of {where} with a {column} have the same, {_name(shown[0])}: nothing to compare."
    n_large = len(_large(groups))
    if n_large < 2 or not groups.rows("tests"):
        holds = "only one holds" if n_large == 1 else "none holds"
        groups_by = f"{n_groups:,} groups of {where} by {column}"
        return f"Of the {groups_by} {holds} {MIN_TEXTS} texts: too few to compare."
    return ""


def _aside(groups: Fields) -> str:
    shown, n_groups, n_missing = (
        groups.rows("shown"),
        groups.count("n_groups") or 0,
        groups.count("n_missing") or 0,
    )
    parts = []
    if groups.text("way") == "quartiles" and shown:
        column = name(groups.text("column"))
        parts.append(f"The groups are cut at the quartiles of {column}; equal values stay together.")
    if shown and n_groups > len(shown):
        parts.append(f"The {len(shown)} largest of {n_groups:,} groups are shown, the rest together.")
    small = [each for each in shown if (each.number("n") or 0) < MIN_TEXTS]
    if small and len(small) < len(shown):
        listed = [f"{_name(each)} ({each.count('n') or 0})" for each in small[:NAMED]]
        listed += [f"{len(small) - NAMED} more"] if len(small) > NAMED else []
        are = "has too few texts and is" if len(small) == 1 else "have too few texts and are"
        parts.append(f"{join(listed)} {are} shown, not compared: {MIN_TEXTS} texts are needed.")
    if n_missing and n_groups:
        parts.append(f"{plural(n_missing, 'text has', 'texts have')} no value.")
    return " ".join(parts)


def whole_groups(domain: Fields) -> str:
    """How often neutral is the top label in each group, and whether that is more than chance."""
    groups, where = domain.fields("groups"), domain_name(domain)
    column = name(groups.text("column"))
    if is_sample(domain):
        return sample(domain)
    missing = _nothing_to_compare(groups, where, column)
    if missing:
        return missing
    known = [
        (share, _name(each))
        for each in _large(groups)
        if (share := each.fields("top_label_share").number(NEUTRAL)) is not None
    ]
    if len(known) < 2:
        return f"How often neutral is the top label by {column} is not known."
    (low, lowest), (high, highest) = min(known), max(known)
    said = (
        f"Neutral is the top label of {percent(low)} ({lowest}) to {percent(high)} ({highest}) of the texts"
    )
    p = groups.number("top_neutral_p")
    if p is None:
        return f"{said}; whether that differs beyond chance was not tested."
    sign = "" if p_value(p).startswith("<") else "= "
    differs = "these shares differ beyond chance" if p < LEVEL else "no difference beyond chance was found"
    return f"{said}; {differs} (p {sign}{p_value(p)})."


def ungrouped(report: Fields) -> list[str]:
    """The domains that do not have the column, where others do."""
    with_groups, without = _split(report, "groups")
    if not with_groups or not without:
        return []
    column = name(with_groups[0].fields("groups").text("column"))
    has = "has" if len(without) == 1 else "have"
    return [f"{join([domain_name(domain) for domain in without])} {has} no column {column}."]


def _split(report: Fields, key: str) -> tuple[list[Fields], list[Fields]]:
    domains = report.rows("domains")
    return [d for d in domains if d.fields(key)], [d for d in domains if not d.fields(key)]


def _ends(groups: Fields, label: str) -> str:
    row = _row(groups, label)
    if row is None:
        return label
    shares = {each.text("name"): each.fields("label_share").number(label) for each in _large(groups)}
    low, high = (
        f"{percent(shares.get(end))} of {name(end)}" for end in (row.text("lowest"), row.text("highest"))
    )
    return f"{label} ({low}, {high})"


def _large(groups: Fields) -> list[Fields]:
    return [each for each in groups.rows("shown") if (each.number("n") or 0) >= MIN_TEXTS]


def _name(group: Fields) -> str:
    return name(group.text("name"))


def _row(parts: Fields, label: str) -> Fields | None:
    return next((row for row in parts.rows("tests") if row.text("label") == label), None)


def _listed(changes: Sequence[str]) -> str:
    """The first few in full, the others as a number."""
    more = len(changes) - NAMED
    return join([*changes[:NAMED], *([f"{more} more"] if more > 0 else [])])


def _said(*parts: str) -> str:
    return " ".join(part for part in parts if part)
