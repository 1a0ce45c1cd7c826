"""Sentences for the figures about the in-domain set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goemox.domain_shift.limits import MIN_TEXTS
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
    "is_poor",
    "is_rare",
    "label_calibration",
    "per_label",
    "poor_labels",
    "rare_labels",
    "reliability",
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
CLOSE = 0.05  # gap between what is said and what is true that most uses can live with
MOSTLY = 0.2  # share of bins whose band may miss before a curve is called off
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
    few = [row for row in inside.rows("per_label") if (row.number("support") or 0) < FEWEST]
    if few and not spread:
        have = "has" if len(few) == 1 else "have"
        spread = f" (no interval: {plural(len(few), 'label')} {have} fewer than {FEWEST} rows)"
    labels = len(inside.rows("per_label")) or len(report.fields("model").texts("labels"))
    mean = f", the mean over {labels} labels" if labels else ""
    sentence = f"{where} its macro-F1{mean}, is {decimal(value)}{spread}."
    return f"{sentence} That is too few texts for a figure to stand on." if n and n < MIN_TEXTS else sentence


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
    rows = report.fields("in_domain").rows("per_label")
    rare = [row.text("label") for row in rows if is_rare(row)]
    if not rare or len(rare) == len(rows):
        return ""
    verb = "has" if len(rare) == 1 else "have"
    its = "its F1 is a hint" if len(rare) == 1 else "their F1s are hints"
    if len(rare) > ALL_NAMED:
        return f"{len(rare)} labels have fewer than {RARE} true rows ({few_names(rare)}): {its}, no more."
    return f"{the_labels(rare)} {join(rare)} {verb} fewer than {RARE} true rows: {its}, no more."


def is_rare(row: Fields) -> bool:
    """Whether a label has too few true rows for its F1 to be more than a hint."""
    return (row.number("support") or 0) < RARE


def is_poor(row: Fields) -> bool:
    """Whether a label has enough true rows, and an F1 that is too low to rely on: the findings' limits."""
    return not is_rare(row) and (row.number("f1") or 0.0) < POOR


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
    (best, first), (worst, last) = max(rules), min(rules)
    if best - worst < HARDLY:
        return f"The rule for the cut hardly matters here: macro-F1 is {decimal(worst)} to {decimal(best)}."
    return f"On the same scores macro-F1 is {decimal(best)} with {first} and {decimal(worst)} with {last}."


def reliability(report: Fields) -> str:
    """Whether the probabilities are frequencies, as far as the bands can tell."""
    inside = report.fields("in_domain")
    curves = {row.text("label"): row for row in inside.rows("reliability")}
    if not curves:
        return NOT_MEASURED
    curve = curves.get("all") or next(iter(curves.values()))
    known = [found for row in curve.rows("bins") if (found := _bin(row)) is not None]
    if not known:
        return "There are no bands, so nothing can be said about calibration."
    texts = inside.count("n")
    cases = sum(found.n for found in known)
    if cases < MIN_TEXTS or (texts is not None and texts < MIN_TEXTS):
        return "Too few texts stand behind this curve to say anything about calibration."
    return f"On {in_domain_name(report)}, all labels taken together, a probability {_frequency(known)}"


@dataclass(frozen=True, slots=True)
class _Bin:
    """Probabilities of about one size: what they said on average, what was true, on n cases."""

    said: float
    true: float
    n: int
    holds: bool  # whether what was true lies in the band of a perfect model, which lies around `said`

    @property
    def gap(self) -> float:
        return abs(self.said - self.true)


def _bin(row: Fields) -> _Bin | None:
    said, true = row.number("predicted"), row.number("observed")
    low, high = row.number("low"), row.number("high")
    if said is None or true is None or low is None or high is None:
        return None
    return _Bin(said, true, row.count("n") or 0, low <= true <= high)


def _frequency(known: Sequence[_Bin]) -> str:
    """What the bins let a probability be read as; of those that are off, how far the farthest is."""
    off = [found for found in known if not found.holds]
    bins, expected = plural(len(known), "bin"), "a perfectly calibrated model would in nine of ten"
    if not off:
        return f"can be read as a frequency: in all {bins} it stays within its 90% band ({expected})."
    worst = max(off, key=lambda found: found.gap)
    farthest = (
        f"{decimal(worst.gap, 2)} ({decimal(worst.said, 2)} said, {decimal(worst.true, 2)} true, on "
        f"{plural(worst.n, 'case')})"
    )
    within = f"It stays within its 90% band in {len(known) - len(off)} of {bins} ({expected})."
    rarely, close = len(off) <= len(known) * MOSTLY, worst.gap <= CLOSE
    if close and rarely:
        return f"can mostly be read as a frequency: it is off by {farthest} at most. {within}"
    if close:
        return f"is off by more than chance but by little, at most {farthest}. {within}"
    if rarely:
        return (
            f"can be read as a frequency in {len(known) - len(off)} of {bins}, those within their 90% bands "
            f"({expected}), and not in the others: it is off by up to {farthest}."
        )
    return f"cannot be read as a frequency: it is off by up to {farthest}. {within}"


def label_calibration(report: Fields) -> str:
    """Which labels' probabilities are off by more than chance would show a perfectly calibrated model."""
    inside = report.fields("in_domain")
    rows = inside.rows("per_label")
    tested = {row.text("label"): row for row in rows if row.flag("ece_above_chance") is not None}
    if not tested or (inside.number("n") or 0) < MIN_TEXTS:
        return ""
    off = [label for label, row in tested.items() if row.flag("ece_above_chance")]
    off.sort(key=lambda label: -(tested[label].number("ece") or 0.0))
    if not off:
        return "Label by label, none is off by more than chance would show a perfectly calibrated model."
    named = f"{'' if len(off) <= NAMED else 'most of all '}{join(off[:NAMED])}"
    verb = "is" if len(off) == 1 else "are"
    return (
        f"Label by label, {len(off)} of {len(tested)} {verb} off by more than chance would show a perfectly "
        f"calibrated model: {named}."
    )
