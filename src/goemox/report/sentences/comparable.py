"""Whether two studies may be compared: the same model, rule and texts, or what differs."""

from __future__ import annotations

from goemox.data.marked_rows import figures_mislead
from goemox.report.fields import Fields
from goemox.report.sentences.compared_answers import left_out
from goemox.report.sentences.fitted import fitted_by, too_good
from goemox.report.texts import name
from goemox.wording import join, plural

__all__ = ["comparable", "other_texts"]


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
        home = report.fields("in_domain")
        but = (
            ", but those in domain, which are over each model's own"
            if home and not home.flag("paired")
            else ""
        )
        said.append(f"The label sets differ: {join(sides)}; all figures here are over what they share{but}.")
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
    """`B's was fitted by goemox adapt on 30 rows of hand.csv.`; nothing for a model's own rule."""
    by = fitted_by(report.fields(side).fields("model"))
    return f"{side.upper()}'s was {by}." if by else ""


def _names(report: Fields) -> str:
    one, other = (name(report.fields(side).fields("model").text("name")) for side in ("a", "b"))
    which = "two models of the same name" if one == other else f"A used {one}, B {other}"
    return f"The models differ: {which}"


def _of(number: int, total: int) -> str:
    return f"all {plural(total, 'label')}" if number == total else f"{number} of {plural(total, 'label')}"


def _home(home: Fields) -> list[str]:
    if not home:
        return ["Not both hold in-domain figures, so quality is not compared."]
    if other_texts(home):
        sets = join([f"{name(home.text(f'name_{s}'))}, {_texts(home, s)}" for s in ("a", "b")])
        return [f"Their in-domain sets differ ({sets}), so which model is better cannot be told from them."]
    if home.flag("paired"):
        return [f"In domain {_matched(home)}.", *too_good(home), *_marked(home)]
    return [
        "In-domain figures are compared by the two reports' own intervals, which are wider than paired ones.",
        *too_good(home),
        *_marked(home),
    ]


def _marked(home: Fields) -> list[str]:
    """What is wrong with figures on rows that were picked, or labelled with suggestions in sight."""
    keys = ("n_informative", "n_suggested", "n")
    told = {
        side.upper(): figures_mislead(*(home.count(f"{key}_{side}") or 0 for key in keys))
        for side in ("a", "b")
    }
    if told["A"] == told["B"]:
        return [f"Of the labelled texts, {told['A']}."] if told["A"] else []
    return [f"Of {side}'s labelled texts, {words}." for side, words in told.items() if words]


def other_texts(home: Fields) -> bool:
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
    shifted = " (matched by their words, since fewer have the same id and text)"
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


def _listed(labels: tuple[str, ...]) -> str:
    return join([*labels[:5], *([plural(len(labels) - 5, "other")] if len(labels) > 5 else [])])
