"""The summary: five questions that a reader brings, answered from the numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from goemox.data.marked_rows import figures_mislead
from goemox.domain_shift.limits import MIN_TEXTS
from goemox.domain_shift.phrases import known_texts, those_known, usual
from goemox.evaluation.intervals import wilson
from goemox.evaluation.metrics import COMMON
from goemox.labels import NEUTRAL
from goemox.report.fields import Fields
from goemox.report.formats import decimal, interval
from goemox.report.order import domain_name, in_domain_name
from goemox.report.sentences import calibration
from goemox.report.sentences import domains as across
from goemox.report.sentences import in_domain as inside_sentences
from goemox.report.sentences.evidence import other_texts, promise_lost, standing, unremarkable
from goemox.report.sentences.fitted import on_own_rows
from goemox.report.sentences.known_texts import adapted_on, at_home, home_of
from goemox.report.sentences.labelled import label_advice, labelled, unlabelled, well_labelled
from goemox.report.sentences.sureness import surer
from goemox.report.sentences.verdicts import few, is_sample, outside_words, too_few
from goemox.report.texts import name
from goemox.wording import join, percent, plural

__all__ = ["answers", "headline", "how_good", "what_changed", "what_it_is", "what_next", "what_to_believe"]

HOW_TO_LABEL = (
    "Three commands do it: goemox sample FILE -o draw.jsonl, goemox label draw.jsonl -o labels.jsonl, "
    "goemox adapt --data labels.jsonl -o adapted. A hundred random texts show to within 10 points how often "
    "the model is right there, and refit the cuts of labels that occur among them; rare emotions need texts "
    "chosen for them (goemox sample --kind both)."
)


def answers(report: Fields) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(question, sentences) in reading order."""
    return (
        ("What is this model?", tuple(what_it_is(report))),
        ("How good is it?", tuple(how_good(report))),
        ("What changes on other texts?", tuple(what_changed(report))),
        ("What can be believed?", tuple(what_to_believe(report))),
        ("What should be done next?", tuple(what_next(report))),
    )


def headline(report: Fields) -> tuple[str, ...]:
    """The whole story in a few sentences: how good, whether that holds elsewhere, what to do about it."""
    said, home = [_quality(report)], home_of(report)
    domains = [domain for domain in report.rows("domains") if not is_sample(domain)]
    enough = [domain for domain in domains if not too_few(domain)]
    known = [domain for domain in enough if not well_labelled(domain)]
    stand = [(domain, standing(report, domain)) for domain in known]
    far = [domain for domain, found in stand if found in ("partly", "far")]
    alike = [domain for domain, found in stand if found == "alike"]
    unknown = [domain for domain, found in stand if found == "unknown"]
    if far:
        shares = join([percent(domain.fields("distance").number("share_outside")) for domain in far])
        said.append(
            f"On {_names(far)} its probabilities are unproven: {shares} of those texts are unlike "
            f"{known_texts(home)} ({usual(home)})."
        )
    said += [_other(report, domain) for domain, found in stand if found == "other"]
    if alike:
        said.append(
            f"Nothing measured here tells texts of {_names(alike)} from {those_known(home)}; whether its "
            "probabilities hold there only labels can say."
        )
    said += adapted_on(known)
    if unknown:
        said.append(f"Whether its probabilities hold on {_names(unknown)} is not known.")
    said += [labelled(domain) for domain in enough if well_labelled(domain)]
    if known:
        said.append(label_advice(known, _of_each(known), " before you quote a figure from there"))
    if len(enough) < len(domains):
        said.append(f"Too few texts to say anything: {_names([d for d in domains if too_few(d)])}.")
    if not domains:
        said.append("No outside texts of yours were studied: for other texts than those nothing is known.")
    return tuple(said)


def _other(report: Fields, domain: Fields) -> str:
    """Of texts that do not lie far out and are other texts all the same: by what, and what is not known."""
    lost = ", and the promise of its prediction sets is not for them" if promise_lost(domain) else ""
    return (
        f"Texts of {domain_name(domain)} are other texts than {those_known(home_of(report))}: "
        f"{other_texts(report, domain)}. Whether its probabilities hold there is not known{lost}."
    )


