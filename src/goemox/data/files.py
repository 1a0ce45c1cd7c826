"""The user's own files -> `TextRecord`s, row by row, with bad rows set aside instead of fatal.

Reads .csv .tsv .jsonl .ndjson .json .txt (each also as .gz), .parquet and standard input.
Columns other than text, id and (when asked for) labels are carried in `meta` and never interpreted;
a web address in a column `url` is also the record's `url`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import IO, Literal

from goemox.data.bad_rows import RAW_LIMIT, BadRow
from goemox.data.columns import Columns, choose_columns
from goemox.data.csv_rows import csv_rows
from goemox.data.goemotions import is_goemotions_tsv, read_tsv
from goemox.data.label_cells import parse_labels, parse_multi_hot
from goemox.data.lines import check_is_file, open_bytes, text_lines
from goemox.data.rows import (
    RawRow,
    is_json_object,
    json_lines_rows,
    json_rows,
    kind_of,
    parquet_rows,
    text_rows,
)
from goemox.errors import InvalidInput, UnknownLabel
from goemox.records import TextRecord

__all__ = ["READABLE", "Notice", "RecordStream", "read_records"]

READABLE = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".txt")
"""Endings of files that can be read; all but .parquet also with .gz behind."""

Notice = Callable[[str], None]
"""Is told, in one line, what was guessed or is worth knowing."""

_ROWS_TO_GUESS_BY = 100
_IDS_REMEMBERED = 1_000_000  # about 100 MB; ids that repeat after so many rows go unnoticed


class RecordStream(Iterator[TextRecord]):
    """The records of one file in its order, read as they are taken; `columns` says which column is what."""

    def __init__(self, records: Iterator[TextRecord], columns: Columns) -> None:
        self._records = records
        self.columns = columns

    def __next__(self) -> TextRecord:
        return next(self._records)


def read_records(
    path: Path | Literal["-"],
    *,
    text_column: str | None = None,
    id_column: str | None = None,
    label_column: str | Sequence[str] | None = None,
    multi_hot: Sequence[str] = (),
    labels: Sequence[str] | None = None,
    bad_rows: list[BadRow] | None = None,
    notice: Notice | None = None,
    stdin: IO[bytes] | None = None,
) -> RecordStream:
    """Open a file of texts; `-` is standard input (JSON Lines, or one text a line).

    text_column, id_column: None = guessed by name, else the only column of words; ids default to row
    numbers from 1. A guess other than `text` and all else worth knowing is told through `notice`.
    label_column: read labels from it, or from the first of several names that occurs, and `judged`
    where the file has it; None = no labels are read, whatever the columns are called.
    multi_hot: instead, one column for each label; only these labels count as looked for.
    labels: the names that may occur; None = any.
    bad_rows: rows that cannot be used are appended here; None = the first of them raises.
    stdin: what `-` reads; None = the process's own standard input.
    GoEmotions' own TSV is recognised by its shape and always comes with its labels.
    Raises, when called, InvalidInput for a file without a readable row and UnknownColumn for a column
    that is not there; while rows are taken, InvalidInput for a wrong encoding or, without `bad_rows`,
    for a bad row.
    """
    tell = notice or _say_nothing
    from_stdin = str(path) == "-"
    path = Path(path)
    if not from_stdin and _is_official_tsv(path):
        return RecordStream(iter(_official_tsv(path)), Columns(("id", "text"), text="text", id="id"))
    name = "stdin" if from_stdin else str(path)
    if from_stdin:
        rows = _rows_of_unknown(text_lines(stdin or sys.stdin.buffer, name), name)
    else:
        rows = _rows(path, tell)
    first = list(islice(rows, _ROWS_TO_GUESS_BY))
    readable = [row.values for row in first if row.values is not None]
    if not readable:
        raise InvalidInput(
            f"{name}: none of the first {len(first)} row(s) can be read; {first[0].where}: {first[0].problem}"
        )
    columns = choose_columns(
        readable,
        name,
        text_column=text_column,
        id_column=id_column,
        label_column=label_column,
        multi_hot=multi_hot,
        notice=tell,
    )
    for column in columns.multi_hot:
        if labels is not None and column not in labels:
            raise UnknownLabel(column, f"{name}: label columns", labels)
    return RecordStream(_records(chain(first, rows), columns, labels, bad_rows, tell), columns)


def _say_nothing(message: str) -> None:
    """Where nobody wants to be told."""


def _is_official_tsv(path: Path) -> bool:
    check_is_file(path)
    if path.suffix.lower() != ".tsv" or not path.is_file():
        return False
    with open_bytes(path) as stream:
        return is_goemotions_tsv(stream.readline(1_000_000).decode("utf-8", "replace"))


def _official_tsv(path: Path) -> list[TextRecord]:
    try:
        return read_tsv(path)
    except UnicodeDecodeError:
        for _ in _lines(path):  # raises, naming line and byte
            continue
        raise


def _lines(path: Path) -> Iterator[str]:
    with open_bytes(path) as stream:
        yield from text_lines(stream, str(path))


def _rows(path: Path, notice: Notice) -> Iterator[RawRow]:
    """The rows of a file, read as its ending says."""
    endings = [suffix.lower() for suffix in path.suffixes]
    packed = endings[-1:] == [".gz"]
    ending = "".join(endings[:-1][-1:] if packed else endings[-1:])
    name, lines = str(path), _lines(path)
    if ending in (".csv", ".tsv"):
        return csv_rows(lines, name, tabs=ending == ".tsv", notice=notice)
    if ending in (".jsonl", ".ndjson"):
        return json_lines_rows(lines, name)
    if ending == ".json":
        return json_rows(lines, name)
    if ending == ".txt":
        return text_rows(lines, name)
    if ending == ".parquet" and not packed:
        return parquet_rows(path)
    if ending == "":
        return _rows_of_unknown(lines, name)
    raise InvalidInput(f"{name}: files ending in {path.suffix} cannot be read; expected {' '.join(READABLE)}")


def _rows_of_unknown(lines: Iterator[str], name: str) -> Iterator[RawRow]:
    """JSON Lines where the first line that is not blank is a JSON object, else one text a line."""
    start = []
    for line in lines:
        start.append(line)
        if line.strip():
            break
    read = json_lines_rows if start and is_json_object(start[-1]) else text_rows
    return read(chain(start, lines), name)


def _records(
    rows: Iterator[RawRow],
    columns: Columns,
    labels: Sequence[str] | None,
    bad_rows: list[BadRow] | None,
    notice: Notice,
) -> Iterator[TextRecord]:
    seen: set[str] = set()
    repeats, example = 0, ""
    for number, row in enumerate(rows, start=1):
        try:
            record = _record(row, number, columns, labels)
        except InvalidInput as problem:
            if bad_rows is None:
                raise
            reason = str(problem).removeprefix(f"{row.where}: ")
            bad_rows.append(BadRow(row.where, reason, _raw(row)))
            continue
        if record.id in seen:
            repeats += 1
            example = example or f"{record.id!r} at {row.where}"
        elif len(seen) < _IDS_REMEMBERED:
            seen.add(record.id)
        yield record
    if repeats:
        notice(f"{repeats} row(s) repeat the id of an earlier row (first: {example}); all are kept")


def _record(row: RawRow, number: int, columns: Columns, labels: Sequence[str] | None) -> TextRecord:
    """One row as a record; raises InvalidInput where the row cannot be used."""
    if row.values is None:
        raise InvalidInput(f"{row.where}: {row.problem}")
    row_id = row.values.get(columns.id) if columns.id is not None else None
    taken = {columns.text, columns.label, columns.judged, *columns.multi_hot}
    if row_id is None or isinstance(row_id, str):
        taken.add(columns.id)
    url = row.values.get("url")
    found = judged = None
    text = _text(row.values, columns.text, row.where)
    if columns.label is not None:
        found = parse_labels(row.values.get(columns.label), labels, row.where)
    if columns.multi_hot:
        found, judged = (
            parse_multi_hot(row.values, columns.multi_hot, row.where),
            frozenset(columns.multi_hot),
        )
    if columns.judged is not None and row.values.get(columns.judged) is not None:
        judged = parse_labels(row.values[columns.judged], labels, row.where)
    return TextRecord(
        id=str(number) if row_id is None or row_id == "" else str(row_id),
        text=text,
        url=url if isinstance(url, str) and url.startswith(("http://", "https://")) else None,
        # an id that is not text stays here as it was, so that writing gives back a number for a number
        meta={column: value for column, value in row.values.items() if column not in taken},
        labels=found,
        judged=judged,
    )


def _text(values: Mapping[str, object], column: str, where: str) -> str:
    text = values.get(column)
    if text is None:
        raise InvalidInput(f"{where}: no text ({'null' if column in values else 'nothing'} in {column!r})")
    if not isinstance(text, str):
        raise InvalidInput(f"{where}: {column!r} holds {kind_of(text)}, not text")
    if not text.strip():
        raise InvalidInput(f"{where}: the text is empty")
    return text


def _raw(row: RawRow) -> str:
    return (row.raw or json.dumps(row.values, ensure_ascii=False, default=str))[:RAW_LIMIT]
