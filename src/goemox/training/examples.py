"""Token ids and targets of a training set, and the order in which batches of them come."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer

from goemox.runtime.tokens import clean_text
from goemox.scores import Floats

__all__ = ["Batch", "Examples", "batches", "count_batches"]

BUCKET = 50  # batches that are sorted by length together; more saves padding, fewer mixes better


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """One padded step: ids and mask (b, t) int64, targets (b, k) float32."""

    ids: torch.Tensor
    mask: torch.Tensor
    targets: torch.Tensor

    def to(self, device: torch.device) -> Batch:
        """The same on `device`; towards a graphics processor the copy does not wait."""
        if device.type == "cpu":
            return self
        every = (self.ids, self.mask, self.targets)
        return Batch(*(tensor.pin_memory().to(device, non_blocking=True) for tensor in every))


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Tokenised texts with targets in [0, 1], hard or soft: (n, k).

    once: how many of the last rows are dealt out over the epochs, so that each comes once in a run; the rows
    before them come in every epoch.
    bucket: batches that are sorted by length together; 1 = plain shuffling, for few rows and small batches.
    """

    ids: list[list[int]]
    targets: Floats
    pad_id: int
    once: int = 0
    bucket: int = BUCKET

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        targets: Floats,
        tokenizer: Tokenizer,
        max_length: int,
        pad_id: int,
        once: int = 0,
    ) -> Examples:
        """Tokenise `texts` as the runtime does, cut at `max_length` tokens."""
        tokenizer.enable_truncation(max_length)
        encoded = tokenizer.encode_batch([clean_text(text) for text in texts])
        tokenizer.no_truncation()
        return cls(
            [encoding.ids for encoding in encoded], np.asarray(targets, dtype=np.float32), pad_id, once
        )

    def __len__(self) -> int:
        return len(self.ids)

    def sha256(self) -> str:
        """Hash of all that a run sees of them: token ids, targets, and the order in which they come."""
        digest = hashlib.sha256(f"{self.pad_id} {self.once} {self.bucket} {self.targets.shape}".encode())
        digest.update(np.ascontiguousarray(self.targets, dtype=np.float32).tobytes())
        for ids in self.ids:
            digest.update(np.array([len(ids), *ids], dtype=np.int32).tobytes())
        return digest.hexdigest()

    def batch(self, rows: npt.NDArray[np.int64]) -> Batch:
        """The chosen rows, padded to their longest."""
        width = max(len(self.ids[row]) for row in rows)
        ids = torch.full((len(rows), width), self.pad_id, dtype=torch.int64)
        mask = torch.zeros((len(rows), width), dtype=torch.int64)
        for place, row in enumerate(rows):
            length = len(self.ids[row])
            ids[place, :length] = torch.tensor(self.ids[row])
            mask[place, :length] = 1
        return Batch(ids, mask, torch.from_numpy(self.targets[rows]))


def batches(
    examples: Examples, batch_size: int, *, seed: int, epoch: int, epochs: int = 1
) -> Iterator[npt.NDArray[np.int64]]:
    """Row numbers of each training batch: shuffled, then sorted by length within buckets.

    The order depends on (seed, epoch, epochs) alone, so that a resumed run sees the same batches.
    """
    generator = np.random.default_rng((seed, epoch))
    lengths = np.array([len(ids) for ids in examples.ids])
    order = generator.permutation(_rows_of(examples, seed, epoch, epochs))
    planned: list[npt.NDArray[np.int64]] = []
    rows_together = batch_size * examples.bucket
    for start in range(0, len(order), rows_together):
        bucket = order[start : start + rows_together]
        bucket = bucket[np.argsort(lengths[bucket], kind="stable")]
        planned.extend(bucket[at : at + batch_size] for at in range(0, len(bucket), batch_size))
    for index in generator.permutation(len(planned)):
        yield planned[index]


def count_batches(examples: Examples, batch_size: int, epochs: int) -> int:
    """Batches of a whole run."""
    again = len(examples) - examples.once
    dealt = [len(part) for part in np.array_split(np.arange(examples.once), epochs)]
    return sum(-(-(again + part) // batch_size) for part in dealt)


def _rows_of(examples: Examples, seed: int, epoch: int, epochs: int) -> npt.NDArray[np.int64]:
    """The rows of one epoch: those that come every time, and this epoch's part of the others."""
    again = len(examples) - examples.once
    if not examples.once:
        return np.arange(again)
    others = np.random.default_rng((seed, 0, examples.once)).permutation(examples.once) + again
    return np.concatenate([np.arange(again), np.array_split(others, epochs)[epoch]])
