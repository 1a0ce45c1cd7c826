"""Long texts in windows of whole sentences, each no longer than the texts that the model was trained on.

Size and rule are measured in docs/decisions/0008-long-texts.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from goemox.labels import NEUTRAL
from goemox.scores import Ints

__all__ = ["WINDOW_TOKENS", "LongText", "TextRows", "sentence_starts", "window_spans"]

LongText = Literal["truncate", "chunk"]
"""What becomes of a text longer than a window: cut where the model stops reading, or read in windows."""

WINDOW_TOKENS = 48  # special tokens included; the longest text of GoEmotions dev has as many

# White space after an end mark, which may be inside one closing quote or bracket; or a line end. Looking back
# keeps the search linear: "[.!?]+\s" would read a long row of dots again from each of them.
GAP = re.compile(r"""(?:(?<=[.!?])|(?<=[.!?]["'”’)\]]))\s+|\n\s*""")


def sentence_starts(text: str) -> list[int]:
    """Where sentences begin, in characters, ascending; the first is 0.

    Plain on purpose: "e.g. this" counts as an end, which costs nothing where sentences are packed together.
    """
    starts = [0, *(gap.end() for gap in GAP.finditer(text))]
    return [start for start in starts if start < len(text) or start == 0]


def window_spans(token_starts: Ints, sentences: Sequence[int], room: int) -> list[tuple[int, int]]:
    """Token ranges [start, stop) that cover every token once and in order, at most `room` >= 1 tokens each.

    token_starts: (t,), the character where each token begins. sentences: see `sentence_starts`.
    Each window takes as many whole sentences as fit; a sentence longer than `room` is cut into parts of
    equal length. No tokens give one empty window.
    """
    spans: list[tuple[int, int]] = []
    start = stop = 0
    for end in _piece_ends(token_starts, sentences, room):
        if end - start > room:
            spans.append((start, stop))
            start = stop
        stop = end
    return [*spans, (start, stop)]


def _piece_ends(token_starts: Ints, sentences: Sequence[int], room: int) -> Iterator[int]:
    """The token after each sentence, or after each part of one that is longer than `room`."""
    ascending = np.maximum.accumulate(token_starts) if len(token_starts) else token_starts
    edges = [*np.searchsorted(ascending, sentences).tolist(), len(token_starts)]
    for first, last in pairwise(edges):
        n_parts = -(-(last - first) // room)
        for part in range(n_parts):
            yield first + (last - first) * (part + 1) // n_parts


class TextRows:
    """One row of logits and one embedding for each of n texts, from windows that arrive in any order.

    A label's logit is the highest among the text's windows, that of `neutral` the lowest: a text is neutral
    where all of it is. Calibration maps never fall, so the same holds for the probabilities. The embedding
    is the longest window's, the first to come among equals: a mean over windows would lie nearer to the
    middle of all texts than any single text does.
    """

    def __init__(self, n: int, labels: Sequence[str]) -> None:
        self._sign = np.array([-1 if label == NEUTRAL else 1 for label in labels], dtype=np.float32)
        self._highest = np.full((n, len(labels)), -np.inf, dtype=np.float32)
        self._longest = np.zeros(n, dtype=np.int64)
        self.embeddings: npt.NDArray[np.float32] | None = None  # (n, d); None until a window brought one

    def add(
        self,
        text: Ints,
        n_tokens: Ints,
        logits: npt.NDArray[np.float32],
        embeddings: npt.NDArray[np.float32] | None,
        *,
        are_whole: bool = False,
    ) -> None:
        """Take in b windows: row of each text (b,), n_tokens (b,) >= 1, logits (b, k), embeddings (b, d).

        are_whole: each of these windows is the only one of its text, which makes this fast.
        """
        if embeddings is not None and self.embeddings is None:
            self.embeddings = np.zeros((len(self._highest), embeddings.shape[1]), dtype=np.float32)
        if are_whole:
            self._highest[text] = self._sign * logits
            if embeddings is not None and self.embeddings is not None:
                self.embeddings[text] = embeddings
            return
        np.maximum.at(self._highest, text, self._sign * logits)
        if embeddings is None or self.embeddings is None:
            return
        for row, length, embedding in zip(text, n_tokens, embeddings, strict=True):
            if length > self._longest[row]:
                self._longest[row] = length
                self.embeddings[row] = embedding

    @property
    def logits(self) -> npt.NDArray[np.float32]:
        """(n, k); infinite where no window came."""
        return self._sign * self._highest
