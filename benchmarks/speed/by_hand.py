"""What somebody writes round a bare runtime: tokenise, sort by length, pad to the longest, cut at .5.

Every peer that is set up by hand goes through here, so that they differ in nothing but the runtime. Needs
numpy and tokenizers, not goemox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

__all__ = ["Batch", "Labels", "Texts", "batches", "by_hand", "labels_of", "opened_tokenizer"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Texts = Sequence[str]
Labels = list[tuple[list[str], list[float]]]  # of each text: the chosen labels, and the scores of all
Logits = Callable[[Sequence["Batch"]], list[Floats]]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Padded rows: `ids` and `mask`, both (b, t) int64; `rows`, (b,): which text each line is."""

    ids: Ints
    mask: Ints
    rows: Ints


def opened_tokenizer(folder: Path, max_length: int = 512) -> Tokenizer:
    """The tokenizer of a model folder, cutting at `max_length` tokens."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length)
    return tokenizer


def batches(ids: Sequence[Sequence[int]], size: int) -> Iterator[Batch]:
    """Runs of `size` rows of like length, longest first, each padded to its longest row."""
    order = sorted(range(len(ids)), key=lambda row: -len(ids[row]))
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        tokens = np.zeros((len(rows), len(ids[rows[0]])), dtype=np.int64)
        mask = np.zeros_like(tokens)
        for line, row in enumerate(rows):
            tokens[line, : len(ids[row])] = ids[row]
            mask[line, : len(ids[row])] = 1
        yield Batch(tokens, mask, np.array(rows))


def by_hand(tokenizer: Tokenizer, names: Sequence[str], logits: Logits) -> Callable[[Texts, int], Labels]:
    """A function of texts and a batch size that gives labels and scores in the order of the texts.

    logits: batches to their logits (b, k), in the same order.
    """

    def run(texts: Texts, size: int) -> Labels:
        ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(list(texts))]
        plan = list(batches(ids, size))
        found = np.empty((len(texts), len(names)), dtype=np.float32)
        for batch, values in zip(plan, logits(plan), strict=True):
            found[batch.rows] = values
        return labels_of(1 / (1 + np.exp(-found)), names)

    return run


def labels_of(scores: npt.NDArray[np.floating], names: Sequence[str]) -> Labels:
    """Labels at .5 and all scores of each row (n, k)."""
    chosen = scores > 0.5
    return [
        ([names[j] for j in np.flatnonzero(row)], values)
        for row, values in zip(chosen, scores.tolist(), strict=True)
    ]
