"""What two studies side by side say: whether they may be compared, what got better, what changed."""

from __future__ import annotations

from goemox.domain_shift.limits import MIN_TEXTS
from goemox.report.fields import Fields
from goemox.report.formats import decimal, signed
from goemox.report.sections.in_domain import METRICS
from goemox.report.sentences.compared_answers import left_out, outside
from goemox.report.texts import name
from goemox.wording import join, plural

__all__ = ["SURE", "TITLES", "answers", "comparable", "figure", "headline", "quality", "what_next"]

SURE = ("better", "worse")
LABEL_ROWS = 100
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
    found = report.fields("in_domain").text("verdict")
    verdicts = {d.text("verdict") for d in report.rows("domains") if d.text("source") != "sample"}
    if found in SURE:
        return f"B is {found} than A in domain."
    if found == "mixed":
        return "B is better than A in some in-domain figures and worse in others."
    everything = {d.text("verdict") for d in report.rows("domains")} | ({found} if found else set())
    apart = report.texts("domains_only_a") or report.texts("domains_only_b")
    if everything and everything <= {"same"} and not apart:
        return "No difference: both studies say the same of the texts that both read."
    if apart and not report.rows("domains") and found in ("same", "within chance"):
        beyond = "" if found == "same" else " beyond chance"
        return f"No difference in domain{beyond}; their outside texts have no set in common to compare."
    if _collections(report) and verdicts & {"changed", "within chance"}:
        differ = "labels differ" if "changed" in verdicts else "labels do not differ beyond chance"
        why = "" if _same_model(report) or "changed" not in verdicts else ", by texts or by model"
        return f"No text of A is paired with one of B: these are two collections, whose {differ}{why}."
    if "changed" in verdicts:
        beside = (
            " In domain there is no difference beyond chance." if found in ("same", "within chance") else ""
        )
        return f"B labels outside texts differently than A.{beside}"
    if everything & {"same", "same labels", "within chance"}:
        return "No difference beyond chance."
    return "Nothing in these two studies can be compared."


def _collections(report: Fields) -> bool:
    """Whether the studies have sets of one name, but no text that both scored."""
    domains = report.rows("domains")
    return bool(domains) and not any(part.flag("paired") for part in (*domains, report.fields("in_domain")))


def _same_model(report: Fields) -> bool:
    return report.fields("comparable").flag("same_model") is True


def comparable(report: Fields) -> list[str]:
    """Whether the models, their rules and their texts are the same."""
    found = report.fields("comparable")
    said = [_models(report, found)]
    only_a, only_b = found.texts("labels_only_a"), found.texts("labels_only_b")
    if only_a or only_b:
        sides = [
            f"{plural(len(only), 'label')} only in {side} ({_listed(only)})"
            for side, only in (("A", only_a), ("B", only_b))
            if only
        ]
        said.append(f"The label sets differ: {join(sides)}; all figures here are over what they share.")
    if found.flag("same_version") is False:
        versions = [report.fields(side).text("goemox_version") or "unknown" for side in ("a", "b")]
        said.append(f"They were made by different versions of goemox ({versions[0]} and {versions[1]}).")
    if found.flag("same_seed") is False:
        said.append("Their seeds differ, which moves intervals and samples a little, never scores.")
    said += [*_home(report.fields("in_domain")), *_missing(report)]
    return said


def _models(report: Fields, found: Fields) -> str:
    if found.flag("same_kind") is False:
        return f"{_names(report)}: one decides label by label, the other gives each text one label."
    parts = _ruled(report, found)
    ruled = f", with {join(parts)}" if parts else ""
    fitted = "".join(f" {words}" for side in ("a", "b") if (words := _fitted(report, side)))
    if found.flag("same_model"):
        if parts:
            return f"Both used the same model file{ruled}.{fitted}"
        if found.flag("same_calibration") is None:
            return (
                "Both used the same model file and thresholds; whether its calibration is the same the "
                "studies do not say."
            )
        return f"Both used the same model file and rule.{fitted}"
    if found.flag("same_model") is None:
        return "The studies do not say whether their models are the same."
    return f"{_names(report)}{ruled}.{fitted}"


