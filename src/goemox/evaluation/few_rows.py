"""Rows too few for a figure to stand on: the one rule that `evaluate` and `adapt` quote and speak by."""

from __future__ import annotations

from collections.abc import Sequence

from goemox.evaluation.mapping import LabelMapping
from goemox.evaluation.metrics import FEWEST
from goemox.evaluation.sample import LabelledSample
from goemox.labels import GROUPINGS, is_goemotions
from goemox.wording import plural

__all__ = ["FEW", "macro_f1_notes", "repeats", "too_few", "unsteady"]

FEW = 100  # rows below which no model is to be judged by its figures

MANY_REPEATS = 0.01  # share of rows from which on repeats narrow every interval by more than rounding

UNSTEADY = {
    "macro_f1": None, "mean_average_precision": None, "ekman_macro_f1": "ekman",
    "sentiment_macro_f1": "sentiment",
}  # fmt: skip
"""Averages over labels, and the grouping whose labels they average; None = the labels themselves."""


def unsteady(sample: LabelledSample) -> frozenset[str]:
    """Averages over labels of which one has fewer than `FEWEST` rows: no bootstrap tells how sure they are.

    A label of two rows is missing from every seventh resample, where its F1 falls to 0, and one without a row
    counts 0 whatever the model can do: of samples of 500 GoEmotions rows, the interval held the macro-F1 of
    all rows in 42 of 100 (docs/decisions/0023-macro-f1-of-few-rows.md). The mean average precision leaves out
    labels without a row, and of those of one or two says what their luck was.
    """
    found = set()
    for name, grouping in UNSTEADY.items():
        support = sample.support[sample.judged.any(axis=0)]
        if grouping is not None:
            if not (sample.complete and is_goemotions(sample.labels)):
                continue
            support = LabelMapping.of(GROUPINGS[grouping], sample.labels).decisions(sample.truth).sum(axis=0)
        if (support < FEWEST).any():
            found.add(name)
    return frozenset(found)


def macro_f1_notes(supports: Sequence[int], steadier: str) -> list[str]:
    """What few rows of its labels do to a macro-F1, as sentences without a full stop.

    supports: true rows of each label that somebody looked for. steadier: the figures that stand on more.
    """
    notes = []
    absent, rare = sum(n == 0 for n in supports), sum(n < FEWEST for n in supports)
    labels = plural(len(supports), "label")
    if absent:
        have = "has" if absent == 1 else "have"
        notes.append(f"{absent} of {labels} {have} no true row here; macro-F1 counts each as 0")
    if rare:
        have, stand = "has" if rare == 1 else "have", "stand" if " and " in steadier else "stands"
        notes.append(
            f"macro-F1 has no interval: {rare} of {labels} {have} fewer than {FEWEST} rows, so that chance "
            f"decides on it, and on mean average precision; {steadier} {stand} on more"
        )
    return notes


def repeats(n_repeats: int, n: int) -> str:
    """What rows that repeat an earlier one do to intervals and tests; nothing of a few among many."""
    if n_repeats < MANY_REPEATS * n or not n_repeats:
        return ""
    rows = f"{n_repeats:,} of {plural(n, 'row')} {'repeats' if n_repeats == 1 else 'repeat'}"
    return (
        f"{rows} an earlier text with the same labels; each counts as a text of its own, so that intervals "
        "are too narrow and tests find too much: leave them out"
    )


def too_few(n: int) -> str:
    """`40 texts are too few to judge a model by`, or nothing from `FEW` on."""
    texts = plural(n, "text is", "texts are")
    return f"{texts} too few to judge a model by; label {FEW} or more" if n < FEW else ""
