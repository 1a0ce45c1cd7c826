"""What a study found, as sentences with a level: good, watch, bad or info."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from goemox.domain_shift.answers import neutral_answer
from goemox.domain_shift.two_sample import MIN_TEXTS

__all__ = ["findings"]

USUAL_OUTSIDE = 0.05  # by construction of the flag
FAR_SHARE = 0.20
A_LITTLE_MORE = 0.07
MOVED = 0.10  # change of the neutral share that is worth a word
DISAGREES = 0.05
WEAK_F1 = 0.30
MIN_SUPPORT = 30  # true rows below which an F1 is a hint, no more

Finding = tuple[str, str, str]  # id, text, level


def findings(
    in_domain: Mapping[str, Any] | None, domains: Sequence[Mapping[str, Any]]
) -> list[dict[str, str]]:
    """Sentences from the numbers of report.json; a flat result is called flat.

    in_domain: None where nothing is known. Returns rows of id, text, level.
    """
    found = list(_in_domain(in_domain)) if in_domain else []
    for domain in domains:
        found += _domain(domain, in_domain)
    return [{"id": id_, "text": text, "level": level} for id_, text, level in found]


def _in_domain(report: Mapping[str, Any]) -> Iterator[Finding]:
    f1 = report["metrics"].get("macro_f1")
    if not f1:
        return
    if report["n"] < MIN_TEXTS:
        yield "in-domain-few", f"{report['n']} in-domain texts are too few to judge a model by.", "info"
        return
    text = f"On {report['dataset']} {report['split']} macro-F1 is {_f(f1['value'])}{_interval(f1)}"
    rivals = [row for row in report["baselines"] if row.get("macro_f1") is not None]
    if not rivals:
        yield "in-domain-f1", f"{text}.", "info"
        return
    best = max(rivals, key=lambda row: float(row["macro_f1"]))
    beaten = f1["low"] is not None and f1["low"] > best["macro_f1"]
    verdict = "above" if beaten else "not clearly above"
    rival = f"the best baseline beside it ({best['name']}: {_f(best['macro_f1'])})"
    yield "in-domain-f1", f"{text}, {verdict} {rival}.", "good" if beaten else "watch"
    weak = [
        row["label"]
        for row in report["per_label"]
        if row["support"] >= MIN_SUPPORT and row["f1"] is not None and row["f1"] < WEAK_F1
    ]
    if weak:
        yield "weak-labels", f"Do not rely on {_and(weak)}: F1 below .30 even in domain.", "watch"


def _domain(domain: Mapping[str, Any], in_domain: Mapping[str, Any] | None) -> Iterator[Finding]:
    name, n = domain["name"], domain["n"]
    if domain["source"] == "sample":
        text = f"{name}: written for goemox; they show the tool and prove nothing."
        yield f"{name}-sample", text, "info"
        return
    if n < MIN_TEXTS:
        repeats = domain["n_duplicates"]
        left_out = f" ({repeats} repeats left out)" if repeats else ""
        yield f"{name}-few", f"{name}: {n} texts{left_out} are too few to say what changes.", "info"
        return
    if domain["distance"]["share_outside"] is not None:
        yield _distance(name, domain["distance"]["share_outside"])
    if in_domain and in_domain["n"] >= MIN_TEXTS:
        yield _neutral(name, domain, in_domain["top_label_share"]["neutral"])
    account = domain.get("neutral")
    if account and account["verdict"] != "neither":
        level = "info" if account["verdict"] == "text" else "watch"
        yield f"{name}-collapse", f"{name}: {neutral_answer(domain)}", level
    naive = domain["naive"]
    if naive["disagreement"] is not None and naive["disagreement"] >= DISAGREES:
        text = (
            f"{name}: softmax calls {naive['neutral_texts']:,} texts neutral; goemox gives "
            f"{_pct(naive['disagreement'])} of them another label."
        )
        yield f"{name}-disagreement", text, "info"


def _distance(name: str, share: float) -> Finding:
    text = f"{name}: {_pct(share)} of the texts lie outside the training domain"
    usual = f"{_pct(USUAL_OUTSIDE)} in domain"
    if share >= FAR_SHARE:
        advice = "Label 100 of them before you quote a figure."
        return f"{name}-distance", f"{text} ({usual}). {advice}", "bad"
    if share > A_LITTLE_MORE:
        return f"{name}-distance", f"{text}, somewhat more than the {usual}.", "watch"
    return f"{name}-distance", f"{text}, no more than usual ({usual}).", "info"


def _neutral(name: str, domain: Mapping[str, Any], usual: float) -> Finding:
    share = domain["top_label_share"]["neutral"]
    moved = abs(share - usual) > MOVED
    change = ("more" if share > usual else "less") + " often than" if moved else "about as often as"
    text = f"{name}: neutral is the top label of {_pct(share)}, {change} in domain ({_pct(usual)})."
    return f"{name}-neutral", text, "watch" if moved else "info"


def _f(value: float) -> str:
    return f"{value:.3f}"


def _pct(value: float) -> str:
    return f"{100 * value:.0f}%"


def _interval(metric: Mapping[str, Any]) -> str:
    if metric.get("low") is None:
        return ""
    return f" (95% interval {_f(metric['low'])} to {_f(metric['high'])})"


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
