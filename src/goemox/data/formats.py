"""A file or standard input -> rows: which format it has, by its name, its first lines, or as asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Literal, get_args

from goemox.data.arrow import arrow_rows
from goemox.data.csv_rows import csv_rows, is_table_start
from goemox.data.folders import READABLE, ending_of
from goemox.data.json_arrays import json_rows
from goemox.data.lines import Decoding, text_lines, text_pieces
from goemox.data.packed import PACKED, check_is_file, open_bytes, unpacked
from goemox.data.rows import RawRow, is_json_object, json_lines_rows, parquet_rows, text_rows
from goemox.errors import InvalidInput, UsageError

__all__ = ["InputFormat", "file_rows", "pipe_rows"]

InputFormat = Literal["csv", "tsv", "jsonl", "json", "txt", "parquet", "arrow"]
"""What a file is read as, whatever it is called."""

_OPEN_OBJECT = re.compile(r'\{\s*("|$)')
_OFFICE = (".xlsx", ".xls", ".ods", ".numbers")
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz")
Tell = Callable[[str], None]


def file_rows(path: Path, form: InputFormat | None, decoding: Decoding, notice: Tell) -> Iterator[RawRow]:
    """The rows of one file, read as its ending says, or as `form` where that is given.

    Raises InvalidInput for a file that is missing or whose ending says nothing; what is wrong inside is found
    while rows are taken.
    """
    check_is_file(path)
    name, kind = str(path), _checked(form)
    if kind is None:
        ending = ending_of(path)
        if ending is None:
            raise InvalidInput(f"{name}: {_unknown(path)}; expected {' '.join(READABLE)}")
        kind = {".ndjson": "jsonl", ".feather": "arrow"}.get(ending, ending.lstrip("."))
    if kind == "parquet":
        return parquet_rows(path)
    if kind == "arrow":
        return arrow_rows(path)
    return _text_rows_of(path, name, kind, decoding, notice)


def pipe_rows(
    stream: IO[bytes], name: str, form: InputFormat | None, decoding: Decoding, notice: Tell
) -> Iterator[RawRow]:
    """The rows that a pipe brings, plain or packed: as `form`, else as its first lines look.

    Raises UsageError for formats that cannot be read from a pipe.
    """
    kind = _checked(form) or ""
    if kind in ("parquet", "arrow"):
        raise UsageError(f"{kind} cannot be read from a pipe; save it to a file")
    return _text_rows_of(unpacked(stream), name, kind, decoding, notice)


def _unknown(path: Path) -> str:
    """That a file of this ending cannot be read, and what makes one of it that can."""
    last = path.suffix.lower()
    ending = "".join(path.suffixes[-2:]) if last in PACKED else path.suffix
    remedy = "; save it as CSV (UTF-8)" if last in _OFFICE else ""
    if last in (*_ARCHIVES, *PACKED):
        remedy = "; unpack it (a .csv may be packed as .gz or .zst)"
    return f"files ending in {ending} cannot be read{remedy}"


def _checked(form: str | None) -> str | None:
    if form is not None and form not in get_args(InputFormat):
        raise UsageError(f"input format {form!r} does not exist; one of {', '.join(get_args(InputFormat))}")
    return form


def _text_rows_of(
    source: Path | IO[bytes], name: str, kind: str, decoding: Decoding, notice: Tell
) -> Iterator[RawRow]:
    if kind == "json":
        return json_rows(_pieces(source, name, decoding), name)
    lines = _lines(source, name, decoding, notice)
    if kind in ("csv", "tsv"):
        return csv_rows(lines, name, tabs=kind == "tsv", notice=notice)
    if kind == "jsonl":
        return json_lines_rows(lines, name)
    if kind == "txt":
        return text_rows(lines, name)
    return _rows_of_unknown(lines, name, notice)


def _lines(source: Path | IO[bytes], name: str, decoding: Decoding, notice: Tell) -> Iterator[str]:
    if not isinstance(source, Path):
        yield from text_lines(source, name, decoding, notice=notice)
        return
    with open_bytes(source) as stream:
        yield from text_lines(stream, name, decoding, notice=notice)


def _pieces(source: Path | IO[bytes], name: str, decoding: Decoding) -> Iterator[str]:
    if not isinstance(source, Path):
        yield from text_pieces(source, name, decoding)
        return
    with open_bytes(source) as stream:
        yield from text_pieces(stream, name, decoding)


def _rows_of_unknown(lines: Iterator[str], name: str, notice: Tell) -> Iterator[RawRow]:
    """JSON Lines, a JSON array or a table where the first line that is not blank says so, else text lines.

    Raises InvalidInput where that line begins a JSON object and does not end it.
    """
    start = []
    for line in lines:
        start.append(line)
        if line.strip():
            break
    first = start[-1].strip() if start else ""
    if is_json_object(first):
        return json_lines_rows(chain(start, lines), name)
    if first == "[" or first.startswith("[{"):
        return json_rows(chain(start, lines), name)
    if _OPEN_OBJECT.match(first):
        raise InvalidInput(
            f"{name}: the first line begins a JSON object and does not end it; one object a line is read "
            "(jq -c writes that), or a text from each line with --input-format txt"
        )
    if is_table_start(first):
        start.append(next(lines, ""))
        if is_table_start(first, start[-1]):
            notice(
                f"{name}: read as a table, since the first line names columns "
                "(--input-format txt reads a text from each line)"
            )
            return csv_rows(chain(start, lines), name, tabs=False, notice=notice)
    return text_rows(chain(start, lines), name)
