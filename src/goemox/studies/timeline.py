"""Labels over time: the dated texts of a domain in periods of one length, and which shares changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median

import numpy as np

from goemox.domain_shift.limits import MIN_TEXTS
from goemox.domain_shift.partition import part_findings, part_shares, part_tests
from goemox.evaluation.numbers import plain
from goemox.evaluation.shares import leading
from goemox.labels import NEUTRAL
from goemox.profiling.times import read_times
from goemox.records import TextRecord
from goemox.scores import Bools, Ints

__all__ = ["timeline", "tracked_labels"]

UNITS = ("hour", "day", "week", "month", "quarter", "year")
FEWEST, MOST = 6, 36  # periods wanted
FEW = 20  # texts below which a period's share is never called the lowest or highest
TRACKED = 8
YEARS_FROM_MIDDLE = 30  # a date farther from the median one is a slip of the pen
YEARS = range(1900, 2200)
EMPTY = timedelta(days=5 * 365)  # few dates beyond such a gap are slips, too: the unit would follow them


def timeline(
    records: Sequence[TextRecord],
    labels: Sequence[str],
    decided: Bools,
    tracked: Sequence[str],
    seed: int,
    date_column: str | None = None,
) -> dict[str, object] | None:
    """Shares of the tracked labels by period (UTC), with intervals and tests, as JSON.

    records: (n,); decided: bool (n, k), columns in the order of `labels`. The unit is the shortest that gives
    6 to 36 periods, half of them not empty, with 20 texts in the middle one, as far as there is such.
    Empty periods stay. Texts without a date that can be read, or with one 30 years from the middle or among
    few beyond five years without any, are counted in `n_undated`. date_column: where the dates stand;
    None = guessed by name.
    None where fewer than 50 texts are dated, all fall into one hour, or there is no label to track.
    """
    times = _dated(records, date_column)
    if len(times) < MIN_TEXTS:
        return None
    moments = list(times.values())
    unit = _unit(moments)
    if unit is None or not tracked:
        return None
    numbers = [_number(moment, unit) for moment in moments]
    first, n_periods = min(numbers), max(numbers) - min(numbers) + 1
    columns = np.array([labels.index(label) for label in tracked])
    rows = np.fromiter(times, dtype=np.int64)
    chosen, parts = decided[np.ix_(rows, columns)], np.array(numbers) - first
    shares = part_shares(chosen, parts, n_periods)
    starts = [_written(_start(first + period, unit), unit) for period in range(n_periods + 1)]
    periods = [
        {"start": starts[i], "end": starts[i + 1], "n": int(shares.n[i]), **shares.entry(tracked, i)}
        for i in range(n_periods)
    ]
    found = part_tests(chosen, parts, n_periods, ordered=True, seed=seed)
    tests, moved = part_findings(tracked, found, shares, starts, shares.n >= FEW)
    for row, (earlier, later) in zip(tests, _halves(chosen, parts), strict=True):
        row |= {"earlier_half": earlier, "later_half": later}
    content = {
        "unit": unit,
        "n": len(moments),
        "n_undated": len(records) - len(moments),
        "first": min(moments).isoformat(),
        "last": max(moments).isoformat(),
        "labels": list(tracked),
        "few": FEW,
        "periods": periods,
        "tests": tests,
        "moved": moved,
    }
    return plain(content)  # type: ignore[return-value]


def tracked_labels(share: Mapping[str, float]) -> list[str]:
    """Up to 8 labels to look at: neutral if a text carries it, and the most frequent. share: by label."""
    neutral = [NEUTRAL] if share.get(NEUTRAL, 0.0) > 0 else []
    return [*neutral, *leading(share, TRACKED - len(neutral))]


def _halves(decided: Bools, parts: Ints) -> list[tuple[float, float]]:
    """Each label's share among the earlier and the later half of the texts; a period is not cut."""
    until = np.bincount(parts).cumsum()[:-1]
    early = parts <= np.abs(until - len(parts) / 2).argmin()
    return list(zip(decided[early].mean(axis=0).tolist(), decided[~early].mean(axis=0).tolist(), strict=True))


def _dated(records: Sequence[TextRecord], date_column: str | None) -> dict[int, datetime]:
    """Row -> time in UTC, of the rows whose date can be read and is no outlier."""
    read = enumerate(read_times(records, date_column))
    times = {row: time for row, time in read if time is not None and time.year in YEARS}
    if not times:
        return times
    middle = median(time.year for time in times.values())
    near = {row: time for row, time in times.items() if abs(time.year - middle) <= YEARS_FROM_MIDDLE}
    if not near:  # two heaps, and the middle between them
        return near
    first, last = _ends(sorted(near.values()))
    return {row: time for row, time in near.items() if first <= time <= last}


def _ends(ordered: Sequence[datetime]) -> tuple[datetime, datetime]:
    """The first and the last time but those beyond a gap of years: fewer than 20, and a tenth, at an end."""
    n = len(ordered)
    few = min(FEW, n / 10)
    gaps = [i for i in range(1, n) if ordered[i] - ordered[i - 1] >= EMPTY]
    first = max((i for i in gaps if i < few), default=0)
    behind = min((i for i in gaps if n - i < few), default=n)
    return ordered[first], ordered[behind - 1]


def _unit(moments: Sequence[datetime]) -> str | None:
    """The length of a period, None where all fall into one hour."""
    first, last = min(moments), max(moments)
    spans = {unit: _number(last, unit) - _number(first, unit) + 1 for unit in UNITS}
    several = [unit for unit in UNITS if spans[unit] > 1 and (spans[unit] <= MOST or unit == "year")]
    filled = [unit for unit in several if _is_filled(moments, unit, spans[unit])]
    wanted = [unit for unit in filled if spans[unit] >= FEWEST]
    return next(iter([*wanted, *filled, *reversed(several)]), None)


def _is_filled(moments: Sequence[datetime], unit: str, n_periods: int) -> bool:
    """Whether half the periods hold texts, and half of those enough."""
    sizes = Counter(_number(moment, unit) for moment in moments).values()
    return 2 * len(sizes) >= n_periods and median(sizes) >= FEW


def _number(moment: datetime, unit: str) -> int:
    """Which period of its unit a time falls into, counted from the year 1; weeks start on Monday."""
    day = moment.toordinal() - 1  # 0 is a Monday
    if unit == "hour":
        return day * 24 + moment.hour
    if unit in ("day", "week"):
        return day // (7 if unit == "week" else 1)
    month = moment.year * 12 + moment.month - 1
    return month // {"month": 1, "quarter": 3, "year": 12}[unit]


def _start(number: int, unit: str) -> datetime:
    """When a period begins; the inverse of `_number`."""
    if unit in ("month", "quarter", "year"):
        year, month = divmod(number * {"month": 1, "quarter": 3, "year": 12}[unit], 12)
        return datetime(year, month + 1, 1, tzinfo=UTC)
    hours = number * {"hour": 1, "day": 24, "week": 168}[unit]
    return datetime(1, 1, 1, tzinfo=UTC) + timedelta(hours=hours)


def _written(start: datetime, unit: str) -> str:
    """ISO 8601: a day, or an hour of a day."""
    return start.strftime("%Y-%m-%dT%H:%MZ") if unit == "hour" else start.date().isoformat()
