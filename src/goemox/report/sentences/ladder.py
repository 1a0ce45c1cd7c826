"""Sentences for the ladder: where the F1 came from, and where texts without an emotion remain."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from goemox.report.fields import Fields
from goemox.report.formats import decimal
from goemox.report.sentences.verdicts import joined
from goemox.report.texts import name
from goemox.wording import join, percent, plural

__all__ = ["NO_LADDER", "home", "ladder", "measured"]

NO_LADDER = (
    "The way from the first study's naive model to a better one was measured for the model that ships with "
    "goemox alone; for this one it is not known."
)
QUICK = "Quick version: it shows the shape of the ladder; its figures are no result."


def home(found: Fields) -> str:
    """The split that the rungs were measured on."""
    return f"GoEmotions {name(found.text('split'))}".strip()


def ladder(found: Fields) -> str:
    """From the first rung to the last: macro-F1 with its largest step, then the share given no emotion."""
    rungs = found.rows("rungs")
    return joined([_f1(rungs), _silence(found, rungs)])


def _f1(rungs: Sequence[Fields]) -> str:
    known = [(rung, f1) for rung in rungs if (f1 := rung.fields("macro_f1").number("mean")) is not None]
    if len(known) < 2:
        return ""
    (_, first), (_, last) = known[0], known[-1]
    if last <= first:
        return f"Macro-F1 went from {decimal(first)} to {decimal(last)}: the repairs did not raise it."
    steps = [(after[1] - before[1], after[0]) for before, after in pairwise(known)]
    gain, rung = max(steps, key=lambda step: step[0])
    return (
        f"Macro-F1 went from {decimal(first)} to {decimal(last)}, the largest step (+{decimal(gain)}) by "
        f"“{name(rung.text('title'), 40)}”."
    )


def _silence(found: Fields, rungs: Sequence[Fields]) -> str:
    """How many texts get no emotion, at home and elsewhere, on the first rung and the last."""
    places = [(home(found), None)] + [
        (name(p.text("title"), 40), p.text("key")) for p in found.rows("outside")
    ]
    fell: list[str] = []
    stayed: list[str] = []
    for place, key in places:
        first, last = (_silent(rung, key) for rung in (rungs[0], rungs[-1]))
        if first is None or last is None:
            continue
        said = f"from {percent(first)} to {percent(last)} on {place}"
        if key is None and (people := found.fields("evaluated").number("neutral_share")) is not None:
            said += f" (neutral alone by people: {percent(people)})"
        (fell if last < first else stayed).append(said)
    parts = []
    if fell:
        parts.append(f"Texts given no emotion fell {join(fell)}.")
    if stayed:
        parts.append(f"They did not become fewer {join(stayed)}.")
    return joined(parts)


def _silent(rung: Fields, key: str | None) -> float | None:
    shares = rung if key is None else rung.fields("outside").fields(key)
    neutral, nothing = (shares.fields(each).number("mean") for each in ("neutral_share", "no_label_share"))
    return None if neutral is None or nothing is None else neutral + nothing


def measured(found: Fields) -> str:
    """When, where and how the rungs were measured, and that the last one is no single model."""
    machine, evaluated = found.fields("machine"), found.fields("evaluated").count("n")
    cores = machine.count("cores")
    on = [home(found) if evaluated is None else f"{evaluated:,} texts of {home(found)}"]
    on += [
        f"{n:,} {name(place.text('title'), 40)}"
        for place in found.rows("outside")
        if (n := place.count("n")) is not None
    ]
    where = name(machine.text("processor"), 40) or "an unnamed processor"
    where += "" if cores is None else f" with {plural(cores, 'core')}"
    runs = [rung.count("n_models") or 0 for rung in found.rows("rungs")]
    parts = [
        QUICK if found.flag("quick") else "",
        f"Not this run: measured on {join(on)}, {name(found.text('date'))}, on {where}.",
        f"The last rung is the mean of {plural(runs[-1], 'training')} of the release recipe, not this very "
        "file; the line behind a dot reaches from the lowest run to the highest."
        if runs
        else "",
        "Some steps hold several repairs, so a step is not the effect of one cause.",
        "The command that repeats it stands in Method and data." if found.text("command") else "",
    ]
    return joined(parts)
