"""What the reader's own texts say: their labels, which of these to trust, and where they differ."""

from __future__ import annotations

from collections.abc import Sequence

from goemox.domain_shift.limits import USUAL
from goemox.report.fields import Fields
from goemox.report.formats import count
from goemox.report.order import domain_name
from goemox.report.sentences import parts
from goemox.report.sentences.in_domain import RARE, is_judged, is_poor, is_rare
from goemox.report.sentences.known_texts import AT_HOME, at_home, home_kind, is_known
from goemox.report.sentences.verdicts import too_few
from goemox.wording import join, percent, plural

__all__ = ["frequent", "own", "own_texts", "parted", "study_title"]

NAMED = 5  # labels of a set of texts that its sentence tells the share of
FEWER = 3  # the same where there are several sets
SETS = 3  # sets of texts that get a sentence of their own
UNTESTED = (
    "Each set is compared with home; whether {} differ from each other was not tested. To test it, put them "
    "into one file with a column that tells them apart, and name it: goemox study --group-by COLUMN."
)
SEEN = 0.01  # share of the texts from which on a label is worth a warning


def own(report: Fields) -> list[Fields]:
    """The domains that the reader brought as files."""
    return [domain for domain in report.rows("domains") if domain.text("source") == "file"]


def study_title(report: Fields) -> str:
    """`Study of mine`: of the reader's texts where there are any, else of the model."""
    names = [domain_name(domain) for domain in own(report)]
    more = len(names) - SETS
    named = join([*names[:SETS], *([f"{more} more"] if more > 0 else [])])
    return f"Study of {named or report.fields('model').text('name') or 'an unnamed model'}"


def frequent(domain: Fields, most: int = NAMED) -> list[tuple[str, float]]:
    """The labels that the model gives to most texts of a domain, with their shares."""
    shares = domain.by_name("label_share")
    ordered = sorted(shares, key=lambda label: (-shares[label], label))
    return [(label, shares[label]) for label in ordered if shares[label] > 0][:most]


def own_texts(report: Fields) -> tuple[str, ...]:
    """For each of the reader's sets its labels and how strange it is to the model; what not to rely on."""
    sets = [each for each in own(report) if not too_few(each)][:SETS]
    said = [_labels(report, domain, NAMED if len(sets) == 1 else FEWER) for domain in sets]
    return (*said, *_trust(report, sets))


def _labels(report: Fields, domain: Fields, most: int) -> str:
    shares = domain.by_name("label_share")
    named = frequent(domain, most)
    others = sum(share > 0 for share in shares.values()) - len(named)
    listed = [f"{percent(share)} {label}" for label, share in named]
    listed += [plural(others, "other label")] if others > 0 else []
    texts = f"Your {plural(domain.number('n') or 0, 'text')} ({domain_name(domain)})"
    return f"{texts}, as the model reads them: {join(listed) or 'no label'}{_far(report, domain)}."


def _far(report: Fields, domain: Fields) -> str:
    share = domain.fields("distance").number("share_outside")
    if share is None:
        return ""
    if is_known(domain):
        known = domain.fields("reference").count("n_shared")
        return f"; at least {count(known)} of them are those that it was adapted on"
    lie = "lies" if (n := round(share * (domain.number("n") or 0))) == 1 else "lie"
    own = at_home(report) != AT_HOME
    usual = f"of {home_kind(report)} texts" if own else AT_HOME
    return f"; {count(n)} of them ({percent(share)}) {lie} far from what it knows ({usual} {USUAL:.0%})"


def _trust(report: Fields, sets: Sequence[Fields]) -> list[str]:
    """Of the labels that the model gives here: those that it reads badly at home, and the unmeasured ones."""
    seen = {
        label for domain in sets for label, share in domain.by_name("label_share").items() if share >= SEEN
    }
    rows = [row for row in report.fields("in_domain").rows("per_label") if row.text("label") in seen]
    said, where = [], at_home(report)
    if poor := [row.text("label") for row in rows if is_poor(row)]:
        them = "it" if len(poor) == 1 else "them"
        said.append(f"Do not rely on {_some(poor)}: even {where} the model hardly recognises {them}.")
    if rare := [row.text("label") for row in rows if is_rare(row) or not is_judged(row)]:
        them = "it" if len(rare) == 1 else "them each"
        said.append(
            f"How well it reads {_some(rare)} was not measured well enough to say: {where} fewer than {RARE} "
            f"texts are known to carry {them}."
        )
    return said


def _some(labels: Sequence[str]) -> str:
    more = [f"{len(labels) - NAMED} more"] if len(labels) > NAMED else []
    return join([*labels[:NAMED], *more])


def parted(report: Fields) -> tuple[str, ...]:
    """How the reader's texts differ by the column that was asked for, and over time."""
    said: list[str] = []
    sets = [each for each in own(report) if not too_few(each)]
    for domain in sets[:SETS]:
        if domain.fields("groups"):
            said.append(parts.between_groups(domain))
        if domain.fields("timeline"):
            said.append(parts.over_time(domain))
    if len(sets) > 1:
        said.append(UNTESTED.format(join([domain_name(domain) for domain in sets[:SETS]])))
    return tuple(said)
