"""A JSON file -> rows, one element of its array at a time, so that memory does not grow with the file."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from goemox.data.rows import RawRow, empty, is_json_object, json_lines_rows, kind_of, row_of, what_is_wrong
from goemox.errors import InvalidInput, NoRows

__all__ = ["json_rows", "list_within", "own_column", "written_by_columns"]

_CHUNK = 65_536  # characters
_DECODER = json.JSONDecoder()


def json_rows(pieces: Iterator[str], name: str) -> Iterator[RawRow]:
    """Yield the rows of a JSON array of objects or strings; JSON Lines under this name are read too.

    pieces: of the text, cut anywhere. One object alone is one row.
    Raises NoRows for an empty file or an empty array, InvalidInput for anything else, and
    where the array breaks off.
    """
    first = next((piece for piece in pieces if piece.strip()), None)
    if first is None:
        raise empty(name)
    if first.lstrip().startswith("["):
        yield from _array_rows(_Buffer(chain([first], pieces)), name)
    elif is_json_object(first):
        yield from json_lines_rows(_lines(chain([first], pieces)), name)
    else:
        yield from _one_row("".join(chain([first], pieces)), name)


def list_within(value: object, above: str = "", depth: int = 4) -> str | None:
    """Where in an object a list of objects stands, as `data.issues.nodes`; None where there is none near."""
    if not isinstance(value, Mapping) or not depth:
        return None
    for name, inner in value.items():
        if isinstance(inner, list) and inner and all(isinstance(item, dict) for item in inner):
            return f"{above}{name}"
        if (found := list_within(inner, f"{above}{name}.", depth - 1)) is not None:
            return found
    return None


def written_by_columns(value: Mapping[str, object]) -> bool:
    """Whether an object holds whole columns by the numbers of their rows, or all rows by their numbers."""
    inner = [each for each in value.values() if isinstance(each, Mapping)]
    if not inner or len(inner) < len(value):
        return False
    return all(key.isdecimal() for key in value) or all(key.isdecimal() for each in inner for key in each)


def own_column(place: str) -> str:
    """What to do with a text that stands within an object, at a place such as `data.body`."""
    return f"write it as a column of its own; of JSON Lines with: jq -c '.text = .{place}'"


def _one_row(text: str, name: str) -> Iterator[RawRow]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        if text.lstrip().startswith("{"):
            yield from json_lines_rows(io.StringIO(text, newline=""), name)
            return
        raise InvalidInput(f"{name}: not valid JSON ({what_is_wrong(error)})") from None
    if not isinstance(value, dict):
        raise InvalidInput(f"{name}: expected a JSON array of objects, found {kind_of(value)}")
    yield row_of(value, f"{name}:1", "")


def _lines(pieces: Iterable[str]) -> Iterator[str]:
    """Lines of pieces, which end anywhere: of UTF-16 they are cut at the first byte of a line break."""
    rest = ""
    for piece in pieces:
        *whole, rest = (rest + piece).split("\n")
        yield from (f"{line}\n" for line in whole)
    if rest:
        yield rest


class _Buffer:
    """The part of a text that is being parsed; `at` is where."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self.text = ""
        self.at = 0

    def more(self) -> bool:
        """Read on, at least as much again as is waiting: a long element is not parsed over and over."""
        parts: list[str] = []
        wanted = max(_CHUNK, len(self.text) - self.at)
        n_read = 0
        for piece in self._pieces:
            parts.append(piece)
            n_read += len(piece)
            if n_read >= wanted:
                break
        if not parts:
            return False
        self.text, self.at = self.text[self.at :] + "".join(parts), 0
        return True

    def sign(self) -> str:
        """The next character that is no white space, which is passed over; "" at the end."""
        while True:
            while self.at < len(self.text):
                if not self.text[self.at].isspace():
                    return self.text[self.at]
                self.at += 1
            if not self.more():
                return ""


def _array_rows(buffer: _Buffer, name: str) -> Iterator[RawRow]:
    buffer.sign()
    buffer.at += 1  # the bracket
    if buffer.sign() == "]":
        raise NoRows(f"{name}: the array is empty")
    number = 1
    while True:
        yield row_of(_element(buffer, f"{name}:{number}"), f"{name}:{number}", "")
        number += 1
        sign = buffer.sign()
        buffer.at += 1
        if sign == "]":
            break
        if sign != ",":
            raise InvalidInput(f"{name}:{number}: not valid JSON (the array breaks off before this row)")
    if buffer.sign():
        raise InvalidInput(f"{name}: not valid JSON (something stands behind the array)")


def _element(buffer: _Buffer, where: str) -> object:
    """The element that begins at the next sign."""
    buffer.sign()
    while True:
        try:
            value, end = _DECODER.raw_decode(buffer.text, buffer.at)
        except (ValueError, RecursionError) as error:
            if isinstance(error, RecursionError) or not buffer.more():
                raise InvalidInput(f"{where}: not valid JSON ({what_is_wrong(error)})") from None
            continue
        if end == len(buffer.text) and buffer.more():  # a number might go on here
            continue
        buffer.at = end
        return value