def _ruled(report: Fields, found: Fields) -> list[str]:
    """What of the decision rule differs from A to B."""
    total = len(found.texts("labels"))
    maps, cuts = found.texts("calibrators_changed"), found.texts("thresholds_changed")
    parts = [f"another calibration for {_of(len(maps), total)}"] if maps else []
    parts += [f"other thresholds for {_of(len(cuts), total)}"] if cuts else []
    if found.flag("same_fallback") is False:
        parts.append("another answer to texts below all thresholds")
    if found.flag("same_conformal") is False:
        promises = [bool(report.fields(side).fields("model").fields("conformal")) for side in ("a", "b")]
        held = {(True, False): " (only A promises any)", (False, True): " (only B promises any)"}
        parts.append(f"other prediction sets{held.get((promises[0], promises[1]), '')}")
    return parts


def _fitted(report: Fields, side: str) -> str:
    """`B's rule was fitted by goemox adapt on 30 rows of hand.csv.`; nothing for a model's own rule."""
    adapted = report.fields(side).fields("model").fields("adapted")
    if not adapted.text("by"):
        return ""
    rows = f"{plural(adapted.count('n') or 0, 'row')} of {name(adapted.text('name'))}"
    return f"{side.upper()}'s was fitted by goemox {adapted.text('by')} on {rows}."


def _names(report: Fields) -> str:
    one, other = (name(report.fields(side).fields("model").text("name")) for side in ("a", "b"))
    which = "two models of the same name" if one == other else f"A used {one}, B {other}"
    return f"The models differ: {which}"


def _of(number: int, total: int) -> str:
    return f"all {plural(total, 'label')}" if number == total else f"{number} of {plural(total, 'label')}"


def _home(home: Fields) -> list[str]:
    if not home:
        return ["Not both hold in-domain figures, so quality is not compared."]
    if _other_texts(home):
        sets = join([f"{name(home.text(f'name_{s}'))}, {_texts(home, s)}" for s in ("a", "b")])
        return [f"Their in-domain sets differ ({sets}), so which model is better cannot be told from them."]
    if home.flag("paired"):
        return [f"In domain {_matched(home)}."]
    return [
        "In-domain figures are compared by the two reports' own intervals, which are wider than paired ones."
    ]


def _other_texts(home: Fields) -> bool:
    """Whether the two in-domain sets cannot be of the same texts."""
    if home.flag("paired"):
        return False
    return home.flag("same_set") is False or home.number("n_a") != home.number("n_b")


def _texts(home: Fields, side: str) -> str:
    return plural(home.number(f"n_{side}") or 0, "text")


def _matched(part: Fields) -> str:
    """`5,427 texts are in both and were compared one by one; 12 are only in A`."""
    pairs = part.fields("pairs")
    others = left_out(pairs)
    shifted = " (matched by their words: ids are row numbers here, and differ)"
    unknown = " (matched by id alone: these rows do not say which text they are)"
    how = shifted if pairs.flag("renumbered") else "" if pairs.flag("by_text") else unknown
    both = plural(part.count("n") or 0, "text is", "texts are")
    return f"{both} in both and compared one by one{how}{f'; left out: {others}' if others else ''}"


def _missing(report: Fields) -> list[str]:
    without = [side.upper() for side in ("a", "b") if report.fields(side).flag("has_rows") is False]
    said = []
    if without:
        said.append(f"There is no rows.jsonl.gz beside {join(without)}, so texts could not be paired.")
    for side in ("a", "b"):
        only = report.texts(f"domains_only_{side}")
        if only:
            said.append(f"Only {side.upper()} studied {join([name(each) for each in only])}.")
    return said


