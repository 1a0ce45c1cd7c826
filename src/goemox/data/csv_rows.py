"""CSV and TSV -> rows, one at a time, each with the line it begins on.

The standard library's parser is used, not a columnar one, because a ragged row, a stray quote or a
text of several lines must cost that row alone, and be named by its line.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from goemox.data.cells import as_written
from goemox.data.columns import TEXT_NAMES
from goemox.data.rows import RawRow, empty, is_json_object
from goemox.errors import InvalidInput, NoRows

__all__ = ["csv_rows", "is_table_start"]

_LONGEST_CELL = 64 * 1024 * 1024  # characters; the library's own limit is 131,072
_TOLD = re.compile(r'"?sep=([,;\t|])"?\s*', re.IGNORECASE)
_COLUMN_NAME = re.compile(r"\w[\w .:/()-]{0,39}")


def csv_rows(
    lines: Iterator[str], name: str, *, tabs: bool, notice: Callable[[str], None]
) -> Iterator[RawRow]:
    """Yield the rows below the header; every cell is text, exactly as written (see `cells.as_written`).

    tabs: the file is a TSV. A CSV may use `;` or tabs instead of commas (told through `notice`). Between tabs
    a row whose quotes do not add up is read without quoting, as many programs write it.
    Raises NoRows for a file without rows, InvalidInput for a header that cannot be used.
    """
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    source = _Lines(lines)
    if is_json_object(source.peek()):
        raise InvalidInput(f"{name}: holds JSON Lines, not a table; end its name with .jsonl")
    told = _TOLD.fullmatch(source.peek())
    if told:  # a line of Excel's, above the header
        next(source)
    first = source.peek()
    delimiter = "\t" if tabs else told[1] if told else _delimiter(first)
    if delimiter != "," and not tabs:
        notice(f"{name}: columns are separated by {'tabs' if delimiter == chr(9) else repr(delimiter)}")
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    header, width = _header(reader, name, source.number + 1)
    n_rows = 0
    n_between_tabs = width if delimiter == "\t" else 0
    for where, cells, raw, problem in _records(reader, source, name, n_between_tabs, notice):
        n_rows += 1
        if len(header) < len(cells) == width and not any(map(str.strip, cells[len(header) :])):
            del cells[len(header) :]
        if not problem and len(cells) != len(header):
            problem = (
                f"{len(cells)} cells where the header names {len(header)}; "
                "a text that holds the separator or a line break must stand in double quotes"
            )
        if problem:
            yield RawRow(where, None, raw, problem)
        else:
            yield RawRow(where, dict(zip(header, map(as_written, cells), strict=True)), raw)
    if not n_rows:
        raise NoRows(f"{name}: has a header but no rows")


def is_table_start(first: str, second: str | None = None) -> bool:
    """Whether a first line names several columns, one of them as text columns are called.

    second: the line below it, which must have as many cells then, or hold a quoted one.
    """
    delimiter = _delimiter(first)
    cells = [name.strip() for name in _cells(first, delimiter)]
    names = _named(cells)
    if len(names) < 2 or len(set(names)) < len(names) or not all(map(_COLUMN_NAME.fullmatch, names)):
        return False
    if not {name.casefold() for name in names} & set(TEXT_NAMES):
        return False
    return second is None or '"' in second or len(_cells(second, delimiter)) == len(cells)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


class _Lines:
    """Lines for `csv.reader`; what a broken record swallowed can be put back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._waiting: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else next(self._lines)
        self.taken.append(line)
        self.number += 1
        return line

    def peek(self) -> str:
        """The first line that is not blank, "" at the end; blank lines before it are dropped."""
        if self._waiting:
            return self._waiting[0]
        for line in self._lines:
            if line.strip():
                self._waiting.append(line)
                return line
            self.number += 1
        return ""

    def keep_only_the_first(self) -> str:
        """Undo all lines taken since `taken` was emptied, but the first, which is returned."""
        self._waiting.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1
        del self.taken[1:]
        return self.taken[0]


def _records(
    reader: Iterator[list[str]], source: _Lines, name: str, n_between_tabs: int, notice: Callable[[str], None]
) -> Iterator[tuple[str, list[str], str, str]]:
    """Yield (where, cells, raw, problem) of every record that is not a blank line.

    n_between_tabs: how many cells a row has between tabs, 0 where something else separates them.
    """
    is_told = False
    while True:
        source.taken.clear()
        problem = ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cells = _unquoted(source.keep_only_the_first())
            if not n_between_tabs:
                problem = f"not valid CSV ({error}); a quote inside a quoted text is written twice"
        if _are_rows(source.taken, n_between_tabs):
            cells = _unquoted(source.keep_only_the_first())
            if not is_told:
                is_told = True
                notice(
                    f"{name}:{source.number}: a quote opens here and closes in a later line; since all these "
                    "lines have as many cells as the header, each is read as a row, without quoting"
                )
        if cells:
            yield f"{name}:{source.number - len(source.taken) + 1}", cells, "".join(source.taken), problem


def _are_rows(lines: Sequence[str], n_cells: int) -> bool:
    """Whether lines that quotes make one row are several. (Code in a quoted text may begin with a tab.)"""
    return len(lines) > 1 < n_cells and all(
        line.count("\t") == n_cells - 1 and not line.startswith("\t") for line in lines
    )


def _unquoted(line: str) -> list[str]:
    return line.rstrip("\r\n").split("\t")


def _delimiter(header: str) -> str:
    """The separator that occurs most often outside quotes; a comma wins ties."""
    outside = "".join(header.split('"')[::2])
    return max((",", ";", "\t"), key=outside.count)


def _header(reader: Iterator[list[str]], name: str, line: int) -> tuple[Sequence[str], int]:
    """The names of the columns, and how many cells a row has. line: the one that the header begins on."""
    try:
        cells = [as_written(column) for column in next(reader)]
    except StopIteration:
        raise empty(name) from None
    except csv.Error as error:
        raise InvalidInput(f"{name}:{line}: the header is not valid CSV ({error})") from None
    header = _named(cells)
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise InvalidInput(
            f"{name}:{line}: column name {twice[0]!r} occurs twice; give each column its own name"
        )
    return header, len(cells)


def _named(header: list[str]) -> list[str]:
    """Without the columns at the end that have no name, if they are alike: Excel writes emptied ones so.

    One without a name is a column, such as a data frame's index, and so are several that can be told apart.
    """
    n = len(header)
    while n and not header[n - 1].strip():
        n -= 1
    blank = header[n:]
    return header[:n] if n and len(set(blank)) < len(blank) else header
