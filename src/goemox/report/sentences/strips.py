"""Sentences for the score strips: which labels stand clear of the rest, which cuts go through their texts."""

from __future__ import annotations

from goemox.report.fields import Fields
from goemox.report.sentences.in_domain import RARE, the_labels
from goemox.wording import join, percent, plural

__all__ = ["score_strips"]

CLEAR = 0.75  # precision and recall from which a label stands clear of the rest
MOST = 0.5  # share of true texts below the cut from which it goes through the middle of them
NAMED = 3


def score_strips(report: Fields) -> str:
    """Labels with enough true texts that stand clear, and those whose cut leaves most of them below."""
    inside = report.fields("in_domain")
    scores = {row.text("label"): row for row in inside.rows("per_label")}
    clear, below, n_known = [], [], 0
    for strip in inside.rows("score_strips"):
        label, positives = strip.text("label"), sum(n or 0 for n in strip.numbers("positive"))
        above = strip.number("positive_above")
        if positives < RARE:
            continue
        n_known += 1
        found = [scores[label].number(key) for key in ("precision", "recall")] if label in scores else [None]
        if all(value is not None and value >= CLEAR for value in found):
            clear.append(label)
        if above is not None and 1 - above / positives >= MOST:
            below.append((1 - above / positives, label))
    if not n_known:
        return f"No label has {RARE} true texts, so no strip can be trusted."
    below.sort(key=lambda pair: -pair[0])
    said = []
    if clear:
        verb = "stands" if len(clear) == 1 else "stand"
        said.append(
            f"{the_labels(clear)} {join(clear)} {verb} clear of the rest: at least {CLEAR:.0%} of what is "
            f"given is right, and {CLEAR:.0%} of what is true is found."
        )
    if below:
        listed = [f"{label} ({percent(share)})" for share, label in below[:NAMED]]
        if len(below) > NAMED:
            listed.append(plural(len(below) - NAMED, "other label"))
        said.append(f"At least half of the true texts lie below the cut for {join(listed)}.")
    if not said:
        return "No label stands clear of the rest, and no cut leaves most of a label's true texts below it."
    return " ".join(said)