def _quality(report: Fields) -> str:
    inside = report.fields("in_domain")
    metrics = inside.fields("metrics")
    macro, top = metrics.fields("macro_f1"), metrics.fields("top1_accuracy").number("value")
    value, low = macro.number("value"), macro.number("low")
    if value is None:
        return _when_adapted(report) or "How good the model is was not measured."
    right = "" if top is None else f"the model's top label is one that people gave for {percent(top)}; its "
    said = f"On texts like {in_domain_name(report)} {right or 'the model has a '}macro-F1"
    said += f" {'is' if right else 'of'} {decimal(value)} (1 is perfect)"
    n, seen = inside.count("n") or 0, inside.count("n_fitted_on") or 0
    if seen:
        seen_on = on_own_rows(n, seen)
        return f"{said}, which is too good: its rule was fitted on {seen_on} that it was measured on."
    picked, shown = (inside.count(key) or 0 for key in ("n_informative", "n_suggested"))
    if misled := figures_mislead(picked, shown, n):
        return f"{said}, but {misled}."
    if n < MIN_TEXTS:
        return f"{said}, on too few texts to stand on."
    rivals = [f1 for row in inside.rows("baselines") if (f1 := row.number("macro_f1")) is not None]
    if not rivals:
        return f"{said}; no baseline stands beside it."
    return f"{said}, {_against(value, low, max(rivals))}."


def _against(value: float, low: float | None, best: float) -> str:
    """Against the best baseline; without an interval nobody can tell whether more is more than chance."""
    rival = f"the best simple baseline ({decimal(best)})"
    if low is None and value > best:
        return f"more than {rival}, but without an interval nobody can tell whether beyond chance"
    return f"{'above' if low is not None and low > best else 'not clearly above'} {rival}"


def _when_adapted(report: Fields) -> str:
    """The figures that `adapt` measured, where the study measured none; empty without them."""
    adapted = report.fields("model").fields("adapted")
    figure = adapted.fields("quotable").fields("micro_f1")
    value, low, high = (figure.number(key) for key in ("value", "low", "high"))
    if value is None or adapted.text("grouping"):
        return ""
    rows = f"{plural(adapted.count('n_random') or 0, 'random row')} of {name(adapted.text('name'))}"
    return (
        f"When the model was adapted, its micro-F1 on {rows} was {decimal(value)} (95% interval "
        f"{interval(low, high)}), cross-validated; this study measured no other."
    )


def _names(domains: Sequence[Fields]) -> str:
    return join([domain_name(domain) for domain in domains])


def _of_each(domains: Sequence[Fields]) -> str:
    return f"of {_names(domains)}" if len(domains) == 1 else "of each"


def what_it_is(report: Fields) -> list[str]:
    """The model in two sentences."""
    model = report.fields("model")
    labels, parameters = len(model.texts("labels")), model.number("parameters")
    reads = f"{labels} labels" if labels else "emotions"
    said = [
        f"{name(model.text('name')) if model.text('name') else 'The model'} reads {reads} "
        "from short English texts; a text can carry several at once."
    ]
    built = []
    if model.text("base"):
        size = f" ({parameters / 1e6:.1f} million parameters)" if parameters else ""
        built.append(f"It is built on {name(model.text('base'))}{size}")
    if model.text("trained_on"):
        built.append(f"{'and was' if built else 'It was'} trained on {name(model.text('trained_on'), 80)}")
    return [*said, f"{' '.join(built)}."] if built else said


def how_good(report: Fields) -> list[str]:
    """Macro-F1 and what it is compared with; best, weakest and unproven labels."""
    said = [inside_sentences.headline(report)]
    if report.fields("in_domain").fields("metrics").fields("macro_f1").number("value") is None:
        return said
    said.append(inside_sentences.baselines(report))
    if report.fields("in_domain").text("measured") == "at release":
        said.append("These in-domain figures were measured when the model was released, not in this run.")
    return [*said, *filter(None, [inside_sentences.per_label(report)])]


def what_changed(report: Fields) -> list[str]:
    """One sentence a domain; samples are never called a finding."""
    domains = report.rows("domains")
    if not domains:
        return [across.NO_DOMAIN]
    return [
        across.sample(domain) if is_sample(domain) else across.change(report, domain) for domain in domains
    ]


