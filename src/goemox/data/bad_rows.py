"""Rows that cannot be used: remembered with their place, so that all others still can be."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

__all__ = ["RAW_LIMIT", "BadRow", "BadRowCounts"]

RAW_LIMIT = 2_000
"""Characters of a bad row that are kept for the report."""

_KEPT = 100


@dataclass(frozen=True, slots=True)
class BadRow:
    """One unusable row.

    where: `file:line`, lines counted as editors do; `file:row` for JSON arrays and Parquet, which have none.
    reason: what is wrong with it, and what to do where that is not obvious.
    raw: the row as it stands in the file, cut after `RAW_LIMIT` characters.
    """

    where: str
    reason: str
    raw: str

    def to_dict(self) -> dict[str, object]:
        """The JSON form, one line of `--errors FILE`."""
        return {"where": self.where, "reason": self.reason, "raw": self.raw}


class BadRowCounts(list[BadRow]):
    """A list that counts all rows by kind of reason but keeps the first hundred only: flat in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: Counter[str] = Counter()

    @property
    def n(self) -> int:
        """How many rows were counted, kept or not."""
        return self.kinds.total()

    def append(self, row: BadRow, /) -> None:
        """Count a row, and keep it if it is one of the first."""
        kind = re.split(r"; | \(", row.reason)[0]
        self.kinds[re.sub(r"\d+", "N", kind)] += 1
        if len(self) < _KEPT:
            super().append(row)
