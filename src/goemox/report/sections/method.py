"""Method and data: what a colleague needs to check or repeat the study."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote

from goemox.report.blocks import Block, Column, Facts, Prose, Section, Table, number_cell, text_cell
from goemox.report.fields import Fields
from goemox.report.formats import count
from goemox.report.order import domain_name, in_domain_name, label_order
from goemox.report.sections.terms import terms
from goemox.report.sentences.domains import samples
from goemox.report.sentences.fitted import rule_words
from goemox.report.sentences.references import reference_words
from goemox.wording import MISSING, join, percent, plural

__all__ = ["section"]

TESTS = {
    "timeline": "Periods: chi-square on each label's counts, or 4,999 random tables where a period would "
    "hold fewer than 10 texts with the label, and a test for a trend (Cochran–Armitage). Holm over all.",
    "groups": "Groups: the same without a trend, Holm over the labels of a domain.",
    "co_occurrence": "Labels that come together: Fisher's exact test, one-sided, Holm over all pairs.",
    "words": "Words: an exact test of two rates, by texts and by words said, the larger p; Holm over all "
    "words and labels of a set.",
    "map": "Neighbours on the map: permutation of the two sides, Holm over the domains.",
}
NO_HOME = "none: this study measured on no labelled texts (--data)"
FITTED = "Cuts, calibration and prediction sets come with the model; this study fitted nothing to its texts."
INTERVALS = (
    "Intervals are 95%: of figures in domain from resampling rows, of shares Wilson's, of AUROCs "
    "DeLong's. The bands of the calibration curves are 90%."
)


def section(report: Fields) -> Section:
    """Facts of the model, the run and the data; thresholds; tests; warnings; how to repeat it."""
    blocks: list[Block] = [_model(report), _run(report), _tests(report), terms()]
    warnings = report.texts("warnings")
    if warnings:
        blocks.append(Prose(warnings, "Warnings of this run", listed=True))
    thresholds = report.fields("model").by_name("thresholds")
    if thresholds:
        rows = tuple(
            (text_cell(label), number_cell(thresholds[label]))
            for label in label_order(report)
            if label in thresholds
        )
        columns = (Column("Label", numeric=False), Column("Threshold"))
        blocks.append(
            Table("thresholds", "Thresholds on the calibrated probability", columns, rows, folded=True)
        )
    return Section("method", "Method and data", "", blocks)


def _model(report: Fields) -> Facts:
    model = report.fields("model")
    calibrated = {True: "yes", False: "no", None: MISSING}[model.flag("calibrated")]
    fallback = {"top": "gets its top label", "none": "stays without label"}.get(
        model.text("fallback"), MISSING
    )
    facts = [
        ("Model", model.text("name")),
        ("SHA-256 of the network", model.text("sha256")),
        ("Decision rule", rule_words(model)),
        ("SHA-256 of the rule", model.text("rule_sha256")),
        ("Base", model.text("base")),
        ("Parameters", count(model.number("parameters"))),
        ("Trained on", model.text("trained_on")),
        ("Calibrated", calibrated),
        ("A text below all thresholds", fallback),
    ]
    facts += [("Note", note) for note in model.texts("notes")]
    return Facts("The model", tuple((key, value or MISSING) for key, value in facts))


def _run(report: Fields) -> Facts:
    inside = report.fields("in_domain")
    measured = {"now": "measured in this run", "at release": "measured at release"}.get(
        inside.text("measured"), ""
    )
    home = f"{in_domain_name(report)}, {count(inside.number('n'))} rows" if inside else NO_HOME
    facts = [
        ("Made by", f"goemox {report.text('goemox_version') or MISSING}"),
        ("Made at", report.text("created_at") or MISSING),
        ("Seed", count(report.number("seed"))),
        ("In-domain set", f"{home}, {measured}" if measured else home),
    ]
    for domain in report.rows("domains"):
        n = domain.count("n")
        size = "number of texts unknown" if n is None else plural(n, "text")
        said = [domain.text("description") or MISSING, size, *_profile(domain.fields("profile"))]
        facts.append((f"Domain {domain_name(domain)}", ", ".join(said)))
    facts.append(("Repeat it", _command(report)))
    ladder = report.fields("ladder").text("command")
    facts += [("Repeat the ladder", ladder)] if ladder else []
    return Facts("This run", tuple(facts))


def _profile(profile: Fields) -> list[str]:
    """What the texts of a domain were like before the model read them, as far as it is known."""
    n_near = profile.count("n_near")
    shares = {
        "not_english": "not English",
        "over_trained": "longer than the texts the model learnt from",
        "over_limit": "cut at the model's limit",
    }
    known = [(profile.number(key), what) for key, what in shares.items()]
    near = [] if n_near is None else [plural(n_near, "near-duplicate")]
    unseen = ["languages not looked at (that needs goemox[language])"] if _no_language(profile) else []
    return [*near, *(f"{percent(share)} {what}" for share, what in known if share is not None), *unseen]


def _no_language(profile: Fields) -> bool:
    """Whether the texts were profiled, but not for their languages."""
    return profile.count("n_near") is not None and profile.number("not_english") is None


def _command(report: Fields) -> str:
    domains, inside, seed = report.rows("domains"), report.fields("in_domain"), report.count("seed")
    asked = report.fields("asked")
    given = asked.texts("in_memory")
    files = [d.text("name") for d in domains if d.text("source") == "file" and d.text("name") not in given]
    measured, split = inside.text("measured") == "now", inside.text("split")
    grouped = dict.fromkeys(d.fields("groups").text("column") for d in domains)
    columns = [("--group-by", name) for name in grouped]
    columns += [(f"--{key}-column", asked.text(f"{key}_column")) for key in ("text", "id", "date")]
    columns += [("--label-column", name) for name in asked.texts("label_columns")]
    words = [
        "goemox study",
        *(["--model DIR"] if asked.flag("own_model") else []),
        *(["--data FILE"] if measured else []),
        *([f"--split {quote(split)}"] if measured and split not in {"", "test", "all rows"} else []),
        *map(_option, files),
        *(f"{option} {quote(name)}" for option, name in columns if name),
        *(["--naive DIR"] if report.fields("naive_model") else []),
        *([f"--seed {seed}"] if seed else []),
        "--output-dir DIR",
    ]
    command = f"{' '.join(words)} (same files, model and version: the same numbers)"
    if not given:
        return command
    options = join([_option(name) for name in given])
    return f"{command}. The texts of {join(given)} came from memory: save them to files, and add {options}"


def _option(domain: str) -> str:
    return f"--domain {quote(f'{domain}=FILE')}"


def _tests(report: Fields) -> Prose:
    domains = report.rows("domains")
    methods = dict.fromkeys(domain.fields("tests").text("method") for domain in domains)
    said = [f"Comparison of labels: {method}{_reference(domains)}." for method in methods if method]
    made = {
        key for domain in domains for key in ("timeline", "groups", "co_occurrence") if domain.fields(key)
    }
    made |= {"words"} if any(domain.rows("words") for domain in domains) else set()
    made |= {"map"} if report.fields("map") else set()
    said += [words for key, words in TESTS.items() if key in made]
    said += [
        FITTED,
        INTERVALS,
        "Jensen–Shannon distance uses base 2, so that it lies between 0 and 1.",
        "Fewer than 50 texts are never compared, nor those that a model was adapted on with themselves.",
        *samples(report),
    ]
    return Prose(tuple(said), "How it was measured", listed=True)


def _reference(domains: Sequence[Fields]) -> str:
    """What the labels were compared with, which is not the in-domain set of the figures."""
    for domain in domains:
        reference = domain.fields("reference")
        if reference.count("n"):
            return f", against {reference_words(reference)}"
    return ""
