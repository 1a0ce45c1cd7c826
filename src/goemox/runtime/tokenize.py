"""Texts to token ids, with the tokenizer of a model folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from goemox.errors import InvalidModel
from goemox.runtime.tokens import clean_text

__all__ = ["Encoded", "TextEncoder"]


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """Token ids of n texts, unpadded; n_tokens and truncated are (n,)."""

    ids: list[list[int]]
    n_tokens: npt.NDArray[np.int32]
    truncated: npt.NDArray[np.bool_]


class TextEncoder:
    """Cleans and tokenises texts, and remembers which of them were cut."""

    def __init__(self, path: Path, max_length: int) -> None:
        """Read `tokenizer.json` at `path`; texts are cut at `max_length` tokens, special ones included.

        Raises InvalidModel where the file is no tokenizer.
        """
        try:
            self._tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises bare Exception for a bad file
            raise InvalidModel(f"{path}: not a tokenizer ({error})") from None
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length)
        pad = self._tokenizer.token_to_id("[PAD]")
        self.pad_id = 0 if pad is None else int(pad)

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Token ids of every text, in order."""
        encodings = self._tokenizer.encode_batch_fast([clean_text(text) for text in texts])
        ids = [encoding.ids for encoding in encodings]
        return Encoded(
            ids=ids,
            n_tokens=np.fromiter((len(row) for row in ids), dtype=np.int32, count=len(ids)),
            truncated=np.fromiter((bool(e.overflowing) for e in encodings), dtype=np.bool_, count=len(ids)),
        )
