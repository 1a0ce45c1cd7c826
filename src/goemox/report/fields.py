"""Reading report.json: what is absent or null is missing, what has the wrong type is an error."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from goemox.errors import InvalidInput
from goemox.report.texts import plain

__all__ = ["Fields"]


class Fields:
    """One JSON object of the report, read by name and type.

    Every reader returns an empty value (None, "", (), {}) for a key that is absent or null, and raises
    InvalidInput, naming the path, for a value of another type. An object without keys is falsy.
    """

    __slots__ = ("_data", "_list_of", "path")

    def __init__(
        self, data: Mapping[str, object], path: str = "report.json", list_of: Sequence[object] = ()
    ) -> None:
        self._data = data
        self._list_of = list_of
        self.path = path

    def __bool__(self) -> bool:
        return bool(self._data)

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def number(self, key: str) -> float | None:
        """A finite number, or None; NaN and infinities count as missing."""
        return _number(self._data.get(key), f"{self.path}: {key}")

    def count(self, key: str) -> int | None:
        """A whole number of things, or None."""
        found = self.number(key)
        return None if found is None else round(found)

    def text(self, key: str) -> str:
        """A string on one line, its invisible characters named (`texts.plain`); empty where missing."""
        return plain(self.verbatim(key))

    def verbatim(self, key: str) -> str:
        """A string as it stands, for `texts.long_text` alone; empty where missing."""
        found = self._data.get(key)
        if found is None:
            return ""
        if not isinstance(found, str):
            raise self._wrong(key, "a text")
        return found

    def flag(self, key: str) -> bool | None:
        """True, False, or None where missing."""
        found = self._data.get(key)
        if found is None or isinstance(found, bool):
            return found
        raise self._wrong(key, "true or false")

    def fields(self, key: str) -> Fields:
        """The object under `key`; empty where missing."""
        found = self._data.get(key)
        if found is None:
            found = {}
        if not isinstance(found, Mapping):
            raise self._wrong(key, "an object")
        return Fields(found, f"{self.path}: {key}")

    def rows(self, key: str) -> tuple[Fields, ...]:
        """A list of objects."""
        found = self._list(key)
        if not all(isinstance(row, Mapping) for row in found):
            raise self._wrong(key, "a list of objects")
        return tuple(
            Fields(row, f"{self.path}: {key}[{index}]", found)
            for index, row in enumerate(found)
            if isinstance(row, Mapping)
        )

    def in_list(self, key: str) -> tuple[str, ...]:
        """The text under `key` of all objects in the list that this one stands in, as `text` gives it."""
        rows = (row for row in self._list_of if isinstance(row, Mapping))
        return tuple(Fields(row, self.path).text(key) for row in rows)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings, each as `text` gives it."""
        found = self._list(key)
        if not all(isinstance(item, str) for item in found):
            raise self._wrong(key, "a list of texts")
        return tuple(plain(str(item)) for item in found)

    def numbers(self, key: str) -> tuple[float | None, ...]:
        """A list of numbers, None where one is missing."""
        return tuple(_number(item, f"{self.path}: {key}") for item in self._list(key))

    def matrix(self, key: str) -> tuple[tuple[float | None, ...], ...]:
        """A list of lists of numbers, None where one is missing."""
        rows = self._list(key)
        if not all(isinstance(row, list | tuple) for row in rows):
            raise self._wrong(key, "a list of lists")
        where = f"{self.path}: {key}"
        return tuple(tuple(_number(x, where) for x in row) for row in rows if isinstance(row, list | tuple))

    def intervals(self, key: str) -> tuple[tuple[tuple[float, float] | None, ...], ...]:
        """A list of lists of [low, high]; None where either end or the whole is missing."""
        rows = self._list(key)
        if not all(
            isinstance(row, list | tuple)
            and all(pair is None or (isinstance(pair, list | tuple) and len(pair) == 2) for pair in row)
            for row in rows
        ):
            raise self._wrong(key, "a list of lists of [low, high]")
        where = f"{self.path}: {key}"
        return tuple(
            tuple(_interval(pair, where) for pair in row) for row in rows if isinstance(row, list | tuple)
        )

    def by_name(self, key: str) -> dict[str, float]:
        """An object of numbers, those that are missing left out; the order is kept."""
        inner = self.fields(key)
        found = {plain(name): inner.number(name) for name in inner}
        return {name: value for name, value in found.items() if value is not None}

    def _list(self, key: str) -> Sequence[object]:
        found = self._data.get(key)
        if found is None:
            return ()
        if not isinstance(found, list | tuple):
            raise self._wrong(key, "a list")
        return found

    def _wrong(self, key: str, expected: str) -> InvalidInput:
        return InvalidInput(
            f"{self.path}: {key} must be {expected}. Write the report again with `goemox study`."
        )


def _interval(found: Sequence[object] | None, where: str) -> tuple[float, float] | None:
    if found is None:
        return None
    low, high = (_number(end, where) for end in found)
    return None if low is None or high is None else (low, high)


def _number(found: object, where: str) -> float | None:
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise InvalidInput(f"{where} must be a number. Write the report again with `goemox study`.")
    return float(found) if math.isfinite(found) else None