def what_to_believe(report: Fields) -> list[str]:
    """Where probabilities are proven, where they are not, and what no number here can say."""
    said = []
    if report.fields("model").flag("calibrated") is False:
        said.append(
            "The scores are not calibrated: compare them with each other, do not read them as chances."
        )
    elif report.fields("in_domain").rows("reliability"):
        said.append(calibration.reliability(report))
    said += _neutral_at_home(report)
    real = [domain for domain in report.rows("domains") if not is_sample(domain)]
    said += [_believe(report, domain) for domain in real]
    if real:
        said.append(unlabelled(real))
    elif report.rows("domains"):
        said.append("The only outside texts here are samples, so nothing is known about real outside texts.")
    else:
        said.append(
            f"Every figure holds for texts like {in_domain_name(report)}; for others nothing is known."
        )
    return said


def _neutral_at_home(report: Fields) -> list[str]:
    """How often neutral is right at home, which is where every look at a domain full of it begins."""
    rows = report.fields("in_domain").rows("per_label")
    row = next((row for row in rows if row.text("label") == NEUTRAL), None)
    if row is None:
        return []
    right = _share(row.number("precision"), row.number("predicted"))
    found = _share(row.number("recall"), row.number("support"))
    if not right or not found:
        return []
    return [
        f"Where it gives neutral {at_home(report)}, people agree in {right} of the cases; of their neutral "
        f"texts it finds {found}."
    ]


def _share(share: float | None, n: float | None) -> str:
    """`61% (59% to 63%)`, by Wilson's limits; nothing for a share of few rows."""
    if share is None or (n or 0) < COMMON:
        return ""
    low, high = wilson(np.array([share * (n or 0)]), n or 0)
    return f"{percent(share)} ({percent(low[0])} to {percent(high[0])})"


def _believe(report: Fields, domain: Fields) -> str:
    where, found = domain_name(domain), standing(report, domain)
    if too_few(domain):
        return few(domain)
    if well_labelled(domain):
        return labelled(domain)
    if found == "unknown":
        return f"How far {where} lies from the training texts is not known: take no score there as proven."
    if found == "alike":
        return (
            f"By {unremarkable(report, domain)} texts of {where} are not told from "
            f"{those_known(home_of(report))}; whether its scores hold there is not known without labels."
        )
    if found == "other":
        return _other(report, domain) + _surer(report, domain)
    strength = "partly unproven" if found == "partly" else "unproven"
    return f"On {where} {outside_words(domain)}: its scores there are {strength}.{_surer(report, domain)}"


def _surer(report: Fields, domain: Fields) -> str:
    """That a model which is surer on stranger texts has not become better; nothing where it is not surer."""
    real = [each for each in report.rows("domains") if not is_sample(each)]
    if domain.text("name") not in surer(report, real):
        return ""
    here = domain.fields("confidence").number("mean")
    home = report.fields("in_domain").fields("confidence").number("mean")
    return (
        f" It is surer there than {at_home(report)} (its top label gets {decimal(here, 2)} on average "
        f"against {decimal(home, 2)}), which is no sign of being right."
    )


def what_next(report: Fields) -> list[str]:
    """What would answer the largest open question."""
    said = []
    domains = report.rows("domains")
    real = [domain for domain in domains if not is_sample(domain)]
    if not real:
        said.append("Study your own texts: goemox study --domain NAME=FILE --output-dir DIR.")
    small = [domain for domain in real if too_few(domain)]
    if small:
        listed = join([domain_name(domain) for domain in small])
        said.append(f"Collect more of {listed}: at least {MIN_TEXTS} texts, better several hundred.")
    known = [(each, standing(report, each)) for each in real if not too_few(each) and not well_labelled(each)]
    unproven = [domain for domain, found in known if found != "alike"]
    rest = [domain for domain, found in known if found == "alike"]
    for group, why in ((unproven, "before any score there is used"), (rest, "to learn whether they hold")):
        if group:
            listed = join([domain_name(domain) for domain in group])
            each = "" if len(group) == 1 else " each"
            said.append(label_advice(group, f"of {listed}{each}", f" {why}", ", drawn at random,"))
    if unproven or rest:
        said.append(HOW_TO_LABEL)
    rows = inside_sentences.judged_rows(report)
    rare = [row.text("label") for row in rows if inside_sentences.is_rare(row)]
    if rare and len(rare) < len(rows):
        said.append(
            f"Do not build on {plural(len(rare), 'label')} that the test set hardly holds: "
            f"{inside_sentences.few_names(rare)}."
        )
    if report.fields("model").flag("calibrated") is False:
        said.append("Calibrate the model on labelled texts before its scores are read as probabilities.")
    return said
