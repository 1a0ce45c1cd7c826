"""What a comparison found, in sentences for a reader without statistics, from the numbers of its report."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np

from goemox.domain import ADAPTED
from goemox.domain_shift.collapse_words import neutral_answer, neutral_sentences
from goemox.domain_shift.limits import (
    FAR_SHARE,
    FOREIGN,
    LABEL_ROWS,
    MIN_TEXTS,
    TOLD_APART,
    USUAL,
    rows_to_label,
)
from goemox.domain_shift.phrases import among_known, of_100, short_home
from goemox.evaluation.intervals import wilson
from goemox.evaluation.significance import LEVEL
from goemox.wording import join, plural

__all__ = ["HowFar", "answers", "how_far", "neutral_answer", "told_by_words"]

HowFar = Literal["unknown", "usual", "more", "far"]

A_FEW = 5
A_POINT = 0.01  # change of a label's share that is worth a word


def answers(entry: Mapping[str, Any]) -> list[str]:
    """Sentences about one domain; entry: `ShiftReport.to_dict()`, perhaps with its "profile".

    What cannot be read comes first, then whether neutral is collapse or the text; the last says what to do.
    """
    name, n = entry["name"], entry["n"]
    if n < MIN_TEXTS:
        return [
            f"{name}: {plural(n, 'text is', 'texts are')} too few to say what changes; "
            f"{MIN_TEXTS} are the least, some hundred are better."
        ]
    return [
        *_unreadable(entry.get("profile") or {}),
        *([f"The scores are no probabilities: {entry['caveat']}."] if entry["caveat"] else ()),
        *neutral_sentences(entry),
        *_distance(entry),
        *_moved(entry),
        *_words(entry),
        *_prevalence(entry),
        _opinion(entry.get("n_labelled") or 0, n),
    ]


def _opinion(n_labelled: int, n: int) -> str:
    """Whose word all of this is, and how to check it; n_labelled: those of n that a study knows labels of."""
    who = "Nobody labelled these texts, so"
    if n_labelled:
        who = f"People labelled {n_labelled:,} of these texts, which is not looked at here:"
    said = f"{who} all of this is the model's opinion."
    if n_labelled >= rows_to_label(n):
        return said
    some = "a hundred" if n >= LABEL_ROWS else "all of them"
    return f"{said} To check it, label {some}: goemox sample, goemox label, goemox adapt."


def how_far(distance: Mapping[str, Any]) -> HowFar:
    """What the share of texts outside allows to say; distance: as in a `ShiftReport`.

    "far": so many that scores are a ranking only; "more": surely more than at home; "usual": not surely more.
    The interval of that difference is Newcombe's (1998, method 10), since the cut is an order statistic of
    n_home texts, too: of 100 of them, as many as 11 in 100 may lie beyond it.
    """
    share = distance["share_outside"]
    if share is None:
        return "unknown"
    ends, n_home = distance.get("share_outside_interval"), distance.get("n_home")
    below = share - ends[0] if ends else 0.0
    above = float(wilson(np.asarray(USUAL * n_home), n_home)[1]) - USUAL if n_home else 0.0
    if share - USUAL <= math.hypot(below, above):
        return "usual"
    return "far" if share >= FAR_SHARE else "more"


def told_by_words(entry: Mapping[str, Any]) -> float | None:
    """How often words alone find the foreign one of two texts, where few texts lie far out and they do.

    In [0.5, 1], the AUROC; None where most lie far out anyway, words do not tell them, or none were compared.
    """
    words = (entry["tests"].get("whole") or {}).get("classifier")
    if words is None or how_far(entry["distance"]) not in ("more", "usual"):
        return None
    found: float = words["auroc"]["value"]
    return found if found > TOLD_APART else None


def _distance_answer(entry: Mapping[str, Any]) -> str:
    """How far the texts lie from what the model learned, in words."""
    distance = entry["distance"]
    found = how_far(distance)
    if found == "unknown":
        return "How far these texts lie from what the model learned is not known: take no score as proven."
    of_its_kind = "of the kind that it learned from"
    if distance.get("home") == ADAPTED:
        among = among_known(entry)
        of_its_kind = "that it was adapted on" + (f" ({among})" if among else "")
    lie = (
        f"{of_100(distance['share_outside'])} of 100 texts are stranger to the model than all but "
        f"{USUAL * 100:.0f} of 100 texts {of_its_kind}"
    )
    if found == "far":
        promise = entry["has_promise"]
        lost = ", and predict gives them no list of likely labels (prediction set)" if promise else ""
        return (
            f"{lie}: of these a higher score may still mean more likely, but .7 does not mean 7 in 10{lost}."
        )
    if found == "more":
        return f"{lie}, somewhat more than usual."
    return f"{lie}, not surely more than usual; that proves nothing about the others."


def _unreadable(profile: Mapping[str, Any]) -> Iterator[str]:
    for key, what in (
        ("not_english", "are not English, which is all that the model reads"),
        (
            "without_letters",
            "have no letters (emoji, numbers, signs), of which the model reads next to nothing",
        ),
        ("other_script", "are in another script, which the model cannot read"),
    ):
        share = profile.get(key)
        if share is not None and share >= FOREIGN:
            yield f"{of_100(share)} of 100 texts {what}. Nothing below says anything about those."


def _distance(entry: Mapping[str, Any]) -> Iterator[str]:
    yield _distance_answer(entry)
    distance, words = entry["distance"], told_by_words(entry)
    if words is not None:
        where = short_home(entry["reference"])
        promise = (
            " The distance does not see near domains, and the promise of the prediction sets is not for this "
            "one: adapt before you rely on it."
            if entry["has_promise"] and entry["reference"]["is_own"]
            else ""
        )
        yield (
            f"Yet they are other texts than {where}: given one text of each side, words alone find the "
            f"foreign one {of_100(words)} times in 100 (50 would be guessing).{promise}"
        )
    if distance["told_apart"] is not None:
        yield from _length(distance["told_apart"])


def _length(apart: Mapping[str, Any]) -> Iterator[str]:
    """Whether it is only the length of the texts that the distance sees."""
    auroc, alone, matched = apart["auroc"]["value"], apart["length_auroc"], apart["matched"]
    if auroc < TOLD_APART:
        return
    said = (
        f"Given one text of each side, the distance finds the foreign one {of_100(auroc)} times in 100 (50 "
        f"would be guessing), length alone {of_100(alone)}"
    )
    if matched is None:
        yield f"{said}; too few texts have the same length to compare them."
        return
    same = f"among texts of the same length the distance still does {of_100(matched['value'])} times"
    meaning = {
        "no": "it is not only their length",
        "partly": "part of it is their length",
        "unclear": "too few to say how much of it is their length",
    }
    yield f"{said}; {same}: {meaning[apart['length_explains']]}."


def _moved(entry: Mapping[str, Any]) -> Iterator[str]:
    tests = entry["tests"]
    if not tests["available"]:
        yield f"Which labels moved was not tested: {tests['reason']}."
        return
    if not tests["moved"]:
        beyond = tests["whole"]["p_joint"] is not None and tests["whole"]["p_joint"] < LEVEL
        yield "No label's scores differ beyond chance" + (
            ", but the texts as a whole do." if beyond else ", nor do the texts as a whole."
        )
        return
    where = short_home(entry["reference"])
    rows = [row for row in tests["labels"] if row["label"] in tests["moved"]]
    given = [row for row in rows if row["share_p_adjusted"] < LEVEL and _change(row) >= A_POINT]
    most = [
        f"{row['label']} (to {of_100(row['share_target'])} of 100, {of_100(row['share_reference'])} {where})"
        for row in sorted(given, key=_change, reverse=True)[:3]
    ]
    verb = "scores" if len(rows) == 1 else "score"
    count = f"{len(rows)} of {plural(len(tests['labels']), 'label')} {verb} differently here beyond chance"
    if most:
        yield f"{count}; given most differently: {join(most)}."
    else:
        yield f"{count}, but none is given much more or less often beyond chance."


def _change(row: Mapping[str, Any]) -> float:
    return float(abs(row["share_target"] - row["share_reference"]))


def _words(entry: Mapping[str, Any]) -> Iterator[str]:
    found = entry["tests"]["whole"]["words"]
    if not found:
        return
    more = [f"“{row['word']}”" for row in found["more"][:A_FEW]]
    less = [f"“{row['word']}”" for row in found["less"][:A_FEW]]
    parts = [f"more often {join(more)}"] if more else []
    parts += [f"less often {join(less)}"] if less else []
    if parts:
        yield f"These texts say {', '.join(parts)}."


def _prevalence(entry: Mapping[str, Any]) -> Iterator[str]:
    found = entry["prevalence"]
    if found is None:
        return
    advice = "; do not use them here" if found["rejected"] else ""
    yield f"Shares corrected for label shift: {found['reason']}{advice}."
