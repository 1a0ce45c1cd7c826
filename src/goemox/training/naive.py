"""The naive model: the first study's way of training, and the same few lines with other targets.

One softmax over the labels, trained towards the first label of each row only. A model that is tuned here
stays in memory: it is there to be measured. `training.export` writes one that is to be asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from transformers import PreTrainedModel

from goemox.errors import InvalidInput
from goemox.records import TextRecord
from goemox.scores import Floats
from goemox.training.bases import Base, load_base
from goemox.training.loop import Loss, Recipe, binary_cross_entropy, logits_of, train_loop
from goemox.training.train import examples_of, set_threads

__all__ = ["Tuned", "first_labels", "naive_recipe", "softmax_cross_entropy", "tune"]

CHECKPOINT_EVERY = 500  # steps; a run of fewer is shorter than what saving would win


@dataclass(frozen=True, slots=True, eq=False)
class Tuned:
    """A fine-tuned model in memory, with what it needs to read texts as it did in training."""

    model: PreTrainedModel
    base: Base
    n_labels: int
    max_length: int
    precision: str

    def logits(self, texts: Sequence[str]) -> Floats:
        """Logits (n, k) float32 of any texts, in their order."""
        blank = np.zeros((len(texts), self.n_labels), dtype=np.float32)
        examples = examples_of(self.base, texts, blank, self.max_length)
        return logits_of(self.model, examples, precision=self.precision)


def naive_recipe(learning_rate: float, *, epochs: int = 3, seed: int = 0) -> Recipe:
    """What one writes without thinking: batches of 16, no warm-up, all weights, the last ones, 128 tokens."""
    return Recipe(
        epochs=epochs,
        batch_size=16,
        learning_rate=learning_rate,
        warmup_share=0.0,
        dropout=0.1,
        average_decay=0.0,
        max_length=128,
        seed=seed,
        train_words=True,
    )


def first_labels(records: Sequence[TextRecord], labels: Sequence[str]) -> npt.NDArray[np.int64]:
    """Column of each row's first label, (n,): the lowest in the order of `labels`, as in GoEmotions' files.

    Raises InvalidInput for a row without one: a softmax must name something.
    """
    column = {label: index for index, label in enumerate(labels)}
    first = np.zeros(len(records), dtype=np.int64)
    for row, record in enumerate(records):
        known = [column[label] for label in record.labels or () if label in column]
        if not known:
            raise InvalidInput(
                f"row {row + 1} (id {record.id!r}) has no label; the naive way needs one in every row"
            )
        first[row] = min(known)
    return first


def softmax_cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Mean over rows of -ln softmax at the target, in nats; targets (b, k), each row sums to one."""
    return nn.functional.cross_entropy(logits, targets)


def tune(
    texts: Sequence[str],
    targets: Floats,
    labels: Sequence[str],
    *,
    base: str,
    recipe: Recipe,
    loss: Loss = binary_cross_entropy,
    from_prior: bool = False,
    shuffled: bool = False,
    checkpoint: Path | None = None,
    on_step: Callable[[int, int, float, float], None] | None = None,
) -> Tuned:
    """Fine-tune `base` towards `targets` (n, k) in [0, 1] and keep it in memory.

    from_prior: whether the head starts at the targets' base rates; otherwise at zero, as a stock head does.
    shuffled: whether every batch is drawn from all rows; otherwise from rows of like length, which is faster.
    checkpoint: a file that a killed run goes on from, used and removed here; for long runs only.
    """
    set_threads()
    prior = np.asarray(targets.mean(axis=0)) if from_prior else np.full(len(labels), 0.5)
    start = load_base(base, labels, prior, dropout=recipe.dropout, seed=recipe.seed)
    examples = examples_of(start, texts, targets, recipe.max_length)
    if shuffled:
        examples = replace(examples, bucket=1)
    if recipe.epochs * len(examples) < CHECKPOINT_EVERY * recipe.batch_size:
        checkpoint = None
    train_loop(
        start.model,
        examples,
        recipe,
        loss=loss,
        checkpoint=checkpoint,
        checkpoint_every=CHECKPOINT_EVERY,
        on_step=on_step,
    )
    if checkpoint:
        checkpoint.unlink(missing_ok=True)
    return Tuned(start.model, start, len(labels), recipe.max_length, recipe.precision)
