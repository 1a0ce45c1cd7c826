"""What two studies answer differently on texts that nobody labelled, in words."""

from __future__ import annotations

from goemox.domain_shift.limits import MIN_TEXTS
from goemox.report.fields import Fields
from goemox.report.formats import count, decimal
from goemox.report.sentences.references import reference_words
from goemox.report.sentences.verdicts import joined
from goemox.report.texts import name
from goemox.wording import join, percent, plural

__all__ = ["domain", "left_out", "other_reference", "outside", "pairing_tried"]

SHOWN = 3  # labels that a sentence names


def outside(report: Fields) -> list[str]:
    """One sentence for each set of outside texts that both studies have."""
    domains = report.rows("domains")
    if not domains:
        return ["No set of outside texts is in both studies; sets are matched by their names."]
    return [domain(report, each) for each in domains]


def domain(report: Fields, part: Fields) -> str:
    """What B answers differently than A on one set of outside texts."""
    return joined([_answers(report, part), _far_out(part)])


def _answers(report: Fields, part: Fields) -> str:
    where, found = name(part.text("name")), part.text("verdict")
    if part.text("source") == "sample":
        where = f"{where} (written for goemox: never evidence)"
    if found == "unknown":
        sizes = f"{count(part.number('n_a'))} in A, {count(part.number('n_b'))} in B"
        return f"{where} has too few texts to compare ({sizes}; {MIN_TEXTS} are needed)."
    if not part.flag("paired"):
        return _apart(report, part, where)
    n, changed = plural(part.number("n") or 0, "text"), part.fields("changed")
    if found == "same":
        return f"On {where} there is no difference: the same labels and scores for {n}."
    if found == "same labels":
        largest = decimal(part.fields("score_change").number("largest"), 4)
        return f"On {where} {n} keep all their labels; no score moves by more than {largest}."
    low, high = (percent(changed.number(end)) for end in ("low", "high"))
    moved = f"{percent(changed.number('share'))} of {n} get other labels (95% interval {low} to {high})"
    others = left_out(part.fields("pairs"))
    rest = f" Left out: {others}." if others else ""
    if found == "within chance":
        return f"On {where} {moved}, but no label's share moves beyond chance.{rest}"
    return f"On {where} {moved}: {_moved(part)}.{rest}"


def other_reference(part: Fields) -> bool:
    """Whether the two studies measured from other texts how far those of one set lie out."""
    one, other = (_reference(part, side) for side in ("a", "b"))
    return bool(one) and bool(other) and one != other


def _reference(part: Fields, side: str) -> str:
    return reference_words(part.fields(f"reference_{side}"))


def _far_out(part: Fields) -> str:
    """That shares of far texts are not comparable; nothing where both are measured from the same texts."""
    shares = [(part.fields("share_outside").number(side), side) for side in ("a", "b")]
    if not other_reference(part) or any(share is None for share, _ in shares):
        return ""
    sides = [
        f"{percent(share)} in {side.upper()} (measured from {_reference(part, side)})"
        for share, side in shares
    ]
    return f"Far out lie {join(sides)}: two measures, so these shares cannot be compared."


def left_out(pairs: Fields) -> str:
    """Rows that have no partner in the other study, and why; empty where all have one."""
    left = [
        (pairs.count("n_only_a"), "only in A"),
        (pairs.count("n_only_b"), "only in B"),
        (pairs.count("n_changed_text"), "changed under the same id"),
        (pairs.count("n_changed_truth"), "labelled differently in B"),
        (pairs.count("n_repeated"), "of an id or text that repeats"),
    ]
    return join([f"{count(number)} {what}" for number, what in left if number])


def pairing_tried(part: Fields) -> bool:
    """Whether the rows of both studies were set side by side; without them nobody knows the texts apart."""
    return bool(part.fields("pairs"))


def _apart(report: Fields, part: Fields, where: str) -> str:
    sizes = _sizes(part)
    if part.text("verdict") == "within chance":
        return f"On {where} ({sizes}) no label's share differs beyond chance."
    return f"On {where} ({sizes}) shares differ: {_moved(part)}; {_why(report, part)}."


def _sizes(part: Fields) -> str:
    """How many texts the two sides hold, and whether they are others."""
    a, b = part.number("n_a"), part.number("n_b")
    same = part.fields("pairs").count("n_matched")
    if same:
        few = f"fewer than {MIN_TEXTS}, so not paired"
        return f"{count(a)} texts in A and {count(b)} in B, {count(same)} of them the same: {few}"
    if pairing_tried(part):
        return f"{count(a)} texts in A and {count(b)} others in B, not paired"
    may = "may be the same" if a == b else "may overlap"
    return f"{count(a)} texts in A and {count(b)} in B, which cannot be paired and {may}"


def _why(report: Fields, part: Fields) -> str:
    """What may make the shares of unpaired texts differ: the texts, the rule or the model."""
    found = report.fields("comparable")
    ruled = found.flag("same_calibration") is not False and not found.texts("thresholds_changed")
    tried = pairing_tried(part)
    if found.flag("same_model") and ruled:
        known = "so it is the texts" if tried else "but whether the texts are is not known"
        return f"the model is the same, {known}"
    other = "rule" if found.flag("same_model") else "model"
    both = f"texts and {other} differ" if tried else f"the {other} differs and the texts may"
    return f"{both}, so either may be why"


def _moved(part: Fields) -> str:
    """`more often approval (3.2%, was 1.8%), less often neutral (92%, was 97%)`."""
    said = []
    for verdict, words in (("more", "more often"), ("less", "less often")):
        rows = [row for row in part.rows("label_share") if row.text("verdict") == verdict]
        rows.sort(key=lambda row: -abs(row.number("difference") or 0.0))
        listed = [
            f"{row.text('label')} ({percent(row.number('b'))}, was {percent(row.number('a'))})"
            for row in rows[:SHOWN]
        ]
        more = len(rows) - len(listed)
        if more > 0:
            listed.append(plural(more, "other"))
        if listed:
            said.append(f"{words} {join(listed)}")
    return ", ".join(said)
