"""Texts to token ids, with the tokenizer of a model folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from goemox.runtime.pieces import PieceReader, Pieces
from goemox.runtime.tokens import clean_text, exceeds
from goemox.runtime.windows import sentence_starts, window_spans
from goemox.scores import Ints

__all__ = ["Encoded", "TextEncoder"]

BLOCK = 64  # long texts tokenised together: the library keeps some hundred bytes a token while it works


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """Token ids of n texts in m >= n windows, one after the other; those of a text lie together, in order.

    ids: int32 (t,). n_tokens: (m,), special tokens included. text: (m,), the row of each window's text.
    truncated: (n,), True where a part of the text is in no window.
    """

    ids: npt.NDArray[np.int32]
    n_tokens: npt.NDArray[np.int32]
    text: npt.NDArray[np.int64]
    truncated: npt.NDArray[np.bool_]
    _starts: npt.NDArray[np.int64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", np.cumsum(self.n_tokens, dtype=np.int64) - self.n_tokens)

    def rows(self) -> list[npt.NDArray[np.int32]]:
        """The ids of each window."""
        return np.split(self.ids, np.cumsum(self.n_tokens))[:-1]

    def padded(
        self, rows: Ints, height: int, width: int, pad: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Ids of these windows, filled up with `pad`, and 1 where there is a token: both (height, width)."""
        tokens = np.full((height, width), pad, dtype=np.int64)
        mask = np.zeros((height, width), dtype=np.int64)
        column = np.arange(width)
        is_token = column < self.n_tokens[rows, None]
        tokens[: len(rows)][is_token] = self.ids[(self._starts[rows, None] + column)[is_token]]
        mask[: len(rows)] = is_token
        return tokens, mask


class TextEncoder:
    """Cleans and tokenises texts, and remembers which of them were cut."""

    def __init__(self, path: Path, max_length: int, sha256: str | None = None) -> None:
        """Read `tokenizer.json` at `path`; texts are cut at `max_length` tokens, special ones included.

        sha256: the hash that the file must have. Raises InvalidModel where it has another, or the file is no
        tokenizer or not allowed (`runtime.tokenizer_file`).
        """
        self.reader = PieceReader(path, max_length, sha256)
        self.highest_id = self.reader.highest_id
        self._max_length = max_length
        pad = self.reader.tokenizer.token_to_id("[PAD]")
        self.pad_id = 0 if pad is None else int(pad)

    def encode(self, texts: Sequence[str], window: int | None = None) -> Encoded:
        """Token ids of every text, in order.

        window: texts of more tokens than that, special ones included, are cut into windows of whole
        sentences; None = every text is one window, cut at the model's length.
        """
        pieces = self.reader.read(texts)
        ids, n_tokens = self._with_special(pieces)
        found = Encoded(ids, n_tokens, np.arange(len(texts)), pieces.truncated)
        if window is None:
            return found
        size = min(window, self._max_length)
        # What was cut is long, however few tokens a model reads.
        long = np.flatnonzero((n_tokens > size) | pieces.truncated).tolist()
        if not long:
            return found
        seen = [clean_text(texts[row]) for row in long]
        windows: list[Sequence[Sequence[int] | npt.NDArray[np.int32]]] = [[row] for row in found.rows()]
        for row, parts in zip(long, self._windows(seen, size), strict=True):
            windows[row] = parts
        flat = [part for parts in windows for part in parts]
        truncated = pieces.truncated
        truncated[long] = [exceeds(texts[row], cut) for row, cut in zip(long, seen, strict=True)]
        return Encoded(
            ids=np.concatenate(flat, dtype=np.int32),
            n_tokens=np.fromiter(map(len, flat), dtype=np.int32, count=len(flat)),
            text=np.repeat(np.arange(len(texts)), [len(parts) for parts in windows]),
            truncated=truncated,
        )

    def _with_special(self, pieces: Pieces) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Ids of every text with the special tokens before and after it, flat, and how many a text has."""
        before, after = self.reader.special
        n_tokens = (pieces.counts + len(before) + len(after)).astype(np.int32)
        ends = np.cumsum(n_tokens, dtype=np.int64)
        ids = np.empty(int(n_tokens.sum()), dtype=np.int32)
        is_piece = np.ones(len(ids), dtype=np.bool_)
        for token, at in (
            *((token, ends - n_tokens + i) for i, token in enumerate(before)),
            *((token, ends - len(after) + i) for i, token in enumerate(after)),
        ):
            ids[at], is_piece[at] = token, False
        ids[is_piece] = pieces.ids
        return ids, n_tokens

    def _windows(self, texts: Sequence[str], size: int) -> Iterator[list[list[int]]]:
        """The windows of each cleaned text, at most `size` tokens each with the special ones."""
        before, after = self.reader.special
        room = max(1, size - len(before) - len(after))
        for start in range(0, len(texts), BLOCK):
            block = texts[start : start + BLOCK]
            encodings = self.reader.tokenizer.encode_batch(block, add_special_tokens=False)
            for text, encoding in zip(block, encodings, strict=True):
                ids = encoding.ids
                starts = np.fromiter((begin for begin, _ in encoding.offsets), dtype=np.int64, count=len(ids))
                spans = window_spans(starts, sentence_starts(text), room)
                yield [[*before, *ids[first:last], *after] for first, last in spans]
