"""Sentences about how alike the labels of the sets are: correlation, distance, and what of it is chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goemox.report.fields import Fields
from goemox.report.formats import decimal, interval
from goemox.report.sentences.domains import NO_DOMAIN
from goemox.report.sentences.verdicts import compared_domains, joined
from goemox.report.texts import name
from goemox.wording import join

__all__ = ["correlation", "emotions", "likeness"]

ALIKE = 0.05  # Jensen-Shannon distance up to which two distributions of labels are called alike
APART = 0.15  # … and from which they are called different
HIGH = 0.9  # correlation that a reader takes for likeness
HALF = 0.5  # correlation below which other labels lead
NAMED = 3  # sets; more are counted
UNCLEAR = 0.5  # width of an interval that leaves everything open

Ends = tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class _Measure:
    """One figure of a domain against the in-domain set; `ends` is its interval, None where there is none."""

    name: str
    value: float
    ends: Ends

    @property
    def shown(self) -> str:
        """`0.51 (0.39 to 0.61)`."""
        spread = "" if self.ends is None else f" ({interval(*self.ends, 2)})"
        return f"{decimal(self.value, 2)}{spread}"

    @property
    def lowest(self) -> float:
        """The lower end of the interval, or the value where there is none."""
        return self.value if self.ends is None else self.ends[0]


def correlation(report: Fields) -> str:
    """What the correlations say, and whether neutral alone makes them high."""
    known = _measured(report, "pearson")
    if not known:
        return _nothing_alike(report)
    lowest = min(known, key=lambda each: each.value)
    if len(known) == 1:
        sentence = f"The shares on {lowest.name} correlate {lowest.shown} with those of {_home(report)}."
    else:
        sentence = f"The shares on every set correlate {lowest.shown} or more with those of {_home(report)}."
    return joined([sentence, _one_label_alone(report, known), *_aside(report)])


def _one_label_alone(report: Fields, known: Sequence[_Measure]) -> str:
    """What is left of a high correlation without neutral; nothing where it cannot mislead."""
    high = {each.name: each for each in known if each.value >= HIGH}
    without = [each for each in _measured(report, "pearson_emotions") if each.name in high]
    if without:
        lowest = min(without, key=lambda each: each.value)
        on = "" if len(known) == 1 else f" on {lowest.name}"
        sentence = f"Without neutral it is {lowest.shown}{on}"
        surely = lowest.ends is not None and lowest.ends[1] < high[lowest.name].lowest
        return f"{sentence}: neutral alone makes it look high." if surely else f"{sentence}."
    far = [each for each in _measured(report, "jensen_shannon") if each.name in high and each.value > ALIKE]
    if far and len(high) == len(known):
        return "That looks high only because one label outweighs all others: the distance shows more."
    return ""


def emotions(report: Fields) -> str:
    """Whether the same emotions lead on the domains, neutral left out."""
    known = _measured(report, "pearson_emotions")
    asked = report.fields("correlation").matrix("pearson_emotions")
    if not known and asked and _measured(report, "pearson"):
        first = "In one of the sets nothing but neutral leads, so there is nothing to correlate."
        return joined([first, *_aside(report)])
    if not known:
        return _nothing_alike(report)
    listed = [f"{each.shown} on {each.name}" for each in sorted(known, key=lambda each: each.value)]
    spread = join(listed) if len(listed) <= NAMED else f"from {listed[0]} to {listed[-1]}"
    sentence = f"Without neutral, shares of labels correlate {spread} with those of {_home(report)}."
    unclear = [each.name for each in known if each.ends is not None and each.ends[1] - each.ends[0] > UNCLEAR]
    same = [each.name for each in known if each.ends is not None and each.ends[0] >= HIGH]
    other = [each.name for each in known if each.ends is not None and each.ends[1] < HALF]
    return joined(
        [
            sentence,
            f"The same emotions lead on {_some(same)}." if same else "",
            f"Other emotions lead on {_some(other)}." if other else "",
            f"On {_some(unclear)} too few texts carry an emotion to tell." if unclear else "",
            *_aside(report),
        ]
    )


def likeness(report: Fields) -> str:
    """Whether the label distributions are alike, by a distance that one label cannot decide, and chance."""
    known = _measured(report, "jensen_shannon")
    if not known:
        return _nothing_alike(report)
    home, noise = _home(report), _noise(report)
    beyond = [each for each in known if each.value > noise.get(each.name, 0.0)]
    within = [each for each in known if each not in beyond]
    chance = [
        f"{each.name} ({decimal(each.value, 2)}, chance {decimal(noise[each.name], 2)})" for each in within
    ]
    if not beyond:
        first = f"No set differs from {home} by more than samples of one set would: {_some(chance)}."
        return joined([first, *_aside(report)])
    farthest = max(beyond, key=lambda each: each.value)
    value = f"{decimal(farthest.value, 2)} of 1"
    if farthest.ends is not None and farthest.name in noise:
        value += f" ({interval(*farthest.ends, 2)}), where chance reaches {decimal(noise[farthest.name], 2)}"
    aside = f"Within chance: {_some(chance)}." if chance else ""
    if farthest.value <= ALIKE and within:
        names = _some([each.name for each in beyond])
        largest = "largest distance among them" if len(beyond) > 1 else "distance"
        first = f"The labels of {names} are nearly those of {home}: the {largest} is {value}."
    elif farthest.value <= ALIKE:
        first = f"All sets get nearly the same labels as {home}: the largest distance is {value}."
    else:
        how = "somewhat" if farthest.value < APART else "most"
        first = f"The labels of {farthest.name} differ {how} from those of {home}: distance {value}."
    return joined([first, aside, *_aside(report)])


def _some(names: Sequence[str]) -> str:
    """All of them, or the first and how many more."""
    more = len(names) - NAMED
    return join([*names[:NAMED], f"{more} more"]) if more > 0 else join(names)


def _noise(report: Fields) -> dict[str, float]:
    """The distance that chance alone reaches, by domain; empty in reports from before it was measured."""
    block = report.fields("correlation")
    levels = next(iter(block.matrix("noise")), ())
    named = zip(block.texts("names"), levels, strict=False)
    return {name(each): level for each, level in named if level is not None}


def _home(report: Fields) -> str:
    return name(report.fields("correlation").texts("names")[0])


def _nothing_alike(report: Fields) -> str:
    if not report.rows("domains"):
        return NO_DOMAIN
    return joined(["There are no two sets of texts large enough to compare.", *_aside(report)])


def _aside(report: Fields) -> list[str]:
    """What must be said of the domains that are not compared, or are no evidence."""
    return compared_domains(report)[1]


def _measured(report: Fields, kind: str) -> list[_Measure]:
    """One figure of each domain that is large enough, against the in-domain set."""
    block = report.fields("correlation")
    values = next(iter(block.matrix(kind)), ())
    ends = next(iter(block.intervals(f"{kind}_interval")), ())
    kept = {domain.text("name") for domain in compared_domains(report)[0]}
    return [
        _Measure(name(each), value, ends[j] if j < len(ends) else None)
        for j, (each, value) in enumerate(zip(block.texts("names"), values, strict=False))
        if j and each in kept and value is not None
    ]
