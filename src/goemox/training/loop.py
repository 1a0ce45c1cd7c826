"""The fine-tuning loop: AdamW, warm-up and cosine decay, an average of the weights, resumable.

After every `checkpoint_every` steps all that the rest of the run depends on (weights, average,
optimiser, random state, position in the data) is written as one safetensors file, whole or not at
all; a run that is started again with the same settings goes on from there.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from transformers import PreTrainedModel

from goemox.scores import Floats
from goemox.training.checkpoint import Run, load_checkpoint, save_checkpoint
from goemox.training.device import products, training_device
from goemox.training.examples import Examples, batches, count_batches
from goemox.training.flat import FlatWeights, sum_gradients, update
from goemox.training.forward import logits_for
from goemox.training.gradients import SHARES, Found, Loss, SideBySide, gradient_of, side_by_side

__all__ = ["Loss", "Recipe", "binary_cross_entropy", "logits_of", "train_loop"]


def binary_cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Mean over all label cells, in nats; targets in [0, 1], hard or soft."""
    return nn.functional.binary_cross_entropy_with_logits(logits, targets)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the outcome of a run besides data and base."""

    epochs: int = 3
    batch_size: int = 64
    learning_rate: float = 2e-4
    weight_decay: float = 0.01
    warmup_share: float = 0.08
    dropout: float = 0.15
    average_decay: float = 0.998
    clip_norm: float = 1.0
    max_length: int = 64
    train_words: bool = False
    seed: int = 0
    precision: str = "auto"  # "fp32", "bf16", or "auto": bf16 where the processor multiplies it natively


def train_loop(
    model: PreTrainedModel,
    examples: Examples,
    recipe: Recipe,
    *,
    loss: Loss = binary_cross_entropy,
    checkpoint: Path | None = None,
    checkpoint_every: int = 200,
    on_step: Callable[[int, int, float, float], None] | None = None,
    on_epoch: Callable[[int], None] | None = None,
) -> None:
    """Fine-tune `model` in place; it ends with the averaged weights.

    on_step(step, total, loss, rows_per_second) is called after every step; on_epoch(epoch) after every epoch
    (from 1), while `model` holds the averaged weights.
    """
    total = count_batches(examples, recipe.batch_size, recipe.epochs)
    model.get_input_embeddings().weight.requires_grad_(recipe.train_words)
    home = next(model.parameters()).device
    model.to(training_device())
    with side_by_side() as run:
        gradient = gradient_of(
            model, loss, run, dropout=recipe.dropout, seed=recipe.seed, precision=recipe.precision
        )
        flat = gradient.flat
        # A second or less, which only a run that can be continued needs.
        facts = _facts(recipe, examples, loss, gradient.way, flat) if checkpoint else {}
        done = load_checkpoint(checkpoint, flat, facts) if checkpoint else 0
        if done == 0:
            torch.manual_seed(recipe.seed)
        model.train()
        step = 0
        for epoch in range(recipe.epochs):
            order = batches(examples, recipe.batch_size, seed=recipe.seed, epoch=epoch, epochs=recipe.epochs)
            for rows in order:
                step += 1
                if step <= done:
                    continue
                started = time.perf_counter()
                value, found = gradient(examples, rows, step)
                _change(flat, found, recipe, step, total, run)
                if checkpoint and (step % checkpoint_every == 0 or step == total):
                    save_checkpoint(checkpoint, step, flat, facts)
                if on_step:
                    on_step(step, total, value, len(rows) / (time.perf_counter() - started))
            if on_epoch and step > done:
                with flat.averaged():
                    on_epoch(epoch + 1)
    flat.release()
    model.to(home)
    model.eval()


def _facts(recipe: Recipe, examples: Examples, loss: Loss, way: str, flat: FlatWeights) -> Run:
    """What the outcome hangs on; flat: of a model that was not trained yet."""
    return {
        "recipe": asdict(recipe),
        "examples": examples.sha256(),
        "loss": loss.__name__,
        "way": way,
        "start": flat.sha256(),
    }


def _change(flat: FlatWeights, found: Found, recipe: Recipe, step: int, total: int, run: SideBySide) -> None:
    """The step from the gradients of a batch, each part of the weights on a thread of its own."""
    parts = [
        [index for index in part if found[0][index] is not None]  # what nothing depends on stays as it is
        for part in flat.parts(SHARES)
    ]

    def total_of(part: list[int]) -> float:
        return sum_gradients([flat.pieces[i] for i in part], [[share[i] for i in part] for share in found])

    length = math.sqrt(sum(run(total_of, parts)))
    rate = recipe.learning_rate * _rate(step - 1, total, recipe.warmup_share)
    keep = min(recipe.average_decay, (1 + step) / (10 + step))  # so that the start is soon forgotten

    def change(part: list[int]) -> None:
        update(
            [flat.pieces[i] for i in part],
            step=step,
            rate=rate,
            decay=recipe.weight_decay,
            scale=recipe.clip_norm / (length + 1e-6),
            keep=keep,
        )

    run(change, parts)


def _rate(step: int, total: int, warmup_share: float) -> float:
    warmup = max(1, round(total * warmup_share))
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1.0 + math.cos(math.pi * (step - warmup) / max(1, total - warmup)))


@torch.no_grad()
def logits_of(
    model: PreTrainedModel, examples: Examples, batch_size: int = 128, precision: str = "fp32"
) -> Floats:
    """Logits (n, k) float32 of every example, in the examples' order. precision: as in `Recipe`."""
    model.eval()
    device = next(model.parameters()).device
    bf16 = products(precision, device) == torch.bfloat16
    order = np.argsort([len(ids) for ids in examples.ids], kind="stable")
    logits = np.empty((len(examples), examples.targets.shape[1]), dtype=np.float32)
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        batch = examples.batch(rows).to(device)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=bf16):
            found = logits_for(model, batch.ids, batch.mask)
        logits[rows] = found.float().cpu().numpy()
    return logits
