"""Dates and times as files hold them -> points in time, with both readings of what has two."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from typing import NamedTuple

__all__ = ["Moments", "moments_of"]

_EARLIEST_SECONDS = 100_000_000  # 1973; a smaller number, such as a year, is no Unix time
_LATEST_SECONDS = 100_000_000_000  # a larger number counts milliseconds
_UP_TO_MINUTES = range(190_000_000_000, 210_000_000_000)  # 202401311830; as milliseconds, times of 1976
_UP_TO_SECONDS = range(10**13, 10**14)  # 20240131183000; as milliseconds, times after 2286
_DIGITS_OF_SECONDS = 9  # at least; a date such as 20240131 has eight
_LONGEST = 64  # characters of anything that is a date
_FIRST_OF_LAST_CENTURY = 69  # two digits of a year, as POSIX reads them

_DATE = re.compile(
    r"(\d{1,4})([./-])(\d{1,2})\2(\d{4}|\d{2}|\d)"
    r"(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?)?",
    re.ASCII,
)


class Moments(NamedTuple):
    """One written date in UTC, read with the day first and with the month first; None where no day is so.

    slashed: whether the two readings may differ, as in 03/04/2026.
    """

    day_first: datetime | None
    month_first: datetime | None
    slashed: bool = False


def moments_of(value: object) -> Moments | None:
    """What a cell says: None where it is no time. Without a zone it is taken as UTC.

    ISO 8601, Unix time and 20240131183000 as number or text, 14.03.2026 (day first), 2026/03/14; 03/14/2026
    and 14-03-2026 are read in both ways. Years of two digits and times of day, also with AM or PM, may stand
    with them.
    """
    try:
        if isinstance(value, str):
            return _of_text(value.strip()) if len(value) <= _LONGEST else None
        if isinstance(value, datetime):
            return _sure(value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC))
        if isinstance(value, date):
            return _sure(datetime(value.year, value.month, value.day, tzinfo=UTC))
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        return _of_number(value) if _EARLIEST_SECONDS <= value < math.inf else None
    except (ValueError, OverflowError, OSError):
        return None


def _sure(time: datetime) -> Moments:
    return Moments(time, time)


def _of_number(value: float) -> Moments:
    """Unix time in seconds or milliseconds, or a date with a time of day. Raises ValueError for neither."""
    if int(value) in _UP_TO_MINUTES or int(value) in _UP_TO_SECONDS:
        digits = str(int(value))
        return _sure(datetime.fromisoformat(f"{digits[:8]}T{digits[8:]}").replace(tzinfo=UTC))
    return _sure(datetime.fromtimestamp(value / 1_000 if value > _LATEST_SECONDS else value, UTC))


def _of_text(text: str) -> Moments | None:
    whole, _, fraction = text.partition(".")
    if len(whole) >= _DIGITS_OF_SECONDS and (whole + fraction).isdigit():
        return moments_of(float(text))  # before ISO 8601, which reads 1611121310123 as a day of 1611
    text = text.removesuffix(" UTC")
    try:
        return moments_of(datetime.fromisoformat(text))
    except ValueError:
        found = _DATE.fullmatch(text)
        return moments_of(float(text)) if found is None else _of_parts(*found.groups())


def _of_parts(
    first: str,
    mark: str,
    second: str,
    third: str,
    hour: str | None,
    minute: str | None,
    seconds: str | None,
    half: str | None,
) -> Moments | None:
    """The readings of a date such as 14.03.2026 and the time of day behind it."""
    if len(third) == 1 and len(first) != len("2026"):
        return None
    hours = int(hour or 0)
    if half is not None:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half in "pP" else 0)
    clock = hours, int(minute or 0), int(seconds or 0)
    if len(first) == len("2026"):
        return _either(_day(int(first), int(second), int(third), clock), None)
    if len(first) > len("14"):
        return None
    year = int(third)
    if len(third) == len("26"):
        year += 1900 if year >= _FIRST_OF_LAST_CENTURY else 2000
    day_first = _day(year, int(second), int(first), clock)
    if mark == ".":
        return _either(day_first, None)
    return _either(day_first, _day(year, int(first), int(second), clock), slashed=True)


def _either(
    day_first: datetime | None, month_first: datetime | None, *, slashed: bool = False
) -> Moments | None:
    if day_first is None and month_first is None:
        return None
    return Moments(day_first, month_first if slashed else day_first, slashed)


def _day(year: int, month: int, day: int, clock: tuple[int, int, int]) -> datetime | None:
    try:
        return datetime(year, month, day, *clock, tzinfo=UTC)
    except ValueError:
        return None
