"""The account of neutral in sentences: whether it was collapse, or is the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from goemox.domain_shift.collapse import HALF, MATTERS, NAIVE, SOFTMAX
from goemox.domain_shift.phrases import at_home, between, of_100, quoted, short_home, span

__all__ = ["neutral_answer", "neutral_sentences", "verdict_words"]

HARDLY = 0.01
COLLAPSES = 0.20  # more texts of its own domain called neutral than by people: no model to believe
VERDICTS = {
    "neither": "Neither: neutral is no more frequent than at home",
    "not collapse": "Not collapse",
    "mostly not collapse": "Mostly not collapse",
    "partly collapse": "Partly collapse",
    "mostly collapse": "Mostly collapse",
    "collapse": "It is collapse",
}


def neutral_answer(entry: Mapping[str, Any]) -> str:
    """Whether neutral is collapse or the texts, with its numbers; entry["neutral"] must not be None."""
    account = entry["neutral"]
    naive, verdict = account["ways"][0], account["verdict"]
    said = "" if verdict is None else f"Was it collapse, or is it the texts? {verdict_words(account)}. "
    expects = f"goemox, adding up how sure it is of each text, expects {of_100(account['expected'])} neutral"
    if naive["way"] == NAIVE:
        own = next(way for way in account["ways"] if way["way"] == SOFTMAX)
        return (
            f"{said}The naive model calls {of_100(naive['share'])} of 100 texts in {quoted(entry['name'])} "
            f"neutral. By one label a text goemox calls {of_100(own['share'])}; {expects}."
        )
    return (
        f"{said}By one label a text goemox calls {of_100(naive['share'])} of 100 texts in "
        f"{quoted(entry['name'])} neutral; {expects}."
    )


def verdict_words(account: Mapping[str, Any]) -> str:
    """The verdict in one clause, with what is known of the rest; account["verdict"] must not be None."""
    return f"{VERDICTS[account['verdict']]}{_rest(account)}"


def _rest(account: Mapping[str, Any]) -> str:
    if account["verdict"] in ("neither", "collapse"):
        return ""
    if account["rest"] == "texts":
        return ", the rest is in the texts"
    return "; whether the rest is in the texts or goemox fails to understand them, only labels can tell"


def neutral_sentences(entry: Mapping[str, Any]) -> Iterator[str]:
    """All that is said of neutral, the answer first; nothing where entry["neutral"] is None."""
    account = entry["neutral"]
    if account is None:
        return
    yield neutral_answer(entry)
    if account["home"] is not None:
        yield _at_home(entry)
    if account["verdict"] not in (None, "neither"):
        yield _parts(account, short_home(entry["reference"]))
    yield from _own_rule(account)
    yield from _agreement(entry["naive"])


def _at_home(entry: Mapping[str, Any]) -> str:
    account, is_own = entry["neutral"], entry["reference"]["is_own"]
    ways = {way["way"]: way["home"] for way in account["ways"]}
    home, own, naive = of_100(account["home"]), ways.get(SOFTMAX), ways.get(NAIVE)
    where = at_home(entry["reference"])
    who = f"people called {home}" if account["home_is_labelled"] else f"goemox expects {home}"
    said = f"{where[0].upper()}{where[1:]} {who} of 100 neutral"
    if own is not None:
        said += f", goemox {of_100(own)} by one label a text"
    if naive is not None and is_own:
        its_home = entry["naive"]["model"]["at_home"]
        said += f" and the naive model {of_100(naive)} (on {its_home['n']} texts)"
        if naive - its_home.get("neutral_by_people", account["home"]) >= COLLAPSES:
            said += ": it collapses even at home"
    return f"{said}."


def _parts(account: Mapping[str, Any], where: str) -> str:
    """How much of it goes once the collapse is repaired, and how much more than at home remains."""
    naive, home = round(100 * account["ways"][0]["share"]), round(100 * account["home"])
    low, high = (round(100 * share) for share in account["remaining"])
    gone, kept = span(naive - high, naive - low), span(low - home, high - home)
    remain = f"{kept} more than {where} remain" if high > home else f"no more than {where} remains"
    if account["ways"][0]["way"] == NAIVE:
        return f"So, by one of these counts or the other, {gone} in 100 would be its collapse; {remain}."
    return (
        f"So {gone} in 100 come from allowing one label a text, by which a label that is likely in each text "
        f"becomes the label of nearly all; {remain}."
    )


def _own_rule(account: Mapping[str, Any]) -> Iterator[str]:
    half, own = next(way for way in account["ways"] if way["way"] == HALF), account["ways"][-1]
    alone = round(100 * own["alone"])
    beside = round(100 * own["share"]) - alone
    over = (
        f", more than the {of_100(account['expected'])} it expects: cuts that are best for F1 give the most "
        "frequent label too often"
    )
    yield (
        f"goemox's own rule calls {alone} of 100 neutral only and {beside} neutral with an emotion"
        f"{over if own['share'] - account['expected'] >= MATTERS else ''}. A cut at .5 calls "
        f"{of_100(half['share'])} neutral and leaves {of_100(half['nothing'])} without any label."
    )


def _agreement(naive: Mapping[str, Any]) -> Iterator[str]:
    """What goemox's own rule says of the texts that the naive way calls neutral."""
    who, found = ("the naive model", naive["model"]) if naive["model"] else ("one label a text", naive)
    if found["disagreement"] is None:
        return
    head = f"Of the {found['neutral_texts']:,} texts that {who} calls neutral, goemox agrees on"
    as_well = f"(of 100 of them it gives {of_100(found['adds'])} an emotion as well)"
    low, high = found["disagreement_interval"]
    if high < HARDLY or not found["disagreement"]:
        yield f"{head} {'nearly all' if found['disagreement'] else 'all'} {as_well}."
        return
    yield (
        f"{head} {of_100(1 - found['disagreement'])} of 100 {as_well} and gives "
        f"{of_100(found['disagreement'])} an emotion and not neutral ({between(low, high)})."
    )
