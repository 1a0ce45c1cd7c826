"""The user's own files -> `TextRecord`s, row by row, with bad rows set aside instead of fatal.

Reads .csv .tsv .jsonl .ndjson .json .txt (each also as .gz or .zst), .parquet, .arrow, .feather, folders of
them and standard input; docs/files.md has the rules.
Columns other than text, id and (when asked for) labels are carried in `meta` and never interpreted;
a web address in a column `url` is also the record's `url`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Literal

from goemox.data.bad_rows import RAW_LIMIT, BadRow
from goemox.data.columns import Columns
from goemox.data.formats import InputFormat
from goemox.data.json_arrays import own_column
from goemox.data.label_cells import is_number, parse_labels, parse_multi_hot
from goemox.data.lines import Decoding
from goemox.data.opening import open_rows
from goemox.data.rows import RawRow, kind_of
from goemox.errors import InvalidInput, UnknownLabel
from goemox.labels import GOEMOTIONS, is_goemotions
from goemox.records import TextRecord
from goemox.wording import Say, plural

__all__ = ["RecordStream", "bad_row_of", "read_records", "record_of"]

FEW_IDS = 20  # rows from which 0 and 1 alone are no ids of two labels
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
    notice: Say | None = None,
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
    tell = notice or (lambda message: None)
    opened = open_rows(
        path,
        text_column=text_column,
        id_column=id_column,
        label_column=label_column,
        multi_hot=multi_hot,
        input_format=input_format,
        encoding=encoding,
        notice=tell,
        stdin=stdin,
    )
    columns = opened.columns
    if opened.records is not None:
        return RecordStream(iter(opened.records), columns, opened.decodings)
    for column in columns.multi_hot:
        if labels is not None and column not in labels:
            raise UnknownLabel(column, f"{opened.name}: label columns", labels)
    if labels is not None and columns.label is not None and is_goemotions(labels):
        _tell_of_ids(opened.name, columns.label, [row.get(columns.label) for row in opened.first], tell)
    records = _records(opened.rows, columns, labels, bad_rows, tell)
    return RecordStream(records, columns, opened.decodings)


def _tell_of_ids(name: str, column: str, cells: Sequence[object], notice: Say) -> None:
    """That numbers are read as GoEmotions' ids. Raises InvalidInput where they rather say yes and no."""
    numbers = [str(cell).strip() for cell in cells if is_number(cell)]
    if len(numbers) >= FEW_IDS and len(numbers) == len(cells) and set(numbers) == {"0", "1"}:
        raise InvalidInput(
            f"{name}: column {column!r} holds 0 and 1 alone in its first {len(cells)} rows, which as "
            f"GoEmotions' label ids would be {GOEMOTIONS[0]} and {GOEMOTIONS[1]}; write names (evaluate and "
            "adapt take a --mapping from 0 and 1 to the model's labels)"
        )
    if numbers:
        notice(
            f"{name}: numbers in column {column!r} are read as GoEmotions' label ids (0 is {GOEMOTIONS[0]}, "
            f"{len(GOEMOTIONS) - 1} is {GOEMOTIONS[-1]}); if they mean others, write names"
        )


def _records(
    rows: Iterator[RawRow],
    columns: Columns,
    labels: Sequence[str] | None,
    bad_rows: list[BadRow] | None,
    notice: Say,
) -> Iterator[TextRecord]:
    seen: set[str] = set()
    repeats, example = 0, ""
    for number, row in enumerate(rows, start=1):
        try:
            record = record_of(row, number, columns, labels)
        except InvalidInput as problem:
            if bad_rows is None:
                raise
            bad_rows.append(bad_row_of(row, problem))
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


def record_of(row: RawRow, number: int, columns: Columns, labels: Sequence[str] | None = None) -> TextRecord:
    """One row as a record; raises InvalidInput where the row cannot be used.

    number: of the row in the collection, from 1.
    """
    values = row.values
    if values is None:
        raise InvalidInput(f"{row.where}: {row.problem}")
    text = _text(values, columns.text, row.where)
    row_id, given = str(number), None
    if columns.id is not None:
        given = values.get(columns.id)
        # a blank cell gets no plain number: that may well be the id of another row
        row_id = f"row-{number}" if given is None or given == "" else str(given)
    meta = {column: value for column, value in values.items() if column not in columns.taken}
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
    looked_for = None if columns.judged is None else values.get(columns.judged)
    if looked_for is not None and not (isinstance(looked_for, str) and not looked_for.strip()):  # blank: all
        judged = parse_labels(looked_for, labels, row.where)
    return found, judged


def _text(values: Mapping[str, object], column: str, where: str) -> str:
    text = values.get(column)
    if text is None:
        raise InvalidInput(f"{where}: no text ({'null' if column in values else 'nothing'} in {column!r})")
    if not isinstance(text, str):
        remedy = f"; {own_column(f'{column}.{_field(text)}')}" if isinstance(text, Mapping) else ""
        raise InvalidInput(f"{where}: {column!r} holds {kind_of(text)}, not text{remedy}")
    if not text.strip():
        raise InvalidInput(f"{where}: the text is empty")
    return text


def _field(cell: Mapping[str, object]) -> str:
    """The first field of an object that holds text; `body` where none does."""
    return next((name for name, value in cell.items() if isinstance(value, str)), "body")


def bad_row_of(row: RawRow, problem: InvalidInput) -> BadRow:
    """A row that `record_of` refused, for the list of those."""
    raw = row.raw or json.dumps(row.values, ensure_ascii=False, default=str)
    return BadRow(row.where, str(problem).removeprefix(f"{row.where}: "), raw[:RAW_LIMIT])
