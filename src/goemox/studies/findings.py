"""What a study found, as sentences with a level: good, watch, bad or info."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from goemox.domain_shift.answers import HowFar, how_far, told_by_words
from goemox.domain_shift.collapse import NAIVE, SOFTMAX
from goemox.domain_shift.collapse_words import verdict_words
from goemox.domain_shift.limits import LABEL_ROWS, MIN_TEXTS, rows_to_label
from goemox.domain_shift.phrases import among_known, known_texts, of_100, usual
from goemox.evaluation.metrics import COMMON
from goemox.wording import join, percent, plural

__all__ = ["WEAK_F1", "findings"]

WEAK_F1 = 0.30  # below it a label of `COMMON` true rows or more should not be relied on
MOST_NAMED = 5  # of these labels, the weakest first: the page has a figure of all

Finding = tuple[str, str, str]  # id, text, level


def findings(
    in_domain: Mapping[str, Any] | None, domains: Sequence[Mapping[str, Any]]
) -> list[dict[str, str]]:
    """Sentences from the numbers of report.json; a flat result is called flat.

    in_domain: None where nothing is known. Returns rows of id, text, level.
    """
    found = [*_in_domain(in_domain), *_home(in_domain)] if in_domain else []
    for domain in domains:
        found += _domain(domain)
    return [{"id": id_, "text": text, "level": level} for id_, text, level in found]


def _in_domain(report: Mapping[str, Any]) -> Iterator[Finding]:
    f1 = report["metrics"].get("macro_f1")
    if not f1:
        return
    if report["n"] < MIN_TEXTS:
        texts = plural(report["n"], "in-domain text is", "in-domain texts are")
        yield "in-domain-few", f"{texts} too few to judge a model by.", "info"
        return
    text = f"On {report['dataset']} {report['split']} macro-F1 is {_f(f1['value'])}{_interval(f1)}"
    rivals = [row for row in report["baselines"] if row.get("macro_f1") is not None]
    if not rivals:
        yield "in-domain-f1", f"{text}.", "info"
        return
    best = max(rivals, key=lambda row: float(row["macro_f1"]))
    beaten = f1["low"] is not None and f1["low"] > best["macro_f1"]
    yield "in-domain-f1", f"{text}{_beside(f1, best)}.", "good" if beaten else "watch"
    rows = [row for row in report["per_label"] if row["support"] >= COMMON and row["f1"] is not None]
    weak = sorted((row for row in rows if row["f1"] < WEAK_F1), key=lambda row: float(row["f1"]))
    named = [f"{row['label']} (F1 {_f(row['f1'])}{_spread(row)})" for row in weak[:MOST_NAMED]]
    others = [f"{len(weak) - MOST_NAMED} more"] if len(weak) > MOST_NAMED else []
    if weak:
        where = " on these texts" if report.get("measured") == "now" else ", even in domain"
        yield "weak-labels", f"Do not rely on {join([*named, *others])}{where}.", "watch"


def _beside(f1: Mapping[str, Any], best: Mapping[str, Any]) -> str:
    """Macro-F1 against the best baseline; what has no interval is neither above it nor not."""
    rival = f"({best['name']}: {_f(best['macro_f1'])})"
    if f1["low"] is not None:
        verdict = "above" if f1["low"] > best["macro_f1"] else "not clearly above"
        return f", {verdict} the best baseline beside it {rival}"
    if best["macro_f1"] >= f1["value"]:
        return f", no better than the best baseline beside it {rival}"
    return (
        f", more than the best baseline beside it {rival}; whether beyond chance cannot be told, for want of "
        "rows of every label"
    )


def _home(report: Mapping[str, Any]) -> Iterator[Finding]:
    """That labelled texts are themselves unlike what the model knows, so that "in domain" means only them."""
    distance = report.get("distance")
    if not distance or how_far(distance) != "far":
        return
    home = distance["home"]
    yield (
        "in-domain-distance",
        f"“In domain” means {report['dataset']} {report['split']} here, and "
        f"{percent(distance['share_outside'])} of these texts are unlike {known_texts(home, 'the model')} "
        f"({usual(home)}).",
        "info",
    )


def _domain(domain: Mapping[str, Any]) -> Iterator[Finding]:
    name, n = domain["name"], domain["n"]
    if domain["source"] == "sample":
        text = f"{name}: written for goemox; they show the tool and prove nothing."
        yield f"{name}-sample", text, "info"
        return
    if n < MIN_TEXTS:
        repeats = domain["n_duplicates"]
        left_out = f" ({plural(repeats, 'repeat')} left out)" if repeats else ""
        text = (
            f"{name}: {plural(n, 'text')}{left_out} {'is' if n == 1 else 'are'} too few to say what changes."
        )
        yield f"{name}-few", text, "info"
        return
    found, words = how_far(domain["distance"]), told_by_words(domain)
    level = "bad" if found in ("far", "unknown") else "info" if words is None else "watch"
    yield f"{name}-distance", f"{name}: {_distance(domain, found, words)}", level
    if domain["neutral"] is not None:
        level = "watch" if domain["neutral"]["verdict"] not in ("neither", None) else "info"
        yield f"{name}-neutral", f"{name}: {_neutral(domain['neutral'])}", level


def _neutral(account: Mapping[str, Any]) -> str:
    """How often neutral is said by the naive model, by goemox's two counts and at home; was it collapse."""
    ways = {way["way"]: way for way in account["ways"]}
    naive, own = ways.get(NAIVE), ways[SOFTMAX]
    if naive is None:
        said = f"by the largest softmax, one label a text, goemox calls {percent(own['share'])} neutral"
    else:
        said = f"the naive model calls {percent(naive['share'])} of the texts neutral"
        said += f", goemox by the largest softmax {percent(own['share'])}"
    unproven = "" if account["rest"] == "texts" else ", unproven here"
    said += f"; its calibrated probabilities add up to {percent(account['expected'])}{unproven}"
    if account["home"] is not None:
        who = "people called" if account["home_is_labelled"] else "goemox expects"
        said += f"; at home {who} {percent(account['home'])}"
        if naive is not None and naive["home"] is not None:
            said += f", the naive model {percent(naive['home'])}"
    return f"{said}." if account["verdict"] is None else f"{said}. {verdict_words(account)}."


