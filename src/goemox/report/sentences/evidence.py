"""What speaks for and against a domain's texts being like those of training: distance, words, neighbours.

Whether probabilities hold there is another question, which only labels answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from goemox.domain import ADAPTED
from goemox.domain_shift.limits import TOLD_APART, USUAL
from goemox.domain_shift.phrases import of_100
from goemox.evaluation.significance import LEVEL
from goemox.report.fields import Fields
from goemox.report.sentences.known_texts import home_kind
from goemox.report.sentences.verdicts import nearness, too_few
from goemox.wording import join, percent

__all__ = [
    "Apart",
    "Mixing",
    "Standing",
    "apart",
    "mixing",
    "other_texts",
    "promise_lost",
    "standing",
    "unremarkable",
]

CHANCE = 0.5
SEPARATE = 0.5  # of what would be expected: below it, texts keep to themselves

Apart = Literal["unknown", "closer", "flat", "hardly", "length", "unmatched", "apart"]
Standing = Literal["unknown", "alike", "other", "partly", "far"]


@dataclass(frozen=True, slots=True)
class Mixing:
    """One domain's neighbours: share of home texts among them, what would be expected, Holm's p.

    low, high: 95 % interval of what would be expected. n: texts of each side that were compared.
    in_picture: the same share among the points that are drawn. at_floor: whether p may be smaller.
    """

    share: float
    expected: float
    low: float | None
    high: float | None
    p: float
    n: int | None
    in_picture: float | None
    at_floor: bool | None

    @property
    def surely(self) -> bool:
        """Whether fewer of the neighbours are home texts than chance allows."""
        return self.p < LEVEL

    @property
    def keeps_apart(self) -> bool:
        """Whether less than half of what would be expected are."""
        return self.share < SEPARATE * self.expected


def standing(report: Fields, domain: Fields) -> Standing:
    """How a domain's texts stand to those of training, by all that was measured.

    "far", "partly": many or some lie far out. "other": they do not, but are told from them by words, by
    neighbours or by distance. "alike": nothing tells them apart. "unknown": the distance was not measured.
    """
    found = nearness(domain)
    if found == "partly" or found == "far":
        return found
    if not too_few(domain) and _signs(report, domain):
        return "other"
    return "alike" if found == "near" else "unknown"


def other_texts(report: Fields, domain: Fields) -> str:
    """`words alone find the foreign one of two texts 99 times in 100 (50 would be guessing) and …`."""
    return join(_signs(report, domain))


def _signs(report: Fields, domain: Fields) -> list[str]:
    """In words, each measure that tells a domain's texts from those at home."""
    said = []
    words = _words(domain)
    if words is not None and words > TOLD_APART:
        said.append(f"words alone find the foreign one of two texts {_times(words)}")
    if apart(domain) == "apart":
        value = domain.fields("distance").fields("told_apart").fields("auroc").number("value") or 0.0
        again = f"it {of_100(value)} times" if said else f"the foreign one of two texts {_times(value)}"
        said.append(f"the distance finds {again}")
    near = mixing(report, domain)
    if near is not None and near.surely and near.keeps_apart:
        said.append(
            f"{percent(near.share)} of a text’s nearest neighbours are {home_kind(report)} texts "
            f"(about {percent(near.expected)} if they were alike)"
        )
    return said


def _times(auroc: float) -> str:
    return f"{of_100(auroc)} times in 100 (50 would be guessing)"


def _words(domain: Fields) -> float | None:
    """How often a classifier that sees only words finds the foreign one of two texts (AUROC)."""
    found = domain.fields("tests").fields("whole").fields("classifier")
    return found.fields("auroc").number("value")


def unremarkable(report: Fields, domain: Fields) -> str:
    """`By distance, words and neighbours`: what was measured and tells nothing apart."""
    outside = domain.fields("distance").number("share_outside")
    home = domain.fields("distance").text("home")
    usually = f"of those {USUAL:.0%}" if home == ADAPTED else f"at home {USUAL:.0%}"
    measured = [] if outside is None else [f"distance ({percent(outside)} lie far out, {usually})"]
    measured += [] if _words(domain) is None else ["words"]
    near = mixing(report, domain)
    measured += ["neighbours"] if near is not None and not near.surely else []
    return join(measured) + (" alone" if len(measured) == 1 else "")


def promise_lost(domain: Fields) -> bool:
    """Whether the model promises prediction sets, which hold for texts of its own kind only."""
    return bool(domain.flag("has_promise")) and domain.fields("reference").flag("is_own") is not False


def apart(domain: Fields) -> Apart:
    """What may be said of how well the distance tells a domain's texts from those at home.

    "length": it tells them apart, in part by length, and not surely among texts of the same length.
    "unmatched": it does, and too few texts have the same length to say whether that is all it sees. "hardly":
    surely, but less than what counts as other texts (`limits.TOLD_APART`).
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
    if (matched.number("low") or 0.0) > CHANCE:
        return "apart"
    return "length" if matched and found.text("length_explains") == "partly" else "unmatched"


def mixing(report: Fields, domain: Fields) -> Mixing | None:
    """A domain's neighbours, None where they were not compared."""
    for row in report.fields("map").rows("mixing"):
        if row.text("name") == domain.text("name"):
            share, expected = row.number("neighbours_reference"), row.number("expected")
            p = row.number("p_adjusted")
            if share is not None and expected is not None and p is not None:
                low, high = row.number("low"), row.number("high")
                n, in_picture = row.count("n"), row.number("in_picture")
                return Mixing(share, expected, low, high, p, n, in_picture, row.flag("p_at_floor"))
    return None
