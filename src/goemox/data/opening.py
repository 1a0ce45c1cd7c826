"""Files, folders and standard input -> their rows in order, and which column is what; none is judged yet."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO, Literal

from goemox.data.columns import PLAIN, Columns, choose_columns, doubt_of
from goemox.data.folders import BINARY, data_files, ending_of
from goemox.data.formats import InputFormat, file_rows, pipe_rows
from goemox.data.goemotions import check_columns, is_goemotions_file, read_tsv
from goemox.data.json_arrays import list_within, own_column, written_by_columns
from goemox.data.lines import Decoding, text_lines
from goemox.data.packed import check_is_there, open_bytes
from goemox.data.rows import RawRow
from goemox.errors import InvalidInput, NoRows, UnknownColumn
from goemox.records import TextRecord
from goemox.wording import Say, plural

__all__ = ["OpenedRows", "open_rows"]

_ROWS_TO_GUESS_BY = 100


@dataclass(frozen=True, slots=True)
class OpenedRows:
    """A collection whose first rows have been looked at: all its rows in order, and which column is what.

    name: how messages call it. files: those it is made of, none for standard input.
    records: of GoEmotions' own TSV, with its labels; None of any other collection. first: the rows that were
    looked at, those that can be read.
    """

    name: str
    files: tuple[Path, ...]
    rows: Iterator[RawRow]
    columns: Columns
    decodings: Sequence[Decoding]
    records: Sequence[TextRecord] | None = None
    first: Sequence[Mapping[str, object]] = ()


def open_rows(
    path: Path | Literal["-"] | Sequence[Path],
    *,
    text_column: str | None = None,
    id_column: str | None = None,
    label_column: str | Sequence[str] | None = None,
    multi_hot: Sequence[str] = (),
    input_format: InputFormat | None = None,
    encoding: str | None = None,
    notice: Say | None = None,
    stdin: IO[bytes] | None = None,
) -> OpenedRows:
    """Open a collection and choose its columns, but leave its rows as they are; see `read_records`.

    `record_of` makes a record of a row, and raises InvalidInput for one that cannot be used.
    """
    tell = notice or (lambda message: None)
    decodings: list[Decoding] = []
    files: list[Path] = []
    if str(path) == "-":
        name = "stdin"
        decodings.append(Decoding(encoding))
        rows = pipe_rows(stdin or sys.stdin.buffer, name, input_format, decodings[0], tell)
    else:
        files = _files_of(Path(path) if isinstance(path, str) else path, tell)
        name = str(path if isinstance(path, Path) else files[0])
        if len(files) == 1 and input_format is None and encoding is None and _is_official(files[0]):
            # Of several names of a column any may be there; each of `multi_hot` must.
            one = (label_column,) if isinstance(label_column, str) else ()
            check_columns(
                name, text_column=text_column, id_column=id_column, label_columns=(*one, *multi_hot)
            )
            tell(f"{name}: read as GoEmotions' own: text, label ids and comment id, without a header")
            return _official(files[0])
        if len(files) > 1 and text_column is None and (own := next(filter(_is_official, files), None)):
            raise InvalidInput(
                f"{name}: holds GoEmotions' own files, which have no header and are read one at a time; name "
                f"one of them, such as {own}"
            )
        rows = _rows_of_files(files, input_format, encoding, decodings, tell)
    first = list(islice(rows, 1))
    # A line of text tells all there is to guess, and the next line of a pipe may be long in coming.
    if files or text_column is not None or not (first and first[0].is_line):
        first += islice(rows, _ROWS_TO_GUESS_BY - 1)
    readable = [row.values for row in first if row.values is not None]
    if not readable:
        raise InvalidInput(f"{name}: {_unread(len(first))}; {first[0].where}: {first[0].problem}")
    is_table = not files or ending_of(files[0]) in (".csv", ".tsv", "")
    if is_table and text_column is None and len(readable[0]) == 1 and 2 * len(readable) < len(first):
        raise InvalidInput(
            f"{name}: the first line names one column, {next(iter(readable[0]))!r}, but most rows have more "
            "cells; if a title stands above the header, take it out (else say so with --text-column)"
        )
    _refuse_columns(name, first)
    try:
        columns = choose_columns(
            readable,
            name,
            text_column=text_column,
            id_column=id_column,
            label_column=label_column,
            multi_hot=multi_hot,
            notice=tell,
        )
    except UnknownColumn:
        if found := _text_within(name, readable[0], text_column, alone=len(first) == 1):
            raise InvalidInput(f"{name}: {found}") from None
        raise
    if text_column is not None and (doubt := doubt_of(readable, text_column)):
        tell(
            f"{name}: column {text_column!r} {doubt}: does it hold the texts? "
            "(choose another with --text-column)"
        )
    return OpenedRows(name, tuple(files), chain(first, rows), columns, decodings, None, readable)


def _is_official(path: Path) -> bool:
    return path.suffix.lower() == ".tsv" and path.is_file() and is_goemotions_file(path)


def _official(path: Path) -> OpenedRows:
    """GoEmotions' own TSV, which has no header. Raises InvalidInput where it is not UTF-8."""
    try:
        records = read_tsv(path)
    except UnicodeDecodeError:
        with open_bytes(path) as stream:
            for _ in text_lines(stream, str(path), Decoding("utf-8")):  # raises, naming line and byte
                continue
        raise
    rows = (
        RawRow(f"{path}:{number}", {"id": record.id, "text": record.text})
        for number, record in enumerate(records, start=1)
    )
    return OpenedRows(str(path), (path,), rows, PLAIN, [Decoding()], records)


