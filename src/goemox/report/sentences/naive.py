"""Sentences that hold this model against the naive one, and its rule against simpler rules."""

from __future__ import annotations

from goemox.domain_shift.limits import MIN_TEXTS
from goemox.report.fields import Fields
from goemox.report.formats import decimal
from goemox.report.order import domain_name, has_neutral, top_neutral
from goemox.report.sentences.domains import NO_DOMAIN
from goemox.report.sentences.sureness import surer
from goemox.report.sentences.verdicts import compared_domains, joined, nearness
from goemox.wording import join, percent

__all__ = ["asked", "confidence", "decision_rules", "said_and_right", "side_by_side", "sure_and_right"]

OURS, RULE, THEIRS = "this model", "softmax, same logits", "naive model"
SAID = {OURS: "This model", RULE: "The largest softmax over the same logits", THEIRS: "The naive model"}
HARDLY = 0.01  # share of texts that two models see differently, up to which they agree
UNSURE = 0.05  # half an interval of an accuracy from which on no mean confidence can be said to fit it


def asked(report: Fields) -> bool:
    """Whether a naive model said something about any set of texts."""
    return any(_model(texts) for texts in (report.fields("in_domain"), *report.rows("domains")))


def _model(texts: Fields) -> Fields:
    return texts.fields("naive").fields("model")


def confidence(report: Fields) -> str:
    """Mean top probability in domain and out, calibrated and by softmax, and who is surer where."""
    inside = report.fields("in_domain")
    domains, aside = compared_domains(report)
    sets = [("in domain", inside), *((f"on {domain_name(domain)}", domain) for domain in domains)]
    means = [
        f"{decimal(mean, 2)} {where}"
        for where, texts in sets
        if (mean := texts.fields("confidence").number("mean")) is not None
    ]
    parts = [f"The calibrated probability of the top label averages {join(means)}."] if means else []
    naive = asked(report)
    soft = [
        f"{decimal(mean, 2)} {where}"
        for where, texts in sets
        if (mean := _soft_mean(texts, naive)) is not None and (naive or texts is not inside)
    ]
    if soft:
        who = "The naive model's largest softmax averages" if naive else "Softmax over the same logits says"
        parts.append(f"{who} {join(soft)}.")
    if naive:
        parts.append(_surer(report, domains))
    return joined([*parts, *aside]) or "Confidence was not measured."


def _soft_mean(texts: Fields, naive: bool) -> float | None:
    """Mean largest softmax: of the naive model, or of this model's own logits."""
    return (_model(texts) if naive else texts.fields("naive")).number("mean_max_softmax")


def _surer(report: Fields, domains: list[Fields]) -> str:
    """Whether the naive model is surer on unfamiliar texts than at home, by intervals that lie apart."""
    inside = report.fields("in_domain")
    home = _model(inside).numbers("mean_max_softmax_interval")
    unfamiliar = [domain for domain in domains if nearness(domain) in ("partly", "far")]
    if not unfamiliar:
        return ""
    if len(home) != 2 or (inside.number("n") or 0) < MIN_TEXTS:
        return "How sure it is in domain is not known: that needs labelled texts (--data)."
    sides = [_apart(home, _model(domain)) for domain in unfamiliar]
    found = [domain for domain, side in zip(unfamiliar, sides, strict=True) if side > 0]
    if not found:
        how = "no" if all(side < 0 for side in sides) else "not measurably"
        return f"It is {how} surer on unfamiliar texts than in domain."
    where = join([domain_name(domain) for domain in found])
    said = f"So it is surer on {where}, which are unfamiliar, than in domain"
    if {domain.text("name") for domain in found} <= {*surer(report, domains)}:
        said += "; so is this model, whose calibration holds in domain alone"
    return f"{said}. How often either is right there, only labels can tell."


def _apart(home: tuple[float | None, ...], there: Fields) -> int:
    """1 where a mean's interval lies above that at home, -1 where below, 0 where they meet."""
    low, high = home
    other = there.numbers("mean_max_softmax_interval")
    if len(other) != 2 or low is None or high is None or other[0] is None or other[1] is None:
        return 0
    return 1 if other[0] > high else -1 if other[1] < low else 0


def sure_and_right(report: Fields) -> dict[str, tuple[float, float, float, float]]:
    """In domain, by model: mean confidence, share of texts whose top label is true, and its interval.

    Empty for a set of fewer than 50 texts; without a model of which one of these is not known.
    """
    inside = report.fields("in_domain")
    if (inside.number("n") or 0) < MIN_TEXTS:
        return {}
    metric = inside.fields("metrics").fields("top1_accuracy")
    found = {
        OURS: (
            inside.fields("confidence").number("mean"), *(metric.number(k) for k in ("value", "low", "high")),
        ),
        RULE: _soft_and_right(inside.fields("naive")),
        THEIRS: _soft_and_right(_model(inside)),
    }  # fmt: skip
    known = {}
    for who, values in found.items():
        numbers = [value for value in values if value is not None]
        if len(numbers) == 4:
            known[who] = (numbers[0], numbers[1], numbers[2], numbers[3])
    return known


