"""Which texts a report's distances are from: like those of training, or those a model was adapted on."""

from __future__ import annotations

from collections.abc import Sequence

from goemox.domain import ADAPTED
from goemox.domain_shift.limits import KNOWN_SHARE
from goemox.report.fields import Fields
from goemox.report.order import domain_name, in_domain_name
from goemox.wording import plural

__all__ = ["AT_HOME", "adapted_on", "at_home", "home_kind", "home_of", "is_known", "not_compared"]


AT_HOME = "at home"


def home_of(report: Fields) -> str:
    """`domain.TRAINED` or `ADAPTED`, one for all sets of a study; empty where the report does not say."""
    sets = [report.fields("in_domain"), *report.rows("domains")]
    return next((home for each in sets if (home := each.fields("distance").text("home"))), "")


def home_kind(report: Fields) -> str:
    """`held-out`, or `adaptation`: the texts that distances, neighbours and the map are measured from.

    They are not called in-domain: those are the texts of the in-domain figures, which may be a reader's own.
    """
    return "adaptation" if home_of(report) == ADAPTED else "held-out"


def at_home(report: Fields) -> str:
    """Where in-domain figures are from: `at home`, or a reader's own labelled texts by their name."""
    if report.fields("in_domain").text("measured") != "now":
        return AT_HOME
    return f"on {in_domain_name(report)}"


def is_known(domain: Fields) -> bool:
    """Whether the model was adapted on so many of these texts that they were not compared with those."""
    return (domain.fields("reference").number("n_shared") or 0) >= KNOWN_SHARE * (domain.number("n") or 1)


def not_compared(domain: Fields, why: str) -> str:
    """`too few texts …`, or that these are the very texts that they would be compared with."""
    return "not compared: adapted on these texts" if is_known(domain) else why


def adapted_on(domains: Sequence[Fields]) -> list[str]:
    """Of each domain, how many of its texts the model was adapted on: what holds of those is no news."""
    return [
        f"At least {n:,} of the {plural(domain.count('n') or 0, 'text')} of {domain_name(domain)} "
        f"{'is one' if n == 1 else 'are those'} that it was adapted on: what is said of "
        f"{'it' if n == 1 else 'them'} says nothing of new ones."
        for domain in domains
        if (n := domain.fields("reference").count("n_shared"))
    ]
