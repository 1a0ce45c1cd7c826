"""What a comparison found, in sentences for a reader without statistics, from the numbers of its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from goemox.domain_shift.collapse import HALF, NAIVE
from goemox.domain_shift.two_sample import MIN_TEXTS
from goemox.evaluation.significance import LEVEL

__all__ = ["answers", "neutral_answer"]

FAR_SHARE = 0.20
A_LITTLE_MORE = 0.07
USUAL = 0.05  # outside, by construction of the flag
TOLD_APART = 0.65  # chance of a right guess from which a distance tells two sides apart
A_FEW = 5
MOSTLY = 2.0  # times the other part
VERDICTS = {
    "text": "It is the texts",
    "collapse": "It is collapse",
    "both": "Some of each",
    "neither": "Neither: there is nothing to explain",
}


def answers(entry: Mapping[str, Any]) -> list[str]:
    """Sentences about one domain; entry: `ShiftReport.to_dict()`.

    The first says whether neutral is collapse or the text; the last what to do next.
    """
    name, n = entry["name"], entry["n"]
    if n < MIN_TEXTS:
        return [
            f"{name}: {n} {'text is' if n == 1 else 'texts are'} too few to say what changes; "
            f"{MIN_TEXTS} are the least, some hundred are better."
        ]
    return [
        *_neutral(entry),
        *_distance(entry),
        *_moved(entry),
        *_words(entry),
        *_prevalence(entry),
        "Nobody labelled these texts, so all of this is the model's opinion. To check it, label a hundred: "
        "goemox sample, goemox label, goemox adapt.",
    ]


def neutral_answer(entry: Mapping[str, Any]) -> str:
    """Whether neutral is collapse or the texts, and the numbers of it; entry["neutral"] must not be None."""
    account = entry["neutral"]
    naive = account["ways"][0]
    home = "people called" if account["home_is_labelled"] else "the model expects"
    return (
        f"Was it collapse, or is it the texts? {_verdict(account)}. Of 100 {entry['name']}, "
        f"{_way_words(naive)} {_of_100(naive['share'])} neutral, while calibrated probabilities expect "
        f"{_of_100(account['expected'])}. Of 100 texts of the model's own domain {home} "
        f"{_of_100(account['home'])} neutral."
    )


def _neutral(entry: Mapping[str, Any]) -> Iterator[str]:
    account = entry["neutral"]
    if account is None:
        return
    yield neutral_answer(entry)
    if account["verdict"] != "neither":
        yield _parts(account)
    half, own = next(way for way in account["ways"] if way["way"] == HALF), account["ways"][-1]
    yield (
        f"On the same scores, a cut at .5 calls {_of_100(half['share'])} neutral and leaves "
        f"{_of_100(half['nothing'])} without any label; a cut for each label calls {_of_100(own['alone'])} "
        f"neutral and nothing else, and {_of_100(own['share'] - own['alone'])} neutral beside an emotion."
    )
    yield from _disagreement(entry["naive"])


def _verdict(account: Mapping[str, Any]) -> str:
    text, collapse = account["text"], account["collapse"]
    if account["verdict"] == "both" and max(text, collapse) >= MOSTLY * min(text, collapse):
        return f"Mostly {'the texts' if text > collapse else 'collapse'}"
    return VERDICTS[account["verdict"]]


def _parts(account: Mapping[str, Any]) -> str:
    """Both parts; odds lean towards the share at home, so one is at least and the other at most so large."""
    text, collapse = round(100 * account["text"]), round(100 * account["collapse"])
    cause = "come from forcing one label a text: a label with even odds in each text becomes the label of all"
    if account["ways"][0]["way"] == NAIVE:
        cause = "are the naive model's own, which forces one label on every text"
    if text <= 0:
        return f"The texts do not explain it: {collapse} in 100, or more, {cause}."
    lean = f"odds learned where {_of_100(account['home'])} in 100 are neutral lean towards that"
    if collapse <= 0:
        return (
            f"At least {text} more in 100 are the texts (at least, because {lean}): by its own odds the "
            "model sees little emotion in them."
        )
    return (
        f"So of {text + collapse} more neutral ones in 100, at least {text} are in the texts themselves "
        f"(at least, because {lean}), and at most {collapse} {cause}."
    )


def _way_words(way: Mapping[str, Any]) -> str:
    return "the naive model calls" if way["way"] == NAIVE else "one label a text (softmax) calls"


def _disagreement(naive: Mapping[str, Any]) -> Iterator[str]:
    model = naive["model"]
    home = model and model["at_home"]
    if home:
        yield (
            f"At home the naive model calls {_of_100(home['neutral'])} of 100 held-out texts neutral, where "
            f"people called {_of_100(home['neutral_by_people'])}"
            + (
                ": it calls too many neutral whatever it reads."
                if home["neutral"] - home["neutral_by_people"] >= FAR_SHARE
                else "."
            )
        )
    if model is not None and model["disagreement"] is not None:
        low, high = model["disagreement_interval"]
        yield (
            f"Of the {model['neutral_texts']:,} texts that the naive model calls neutral, goemox gives "
            f"{_percent(model['disagreement'])} an emotion ({_percent(low)} to {_percent(high)})."
        )
    elif naive["disagreement"] is not None:
        yield (
            f"Of the {naive['neutral_texts']:,} texts that one label a text calls neutral, goemox gives "
            f"{_percent(naive['disagreement'])} an emotion."
        )


def _distance(entry: Mapping[str, Any]) -> Iterator[str]:
    distance = entry["distance"]
    share, apart = distance["share_outside"], distance["told_apart"]
    if share is None:
        yield "How far these texts lie from what the model learned is not known: take no score as proven."
        return
    lie = f"{_percent(share)} of the texts lie farther out than 95% of the model's own domain does"
    if share >= FAR_SHARE:
        yield (
            f"{lie}: read their scores as a ranking, not as odds. The promise of the prediction sets does "
            "not hold for them and is withdrawn."
        )
    elif share > A_LITTLE_MORE:
        yield f"{lie}, somewhat more than the usual {_percent(USUAL)}."
    else:
        yield f"{lie}, no more than usual ({_percent(USUAL)}); that proves nothing about the others."
    words = entry["tests"]["whole"]["classifier"]
    if share < FAR_SHARE and words is not None and words["auroc"]["value"] > TOLD_APART:
        yield (
            f"Yet they are other texts than at home: words alone tell a text of each side apart "
            f"{_of_100(words['auroc']['value'])} times in 100. The distance does not see near domains, and "
            "the promise of the prediction sets is not for this one: adapt before you rely on it."
        )
    if apart is not None:
        yield from _length(apart)


def _length(apart: Mapping[str, Any]) -> Iterator[str]:
    """Whether it is only the length of the texts that the distance sees."""
    auroc, alone, matched = apart["auroc"]["value"], apart["length_auroc"], apart["matched"]
    if auroc < TOLD_APART:
        return
    said = f"Given one text of each side, the distance finds the foreign one {_of_100(auroc)} times in 100"
    if matched is None:
        yield f"{said}, length alone {_of_100(alone)}; too few texts have the same length to compare them."
    elif matched["low"] is not None and matched["low"] > TOLD_APART:
        yield (
            f"{said}, among texts of the same length {_of_100(matched['value'])}, by length alone "
            f"{_of_100(alone)}: it is not only their length."
        )
    else:
        yield (
            f"{said}, but among texts of the same length only {_of_100(matched['value'])} (by length alone "
            f"{_of_100(alone)}): much of it is their length."
        )


def _moved(entry: Mapping[str, Any]) -> Iterator[str]:
    tests = entry["tests"]
    if not tests["available"]:
        yield f"Which labels moved was not tested: {tests['reason']}."
        return
    p_any = tests["whole"]["p_any"]
    if not tests["moved"]:
        beyond = p_any is not None and p_any < LEVEL
        yield "No label's scores differ beyond chance" + (
            ", but the texts as a whole do." if beyond else ", nor do the texts as a whole."
        )
        return
    rows = {row["label"]: row for row in tests["labels"]}
    most = [
        f"{label} ({_percent(rows[label]['share_target'])} of the texts, "
        f"{_percent(rows[label]['share_reference'])} at home)"
        for label in tests["moved"][:3]
    ]
    yield f"{len(tests['moved'])} of {len(rows)} labels score differently here, most {_and(most)}."


def _words(entry: Mapping[str, Any]) -> Iterator[str]:
    found = entry["tests"].get("whole", {}).get("words")
    if not found:
        return
    more = [f"“{row['word']}”" for row in found["more"][:A_FEW]]
    less = [f"“{row['word']}”" for row in found["less"][:A_FEW]]
    parts = [f"more often {_and(more)}"] if more else []
    parts += [f"less often {_and(less)}"] if less else []
    if parts:
        yield f"These texts say {', '.join(parts)}."


def _prevalence(entry: Mapping[str, Any]) -> Iterator[str]:
    found = entry["prevalence"]
    if found is None:
        return
    advice = "; do not use them here" if found["rejected"] else ""
    yield f"Shares corrected for label shift: {found['reason']}{advice}."


def _of_100(share: float) -> str:
    """A share as a count of a hundred; never 0 or 100 where some are, or are not."""
    if 0 < share < 0.005:
        return "fewer than 1"
    if 0.995 < share < 1:
        return "more than 99"
    return f"{100 * share:.0f}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%" if share >= 0.01 or share == 0 else "under 1%"


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
