"""Sentences for the figures about the in-domain set."""

from __future__ import annotations

from collections.abc import Sequence

from goemox.domain_shift.limits import MIN_TEXTS
from goemox.evaluation.few_rows import FEW
from goemox.evaluation.metrics import COMMON, FEWEST
from goemox.report.fields import Fields
from goemox.report.formats import decimal, interval
from goemox.report.order import in_domain_name
from goemox.report.sentences.verdicts import joined
from goemox.studies.findings import WEAK_F1
from goemox.wording import join, percent, plural

__all__ = [
    "RARE",
    "baselines",
    "beside_reference",
    "best_and_weakest",
    "cut_rule",
    "few_names",
    "headline",
    "is_judged",
    "is_poor",
    "is_rare",
    "judged_rows",
    "per_label",
    "poor_labels",
    "rare_labels",
    "the_labels",
    "thresholds",
]

CUTS = {
    "0.5": "a cut of 0.5 for all labels",
    "one global": "one cut for all labels",
    "chosen": "the cut chosen for each label",
}
ALL_NAMED = 5  # labels; more are counted, the figure and the table name them
RARE = COMMON  # true rows below which an F1 is a hint, no more
POOR = WEAK_F1
HARDLY = 0.01  # macro-F1 that two threshold rules may differ by and still count as equal
NAMED = 3
NOT_MEASURED = "This was not measured."


def headline(report: Fields) -> str:
    """Macro-F1 with its interval and on how much it stands."""
    inside = report.fields("in_domain")
    macro = inside.fields("metrics").fields("macro_f1")
    value, n = macro.number("value"), inside.count("n")
    if value is None:
        return "How good the model is on the texts it was made for was not measured."
    where = f"On {plural(n, 'text')} of {in_domain_name(report)}" if n else f"On {in_domain_name(report)}"
    low, high = macro.number("low"), macro.number("high")
    spread = f" (95% interval {interval(low, high)})" if low is not None and high is not None else ""
    looked = judged_rows(report)
    few = [row for row in looked if (row.number("support") or 0) < FEWEST]
    if few and not spread:
        have = "has" if len(few) == 1 else "have"
        spread = f" (no interval: {plural(len(few), 'label')} {have} fewer than {FEWEST} rows)"
    labels = len(looked) or len(report.fields("model").texts("labels"))
    mean = f", the mean over {labels} labels{_zeros(looked)}" if labels else ""
    sentence = f"{where} its macro-F1{mean}, is {decimal(value)}{spread}."
    return f"{sentence} That is too few texts for a figure to stand on." if n and n < MIN_TEXTS else sentence


def _zeros(rows: Sequence[Fields]) -> str:
    """`, 21 without a true row counted as 0`, of the labels that were looked for."""
    absent = sum(row.number("support") == 0 for row in rows)
    return f", {absent} without a true row counted as 0" if absent else ""


def beside_reference(metrics: Fields, key: str) -> str:
    """What a proper score or a calibration error is to be read with; empty for others and where unknown."""
    value, base = (metrics.fields(each).number("value") for each in (key, f"{key}_base_rate"))
    floor = metrics.fields("ece_floor").number("value")
    if key == "ece_mean" and floor is not None:
        return f"a perfectly calibrated model would show {decimal(floor, 4)}"
    if value is None or not base:
        return ""
    better = 1 - value / base
    how = f"{percent(abs(better))} {'better' if better >= 0 else 'worse'} than"
    return f"{'as good as' if not round(better, 3) else how} base rates alone ({decimal(base, 4)})"


def baselines(report: Fields) -> str:
    """The model against the best of the baselines."""
    inside = report.fields("in_domain")
    macro = inside.fields("metrics").fields("macro_f1")
    value, low = macro.number("value"), macro.number("low")
    rivals = [(row.number("macro_f1"), row.text("name")) for row in inside.rows("baselines")]
    known = [(f1, name) for f1, name in rivals if f1 is not None]
    if value is None or not known:
        return "There is nothing to compare the model with."
    best, name = max(known)
    if best >= value:
        return f"It is no better than the baseline “{name}”, which reaches {decimal(best)}."
    if low is None:
        return (
            f"The best baseline, “{name}”, reaches {decimal(best)}; without an interval the lead is unproven."
        )
    if best >= low:
        return (
            f"That is not clearly better than the baseline “{name}” ({decimal(best)}), "
            "which lies inside the interval."
        )
    return f"The best baseline, “{name}”, reaches {decimal(best)}, below the whole interval."


def per_label(report: Fields) -> str:
    """Which labels are good, which weak, which unproven."""
    rows = report.fields("in_domain").rows("per_label")
    if not rows:
        return NOT_MEASURED
    return joined([best_and_weakest(report), poor_labels(report), rare_labels(report)])


