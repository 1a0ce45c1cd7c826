"""Numbers and names as a reader without statistics takes them: counts of a hundred, quoted names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from goemox.domain import ADAPTED
from goemox.domain_shift.limits import USUAL

__all__ = [
    "ADAPTED_TO", "OWN", "among_known", "at_home", "between", "known_texts", "of_100", "quoted",
    "short_home", "span", "those_known", "usual",
]  # fmt: skip

OWN = "the model's own domain"  # what a reference is called that the model was trained on
ADAPTED_TO = "the domain that it was adapted to"  # and one that its rule was fitted to afterwards


def quoted(name: str) -> str:
    """A foreign name inside a sentence."""
    return f"“{name}”"


def of_100(share: float) -> str:
    """A share as a count of a hundred; never 0 or 100 where some are, or are not."""
    if 0 < share < 0.005:
        return "fewer than 1"
    if 0.995 < share < 1:
        return "more than 99"
    return f"{100 * share:.0f}"


def at_home(reference: Mapping[str, Any]) -> str:
    """Where the reference texts are from, to begin a sentence with; reference: as in a report."""
    if not reference["is_own"]:
        return f"in {quoted(reference['name'])}"
    if reference["name"] == OWN:
        return "at home, among texts like those that it learned from,"
    return f"at home, in {reference['name']},"


def short_home(reference: Mapping[str, Any]) -> str:
    """The same in a few words, inside a sentence."""
    return "at home" if reference["is_own"] else f"in {quoted(reference['name'])}"


def known_texts(home: str | None, who: str = "it") -> str:
    """Which texts far ones are unlike. home: of a report's distance; older reports have none."""
    return f"the texts that {who} was adapted on" if home == ADAPTED else f"what {who} learned from"


def those_known(home: str | None) -> str:
    """The same texts, beside others."""
    return "those it was adapted on" if home == ADAPTED else "those it learned from"


def usual(home: str | None) -> str:
    """How many of those texts themselves lie far out."""
    return f"of those {USUAL:.0%} are" if home == ADAPTED else f"at home {USUAL:.0%} are"


def among_known(entry: Mapping[str, Any]) -> str:
    """`at least 141 of the 150 here are among them`: then few can be far out. entry: as in a report."""
    n = (entry.get("reference") or {}).get("n_shared")
    return f"at least {n:,} of the {entry['n']:,} here are among them" if n else ""


def between(low: float, high: float) -> str:
    """An interval of a share, in counts of a hundred."""
    return f"at most {of_100(high)}" if low < 0.005 else f"{of_100(low)} to {of_100(high)}"


def span(low: int, high: int) -> str:
    """A range of whole numbers, or the one number that it is."""
    return str(max(high, 0)) if max(low, 0) >= high else f"{max(low, 0)} to {high}"
