"""Rows that say how they came about: picked as informative, or labelled with the model's answers in sight.

`goemox sample` and `goemox label` leave the marks in a row's other columns (`TextRecord.meta`). Figures on
such rows are none of all texts, or flatter the model, and whoever reads them is told.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from goemox.records import TextRecord
from goemox.scores import Bools
from goemox.wording import plural

__all__ = [
    "INFORMATIVE",
    "RANDOM",
    "SAMPLING",
    "SUGGESTED",
    "counted",
    "figures_mislead",
    "how_drawn",
    "informative",
    "is_informative",
    "marked",
    "suggested",
]

SAMPLING = "sampling"
"""The column that says how a row was chosen."""

RANDOM = "random"
"""What that column says of rows that stand for all texts."""

INFORMATIVE = "informative"
"""What it says of rows that were chosen for the model's doubts."""

SUGGESTED = "suggested"
"""The column that is true where the rater saw the model's answers."""


def is_informative(record: TextRecord) -> bool:
    """Whether a row says that it was picked as informative; one without the mark does not."""
    return how_drawn(record) == INFORMATIVE


def how_drawn(record: TextRecord) -> str:
    """What a row says of how it was chosen, in lower case: `RANDOM`, `INFORMATIVE`, another word or ""."""
    return _mark(record, SAMPLING)


def _mark(record: TextRecord, column: str) -> str:
    """A cell in lower case; "" where there is none. The column's name may be written in any case."""
    if column not in record.meta:
        column = next((name for name in record.meta if name.strip().casefold() == column), column)
    value = record.meta.get(column)
    return "" if value is None else str(value).strip().lower()


def informative(records: Sequence[TextRecord]) -> Bools:
    """Which rows say that they were picked as informative, (n,)."""
    return np.array([is_informative(record) for record in records], dtype=np.bool_)


def suggested(records: Sequence[TextRecord]) -> Bools:
    """Which rows say that they were labelled with suggestions in sight, (n,); a CSV says it in words."""
    marks = (_mark(record, SUGGESTED) for record in records)
    return np.array([mark in ("true", "1") for mark in marks], dtype=np.bool_)


def marked(records: Sequence[TextRecord]) -> Bools:
    """Which rows no figure should rest on, for either reason, (n,)."""
    return informative(records) | suggested(records)


def counted(records: Sequence[TextRecord]) -> dict[str, int]:
    """How many rows are marked, as reports hold it and `figures_mislead` takes it."""
    return {"n_informative": int(informative(records).sum()), "n_suggested": int(suggested(records).sum())}


def figures_mislead(n_informative: int, n_suggested: int, n: int) -> str:
    """What is wrong with figures on n rows of which so many are marked, in a sentence; "" where none is."""
    told = {
        "picked as informative": (n_informative, "do not stand for all texts"),
        "labelled with suggestions in sight": (n_suggested, "flatter the model"),
    }
    found = [(count, how, why) for how, (count, why) in told.items() if count]
    if not found:
        return ""
    (first, how, _), *others = found
    rows = f"{first:,} of {plural(n, 'row')} {'was' if first == 1 else 'were'} {how}"
    rows += "".join(f" and {count:,} {how}" for count, how, _ in others)
    these = "it" if sum(count for count, _, _ in found) == 1 else "them"
    return f"{rows}: figures {' and '.join(why for _, _, why in found)}; leave {these} out"
