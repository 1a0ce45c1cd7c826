"""`fine_tune`: from labelled rows to a model in memory, with the facts that its folder will tell."""

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
from goemox.training.device import computed_on
from goemox.training.examples import Examples
from goemox.training.log import Stage
from goemox.training.loop import Recipe, logits_of, train_loop

__all__ = [
    "SoftTargets",
    "Trained",
    "examples_of",
    "fine_tune",
    "set_threads",
    "warn_of_overlap",
]

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


@dataclass(frozen=True, slots=True, eq=False)
class SoftTargets:
    """What teachers said: targets of the n labelled rows, and m more texts with theirs.

    labelled: (n, k) in [0, 1], already mixed with the labels that people gave. unlabelled: (m, k).
    """

    labelled: Floats
    texts: Sequence[str]
    unlabelled: Floats


def fine_tune(
    records: Sequence[TextRecord],
    labels: Sequence[str],
    *,
    base: str = "minilm",
    recipe: Recipe | None = None,
    soft: SoftTargets | None = None,
    checkpoint: Path | None = None,
    dev: Sequence[TextRecord] = (),
    stage: Stage | None = None,
) -> Trained:
    """Fine-tune `base` on all labels of all rows, sigmoid + binary cross-entropy.

    soft: targets instead of the labels, and further texts. checkpoint: a file to go on from after a kill; see
    `training.loop`. dev: rows that the log's average precision is taken on after each epoch; nothing is
    chosen by it here. stage: the log.
    Raises InvalidInput for fewer than two labels or rows without labels, InvalidModel for an unusable base.
    """
    recipe = recipe or Recipe()
    if len(labels) < 2:
        raise InvalidInput(f"training needs at least two labels, found {len(labels)}")
    set_threads()
    truth: Floats = truth_matrix(records, labels).astype(np.float32)
    start = load_base(base, labels, truth.mean(axis=0), dropout=recipe.dropout, seed=recipe.seed)
    texts = [record.text for record in records]
    targets = truth
    if soft is not None:
        texts, targets = [*texts, *soft.texts], np.concatenate([soft.labelled, soft.unlabelled])
    examples = examples_of(start, texts, targets, recipe.max_length, once=len(texts) - len(records))
    if stage:
        stage.log.say(f"{stage.name}: on {computed_on(recipe.precision)}")
    train_loop(
        start.model,
        examples,
        recipe,
        checkpoint=checkpoint,
        on_step=stage.on_step if stage else None,
        on_epoch=_validation(start, labels, recipe, dev, stage) if stage and dev else None,
    )
    facts: dict[str, object] = {
        "base": start.name,
        "base_given": f"PATH/{Path(base).resolve().name}" if Path(base).is_dir() else base,
        "model_type": start.model.config.model_type,
        "parameters": sum(p.numel() for p in start.model.parameters()),
        "rows": len(records),
        "rows_sha256": rows_sha256(records),
        "recipe": asdict(recipe),
        "torch": torch.__version__,
    }
    return Trained(start.model, start, tuple(labels), facts)


def examples_of(
    base: Base, texts: Sequence[str], targets: Floats, max_length: int, once: int = 0
) -> Examples:
    """Texts as `base` reads them; see `Examples`."""
    pad = base.tokenizer.token_to_id("[PAD]") or 0
    return Examples.of(texts, targets, base.tokenizer, max_length, pad, once)


def set_threads() -> None:
    """All cores, or what OMP_NUM_THREADS says; the same seed gives the same weights on the same number."""
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1))


def _validation(
    base: Base, labels: Sequence[str], recipe: Recipe, dev: Sequence[TextRecord], stage: Stage
) -> Callable[[int], None]:
    truth = truth_matrix(dev, labels)
    rows = examples_of(base, [record.text for record in dev], truth.astype(np.float32), recipe.max_length)
    return lambda epoch: stage.on_epoch(epoch, logits_of(base.model, rows, precision=recipe.precision), truth)


def warn_of_overlap(train: Sequence[TextRecord], other: Sequence[TextRecord], name: str, say: Report) -> None:
    """Say how many texts of `other` the model was trained on, if any."""
    shared = len(find_overlap([r.text for r in train], [r.text for r in other]))
    if shared:
        say(f"{shared} of {len(other):,} {name} texts also occur in train, which flatters scores there")
