"""From when to when the texts of a collection are, where it says so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from goemox.records import TextRecord

__all__ = ["TIME_NAMES", "TimeRange", "Times", "time_of", "written_time"]

TIME_NAMES = ("created_at", "created_utc", "published_at", "timestamp", "datetime", "time", "date")
"""Columns that a time is read from, the likeliest first."""

_EARLIEST_SECONDS = 100_000_000  # 1973; a smaller number, such as a year, is no Unix time
_LATEST_SECONDS = 100_000_000_000  # a larger number counts milliseconds
_DIGITS_OF_SECONDS = 9  # at least; a date such as 20240131 has eight


@dataclass(frozen=True, slots=True)
class TimeRange:
    """first, last: in UTC, None where n = 0.

    n: rows with a time that can be read. unreadable: rows whose time cannot.
    """

    first: datetime | None
    last: datetime | None
    n: int
    unreadable: int

    def to_dict(self) -> dict[str, object]:
        """The range as JSON; times in ISO 8601."""
        return {
            "first": None if self.first is None else self.first.isoformat(),
            "last": None if self.last is None else self.last.isoformat(),
            "n": self.n,
            "unreadable": self.unreadable,
        }


class Times:
    """The first and last time of the rows seen so far."""

    def __init__(self) -> None:
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._n = self._unreadable = 0

    def add(self, record: TextRecord) -> None:
        """Take in one row; one without any of the columns counts nowhere."""
        value = written_time(record)
        if value is None:
            return
        time = time_of(value)
        if time is None:
            self._unreadable += 1
            return
        self._n += 1
        self._first = time if self._first is None else min(self._first, time)
        self._last = time if self._last is None else max(self._last, time)

    def range(self) -> TimeRange | None:
        """From when to when; None where no row has a time."""
        if not self._n and not self._unreadable:
            return None
        return TimeRange(self._first, self._last, self._n, self._unreadable)


def written_time(record: TextRecord) -> object:
    """When a row says it was made, as it says it; None where it does not. Read it with `time_of`."""
    return record.created_at or next((v for name in TIME_NAMES if (v := record.meta.get(name))), None)


def time_of(value: object) -> datetime | None:
    """ISO 8601 text, or Unix time as number or text, as a time in UTC (without a zone: taken as UTC)."""
    try:
        if isinstance(value, str):
            return _time_of_text(value.strip())
        if isinstance(value, datetime):
            return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        if not _EARLIEST_SECONDS <= value < math.inf:
            return None
        return datetime.fromtimestamp(value / 1_000 if value > _LATEST_SECONDS else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _time_of_text(text: str) -> datetime | None:
    whole, _, fraction = text.partition(".")
    if len(whole) >= _DIGITS_OF_SECONDS and (whole + fraction).isdigit():
        return time_of(float(text))  # before ISO 8601, which reads 1611121310123 as a day of 1611
    try:
        return time_of(datetime.fromisoformat(text))
    except ValueError:
        return time_of(float(text))
