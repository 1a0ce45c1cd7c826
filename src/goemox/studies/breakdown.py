"""Labels by the values of any column: the largest groups of a domain, and whether their shares agree."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np
import orjson

from goemox.data.columns import also_in_python
from goemox.domain_shift import DomainSample
from goemox.domain_shift.limits import MIN_TEXTS
from goemox.domain_shift.partition import part_findings, part_shares, part_tests
from goemox.errors import UnknownColumn
from goemox.evaluation.numbers import plain
from goemox.evaluation.shares import display_shares, top_label_shares
from goemox.labels import NEUTRAL
from goemox.records import TextRecord
from goemox.scores import Bools, Floats, Ints
from goemox.studies.domains import Domain
from goemox.wording import join

__all__ = ["breakdown", "without_column"]

SHOWN = 12
NAME_CHARACTERS = 120
FEWEST_DIGITS, EXACT_DIGITS, ALL_DIGITS = 6, 15, 17  # a float keeps any number of 15; 17 tell any two apart
SEPARATED = 10_000  # from which a whole number has separators: 1990 is a year
SOURCE, HOST = "source", "host"  # of every record that has them, besides the columns of its row


@dataclass(frozen=True, slots=True)
class Grouping:
    """Texts by value. names: of the groups shown, in their order; of: (n,), a group's number, -1 for none.

    Numbers from len(names) on are groups that are not shown. way: "values", or "quartiles" of a number.
    """

    names: tuple[str, ...]
    of: Ints
    n_groups: int
    way: str


def without_column(column: str, domains: Sequence[Domain]) -> list[str]:
    """The names of the domains that do not have the column.

    Raises UnknownColumn, naming those that exist, where that is all of them.
    """
    lacking = [domain.name for domain in domains if not _has_column(column, domain.records)]
    if domains and len(lacking) == len(domains):
        known = dict.fromkeys(name for domain in domains for name in _columns(domain.records))
        option = f"{also_in_python('--group-by')}, or leave it out"
        raise UnknownColumn(join(lacking), column, list(known), option)
    return lacking


def breakdown(
    column: str, records: Sequence[TextRecord], sample: DomainSample, seed: int
) -> dict[str, object] | None:
    """Shares of all labels by the values of a column, with intervals and tests, as JSON.

    records: (n,), those of the sample. The 12 largest groups are shown, numbers from low to high, the rest
    together as `others`; a column of more than 12 different numbers is cut at its quartiles, and one of more
    values than half the texts, none on 50 of them, shows no group. Only groups of 50 texts and more are
    tested: whether each label is given as often in all, and whether neutral is the top label as often
    (`top_neutral_p`). None where no row has the column.
    """
    if not _has_column(column, records):
        return None
    grouping = _grouped([_value(record, column) for record in records])
    labels, shown = sample.scores.labels, len(grouping.names)
    parts = np.minimum(grouping.of, shown)  # all groups that are not shown are one part, the last
    shares = part_shares(sample.decided[parts >= 0], parts[parts >= 0], shown + 1)
    entries = [
        {"name": name, **_described(sample, parts == part), **shares.entry(labels, part)}
        for part, name in enumerate((*grouping.names, "others"))
        if shares.n[part]
    ]
    others = entries.pop() | {"n_groups": grouping.n_groups - shown} if shares.n[shown] else None
    large = np.flatnonzero(shares.n[:shown] >= MIN_TEXTS)
    tested = np.isin(parts, large)
    tests: list[dict[str, object]] = []
    moved: list[str] = []
    top_neutral_p = None
    if len(large) > 1:
        among = np.searchsorted(large, parts[tested])
        found = part_tests(sample.decided[tested], among, len(large), seed=seed)
        tested_shares = part_shares(sample.decided[tested], among, len(large))
        names = [grouping.names[part] for part in large]
        tests, moved = part_findings(labels, found, tested_shares, names, np.ones(len(large), dtype=np.bool_))
        top_neutral_p = _top_neutral_p(sample, tested, among, seed)
    content = {
        "column": column,
        "way": grouping.way,
        "n_groups": grouping.n_groups,
        "n_missing": int((grouping.of < 0).sum()),
        "shown": entries,
        "others": others if shown else None,
        "tests": tests,
        "moved": moved,
        "top_neutral_p": top_neutral_p,
    }
    return plain(content)  # type: ignore[return-value]


def _top_neutral_p(sample: DomainSample, tested: Bools, among: Ints, seed: int) -> float | None:
    """Of the test that neutral is the top label as often in all groups: one test, not adjusted."""
    if NEUTRAL not in sample.scores.labels:
        return None
    top = sample.probabilities[tested].argmax(axis=1) == sample.scores.labels.index(NEUTRAL)
    return float(part_tests(top[:, None], among, int(among.max()) + 1, seed=seed).p_adjusted[0])


def _described(sample: DomainSample, rows: Bools) -> dict[str, object]:
    """What the model says of some of the texts, besides their labels' shares."""
    probabilities = sample.probabilities[rows]
    top, inside = top_label_shares(probabilities, sample.scores.labels), sample.in_domain
    return {
        "n": int(rows.sum()),
        "top_label": top,
        "top_label_share": display_shares(top),
        "no_label_share": float((~sample.decided[rows].any(axis=1)).mean()),
        "confidence_mean": float(probabilities.max(axis=1).mean(dtype=np.float64)),
        "share_outside": None if inside is None else float((~inside[rows]).mean()),
    }


