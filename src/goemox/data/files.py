"""The user's own files -> `TextRecord`s, row by row, with bad rows set aside instead of fatal.

Reads .csv .tsv .jsonl .ndjson .json .txt (each also as .gz or .zst), .parquet, .arrow, folders of them and
standard input; docs/files.md has the rules.
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
from goemox.data.folders import data_files, ending_of
from goemox.data.formats import InputFormat, file_rows, pipe_rows
from goemox.data.goemotions import is_goemotions_tsv, read_tsv
from goemox.data.label_cells import parse_labels, parse_multi_hot
from goemox.data.lines import Decoding, text_lines
from goemox.data.packed import check_is_there, open_bytes
from goemox.data.rows import RawRow, kind_of
from goemox.errors import InvalidInput, UnknownLabel
from goemox.records import TextRecord
from goemox.wording import plural

__all__ = ["Notice", "RecordStream", "read_records"]

Notice = Callable[[str], None]
"""Is told, in one line, what was guessed or is worth knowing."""

_ROWS_TO_GUESS_BY = 100
_IDS_REMEMBERED = 1_000_000  # about 100 MB; ids that repeat after so many rows go unnoticed


class RecordStream(Iterator[TextRecord]):
    """The records of one collection in its order, read as they are taken.

    columns: which column is what.
    """

    def __init__(
        self, records: Iterator[TextRecord], columns: Columns, decodings: Sequence[Decoding] = ()
    ) -> None:
        self._records = records
        self._decodings = decodings
        self.columns = columns

    def __next__(self) -> TextRecord:
        return next(self._records)

    @property
    def encoding(self) -> str | None:
        """How the text files so far were encoded, in words; None where there was none."""
        return "; ".join(dict.fromkeys(map(str, self._decodings))) or None


def read_records(
    path: Path | Literal["-"] | Sequence[Path],
    *,
    text_column: str | None = None,
    id_column: str | None = None,
    label_column: str | Sequence[str] | None = None,
    multi_hot: Sequence[str] = (),
    labels: Sequence[str] | None = None,
    input_format: InputFormat | None = None,
    encoding: str | None = None,
    bad_rows: list[BadRow] | None = None,
    notice: Notice | None = None,
    stdin: IO[bytes] | None = None,
) -> RecordStream:
    """Open a file, several that make up one collection, a folder of them, or `-`, standard input.

    text_column, id_column: None = guessed by name, else the only column of words; ids default to row
    numbers from 1. A guess other than `text` and all else worth knowing is told through `notice`.
    label_column: read labels from it, or from the first of several names that occurs, and `judged`
    where the file has it; None = no labels are read, whatever the columns are called.
    multi_hot: instead, one column for each label; only these labels count as looked for.
    labels: the names that may occur; None = any.
    input_format: None = as the ending says; without one, and from a pipe, as the first lines look.
    encoding: None = found out (`lines.text_lines`).
    bad_rows: rows that cannot be used are appended here; None = the first of them raises.
    stdin: what `-` reads; None = the process's own standard input.
    GoEmotions' own TSV is recognised by its shape and always comes with its labels.
    Raises, when called, InvalidInput for a file without a readable row and UnknownColumn for a column
    that is not there; while rows are taken, InvalidInput for a wrong encoding or, without `bad_rows`,
    for a bad row.
    """
    tell = notice or _say_nothing
    decodings: list[Decoding] = []
    if str(path) == "-":
        name = "stdin"
        decodings.append(Decoding(encoding))
        rows = pipe_rows(stdin or sys.stdin.buffer, name, input_format, decodings[0], tell)
    else:
        files = _files_of(Path(path) if isinstance(path, str) else path, tell)
        name = str(path if isinstance(path, Path) else files[0])
        if len(files) == 1 and input_format is None and encoding is None and _is_official_tsv(files[0]):
            columns = Columns(("id", "text"), text="text", id="id")
            return RecordStream(iter(_official_tsv(files[0])), columns, [Decoding()])
        rows = _rows_of_files(files, input_format, encoding, decodings, tell)
    first = list(islice(rows, _ROWS_TO_GUESS_BY))
    readable = [row.values for row in first if row.values is not None]
    if not readable:
        raise InvalidInput(
            f"{name}: none of the first {plural(len(first), 'row')} can be read; {first[0].where}: "
            f"{first[0].problem}"
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
    return RecordStream(_records(chain(first, rows), columns, labels, bad_rows, tell), columns, decodings)


def _say_nothing(message: str) -> None:
    """Where nobody wants to be told."""


def _is_official_tsv(path: Path) -> bool:
    if path.suffix.lower() != ".tsv" or not path.is_file():
        return False
    with open_bytes(path) as stream:
        return is_goemotions_tsv(stream.readline(1_000_000).decode("utf-8", "replace"))


def _official_tsv(path: Path) -> list[TextRecord]:
    try:
        return read_tsv(path)
    except UnicodeDecodeError:
        with open_bytes(path) as stream:
            for _ in text_lines(stream, str(path), Decoding("utf-8")):  # raises, naming line and byte
                continue
        raise


def _files_of(path: Path | Sequence[Path], notice: Notice) -> list[Path]:
    """The files that make up one collection, in order."""
    if not isinstance(path, Path):
        return list(path)
    check_is_there(path)
    if not path.is_dir():
        return [path]
    files = data_files(path)
    if len(files) > 1:
        notice(f"{path}: {len(files)} files are read one after the other, from {files[0].name} on")
    return files


def _rows_of_files(
    files: Sequence[Path],
    form: InputFormat | None,
    encoding: str | None,
    decodings: list[Decoding],
    notice: Notice,
) -> Iterator[RawRow]:
    for file in files:
        decoding = Decoding(encoding)
        rows = file_rows(file, form, decoding, notice)
        if ending_of(file) not in (".parquet", ".arrow"):
            decodings.append(decoding)
        yield from rows


def _records(
    rows: Iterator[RawRow],
    columns: Columns,
    labels: Sequence[str] | None,
    bad_rows: list[BadRow] | None,
    notice: Notice,
) -> Iterator[TextRecord]:
    seen: set[str] = set()
    repeats, example = 0, ""
    taken = frozenset({columns.text, columns.id, columns.label, columns.judged, *columns.multi_hot})
    for number, row in enumerate(rows, start=1):
        try:
            record = _record(row, number, columns, taken, labels)
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
        again = plural(repeats, "row repeats", "rows repeat")
        notice(f"{again} the id of an earlier row (first: {example}); all are kept")


def _record(
    row: RawRow, number: int, columns: Columns, taken: frozenset[str | None], labels: Sequence[str] | None
) -> TextRecord:
    """One row as a record; raises InvalidInput where the row cannot be used."""
    values = row.values
    if values is None:
        raise InvalidInput(f"{row.where}: {row.problem}")
    text = _text(values, columns.text, row.where)
    row_id, given = str(number), None
    if columns.id is not None:
        given = values.get(columns.id)
        # a blank cell gets no plain number: that may well be the id of another row
        row_id = f"row-{number}" if given is None or given == "" else str(given)
    meta = {column: value for column, value in values.items() if column not in taken}
    if given is not None and not isinstance(given, str):
        meta[str(columns.id)] = given  # as it was, so that writing gives back a number for a number
    url = values.get("url")
    found, judged = _labels_of(row, columns, labels)
    return TextRecord(
        id=row_id,
        text=text,
        url=url if isinstance(url, str) and url.startswith(("http://", "https://")) else None,
        meta=meta,
        labels=found,
        judged=judged,
    )


def _labels_of(
    row: RawRow, columns: Columns, labels: Sequence[str] | None
) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    """What somebody said of a row, and which labels they looked for; None, None where labels are not read."""
    values, found, judged = row.values or {}, None, None
    if columns.label is not None:
        found = parse_labels(values.get(columns.label), labels, row.where)
    if columns.multi_hot:
        found = parse_multi_hot(values, columns.multi_hot, row.where)
        judged = frozenset(columns.multi_hot)
    if columns.judged is not None and values.get(columns.judged) is not None:
        judged = parse_labels(values[columns.judged], labels, row.where)
    return found, judged


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
