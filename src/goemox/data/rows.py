"""JSONL, JSON, Parquet and plain text -> rows: names and values, before anybody looked for a text."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from goemox.errors import InvalidInput

__all__ = ["RawRow", "is_json_object", "json_lines_rows", "json_rows", "kind_of", "parquet_rows", "text_rows"]

_PARQUET_ROWS_AT_ONCE = 65_536


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
        raise InvalidInput(f"{name}: the file is empty")


def json_rows(lines: Iterator[str], name: str) -> Iterator[RawRow]:
    """Yield the rows of a JSON array of objects or strings; JSON Lines under this name are read too.

    Raises InvalidInput for an empty file, an empty array, or anything else.
    """
    text = "".join(lines)
    if not text.strip():
        raise InvalidInput(f"{name}: the file is empty")
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        if text.lstrip().startswith("{"):
            yield from json_lines_rows(io.StringIO(text, newline=""), name)
            return
        raise InvalidInput(f"{name}: not valid JSON ({_what_is_wrong(error)})") from None
    if isinstance(whole, dict):
        whole = [whole]
    if not isinstance(whole, list):
        raise InvalidInput(f"{name}: expected a JSON array of objects, found {kind_of(whole)}")
    if not whole:
        raise InvalidInput(f"{name}: the array is empty")
    for number, value in enumerate(whole, start=1):
        yield _row(value, f"{name}:{number}", "")


def text_rows(lines: Iterator[str], name: str) -> Iterator[RawRow]:
    """Yield one row for each line that is not blank, without its line end, as column `text`."""
    n_rows = 0
    for number, line in enumerate(lines, start=1):
        if line.strip():
            n_rows += 1
            yield RawRow(f"{name}:{number}", {"text": line.rstrip("\r\n")}, line)
    if not n_rows:
        raise InvalidInput(f"{name}: the file is empty")


def parquet_rows(path: Path) -> Iterator[RawRow]:
    """Yield the rows of a Parquet file, read in slices, so that memory stays flat.

    Raises InvalidInput for a file that is empty or not Parquet.
    """
    import polars as pl  # here, since most calls never meet a Parquet file and loading polars takes time

    try:
        table = pl.scan_parquet(path, glob=False)
        n_rows = int(table.select(pl.len()).collect().item())
        for start in range(0, n_rows, _PARQUET_ROWS_AT_ONCE):
            part = table.slice(start, _PARQUET_ROWS_AT_ONCE).collect()
            for number, values in enumerate(part.iter_rows(named=True), start=start + 1):
                yield RawRow(f"{path}:{number}", values)
    except (pl.exceptions.PolarsError, OSError) as error:
        cause = str(error).splitlines()[0]
        raise InvalidInput(f"{path}: not a readable Parquet file ({cause})") from None
    if not n_rows:
        raise InvalidInput(f"{path}: the file has no rows")


def _parsed(line: str, where: str) -> RawRow:
    try:
        value = json.loads(line.strip())
    except (ValueError, RecursionError) as error:
        return RawRow(where, None, line, f"not valid JSON ({_what_is_wrong(error)})")
    return _row(value, where, line)


def _row(value: object, where: str, raw: str) -> RawRow:
    if isinstance(value, str):
        value = {"text": value}
    if isinstance(value, dict):
        try:  # half of a surrogate pair is not a character: it could never be written again
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            return RawRow(
                where, None, raw or json.dumps(value), "holds half a surrogate pair, not a character"
            )
        return RawRow(where, value, raw)
    return RawRow(where, None, raw or json.dumps(value), f"expected a JSON object, found {kind_of(value)}")


def _what_is_wrong(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, line {error.lineno}, column {error.colno}".replace(", line 1,", ",")
    return "nested too deep" if isinstance(error, RecursionError) else str(error)


def kind_of(value: object) -> str:
    """A value's kind in words that need no programming."""
    names = {list: "an array", dict: "an object", bool: "true or false", type(None): "null", str: "text"}
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "a number"
    return names.get(type(value), f"a {type(value).__name__}")
