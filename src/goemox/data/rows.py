"""Rows: names and values, before anybody looked for a text; those of JSON Lines, Parquet and plain text.

Other formats have a file each: `csv_rows`, `json_arrays`, `arrow`; `formats` tells which one a file has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from goemox.errors import InvalidInput, NoRows
from goemox.wording import first_line

__all__ = [
    "RawRow",
    "empty",
    "is_json_object",
    "json_lines_rows",
    "kind_of",
    "parquet_rows",
    "polars_failures",
    "row_of",
    "text_rows",
    "what_is_wrong",
]  # fmt: skip

_PARQUET_ROWS_AT_ONCE = 65_536
_LONG_NUMBER = re.compile(r"\d{19}")  # may have more than 64 bits, which the fast parser rounds


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row of a file.

    where: `file:line`, or `file:row` where the format has no lines.
    values: column -> value; None = the row cannot be read, and `problem` says why.
    raw: the row as written; "" where the format is not text.
    """

    where: str
    values: Mapping[str, object] | None
    raw: str = ""
    problem: str = ""

    @property
    def is_line(self) -> bool:
        """Whether this is a line of text as it stands, beside which no row has other columns."""
        return self.values == {"text": self.raw.rstrip("\r\n")}


def is_json_object(line: str) -> bool:
    """Whether a line, taken alone, is one JSON object."""
    return line.lstrip().startswith("{") and _parsed(line, "").values is not None


def json_lines_rows(lines: Iterator[str], name: str) -> Iterator[RawRow]:
    """Yield one row for each line that is not blank. A bare JSON string is a row with that text."""
    n_rows = 0
    for number, line in enumerate(lines, start=1):
        if line.strip():
            n_rows += 1
            yield _parsed(line, f"{name}:{number}")
    if not n_rows:
        raise empty(name)


def empty(name: str) -> NoRows:
    """What to raise for a file or pipe in which nothing stands."""
    if name == "stdin":
        return NoRows("stdin: the file is empty", "nothing was piped in: pipe texts in, or name a file")
    return NoRows(f"{name}: the file is empty")


def text_rows(lines: Iterator[str], name: str) -> Iterator[RawRow]:
    """Yield one row for each line that is not blank, without its line end, as column `text`."""
    n_rows = 0
    for number, line in enumerate(lines, start=1):
        if line.strip():
            n_rows += 1
            yield RawRow(f"{name}:{number}", {"text": line.rstrip("\r\n")}, line)
    if not n_rows:
        raise empty(name)


def parquet_rows(path: Path) -> Iterator[RawRow]:
    """Yield the rows of a Parquet file, read in slices, so that memory stays flat.

    Raises NoRows for a file that is empty, InvalidInput for one that is not Parquet.
    """
    import polars as pl  # here, since most calls never meet a Parquet file and loading polars takes time

    try:
        table = pl.scan_parquet(path, glob=False)
        n_rows = int(table.select(pl.len()).collect().item())
        for start in range(0, n_rows, _PARQUET_ROWS_AT_ONCE):
            part = table.slice(start, _PARQUET_ROWS_AT_ONCE).collect()
            for number, values in enumerate(part.iter_rows(named=True), start=start + 1):
                yield RawRow(f"{path}:{number}", values)
    except polars_failures() as error:
        raise InvalidInput(f"{path}: not a readable Parquet file ({first_line(error)})") from None
    if not n_rows:
        raise NoRows(f"{path}: the file has no rows")


def polars_failures() -> tuple[type[BaseException], ...]:
    """What polars raises on a file that it cannot read: errors, and panics, which are no `Exception`."""
    from polars.exceptions import PanicException, PolarsError

    return PolarsError, PanicException, OSError


def row_of(value: object, where: str, raw: str, *, may_hold_half_pairs: bool = True) -> RawRow:
    """A JSON value as a row: an object as it is, a string as its text, anything else as a problem.

    raw: as in `RawRow`. may_hold_half_pairs: False where half a surrogate pair cannot have been written.
    """
    if isinstance(value, str):
        value = {"text": value}
    if not isinstance(value, dict):
        problem = f"expected a JSON object, found {kind_of(value)}"
        return RawRow(where, None, raw or json.dumps(value), problem)
    if may_hold_half_pairs:
        try:  # half of a surrogate pair is not a character: it could never be written again
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            problem = "holds half a surrogate pair, not a character"
            return RawRow(where, None, raw or json.dumps(value), problem)
    return RawRow(where, value, raw)


def what_is_wrong(error: Exception) -> str:
    """Why a text is no JSON, in a few words."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, line {error.lineno}, column {error.colno}".replace(", line 1,", ",")
    return "nested too deep" if isinstance(error, RecursionError) else str(error)


def _parsed(line: str, where: str) -> RawRow:
    try:
        value = loads(line.strip())
    except (ValueError, RecursionError) as error:
        return RawRow(where, None, line, f"not valid JSON ({what_is_wrong(error)})")
    return row_of(value, where, line, may_hold_half_pairs="\\u" in line)


def loads(line: str) -> object:
    """As `json.loads`, but three times as fast on ordinary lines."""
    if _LONG_NUMBER.search(line) is None:
        try:
            return orjson.loads(line)
        except orjson.JSONDecodeError:
            pass  # NaN, half a surrogate pair, deep nesting, or an error that the library tells better
    return json.loads(line)


def kind_of(value: object) -> str:
    """A value's kind in words that need no programming."""
    names = {list: "an array", dict: "an object", bool: "true or false", type(None): "null", str: "text"}
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "a number"
    return names.get(type(value), f"a {type(value).__name__}")
