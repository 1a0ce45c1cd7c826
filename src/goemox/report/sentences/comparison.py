"""What two studies side by side say: what got better, what changed, what to do next."""

from __future__ import annotations

from goemox.domain_shift.limits import LABEL_ROWS, MIN_TEXTS
from goemox.report.fields import Fields
from goemox.report.formats import decimal, signed
from goemox.report.sections.in_domain import METRICS
from goemox.report.sentences.comparable import comparable, other_texts
from goemox.report.sentences.compared_answers import other_reference, outside, pairing_tried
from goemox.report.sentences.fitted import flattered, too_good
from goemox.report.sentences.verdicts import joined
from goemox.report.texts import name
from goemox.wording import join, plural

__all__ = [
    "SURE",
    "TITLES",
    "answers",
    "figure",
    "headline",
    "labels",
    "leaning",
    "quality",
    "untold",
    "verdict_words",
    "what_next",
]

SURE = ("better", "worse")
SHOWN = 3  # labels that a sentence names
TITLES = {key: (title, digits) for key, title, _, digits in METRICS}


def answers(report: Fields) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(question, sentences) in reading order."""
    return (
        ("Can they be compared?", tuple(comparable(report))),
        ("Is B better than A?", (quality(report),)),
        ("What changes on other texts?", tuple(outside(report))),
        ("What should be done next?", tuple(what_next(report))),
    )


def headline(report: Fields) -> str:
    """The whole comparison in one sentence."""
    home = report.fields("in_domain")
    found = home.text("verdict")
    verdicts = {d.text("verdict") for d in report.rows("domains") if d.text("source") != "sample"}
    if _unproven(home):
        return joined(["Whether B is better than A cannot be told in domain.", *too_good(home)])
    if found in SURE:
        rows = home.rows("metrics")
        alone = len(rows) > 1 and sum(row.text("verdict") == found for row in rows) == 1
        return f"B is {found} than A in {f'one of {len(rows)} in-domain figures' if alone else 'domain'}."
    if found == "mixed":
        return "B is better than A in some in-domain figures and worse in others."
    everything = {d.text("verdict") for d in report.rows("domains")} | ({found} if found else set())
    apart = report.texts("domains_only_a") or report.texts("domains_only_b")
    if everything and everything <= {"same"} and not apart:
        return "No difference: both studies say the same of the texts that both read."
    if apart and not report.rows("domains") and found in ("same", "within chance"):
        beyond = "" if found == "same" else " beyond chance"
        return f"No difference in domain{beyond}; their outside texts have no set in common to compare."
    if _none_paired(report) and verdicts & {"changed", "within chance"}:
        differ = "labels differ" if "changed" in verdicts else "labels do not differ beyond chance"
        why = "" if _same_model(report) or "changed" not in verdicts else ", by texts or by model"
        return f"{_apart_or_unknown(report)} {differ}{why}."
    if "changed" in verdicts:
        beside = (
            " In domain there is no difference beyond chance." if found in ("same", "within chance") else ""
        )
        return f"B labels outside texts differently than A.{beside}"
    if everything & {"same", "same labels", "within chance"}:
        return f"No difference beyond chance{_other_measure(report)}."
    return "Nothing in these two studies can be compared."


def _unproven(home: Fields) -> bool:
    """Whether a side is better on texts that its own rule was fitted on."""
    return any(row.text("verdict") == "unknown" for row in home.rows("metrics"))


def untold(home: Fields) -> bool:
    """Whether nobody can tell which is better, since a rule was fitted on the texts they are compared on."""
    return _unproven(home) or (bool(flattered(home)) and home.text("verdict") == "within chance")


def leaning(row: Fields) -> str:
    """The verdict of one figure or label; where it is unknown, what it would be of other texts."""
    found = row.text("verdict")
    if found != "unknown":
        return found
    higher = (row.number("difference") or 0.0) > 0
    return "better" if higher is not (row.flag("lower_is_better") is True) else "worse"


def verdict_words(row: Fields) -> str:
    """The verdict of one figure or label, and that its better side was fitted on these texts."""
    found = leaning(row)
    if row.text("verdict") != "unknown":
        return found
    return f"{found}, but {'B' if found == 'better' else 'A'} was fitted on these texts"


def _other_measure(report: Fields) -> str:
    """That only the measure of distance differs; nothing where it does not."""
    other = any(other_reference(part) for part in report.rows("domains"))
    return " in the labels given; how far out texts lie is not measured from the same texts" if other else ""


def _none_paired(report: Fields) -> bool:
    """Whether the studies have sets of one name, but were compared on no text that both scored."""
    domains = report.rows("domains")
    return bool(domains) and not any(part.flag("paired") for part in (*domains, report.fields("in_domain")))


def _apart_or_unknown(report: Fields) -> str:
    """That these are other texts, to go on with their labels; or that nobody knows, without their rows."""
    domains = report.rows("domains")
    if all(map(pairing_tried, domains)):
        if any(part.fields("pairs").count("n_matched") for part in domains):
            return (
                f"Fewer than {MIN_TEXTS} texts are in both A and B, too few to compare them one by one: their"
            )
        return "No text of A is paired with one of B: these are two collections, whose"
    return "Texts of A and B cannot be paired and may be the same: their"


def _same_model(report: Fields) -> bool:
    return report.fields("comparable").flag("same_model") is True


def quality(report: Fields) -> str:
    """Whether B is better in domain, as strongly as the tests allow."""
    home = report.fields("in_domain")
    found, rows = home.text("verdict"), home.rows("metrics")
    if not home or not rows:
        return "That cannot be told: not both studies hold in-domain figures."
    if _unproven(home):
        return f"That cannot be told from texts that a rule was fitted on. On these {_sure(rows)}"
    if found == "unknown" and other_texts(home):
        return "That cannot be told: the two studies measured it on different texts."
    if found == "unknown":
        return _untested(report, rows)
    if found == "same":
        if home.flag("paired"):
            n = plural(home.number("n") or 0, "labelled text")
            return f"There is no difference: B gives the same answers as A to the same {n}."
        return "There is no difference: both reports state the same in-domain figures."
    if found == "within chance":
        tested = tuple(row for row in rows if row.text("verdict") != "not tested")
        together = "" if len(tested) == 1 else f" once all {len(tested)} are tested together"
        that = "" if len(tested) == len(rows) else " that was tested"
        flat = f"No in-domain figure{that} differs beyond chance{together} ({figure(_leading(tested))})."
        return joined([flat, *too_good(home)])
    return _sure(rows)


def _sure(rows: tuple[Fields, ...]) -> str:
    """In which figures B is better and worse beyond chance."""
    parts = []
    for verdict in SURE:
        sure = [row for row in rows if leaning(row) == verdict]
        if sure:
            others = f"; {verdict} in {_of_figures(len(sure), len(rows))}" if len(sure) > 1 else ""
            parts.append(f"B is {verdict} in {figure(sure[0])}{others}")
    end = "" if len(parts) > 1 else " No figure surely goes the other way."
    return f"{'. '.join(parts)}.{end}"


def _other_labels(report: Fields) -> bool:
    both = report.fields("comparable")
    return bool(both.texts("labels_only_a") or both.texts("labels_only_b"))


def _untested(report: Fields, rows: tuple[Fields, ...]) -> str:
    """Too few texts, or other labels: the figures stand side by side, without a verdict."""
    if _other_labels(report):
        return "That cannot be told: their labels differ, and each report's figures are over its own."
    other = [row for row in rows if row.number("difference")]
    differ = "differs" if len(other) == 1 else "differ"
    told = f" {plural(len(other), 'figure')} of {len(rows)} {differ} ({_apart(other)})." if other else ""
    return (
        f"That cannot be told: at least {MIN_TEXTS} labelled texts with intervals are needed in both.{told}"
    )


def _apart(rows: list[Fields]) -> str:
    first = _leading(tuple(rows))
    title, digits = TITLES.get(first.text("metric"), (first.text("metric"), 3))
    return f"{title}: {decimal(first.number('b'), digits)} in B, {decimal(first.number('a'), digits)} in A"


def _of_figures(number: int, total: int) -> str:
    return f"{number} of {plural(total, 'figure')}"


def _leading(rows: tuple[Fields, ...]) -> Fields:
    return next((row for row in rows if row.text("metric") == "macro_f1"), rows[0])


def figure(row: Fields) -> str:
    """`macro-F1: 0.510 against 0.558, difference −0.049, 95% interval −0.063 to −0.033`."""
    title, digits = TITLES.get(row.text("metric"), (row.text("metric"), 3))
    a, b, low, high = (row.number(key) for key in ("a", "b", "low", "high"))
    spread = "" if low is None else f", 95% interval {signed(low, digits)} to {signed(high, digits)}"
    return (
        f"{title}: {decimal(b, digits)} against {decimal(a, digits)}, "
        f"difference {signed(row.number('difference'), digits)}{spread}"
    )


def what_next(report: Fields) -> list[str]:
    """What would answer the largest open question."""
    said = []
    home = report.fields("in_domain")
    if untold(home):
        said.append(
            "Measure both on labelled texts that neither rule was fitted on (--data): only these show which "
            "is better."
        )
    elif home.text("verdict") in ("worse", "mixed"):
        worse = [row.text("label") for row in home.rows("per_label") if row.text("verdict") == "worse"]
        where = f", first at {join(worse[:SHOWN])}" if worse else ""
        said.append(f"Find out why before B takes A's place{where}.")
    if any(report.fields(side).flag("has_rows") is False for side in ("a", "b")):
        said.append(
            "Keep rows.jsonl.gz beside every report.json: paired texts show much smaller differences than "
            "two reports alone."
        )
    if home.text("verdict") == "unknown" and not (untold(home) or other_texts(home) or _other_labels(report)):
        said.append(f"Label {LABEL_ROWS} texts or more and give them to both studies with --data.")
    elif not home or other_texts(home):
        said.append(
            "Run both studies with the same --data: only the same labelled texts show which is better."
        )
    changed = [d for d in report.rows("domains") if d.text("verdict") == "changed" and d.flag("paired")]
    if changed:
        listed = join([name(d.text("name")) for d in changed])
        said.append(
            f"Which of the two is right on {listed} no number here can say: label about {LABEL_ROWS} texts, "
            "and read the rows that changed most."
        )
    said += _unpaired(report)
    if home.text("verdict") == "better":
        said.insert(
            0,
            "Take B where texts are like those in domain: there it is better, and in no figure surely worse.",
        )
    return said or ["Nothing: take either."]


def _unpaired(report: Fields) -> list[str]:
    """What to do where the outside texts of the two are others; nothing where they are not known to be."""
    domains = report.rows("domains")
    apart = report.texts("domains_only_a") or report.texts("domains_only_b")
    others = [part for part in domains if pairing_tried(part) and not part.flag("paired")]
    if not others and (domains or not apart):
        return []
    if not _same_model(report):
        return ["Let both models study the same outside texts: only these show what a model changes there."]
    return [
        "To compare collections of texts by one model, join them in one file and name the column that tells "
        "them apart (goemox study --group-by COLUMN): that shows words and tests beside the shares. Label "
        f"about {LABEL_ROWS} texts of each before you quote a difference."
    ]


def labels(report: Fields) -> str:
    """Which labels B recognises better or worse than A, and that the rest are chance."""
    rows = report.fields("in_domain").rows("per_label")
    said = []
    for verdict in SURE:
        sure = [row for row in rows if leaning(row) == verdict]
        if sure:
            listed = [f"{row.text('label')} ({signed(row.number('difference'), 2)})" for row in sure[:SHOWN]]
            more = [plural(len(sure) - SHOWN, "other")] if len(sure) > SHOWN else []
            said.append(f"{verdict} at {join([*listed, *more])}")
    if said:
        rest = "at all other labels the difference is within chance or not tested."
        return joined([f"B is {join(said)}; {rest}", *too_good(report.fields("in_domain"))])
    if all(row.text("verdict") in ("same", "not tested") for row in rows):
        return "No label's F1 differs, as far as it was tested."
    return "No label's F1 differs beyond chance."
