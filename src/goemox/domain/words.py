"""Which words stand in which text, as hashes: enough to compare two collections, too little to read one.

A reference profile ships without its texts. Hashed words tell how often a word of *another* collection occurs
in it; a word that only the reference has keeps no name (feature hashing: Weinberger et al. 2009,
https://arxiv.org/abs/0902.2206).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from goemox.errors import ShapeError
from goemox.scores import Bools, Ints

__all__ = ["N_BUCKETS", "HashedWords", "bucket_of", "hash_words", "words_of"]

N_BUCKETS = 1 << 18  # two of 10,000 words meet in one bucket now and then; none of a text's few does
TELLING = 5  # different words of a text from which on nobody else writes the same ones by chance
WORD = re.compile(r"\[[a-z]+\]|[^\W_]+(?:['’][^\W_]+)*")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, in their order; masks such as `[name]` are words."""
    return [word.replace("’", "'") for word in WORD.findall(text.lower())]


def bucket_of(word: str) -> int:
    """Where a word is counted, in [0, `N_BUCKETS`); the same on every machine."""
    return zlib.crc32(word.encode("utf-8", "surrogatepass")) % N_BUCKETS


@dataclass(frozen=True, slots=True, eq=False)
class HashedWords:
    """The different words of n texts: those of text i are buckets[starts[i]:starts[i + 1]], rising.

    starts: int32 (n + 1,). buckets: uint32 (words of all texts,). Raises ShapeError where they do not fit.
    """

    starts: npt.NDArray[np.int32]
    buckets: npt.NDArray[np.uint32]

    def __post_init__(self) -> None:
        if self.starts.ndim != 1 or len(self.starts) < 1 or self.starts[0] != 0:
            raise ShapeError("word starts", (1,), self.starts.shape)
        if (np.diff(self.starts) < 0).any() or self.starts[-1] != len(self.buckets):
            raise ShapeError("word buckets", (int(self.starts[-1]),), self.buckets.shape)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def rows(self, keep: Ints | Bools) -> HashedWords:
        """The chosen texts, in the chosen order."""
        index = np.arange(len(self))[keep]
        parts = [self.buckets[self.starts[i] : self.starts[i + 1]] for i in index]
        return _joined(parts)

    def found_in(self, other: HashedWords) -> Bools:
        """Which texts have just the words of some text of `other`, (n,): the same text, all but surely.

        Never of texts with fewer than `TELLING` different words: many people write "thank you so much".
        """
        keys = {key for key in other._keys() if key is not None}
        return np.array([key in keys for key in self._keys()], dtype=np.bool_)

    def _keys(self) -> list[bytes | None]:
        bounds = zip(self.starts[:-1], self.starts[1:], strict=True)
        return [self.buckets[a:b].tobytes() if b - a >= TELLING else None for a, b in bounds]

    def matrix(self) -> Any:
        """Whether each bucket occurs in each text: a scipy CSR matrix (n, N_BUCKETS) of 0 and 1, float32."""
        from scipy.sparse import csr_matrix

        ones = np.ones(len(self.buckets), dtype=np.float32)
        columns = self.buckets.astype(np.int32)
        return csr_matrix((ones, columns, self.starts), shape=(len(self), N_BUCKETS))


def hash_words(texts: Iterable[str]) -> HashedWords:
    """The hashed words of texts, in their order; a word counts once a text."""
    known: dict[str, int] = {}

    def bucket(word: str) -> int:
        if word not in known:
            known[word] = bucket_of(word)
        return known[word]

    return _joined(
        [np.unique(np.array([bucket(word) for word in words_of(text)], dtype=np.uint32)) for text in texts]
    )


def _joined(parts: Sequence[npt.NDArray[np.uint32]]) -> HashedWords:
    starts = np.zeros(len(parts) + 1, dtype=np.int32)
    starts[1:] = np.cumsum([len(part) for part in parts])
    return HashedWords(starts, np.concatenate([*parts, np.empty(0, dtype=np.uint32)]))