def quality(report: Fields) -> str:
    """Whether B is better in domain, as strongly as the tests allow."""
    home = report.fields("in_domain")
    found, rows = home.text("verdict"), home.rows("metrics")
    if not home or not rows:
        return "That cannot be told: not both studies hold in-domain figures."
    if found == "unknown" and _other_texts(home):
        return "That cannot be told: the two studies measured it on different texts."
    if found == "unknown":
        return _untested(rows)
    if found == "same":
        if home.flag("paired"):
            n = plural(home.number("n") or 0, "labelled text")
            return f"There is no difference: B gives the same answers as A to the same {n}."
        return "There is no difference: both reports state the same in-domain figures."
    if found == "within chance":
        together = "" if len(rows) == 1 else f" once all {len(rows)} are tested together"
        return f"No in-domain figure differs beyond chance{together} ({figure(_leading(rows))})."
    parts = []
    for verdict in SURE:
        sure = [row for row in rows if row.text("verdict") == verdict]
        if sure:
            others = f"; {verdict} in {_of_figures(len(sure), len(rows))}" if len(sure) > 1 else ""
            parts.append(f"B is {verdict} in {figure(sure[0])}{others}")
    end = "" if len(parts) > 1 else " No figure surely goes the other way."
    return f"{'. '.join(parts)}.{end}"


def _untested(rows: tuple[Fields, ...]) -> str:
    """Too few texts to test anything: the figures stand side by side, without a verdict."""
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
    if home.text("verdict") in ("worse", "mixed"):
        worse = [row.text("label") for row in home.rows("per_label") if row.text("verdict") == "worse"]
        where = f", first at {join(worse[:SHOWN])}" if worse else ""
        said.append(f"Find out why before B takes A's place{where}.")
    if any(report.fields(side).flag("has_rows") is False for side in ("a", "b")):
        said.append(
            "Keep rows.jsonl.gz beside every report.json: paired texts show much smaller differences than "
            "two reports alone."
        )
    if home.text("verdict") == "unknown" and not _other_texts(home):
        said.append(f"Label {LABEL_ROWS} texts or more and give them to both studies with --data.")
    elif not home or _other_texts(home):
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
    return said or ["Nothing: take either."]


def _unpaired(report: Fields) -> list[str]:
    """What to do where the outside texts of the two are others; nothing where all are paired."""
    domains = report.rows("domains")
    apart = report.texts("domains_only_a") or report.texts("domains_only_b")
    if all(part.flag("paired") for part in domains) and (domains or not apart):
        return []
    if not _same_model(report):
        return ["Let both models study the same outside texts: only these show what a model changes there."]
    return [
        "To compare collections of texts by one model, join them in one file and name the column that tells "
        "them apart (goemox study --group-by COLUMN): that shows words and tests beside the shares. Label "
        f"about {LABEL_ROWS} texts of each before you quote a difference."
    ]


def _listed(labels: tuple[str, ...]) -> str:
    return join([*labels[:5], *([plural(len(labels) - 5, "other")] if len(labels) > 5 else [])])


def labels(report: Fields) -> str:
    """Which labels B recognises better or worse than A, and that the rest are chance."""
    rows = report.fields("in_domain").rows("per_label")
    said = []
    for verdict in SURE:
        sure = [row for row in rows if row.text("verdict") == verdict]
        if sure:
            listed = [f"{row.text('label')} ({signed(row.number('difference'), 2)})" for row in sure[:SHOWN]]
            more = [plural(len(sure) - SHOWN, "other")] if len(sure) > SHOWN else []
            said.append(f"{verdict} at {join([*listed, *more])}")
    if said:
        return f"B is {join(said)}; at all other labels the difference is within chance or not tested."
    if all(row.text("verdict") in ("same", "not tested") for row in rows):
        return "No label's F1 differs, as far as it was tested."
    return "No label's F1 differs beyond chance."
