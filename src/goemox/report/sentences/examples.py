"""What stands above the example rows, and how each kind of them was chosen, in words."""

from __future__ import annotations

from collections.abc import Sequence

from goemox.report.fields import Fields
from goemox.studies.examples import Kind

__all__ = ["kinds", "lead"]

KINDS = {
    Kind.RANDOM: "Each text as likely as the next, but for the few that stand under another kind.",
    Kind.MISTAKE: "A label given that people did not give, with the highest score; one text a label. "
    "People err too.",
    Kind.MISSED: "A label that people gave and the model did not, with the smallest part of the label's mean "
    "score; one text a label.",
    Kind.CERTAIN: "For each emotion the text that scores highest for it; the highest of these.",
    Kind.TYPICAL: "Scores nearest to the mean score of every label of the set.",
    Kind.SURPRISING: "Sure of what is rare in the set: the sum over the labels given of score times "
    "surprise, −log₂ of the share of the set's texts that are given the label; one text a label, from 1 bit "
    "on.",
    Kind.DOUBTFUL: "The lowest of the highest scores.",
    Kind.FARTHEST: "The highest distance percentile.",
}
UNSEEN = (
    "A label is given where its score passes the label's own cut, so that a lower score may be given and a "
    "higher one not. Characters that cannot be seen are written out in a box."
)


def lead(rows: Sequence[Fields]) -> str:
    """Whether the rows stand for their texts: only drawn ones do."""
    found = {row.text("why") for row in rows}
    if found == {Kind.RANDOM}:
        return f"A sample of the texts, drawn at random. {UNSEEN}"
    if Kind.RANDOM in found:
        return (
            "A sample of the texts. Only those drawn at random stand for all but the chosen ones, which are "
            f"shown for what they are, and say nothing of how often it happens. {UNSEEN}"
        )
    return f"Chosen for what they show, not drawn at random: they do not stand for all texts. {UNSEEN}"


def kinds(rows: Sequence[Fields]) -> tuple[tuple[str, str], ...]:
    """Each kind of row that is there and what it means; kinds that only other versions know are left out."""
    found = {row.text("why") for row in rows}
    return tuple((kind.value, words) for kind, words in KINDS.items() if kind in found)