def _soft_and_right(said: Fields) -> tuple[float | None, ...]:
    ends = said.numbers("top1_accuracy_interval")
    return said.number("mean_max_softmax"), said.number("top1_accuracy"), *ends


def said_and_right(report: Fields) -> str:
    """Sure against right; called different only where the interval of the accuracy does not hold the mean."""
    said = []
    for who, (sure, right, low, high) in sure_and_right(report).items():
        found = "surer than" if sure > high else "less sure than" if sure < low else "as sure as"
        verdict = f"it is {found} it is right"
        if low <= sure <= high and high - low > 2 * UNSURE:
            verdict = "whether it is surer than it is right cannot be told from so few texts"
        said.append(
            f"{SAID[who]} says {decimal(sure, 2)} on average, and its top label is true for {percent(right)} "
            f"of the texts ({percent(low)} to {percent(high)}): {verdict}."
        )
    return joined(said)


def side_by_side(report: Fields) -> str:
    """How often each model says neutral, and what this one makes of the naive model's neutral texts."""
    if not report.rows("domains"):
        return NO_DOMAIN
    if not has_neutral(report):
        return "The two models give one label a text each; neither can say neutral."
    domains, aside = compared_domains(report)
    known = [domain for domain in domains if _model(domain)]
    calls = [said for domain in known if (said := _calls(report, domain))]
    parts = [f"The naive model calls {join(calls)} neutral."] if calls else []
    inside = report.fields("in_domain")
    if known and (own := _calls(report, inside, "of the texts in domain")):
        people = inside.by_name("true_label_share").get("neutral")
        parts.append(
            f"It does so for {own}{'' if people is None else f'; people did for {percent(people)}'}."
        )
    parts += [_instead(known), _beside(known)]
    return joined([*parts, *aside]) or "No naive model was asked."


def _calls(report: Fields, texts: Fields, where: str = "") -> str:
    naive, ours = _model(texts).fields("softmax_argmax").number("neutral"), top_neutral(report, texts)
    if naive is None or ours is None:
        return ""
    there = where or f"of {domain_name(texts)}"
    return f"{percent(naive)} {there} (this model, as top label: {percent(ours)})"


def _instead(domains: list[Fields]) -> str:
    """Of the texts that the naive model calls neutral: those that this model gives an emotion instead."""
    parts = []
    for domain in domains:
        model, where = _model(domain), domain_name(domain)
        lost, ends = model.number("disagreement"), model.numbers("disagreement_interval")
        if (model.count("neutral_texts") or 0) < MIN_TEXTS or lost is None or len(ends) != 2:
            continue
        found = f"{percent(lost)} on {where} ({percent(ends[0])} to {percent(ends[1])})"
        parts.append(f"hardly any on {where}" if ends[1] is not None and ends[1] < HARDLY else found)
    return (
        f"Of the texts it calls neutral, this model gives {join(parts)} an emotion instead." if parts else ""
    )


def _beside(domains: list[Fields]) -> str:
    parts = [
        f"{percent(adds)} on {domain_name(domain)}"
        for domain in domains
        if (_model(domain).count("neutral_texts") or 0) >= MIN_TEXTS
        and (adds := _model(domain).number("adds"))
    ]
    return f"Beside neutral it sees an emotion in {join(parts)}." if parts else ""


def decision_rules(report: Fields) -> str:
    """What two simpler rules, the largest softmax and a cut at .5, would say of this model's own logits."""
    domains, aside = compared_domains(report)
    overruled, empty = [], []
    for domain in domains:
        naive, where = domain.fields("naive"), domain_name(domain)
        lost, none = naive.number("disagreement"), naive.fields("cut_half").number("no_label_share")
        if lost is not None:
            overruled.append(f"{percent(lost) if lost else 'none'} on {where}")
        if none is not None:
            empty.append(f"{percent(none)} on {where}")
    parts = []
    if overruled:
        parts.append(
            "Of the texts that softmax calls neutral, the release rule gives an emotion in place of neutral "
            f"to {join(overruled)}."
        )
    if empty:
        parts.append(f"A cut at 0.5 would leave texts without any label: {join(empty)}.")
    return joined([*parts, *aside]) or "The simpler decision rules were not compared."
