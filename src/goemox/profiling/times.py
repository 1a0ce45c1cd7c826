"""From when to when the texts of a collection are, where it says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from goemox.profiling.written_dates import Moments, moments_of
from goemox.records import TextRecord

__all__ = ["TIME_NAMES", "TimeRange", "Times", "read_times"]

TIME_NAMES = (
    "created_at", "created_utc", "created", "created_on", "creation_date", "date_created", "published_at",
    "published", "posted_at", "submitted_at", "opened_at", "timestamp", "datetime", "time", "date", "datum",
    "updated_at", "updated",
)  # fmt: skip
"""Columns that a time is read from, the likeliest first; `createdAt` and `Created at` are the first, too."""

_EXAMPLE = 40  # characters that are shown of a date


@dataclass(frozen=True, slots=True)
class TimeRange:
    """first, last: in UTC, None where n = 0.

    n: rows with a time that can be read. unreadable: rows whose time cannot; column, example: of the first.
    slashes: what comes first in dates such as 03/04/2026, "day" or "month", by a number over 12 in one of
    them; "unknown" where none has such, "mixed" where they differ: these are unreadable. None without such.
    """

    first: datetime | None
    last: datetime | None
    n: int
    unreadable: int
    column: str | None = None
    example: str | None = None
    slashes: str | None = None

    def to_dict(self) -> dict[str, object]:
        """The range as JSON; times in ISO 8601."""
        return {
            "first": None if self.first is None else self.first.isoformat(),
            "last": None if self.last is None else self.last.isoformat(),
            "n": self.n,
            "unreadable": self.unreadable,
            "column": self.column,
            "example": self.example,
            "slashes": self.slashes,
        }

    def complaint(self) -> str | None:
        """One line on the dates that cannot be read, and what to write instead; None where all can be."""
        if not self.unreadable:
            return None
        n = self.n + self.unreadable
        what = f"column {self.column!r}: {self.unreadable:,} of {n:,} dates cannot be read"
        why = {
            "unknown": ", since no number over 12 tells the day from the month",
            "mixed": ", since some have the day first and others the month",
        }.get(self.slashes or "", "")
        return (
            f"{what} (such as {self.example!r}){why}; write them as 2026-03-14 or 14.03.2026 "
            "(choose another column with --date-column)"
        )


class _Range:
    """The first and the last of some times, and their number."""

    def __init__(self) -> None:
        self.n = 0
        self.first: datetime | None = None
        self.last: datetime | None = None

    def add(self, time: datetime | None) -> None:
        if time is not None:
            self.n += 1
            self.first = time if self.first is None else min(self.first, time)
            self.last = time if self.last is None else max(self.last, time)


class Times:
    """The first and last time of the rows seen so far; which part of 03/04/2026 is the day, all say together.

    column: where the times stand; None = the first of `TIME_NAMES` with one that can be read.
    """

    def __init__(self, column: str | None = None) -> None:
        self._column = column
        self._sure, self._day_first, self._month_first = _Range(), _Range(), _Range()
        self._only_day_first = self._only_month_first = 0
        self._n_slashed = self._unreadable = 0
        self._bad: tuple[str, str] | None = None
        self._slashed: tuple[str, str] | None = None

    def add(self, record: TextRecord) -> None:
        """Take in one row; one without any of the columns counts nowhere."""
        written = _written(record, self._column)
        if written is None:
            return
        shown = written.column, str(written.value)[:_EXAMPLE]
        moments = written.moments
        if moments is None:
            self._unreadable += 1
            self._bad = self._bad or shown
        elif not moments.slashed:
            self._sure.add(moments.day_first)
        else:
            self._n_slashed += 1
            self._slashed = self._slashed or shown
            self._only_day_first += moments.month_first is None
            self._only_month_first += moments.day_first is None
            self._day_first.add(moments.day_first)
            self._month_first.add(moments.month_first)

    @property
    def slashes(self) -> str | None:
        """As `TimeRange.slashes`."""
        if not self._n_slashed:
            return None
        if self._only_day_first and self._only_month_first:
            return "mixed"
        return "day" if self._only_day_first else "month" if self._only_month_first else "unknown"

    def range(self) -> TimeRange | None:
        """From when to when; None where no row has a time."""
        slashes = self.slashes
        read = {"day": self._day_first, "month": self._month_first}.get(slashes or "", _Range())
        unreadable = self._unreadable + self._n_slashed - read.n
        if not self._sure.n + read.n + unreadable:
            return None
        ends = [time for each in (self._sure, read) for time in (each.first, each.last) if time is not None]
        found = TimeRange(
            min(ends, default=None),
            max(ends, default=None),
            self._sure.n + read.n,
            unreadable,
            slashes=slashes,
        )
        bad = (self._slashed if self._n_slashed > read.n else None) or self._bad
        return found if bad is None else replace(found, column=bad[0], example=bad[1])


def read_times(records: Sequence[TextRecord], column: str | None = None) -> list[datetime | None]:
    """The time of each row in UTC, None where it has none or it cannot be read. column: as in `Times`."""
    times = Times(column)
    for record in records:
        times.add(record)
    day_first, known = times.slashes == "day", times.slashes in ("day", "month")
    found: list[datetime | None] = []
    for record in records:
        written = _written(record, column)
        moments = None if written is None else written.moments
        if moments is None or (moments.slashed and not known):
            found.append(None)
        else:
            found.append(moments.day_first if day_first or not moments.slashed else moments.month_first)
    return found


class _Written(NamedTuple):
    column: str
    value: object
    moments: Moments | None


def _written(record: TextRecord, column: str | None) -> _Written | None:
    """When a row says it was made: what can be read before what cannot. None where it does not say."""
    if column is not None:
        value = record.meta.get(column)
        return None if value is None or value == "" else _Written(column, value, moments_of(value))
    if record.created_at is not None:
        return _Written("created_at", record.created_at, moments_of(record.created_at))
    unreadable = None
    ranked = sorted((rank, name) for name in record.meta if (rank := _rank(name)) is not None)
    for _, name in ranked:
        value = record.meta[name]
        if value is None or value == "" or isinstance(value, bool):
            continue
        moments = moments_of(value)
        if moments is not None:
            return _Written(name, value, moments)
        unreadable = unreadable or _Written(name, value, None)
    return unreadable


@lru_cache(maxsize=4096)
def _rank(name: str) -> int | None:
    """How likely a column holds the time, 0 the likeliest; None for one that is not called so."""
    return _RANKS.get(_letters(name))


def _letters(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


_RANKS = {_letters(name): rank for rank, name in enumerate(TIME_NAMES)}
