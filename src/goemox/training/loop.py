"""The fine-tuning loop: AdamW, warm-up and cosine decay, an average of the weights, resumable.

After every `checkpoint_every` steps all that the rest of the run depends on (weights, average,
optimiser, random state, position in the data) is written as one safetensors file, whole or not at
all; a run that is started again with the same settings goes on from there.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from transformers import PreTrainedModel

from goemox.scores import Floats
from goemox.training.checkpoint import Run, load_checkpoint, save_checkpoint
from goemox.training.examples import Batch, Examples, batches, count_batches
from goemox.training.forward import logits_for

__all__ = ["Average", "Loss", "Recipe", "binary_cross_entropy", "logits_of", "train_loop"]

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""(logits (b, k) float32, targets (b, k)) -> the scalar that a step lowers."""


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


class Average:
    """Exponential moving average of the weights; early steps count less, so the start is forgotten."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.weights = {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}

    @torch.no_grad()
    def update(self, model: nn.Module, step: int) -> None:
        """Take in the weights after `step` (from 1)."""
        keep = min(self.decay, (1 + step) / (10 + step))
        names = list(self.weights)
        current = dict(model.named_parameters())
        torch._foreach_lerp_([self.weights[n] for n in names], [current[n].detach() for n in names], 1 - keep)

    @torch.no_grad()
    def copy_to(self, model: nn.Module) -> None:
        """Put the averaged weights into `model`."""
        parameters = dict(model.named_parameters())
        for name, value in self.weights.items():
            parameters[name].copy_(value)

    @contextmanager
    def in_place_of(self, model: nn.Module) -> Iterator[None]:
        """Let `model` hold the averaged weights, ready to predict, while the block runs."""
        parameters = dict(model.named_parameters())
        kept = {name: parameters[name].detach().clone() for name in self.weights}
        self.copy_to(model)
        model.eval()
        try:
            yield
        finally:
            model.train()
            with torch.no_grad():
                for name, value in kept.items():
                    parameters[name].copy_(value)


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
    _hold_word_table(model, recipe)
    optimiser = torch.optim.AdamW(_groups(model, recipe), lr=recipe.learning_rate, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: _rate(step, total, recipe.warmup_share)
    )
    average = Average(model, recipe.average_decay)
    run: Run = {"recipe": asdict(recipe), "examples": examples.sha256(), "loss": loss.__name__}
    done = load_checkpoint(checkpoint, model, average.weights, optimiser, schedule, run) if checkpoint else 0
    if done == 0:
        torch.manual_seed(recipe.seed)
    native_bf16 = _use_bf16(recipe.precision)
    model.train()
    step = 0
    for epoch in range(recipe.epochs):
        for rows in batches(examples, recipe.batch_size, seed=recipe.seed, epoch=epoch, epochs=recipe.epochs):
            step += 1
            if step <= done:
                continue
            started = time.perf_counter()
            value = _step(model, examples.batch(rows), optimiser, recipe, loss, native_bf16)
            schedule.step()
            average.update(model, step)
            if checkpoint and (step % checkpoint_every == 0 or step == total):
                save_checkpoint(checkpoint, step, model, average.weights, optimiser, schedule, run)
            if on_step:
                on_step(step, total, value, len(rows) / (time.perf_counter() - started))
        if on_epoch and step > done:
            with average.in_place_of(model):
                on_epoch(epoch + 1)
    average.copy_to(model)
    model.eval()


def _step(
    model: PreTrainedModel,
    batch: Batch,
    optimiser: torch.optim.Optimizer,
    recipe: Recipe,
    loss: Loss,
    bf16: bool,
) -> float:
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
        logits = logits_for(model, batch.ids, batch.mask, recipe.dropout)
    value = loss(logits.float(), batch.targets)
    value.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(model.parameters(), recipe.clip_norm)
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    return float(value.detach())


def _groups(model: PreTrainedModel, recipe: Recipe) -> list[dict[str, object]]:
    """Weight decay for matrices only: biases and layer norms are scales, not connections."""
    trained = [p for p in model.parameters() if p.requires_grad]
    decayed = [p for p in trained if p.ndim >= 2]
    plain = [p for p in trained if p.ndim < 2]
    return [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": plain, "weight_decay": 0.0}]


def _hold_word_table(model: PreTrainedModel, recipe: Recipe) -> None:
    """Train the word table or hold it: it is half of the weights, and most of its rows are rarely seen."""
    model.get_input_embeddings().weight.requires_grad_(recipe.train_words)


def _rate(step: int, total: int, warmup_share: float) -> float:
    warmup = max(1, round(total * warmup_share))
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1.0 + math.cos(math.pi * (step - warmup) / max(1, total - warmup)))


def _use_bf16(precision: str) -> bool:
    if precision == "auto":
        capability = torch.backends.cpu.get_cpu_capability()
        return "AMX" in capability or torch.cpu._is_avx512_bf16_supported()
    return precision == "bf16"


@torch.no_grad()
def logits_of(
    model: PreTrainedModel, examples: Examples, batch_size: int = 128, precision: str = "fp32"
) -> Floats:
    """Logits (n, k) float32 of every example, in the examples' order. precision: as in `Recipe`."""
    model.eval()
    bf16 = _use_bf16(precision)
    order = np.argsort([len(ids) for ids in examples.ids], kind="stable")
    logits = np.empty((len(examples), examples.targets.shape[1]), dtype=np.float32)
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        batch = examples.batch(rows)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
            found = logits_for(model, batch.ids, batch.mask)
        logits[rows] = found.float().numpy()
    return logits
