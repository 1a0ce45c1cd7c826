"""Texts to word pieces, word by word: each word is cut once, however often it is written.

Tokenisers of BERT's kind cut texts at white space first and look at nothing beyond it, so the pieces of a
text are those of its words, one after the other. A dictionary of words is some twenty times as fast as
cutting every text anew. Other tokenisers (byte pairs, sentence pieces) read whole texts here, with the same
result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from goemox.errors import InvalidModel
from goemox.runtime.tokenizer_file import open_tokenizer
from goemox.runtime.tokens import clean_text, exceeds

__all__ = ["PieceReader", "Pieces"]

MAX_WORDS = 200_000  # that are remembered, some 30 MB; then the dictionary begins anew
MAX_LETTERS = 4_000_000  # of them together: a "word" may have as many as a text
BLOCK = 256  # texts that the library cuts at a time: it keeps some hundred bytes a token while it works
BETWEEN = "\0"  # stands between two texts: `clean_text` leaves none within one
Number = TypeVar("Number", np.int32, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Word pieces of n texts, without special tokens, one text after the other.

    ids: int32 (t,). counts: int64 (n,), pieces of each text. truncated: (n,), True where a text was cut.
    """

    ids: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int64]
    truncated: npt.NDArray[np.bool_]


class PieceReader:
    """Cleans texts and cuts them into pieces; safe to call from several threads.

    tokenizer: the library's, without a limit. special: the tokens that stand before and after every text.
    """

    def __init__(self, path: Path, max_length: int, sha256: str | None = None) -> None:
        """Read `tokenizer.json` at `path`; arguments and errors as for `TextEncoder`."""
        self.tokenizer, self.highest_id = open_tokenizer(path, max_length, sha256)
        self.tokenizer.no_truncation()
        self.special = _special(self.tokenizer, path)
        self._room = max(0, max_length - sum(map(len, self.special)))
        self._is_wordwise = _is_wordwise(self.tokenizer)
        self._lock = Lock()
        self._ids: npt.NDArray[np.int32]
        self._starts: npt.NDArray[np.int64]
        self._forget()

    def read(self, texts: Sequence[str]) -> Pieces:
        """The pieces of every text, in order, cut where the model stops reading."""
        seen = [clean_text(text) for text in texts]
        ids, counts = self._by_words(seen) if self._is_wordwise else self._cut(seen)
        truncated = counts > self._room
        if truncated.any():
            place = np.arange(len(ids)) - np.repeat(np.cumsum(counts) - counts, counts)
            ids, counts = ids[place < self._room], np.minimum(counts, self._room)
        truncated |= np.fromiter(map(exceeds, texts, seen), dtype=np.bool_, count=len(seen))
        return Pieces(ids, counts, truncated)

    def _by_words(self, texts: Sequence[str]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """Pieces of texts without NUL: flat ids (t,) and how many of each text (n,)."""
        words = f" {BETWEEN} ".join(texts).split()
        with self._lock:
            if len(self._numbers) > MAX_WORDS or self._n_letters > MAX_LETTERS:
                self._forget()
            numbers = np.fromiter(map(self._number, words), dtype=np.int64, count=len(words))
            self._learn()
            known, starts = self._ids, self._starts
        lengths = starts[numbers + 1] - starts[numbers]
        ends = np.cumsum(lengths)
        ids = known[
            np.arange(int(ends[-1]) if len(ends) else 0)
            + np.repeat(starts[numbers] - ends + lengths, lengths)
        ]
        borders = ends[numbers == 0]  # a border has no pieces itself
        return ids, np.diff(np.concatenate(([0], borders, ends[-1:] if len(ends) else [0])))[: len(texts)]

    def _learn(self) -> None:
        """Cut the words that were met for the first time."""
        if not self._new:
            return
        ids, counts = self._cut(self._new)
        n_words = len(self._numbers) - len(self._new)
        n_ids = int(self._starts[n_words])
        self._ids = _with(self._ids, n_ids, ids)
        self._starts = _with(self._starts, n_words + 1, n_ids + np.cumsum(counts))
        self._n_letters += sum(map(len, self._new))
        self._new.clear()

    def _forget(self) -> None:
        self._new: list[str] = []
        self._n_letters = 0
        self._numbers = _Numbers(self._new)
        self._number = self._numbers.__getitem__
        self._ids = np.empty(0, dtype=np.int32)
        self._starts = np.zeros(2, dtype=np.int64)  # of number 0, the border between texts

    def _cut(self, texts: Sequence[str]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """Pieces of every text or word, cut by the library: flat ids and how many of each."""
        blocks = (texts[start : start + BLOCK] for start in range(0, len(texts), BLOCK))
        cut = (self.tokenizer.encode_batch_fast(block, add_special_tokens=False) for block in blocks)
        rows = [each.ids for block in cut for each in block]
        counts = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
        return np.fromiter(chain.from_iterable(rows), dtype=np.int32, count=int(counts.sum())), counts


class _Numbers(dict[str, int]):
    """{word: its number}, counted from 1 in the order of meeting; new words are listed."""

    def __init__(self, new: list[str]) -> None:
        super().__init__({BETWEEN: 0})
        self._new = new

    def __missing__(self, word: str) -> int:
        self._new.append(word)
        self[word] = number = len(self)
        return number


def _with(kept: npt.NDArray[Number], n: int, more: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """The first n numbers and `more` after them: in place where there is room, which moves none of the n."""
    if n + len(more) > len(kept):
        kept = np.concatenate((kept[:n], np.empty(n + len(more), dtype=kept.dtype)))
    kept[n : n + len(more)] = more
    return kept


def _special(tokenizer: Tokenizer, path: Path) -> tuple[list[int], list[int]]:
    """The special tokens before and after a text."""
    bare, full = tokenizer.encode("ok", add_special_tokens=False).ids, tokenizer.encode("ok").ids
    n_before = next((i for i in range(len(full)) if full[i : i + len(bare)] == bare), 0)
    before, after = full[:n_before], full[n_before + len(bare) :]
    if full != [*before, *bare, *after] or tokenizer.encode("").ids != [*before, *after]:
        raise InvalidModel(f"{path}: its template does not put each text once between special tokens")
    return before, after


def _is_wordwise(tokenizer: Tokenizer) -> bool:
    """Whether the pieces of a text are those of the words between its white space, one after the other."""
    return (
        isinstance(tokenizer.normalizer, normalizers.BertNormalizer)
        and isinstance(tokenizer.pre_tokenizer, pre_tokenizers.BertPreTokenizer)
        and isinstance(tokenizer.model, models.WordPiece)
        and not any(_has_space(token.content) for token in tokenizer.get_added_tokens_decoder().values())
    )


def _has_space(text: str) -> bool:
    return any(character.isspace() for character in text)