def _files_of(path: Path | Sequence[Path], notice: Say) -> list[Path]:
    """The files that make up one collection, in order."""
    if not isinstance(path, Path):
        return list(path)
    check_is_there(path)
    if not path.is_dir():
        return [path]
    files = data_files(path, notice)
    if len(files) > 1:
        notice(f"{path}: {len(files)} files are read one after the other, from {files[0].name} on")
    return files


def _rows_of_files(
    files: Sequence[Path],
    form: InputFormat | None,
    encoding: str | None,
    decodings: list[Decoding],
    notice: Say,
) -> Iterator[RawRow]:
    """One file after the other. Several may be empty, as exporters write them, but not all."""
    without: list[str] = []
    for file in files:
        decoding = Decoding(encoding)
        rows = file_rows(file, form, decoding, notice)
        if ending_of(file) not in BINARY:
            decodings.append(decoding)
        try:
            yield from rows
        except NoRows as error:
            if len(files) == 1:
                raise
            without.append(error.what)
    if len(without) == len(files):
        raise NoRows(without[0], f"none of the {len(files)} files has one")
    if without:
        hold = "holds" if len(without) == 1 else "hold"
        notice(f"{len(without)} of {len(files)} files {hold} no rows (first: {without[0]})")


def _refuse_columns(name: str, first: Sequence[RawRow]) -> None:
    """Raise InvalidInput for what is one object of columns instead of rows."""
    if len(first) == 1 and written_by_columns(first[0].values or {}):
        raise InvalidInput(
            f"{name}: one object of columns, as pandas' to_json() writes it; write a row a line: "
            'to_json(PATH, orient="records", lines=True)'
        )


def _text_within(name: str, row: Mapping[str, object], asked: str | None, *, alone: bool) -> str | None:
    """Where within objects the rows or the texts seem to stand, and what to do; None where they do not.

    asked: the column that was asked for. alone: whether this is the only row.
    """
    if alone and (place := list_within(row)):
        return (
            f"one object, whose rows seem to stand under {place!r}; save that list as a file of its own, "
            f"such as with: jq '.{place}' {name} > rows.json"
        )
    above, dot, _ = (asked or "").partition(".")
    if asked is not None and dot and asked not in row and isinstance(row.get(above), Mapping):
        return f"no column {asked!r}: it is within objects, whose fields are no columns; {own_column(asked)}"
    return None


def _unread(n: int) -> str:
    return "its only row cannot be read" if n == 1 else f"none of the first {plural(n, 'row')} can be read"
