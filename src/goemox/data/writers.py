"""Rows -> JSON Lines or CSV as they come, Parquet at once; a file appears whole or not at all.

Knows formats and nothing about predictions; `prediction_files` decides which columns there are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from goemox import atomic
from goemox.data.bad_rows import BadRow
from goemox.data.cells import as_bytes, csv_line, json_line
from goemox.errors import GoemoxError, UsageError
from goemox.records import TextRecord
from goemox.wording import refusal

__all__ = [
    "FileFormat",
    "Row",
    "format_of",
    "free_name",
    "kept_name",
    "open_output",
    "write_bad_rows",
    "write_records",
    "write_rows",
]

FileFormat = Literal["jsonl", "csv", "parquet"]
Row = Mapping[str, object]

_BY_ENDING: Mapping[str, FileFormat] = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet",
}  # fmt: skip
_OWN_NAMES = ("id", "text", "labels", "judged")


def format_of(output: Path | None) -> FileFormat:
    """The format that a file's ending asks for; JSON Lines on standard output (None).

    Raises UsageError for an ending that says nothing.
    """
    if output is None:
        return "jsonl"
    try:
        return _BY_ENDING[output.suffix.lower()]
    except KeyError:
        raise UsageError(
            f"{output}: the ending does not say a format; use {' '.join(_BY_ENDING)}, or choose with --format"
        ) from None


@contextmanager
def open_output(output: Path | None, stdout: IO[bytes] | None = None) -> Iterator[IO[bytes]]:
    """Yield a file that replaces `output` when the block ends well; None = standard output, or `stdout`.

    Raises UsageError for a folder, GoemoxError where the system refuses to write.
    """
    if output is None:
        stream = stdout or sys.stdout.buffer
        yield stream
        stream.flush()
        return
    if output.is_dir():
        raise UsageError(f"{output}: is a folder; name a file to write to")
    try:
        with atomic.open_binary(output) as file:
            yield file
    except OSError as error:
        raise GoemoxError(f"{output}: cannot be written {refusal(error)}") from error


def write_rows(
    rows: Iterable[Row],
    output: Path | None,
    form: FileFormat,
    *,
    names: Sequence[str] | None = None,
    types: Mapping[str, type] | None = None,
    escape_formulas: bool = True,
    notice: Callable[[str], None] | None = None,
    stdout: IO[bytes] | None = None,
) -> int:
    """Write rows in their order and return how many there were.

    names: the columns of CSV and Parquet, in order; None = those of the first row. A column that turns
    up later is added to Parquet, and left out of CSV, whose header has gone; that is told.
    types: Parquet's type (str, float or bool) of columns that might hold nulls only.
    escape_formulas: see `cells.csv_line`. stdout: what `output` None means, else the process's own.
    Raises UsageError for Parquet on a terminal, GoemoxError where the file cannot be written.
    """
    tell = notice or (lambda _: None)
    with open_output(output, stdout) as stream:
        if form == "parquet":
            from goemox.data.parquet import write_parquet  # here, since loading polars takes time

            if output is None and stream.isatty():
                raise UsageError("Parquet cannot be shown on a terminal; give a file with -o")
            return write_parquet(rows, stream, names or (), types or {}, tell)
        lines = map(json_line, rows) if form == "jsonl" else _csv_lines(rows, names, escape_formulas, tell)
        n_lines = 0
        for line in lines:
            stream.write(line)
            n_lines += 1
            if output is None:
                stream.flush()  # so that a pipe sees each row when it is ready
    return n_lines - (form == "csv" and n_lines > 0)


def free_name(name: str, taken: Iterable[str]) -> str:
    """`name`, with as many `input_` before it as it takes not to be one of the taken names."""
    while name in taken:
        name = f"input_{name}"
    return name


def kept_name(name: str, own: Collection[str], beside: Iterable[str]) -> str:
    """What a column of the reader's is called beside goemox's own and the others: as before, if it can."""
    return free_name(name, {*own, *beside}) if name in own else name


def write_records(
    records: Iterable[TextRecord],
    output: Path | None,
    form: FileFormat,
    *,
    escape_formulas: bool = True,
    notice: Callable[[str], None] | None = None,
    stdout: IO[bytes] | None = None,
) -> int:
    """Write records so that `read_records` gives them back: id, text, source, url, time, then all of `meta`.

    Labels, where somebody looked, are a list in JSON Lines and `a|b` elsewhere. Returns the number
    of rows; raises as `write_rows`.
    """
    rows = (_record_row(record, form) for record in records)
    return write_rows(rows, output, form, escape_formulas=escape_formulas, notice=notice, stdout=stdout)


def write_bad_rows(rows: Sequence[BadRow], output: Path) -> None:
    """Write `--errors FILE`: one JSON object a line with where, reason and raw; empty where all went well."""
    write_rows((row.to_dict() for row in rows), output, "jsonl")


def _record_row(record: TextRecord, form: FileFormat) -> Row:
    row: dict[str, object] = {"id": record.id, "text": record.text}
    for name, value in record.meta.items():
        if name == "id" and str(value) == record.id:
            row["id"] = value  # the id as it was before it became text
        else:
            row[kept_name(name, _OWN_NAMES, record.meta)] = value
    row.setdefault("source", record.source)
    row.setdefault("url", record.url)
    row.setdefault("created_at", None if record.created_at is None else record.created_at.isoformat())
    for name, labels in (("labels", record.labels), ("judged", record.judged)):
        if labels is not None:
            row[name] = sorted(labels) if form == "jsonl" else "|".join(sorted(labels))
    return row


def _csv_lines(
    rows: Iterable[Row], names: Sequence[str] | None, escape_formulas: bool, notice: Callable[[str], None]
) -> Iterator[bytes]:
    header = names
    if header is not None:
        yield as_bytes(csv_line(header, escape_formulas=escape_formulas))
    late: dict[str, None] = {}
    for row in rows:
        if header is None:
            header = tuple(row)
            yield as_bytes(csv_line(header, escape_formulas=escape_formulas))
        late.update(dict.fromkeys(name for name in row if name not in header))
        yield as_bytes(csv_line(map(row.get, header), escape_formulas=escape_formulas))
    if late:
        notice(
            f"column(s) {', '.join(late)} turned up after the header was written and are not in the CSV; "
            "use JSON Lines or Parquet"
        )
