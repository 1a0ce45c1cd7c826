"""Texts to token ids, with the tokenizer of a model folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from goemox.runtime.tokenizer_file import open_tokenizer
from goemox.runtime.tokens import MAX_CHARACTERS, clean_text
from goemox.runtime.windows import sentence_starts, window_spans

__all__ = ["Encoded", "TextEncoder", "exceeds"]

BLOCK = 64  # long texts tokenised together: the library keeps some hundred bytes a token while it works


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """Token ids of n texts in m >= n windows, unpadded; the windows of a text lie together, in order.

    ids: m lists. n_tokens: (m,), special tokens included. text: (m,), the row of each window's text.
    truncated: (n,), True where a part of the text is in no window.
    """

    ids: list[list[int]]
    n_tokens: npt.NDArray[np.int32]
    text: npt.NDArray[np.int64]
    truncated: npt.NDArray[np.bool_]


class TextEncoder:
    """Cleans and tokenises texts, and remembers which of them were cut."""

    def __init__(self, path: Path, max_length: int, sha256: str | None = None) -> None:
        """Read `tokenizer.json` at `path`; texts are cut at `max_length` tokens, special ones included.

        sha256: the hash that the file must have. Raises InvalidModel where it has another, or the file is no
        tokenizer or not allowed (`runtime.tokenizer_file`).
        """
        self._tokenizer, self.highest_id = open_tokenizer(path, max_length, sha256)
        self._max_length = max_length
        pad = self._tokenizer.token_to_id("[PAD]")
        self.pad_id = 0 if pad is None else int(pad)

    def encode(self, texts: Sequence[str], window: int | None = None) -> Encoded:
        """Token ids of every text, in order.

        window: texts of more tokens than that, special ones included, are cut into windows of whole
        sentences; None = every text is one window, cut at the model's length.
        """
        seen = [clean_text(text) for text in texts]
        encodings = self._tokenizer.encode_batch_fast(seen)
        windows = [[encoding.ids] for encoding in encodings]
        truncated = np.fromiter((bool(e.overflowing) for e in encodings), dtype=np.bool_, count=len(seen))
        if window is not None:
            size = min(window, self._max_length)
            long = [row for row, parts in enumerate(windows) if len(parts[0]) > size]
            for row, parts in zip(long, self._windows([seen[row] for row in long], size), strict=True):
                windows[row] = parts
            truncated[long] = False
        truncated |= np.fromiter(map(exceeds, texts, seen), dtype=np.bool_, count=len(seen))
        ids = [part for parts in windows for part in parts]
        return Encoded(
            ids=ids,
            n_tokens=np.fromiter(map(len, ids), dtype=np.int32, count=len(ids)),
            text=np.repeat(np.arange(len(windows)), [len(parts) for parts in windows]),
            truncated=truncated,
        )

    def _windows(self, texts: Sequence[str], size: int) -> Iterator[list[list[int]]]:
        """The windows of each cleaned text, at most `size` tokens each with the special ones."""
        before, after = self.special
        room = max(1, size - len(before) - len(after))
        for start in range(0, len(texts), BLOCK):
            block = texts[start : start + BLOCK]
            encodings = self._whole.encode_batch(block, add_special_tokens=False)
            for text, encoding in zip(block, encodings, strict=True):
                ids = encoding.ids
                starts = np.fromiter((begin for begin, _ in encoding.offsets), dtype=np.int64, count=len(ids))
                spans = window_spans(starts, sentence_starts(text), room)
                yield [[*before, *ids[first:last], *after] for first, last in spans]

    @cached_property
    def _whole(self) -> Tokenizer:
        """The same tokenizer without a limit."""
        whole = Tokenizer.from_str(self._tokenizer.to_str())
        whole.no_truncation()
        return whole

    @cached_property
    def special(self) -> tuple[list[int], list[int]]:
        """The special tokens before and after a text."""
        bare = self._whole.encode("ok", add_special_tokens=False).ids
        full = self._whole.encode("ok").ids
        n_before = next((i for i in range(len(full)) if full[i : i + len(bare)] == bare), 0)
        return full[:n_before], full[n_before + len(bare) :]


def exceeds(text: str, seen: str) -> bool:
    """Whether cleaning cut the text: normalising may make a short text too long, or a long one short."""
    if len(text) > MAX_CHARACTERS:
        return True
    return len(seen) == MAX_CHARACTERS and len(clean_text(text, MAX_CHARACTERS + 1)) > MAX_CHARACTERS
