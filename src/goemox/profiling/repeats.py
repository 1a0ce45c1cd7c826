"""Texts that say again what an earlier row says: found and counted, never dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from goemox.data.splits import normalised
from goemox.profiling.first_seen import FirstSeen, Ids, digests
from goemox.profiling.near import near_key
from goemox.records import TextRecord

__all__ = ["Group", "Mark", "RepeatCounts", "Repeats"]

SHOWN = 5
_SHOWN_CHARACTERS = 200
_GROUPS = 100_000  # groups of repeats whose size is kept, for the examples; the counts themselves are exact


@dataclass(frozen=True, slots=True)
class Mark:
    """What an earlier row has to do with this one.

    duplicate_of: the id of the first row that says the same; None = none does.
    kind: "same" = equal when `normalised`; "near" = equal by `near_key` only.
    """

    duplicate_of: str | None = None
    kind: Literal["same", "near"] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that repeat one another: their number with the first of them, its id, and a later one's text."""

    n: int
    first_id: str
    text: str


@dataclass(frozen=True, slots=True)
class RepeatCounts:
    """How many rows repeat an earlier one, their share of all rows in [0, 1], and the largest groups."""

    n: int
    share: float
    examples: tuple[Group, ...]

    def to_dict(self) -> dict[str, object]:
        """The counts as JSON."""
        return asdict(self)


class Repeats:
    """Finds rows that repeat earlier ones, in one pass; some 45 bytes a row, and the row's id."""

    def __init__(self) -> None:
        self._same, self._near, self._ids = FirstSeen(), FirstSeen(), Ids()
        self._groups = {"same": _Groups(), "near": _Groups()}

    def add(self, records: Sequence[TextRecord]) -> list[Mark]:
        """Take in the next rows and mark each of them."""
        start = len(self._ids)
        for record in records:
            self._ids.append(record.id)
        forms = [normalised(record.text) for record in records]
        same = self._same.rows(digests(forms), start)
        near = self._near.rows(digests([near_key(form) for form in forms]), start)
        return [
            self._mark(start + offset, record.text, first_same, first_near)
            for offset, (record, first_same, first_near) in enumerate(
                zip(records, same.tolist(), near.tolist(), strict=True)
            )
        ]

    def counts(self, kind: Literal["same", "near"]) -> RepeatCounts:
        """All that repeat an earlier row in this way; a row that is the same is not counted as near."""
        groups = self._groups[kind]
        largest = sorted(groups.sizes.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
        examples = tuple(Group(n + 1, self._ids[row], groups.texts[row]) for row, n in largest)
        return RepeatCounts(groups.n, groups.n / max(1, len(self._ids)), examples)

    def _mark(self, row: int, text: str, same: int, near: int) -> Mark:
        kind: Literal["same", "near"]
        if same != row:
            kind, first = "same", same
        elif near != row:
            kind, first = "near", near
        else:
            return Mark()
        self._groups[kind].add(first, text)
        return Mark(self._ids[first], kind)


class _Groups:
    """Sizes of groups by the row of their first member, which itself is not counted."""

    def __init__(self) -> None:
        self.n = 0
        self.sizes: dict[int, int] = {}
        self.texts: dict[int, str] = {}

    def add(self, first: int, text: str) -> None:
        self.n += 1
        if first in self.sizes:
            self.sizes[first] += 1
        elif len(self.sizes) < _GROUPS:
            self.sizes[first] = 1
            self.texts[first] = text[:_SHOWN_CHARACTERS]
