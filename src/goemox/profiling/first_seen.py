"""Which of many texts came first: exact but for hash collisions, at some 12 bytes a text."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

__all__ = ["FirstSeen", "Ids", "digests"]

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.uint32]


def digests(texts: Sequence[str]) -> Keys:
    """64 bits of BLAKE2b of each text, (n,). Among ten million texts, two collide once in 370,000 times."""
    joined = b"".join(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts
    )
    return np.frombuffer(joined, dtype="<u8").astype(np.uint64)


@dataclass(slots=True)
class FirstSeen:
    """The row in which each key came first: sorted runs, each at least twice as long as the next."""

    _runs: list[tuple[Keys, Rows]] = field(default_factory=list)

    def rows(self, keys: Keys, start: int) -> npt.NDArray[np.int64]:
        """Take in the keys of rows start, start + 1, … and say for each in which row it came first, (b,).

        A key that is new gives its own row. At most 2^32 rows in all.
        """
        unique, index, inverse = np.unique(keys, return_index=True, return_inverse=True)
        first = start + index.astype(np.int64)
        is_new = np.ones(len(unique), dtype=np.bool_)
        for run_keys, run_rows in self._runs:
            at = np.minimum(np.searchsorted(run_keys, unique), len(run_keys) - 1)
            known = run_keys[at] == unique
            first[known] = run_rows[at[known]]
            is_new &= ~known
        if is_new.any():
            self._add(unique[is_new], first[is_new].astype(np.uint32))
        return np.asarray(first[inverse.reshape(-1)])

    def _add(self, keys: Keys, rows: Rows) -> None:
        while self._runs and len(self._runs[-1][0]) <= 2 * len(keys):
            keys, rows = _merged(self._runs.pop(), (keys, rows))
        self._runs.append((keys, rows))


def _merged(one: tuple[Keys, Rows], other: tuple[Keys, Rows]) -> tuple[Keys, Rows]:
    """Two sorted runs without common keys as one; no sorting, which would take memory for an index."""
    n = len(one[0]) + len(other[0])
    place = np.searchsorted(one[0], other[0]) + np.arange(len(other[0]))
    is_one = np.ones(n, dtype=np.bool_)
    is_one[place] = False
    keys, rows = np.empty(n, dtype=np.uint64), np.empty(n, dtype=np.uint32)
    keys[place], rows[place] = other
    keys[is_one], rows[is_one] = one
    return keys, rows


@dataclass(slots=True)
class Ids:
    """The id of every row, packed: its bytes and 8 more."""

    _bytes: bytearray = field(default_factory=bytearray)
    _ends: array[int] = field(default_factory=lambda: array("Q", [0]))

    def append(self, row_id: str) -> None:
        """Remember the id of the next row."""
        self._bytes += row_id.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, row: int) -> str:
        part = self._bytes[self._ends[row] : self._ends[row + 1]]
        return part.decode("utf-8", "surrogatepass")
