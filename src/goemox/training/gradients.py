"""The gradient of the loss on one batch: dealt out to threads, or of the batch as a whole.

DistilBERT on processors: each of `SHARES` threads goes forward and backward over its rows. Threads that do
work of their own wait for each other once a batch; threads that split every product do so a thousand times.
On one core they take turns, with the same result. Any other architecture, and a graphics processor, takes the
batch as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from transformers import DistilBertForSequenceClassification, PreTrainedModel

from goemox.training.device import products
from goemox.training.examples import Examples
from goemox.training.flat import FlatWeights
from goemox.training.forward import logits_for
from goemox.training.shares import Dropout, Share, joined_names

__all__ = ["SHARES", "Found", "GradientOf", "Loss", "SideBySide", "gradient_of", "side_by_side"]

SHARES = 2  # more would be more gradients to sum, and products too small to be fast

Rows = npt.NDArray[np.int64]

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""(logits (b, k) float32, targets (b, k)) -> the scalar that a step lowers, a mean over rows."""

Found = list[list[torch.Tensor | None]]
"""Of each share a gradient for each piece; None where nothing depends on it."""

In = TypeVar("In")
Out = TypeVar("Out")


class SideBySide(Protocol):
    """Calls a function on each item, on several threads at once, and returns what it returned."""

    def __call__(self, work: Callable[[In], Out], items: Iterable[In], /) -> list[Out]:
        """What `work` says of each item, in their order."""


@contextmanager
def side_by_side() -> Iterator[SideBySide]:
    """`SHARES` threads that share the cores which torch may use; one after the other where that is one."""
    threads = torch.get_num_threads()
    if threads == 1:
        yield lambda work, items: [work(item) for item in items]
        return
    each = max(1, threads // SHARES)
    with ThreadPoolExecutor(SHARES, "share", lambda: torch.set_num_threads(each)) as pool:
        yield lambda work, items: list(pool.map(work, items))


class GradientOf(Protocol):
    """How a batch's gradient is found, over `flat`; `way` names it: a run is not continued in another one."""

    flat: FlatWeights
    way: str

    def __call__(self, examples: Examples, rows: Rows, step: int, /) -> tuple[float, Found]:
        """The loss on `rows`, and the gradients; step (from 1) says what is dropped."""


def gradient_of(
    model: PreTrainedModel, loss: Loss, run: SideBySide, *, dropout: float, seed: int, precision: str
) -> GradientOf:
    """The fastest way there is for `model` on the device that it is on. precision: see `products`."""
    device = next(model.parameters()).device
    dtype = products(precision, device)
    if isinstance(model, DistilBertForSequenceClassification) and device.type == "cpu":
        return _OfShares(model, loss, run, dropout, seed, dtype)
    return _OfWhole(model, loss, dropout, dtype, device)


class _OfShares:
    def __init__(
        self,
        model: DistilBertForSequenceClassification,
        loss: Loss,
        run: SideBySide,
        dropout: float,
        seed: int,
        dtype: torch.dtype,
    ) -> None:
        self.flat = FlatWeights(model, dtype, joined_names(model))
        self.way = f"{SHARES} shares, {dtype}"
        self._shares = [Share(model, self.flat.pieces) for _ in range(SHARES)]
        self._loss, self._run, self._dropout, self._seed = loss, run, dropout, seed

    def __call__(self, examples: Examples, rows: Rows, step: int, /) -> tuple[float, Found]:
        longest_first = rows[np.argsort([-len(examples.ids[row]) for row in rows], kind="stable")]
        parts = [longest_first[index::SHARES] for index in range(min(SHARES, len(rows)))]

        def differentiate(index: int) -> tuple[float, list[torch.Tensor | None]]:
            batch, share = examples.batch(parts[index]), self._shares[index]
            noise = Dropout(self._seed, step, index)
            logits = share.logits(batch.ids, batch.mask, self._dropout, noise)
            value = self._loss(logits.float(), batch.targets) * (len(parts[index]) / len(rows))
            value.backward()  # type: ignore[no-untyped-call]
            return float(value.detach()), share.gradients()

        found = self._run(differentiate, range(len(parts)))
        return sum(value for value, _ in found), [gradients for _, gradients in found]


class _OfWhole:
    def __init__(
        self, model: PreTrainedModel, loss: Loss, dropout: float, dtype: torch.dtype, device: torch.device
    ) -> None:
        self.flat = FlatWeights(model, torch.float32)
        self.way = f"whole batches, {dtype}, {device.type}"
        self._model, self._loss, self._dropout, self._device = model, loss, dropout, device
        self._bf16 = dtype == torch.bfloat16

    def __call__(self, examples: Examples, rows: Rows, _step: int, /) -> tuple[float, Found]:
        batch = examples.batch(rows).to(self._device)
        with torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=self._bf16):
            logits = logits_for(self._model, batch.ids, batch.mask, self._dropout)
        value = self._loss(logits.float(), batch.targets)
        value.backward()  # type: ignore[no-untyped-call]
        parameters = dict(self._model.named_parameters())
        found = [parameters[piece.names[0]].grad for piece in self.flat.pieces]
        for parameter in parameters.values():
            parameter.grad = None
        return float(value.detach()), [found]