def best_and_weakest(report: Fields) -> str:
    """The three best and the three weakest labels among those with enough rows."""
    rows = report.fields("in_domain").rows("per_label")
    scored = [
        (f1, row.text("label"))
        for row in rows
        if (f1 := row.number("f1")) is not None and (row.number("support") or 0) >= RARE
    ]
    if not scored:
        return f"No label has {RARE} true rows, so no label's F1 can be trusted." if rows else ""
    scored.sort(key=lambda pair: -pair[0])
    if len(scored) < 6:
        listed = join([f"{label} ({decimal(f1, 2)})" for f1, label in scored])
        return f"Labels with at least {RARE} true rows, by F1: {listed}."
    best = join([f"{label} ({decimal(f1, 2)})" for f1, label in scored[:3]])
    weak = join([f"{label} ({decimal(f1, 2)})" for f1, label in reversed(scored[-3:])])
    return f"By F1 it reads {best} best and {weak} worst, among labels with at least {RARE} true rows."


def poor_labels(report: Fields) -> str:
    """The labels whose F1 is too low to rely on, among those with enough rows."""
    poor = [row.text("label") for row in report.fields("in_domain").rows("per_label") if is_poor(row)]
    if not poor:
        return ""
    have = "has an F1" if len(poor) == 1 else "have F1s"
    return f"{the_labels(poor)} {few_names(poor)} {have} below {POOR:g}: too low to rely on."


def rare_labels(report: Fields) -> str:
    """The labels whose F1 stands on too few rows."""
    rows = judged_rows(report)
    rare = [row.text("label") for row in rows if is_rare(row)]
    if not rare or len(rare) == len(rows):
        return ""
    verb = "has" if len(rare) == 1 else "have"
    its = "its F1 is a hint" if len(rare) == 1 else "their F1s are hints"
    if len(rare) > ALL_NAMED:
        return f"{len(rare)} labels have fewer than {RARE} true rows ({few_names(rare)}): {its}, no more."
    return f"{the_labels(rare)} {join(rare)} {verb} fewer than {RARE} true rows: {its}, no more."


def is_rare(row: Fields) -> bool:
    """Whether a label that was looked for has too few true rows for its F1 to be more than a hint."""
    return is_judged(row) and (row.number("support") or 0) < RARE


def judged_rows(report: Fields) -> list[Fields]:
    """The labels that somebody looked for in domain."""
    return [row for row in report.fields("in_domain").rows("per_label") if is_judged(row)]


def is_judged(row: Fields) -> bool:
    """Whether anybody looked for a label among these texts."""
    return row.number("judged") != 0


def is_poor(row: Fields) -> bool:
    """Whether a label has enough true rows, and an F1 that is too low to rely on: the findings' limits."""
    return is_judged(row) and not is_rare(row) and (row.number("f1") or 0.0) < POOR


def the_labels(labels: Sequence[str]) -> str:
    """How a sentence begins before the names of labels, which keep their letters as they are."""
    return "The label" if len(labels) == 1 else "The labels"


def few_names(labels: Sequence[str]) -> str:
    """All labels, or of many the first three and the number of the others."""
    if len(labels) <= ALL_NAMED:
        return join(labels)
    return join([*labels[:NAMED], f"{len(labels) - NAMED} more"])


def cut_rule(row: Fields) -> str:
    """A rule for the cut in words; a rule that is not known keeps its name."""
    return CUTS.get(row.text("rule"), f"“{row.text('rule')}”")


def thresholds(report: Fields) -> str:
    """What the rule for the cut is worth."""
    rules = [
        (f1, cut_rule(row))
        for row in report.fields("in_domain").rows("thresholds_compared")
        if (f1 := row.number("macro_f1")) is not None
    ]
    if len(rules) < 2:
        return "Rules for the cut were not compared."
    if (report.fields("in_domain").number("n") or 0) < FEW:
        return f"Fewer than {FEW} texts do not tell which rule for the cut is better."
    (best, first), (worst, last) = max(rules), min(rules)
    if best - worst < HARDLY:
        return f"The rule for the cut hardly matters here: macro-F1 is {decimal(worst)} to {decimal(best)}."
    said = f"On the same scores macro-F1 is {decimal(best)} with {first} and {decimal(worst)} with {last}."
    return joined([said, _fallback(report, {first, last})])


def _fallback(report: Fields, compared: set[str]) -> str:
    """That the chosen rule leaves no text without a label, where the simpler ones do."""
    if report.fields("model").text("fallback") != "top" or CUTS["chosen"] not in compared:
        return ""
    return (
        "Not all of that is the cut: under the chosen rule a text that passes none gets its most probable "
        "label, under the others it gets none."
    )