def _grouped(values: Sequence[str | None]) -> Grouping:
    counts = Counter(value for value in values if value is not None)
    if len(counts) > SHOWN and (numbers := _numbers(values)) is not None:
        return _quartiles(numbers)
    if len(counts) > max(SHOWN, sum(counts.values()) / 2) and max(counts.values()) < MIN_TEXTS:
        of = np.array([-1 if value is None else 0 for value in values], dtype=np.int64)
        return Grouping((), of, len(counts), "values")
    # the largest, and of equal ones by name, whatever the order of the rows; numbers from low to high
    ordered = sorted(counts, key=lambda value: (-counts[value], value))
    if _numbers(values) is not None:
        ordered[:SHOWN] = sorted(ordered[:SHOWN], key=float)
    place = {value: part for part, value in enumerate(ordered)}
    of = np.array([-1 if value is None else place[value] for value in values], dtype=np.int64)
    return Grouping(_names(ordered[:SHOWN]), of, len(counts), "values")


def _names(values: Iterable[str]) -> tuple[str, ...]:
    """The values, long ones cut short; those that begin alike are numbered."""
    names: dict[str, None] = {}
    for value in values:
        name, n, end = value, 1, "…"
        while len(name) > NAME_CHARACTERS or name in names:
            name = f"{value[: NAME_CHARACTERS - len(end)]}{end}"
            n, end = n + 1, f"… ({n + 1})"
        names[name] = None
    return tuple(names)


def _numbers(values: Sequence[str | None]) -> Floats | None:
    """The values as numbers, NaN where there is none; None where one is no number."""
    numbers = np.full(len(values), np.nan)
    for row, value in enumerate(values):
        if value is None:
            continue
        try:
            numbers[row] = float(value)
        except ValueError:
            return None
        if not math.isfinite(numbers[row]):
            return None
    return numbers


def _quartiles(numbers: Floats) -> Grouping:
    """Up to four groups of about equal size, in the order of the numbers; equal numbers stay together."""
    known = ~np.isnan(numbers)
    cuts = np.unique(np.quantile(numbers[known], [0.25, 0.5, 0.75], method="lower"))
    found, part = np.unique(np.searchsorted(cuts, numbers[known], side="left"), return_inverse=True)
    of = np.full(len(numbers), -1, dtype=np.int64)
    of[known] = part
    groups = [numbers[of == group] for group in range(len(found))]
    ends = _in_words([(float(group.min()), float(group.max())) for group in groups])
    names = [low if low == high else f"{low} to {high}" for low, high in ends]
    return Grouping(tuple(names), of, len(names), "quartiles")


def _in_words(ends: Sequence[tuple[float, float]]) -> list[tuple[str, str]]:
    """The ends of ranges in the fewest digits, from FEWEST_DIGITS on, that tell all of them apart."""
    different = {end for both in ends for end in both}

    def told_apart(digits: int) -> bool:
        return len({_written(end, digits) for end in different}) == len(different)

    digits = next(filter(told_apart, range(FEWEST_DIGITS, ALL_DIGITS)), ALL_DIGITS)
    return [(_written(low, digits), _written(high, digits)) for low, high in ends]


def _written(number: float, digits: int) -> str:
    """`1990`, `1,700,000,000`, `0.333333`: no digit before the point is lost below 1e15."""
    kept = max(digits, min(len(f"{abs(number):.0f}"), EXACT_DIGITS))
    rounded = float(f"{number:.{kept}g}")
    if rounded.is_integer() and SEPARATED <= abs(rounded) < 10.0**EXACT_DIGITS:
        return f"{rounded:,.0f}"
    return f"{rounded:.{kept}g}"


def _columns(records: Iterable[TextRecord]) -> dict[str, None]:
    """The names of all columns, in the order of the rows."""
    found: dict[str, None] = {}
    for record in records:
        found |= dict.fromkeys(record.meta)
        found |= {name: None for name in (SOURCE, HOST) if _has(record, name)}
    return found


def _has_column(column: str, records: Iterable[TextRecord]) -> bool:
    return any(_has(record, column) for record in records)


def _has(record: TextRecord, column: str) -> bool:
    return column in record.meta or bool({SOURCE: record.source, HOST: record.url}.get(column))


def _value(record: TextRecord, column: str) -> str | None:
    """The row's value as one line of text; None where there is none."""
    if column in record.meta:
        return _text(record.meta[column])
    if column == HOST and record.url:
        try:
            return _text(urlsplit(record.url).hostname)
        except ValueError:  # not an address after all
            return None
    return _text(record.source) if column == SOURCE else None


def _text(value: object) -> str | None:
    if isinstance(value, str):
        words = value
    elif value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    elif isinstance(value, bool):
        words = "true" if value else "false"
    elif isinstance(value, float):
        words = f"{value:.15g}"
    elif isinstance(value, (list, tuple)):
        parts = (_nested(item) if isinstance(item, (Mapping, list, tuple)) else _text(item) for item in value)
        words = " | ".join(part for part in parts if part is not None)
    else:
        words = _nested(value) if isinstance(value, Mapping) else str(value)
    return " ".join(words.split()) or None


def _nested(value: object) -> str:
    """A list or an object inside another as JSON."""
    try:
        options = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
        return orjson.dumps(value, default=str, option=options).decode()
    except TypeError:  # nested too deep
        return "(nested too deep)"