def _distance(domain: Mapping[str, Any], found: HowFar, words: float | None) -> str:
    """How many texts are unlike those of training; the long form is `answers`'."""
    if found == "unknown":
        return "how far these texts lie from what the model learned is not known: take no score as proven."
    share, home = percent(domain["distance"]["share_outside"]), domain["distance"].get("home")
    told = "; ".join(part for part in (usual(home), among_known(domain)) if part)
    wanted = rows_to_label(domain.get("n"))
    enough = (domain.get("n_labelled") or 0) >= wanted
    some = f"{wanted} texts" if wanted == LABEL_ROWS else f"all {wanted} texts"
    unlike = f"{share} of the texts are unlike {known_texts(home, 'the model')} ({told})"
    if found == "far":
        before = "" if enough else f", and label {some} before you quote one"
        return f"{unlike}: take scores there as a ranking at best{before}."
    if words is not None:
        before = "" if enough else f"; label {some} before you quote a score"
        return (
            f"{unlike}, yet they are other texts: words alone find the foreign one of two {of_100(words)} "
            f"times in 100 (50 would be guessing){before}."
        )
    if found == "more":
        return f"{unlike}, somewhat more than usual."
    return f"{unlike}, not surely more than usual; that proves nothing about the others."


def _spread(row: Mapping[str, Any]) -> str:
    low, high = row.get("f1_low"), row.get("f1_high")
    return "" if low is None or high is None else f", {_f(low)} to {_f(high)}"


def _f(value: float) -> str:
    return f"{value:.3f}"


def _interval(metric: Mapping[str, Any]) -> str:
    if metric.get("low") is None:
        return ""
    return f" (95% interval {_f(metric['low'])} to {_f(metric['high'])})"
