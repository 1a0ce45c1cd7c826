"""`train`: from labelled rows to a model folder that predicts, calibrated, with nothing left to do."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from transformers import PreTrainedModel

from goemox.data.splits import find_overlap
from goemox.errors import InvalidInput
from goemox.records import TextRecord, rows_sha256, truth_matrix
from goemox.scores import Floats
from goemox.training.bases import Base, load_base
from goemox.training.examples import Examples
from goemox.training.loop import Recipe, train_loop

__all__ = ["Trained", "fine_tune", "rows_sha256", "warn_of_overlap"]

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A fine-tuned model in memory, with the facts that its folder will tell.

    facts: base, recipe, rows and hash of the training set, versions.
    """

    model: PreTrainedModel
    base: Base
    labels: tuple[str, ...]
    facts: dict[str, object]


def fine_tune(
    records: Sequence[TextRecord],
    labels: Sequence[str],
    *,
    base: str = "minilm",
    recipe: Recipe | None = None,
    checkpoint: Path | None = None,
    on_step: Callable[[int, int, float, float], None] | None = None,
) -> Trained:
    """Fine-tune `base` on all labels of all rows, sigmoid + binary cross-entropy.

    Raises InvalidInput for fewer than two labels or rows without labels, InvalidModel for an unusable base.
    checkpoint: a file to go on from after a kill; see `training.loop`.
    """
    recipe = recipe or Recipe()
    if len(labels) < 2:
        raise InvalidInput(f"training needs at least two labels, found {len(labels)}")
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1))
    truth: Floats = truth_matrix(records, labels).astype(np.float32)
    start = load_base(base, labels, truth.mean(axis=0), dropout=recipe.dropout, seed=recipe.seed)
    pad = start.tokenizer.token_to_id("[PAD]") or 0
    texts = [record.text for record in records]
    examples = Examples.of(texts, truth, start.tokenizer, recipe.max_length, pad)
    train_loop(start.model, examples, recipe, checkpoint=checkpoint, on_step=on_step)
    facts: dict[str, object] = {
        "base": start.name,
        "parameters": sum(p.numel() for p in start.model.parameters()),
        "rows": len(records),
        "rows_sha256": rows_sha256(records),
        "recipe": asdict(recipe),
        "torch": torch.__version__,
    }
    return Trained(start.model, start, tuple(labels), facts)


def warn_of_overlap(train: Sequence[TextRecord], other: Sequence[TextRecord], name: str, say: Report) -> None:
    """Say how many texts of `other` the model was trained on, if any."""
    shared = len(find_overlap([r.text for r in train], [r.text for r in other]))
    if shared:
        say(f"{shared} of {len(other):,} {name} texts also occur in train, which flatters scores there")
