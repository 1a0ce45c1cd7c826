"""Runs: one trained model each, and what is kept of it: its logits on every text that is measured."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import orjson

from goemox.atomic import write_bytes
from goemox.classifier import EmotionClassifier
from goemox.labels import GOEMOTIONS
from goemox.records import TextRecord, rows_sha256, truth_matrix
from goemox.reproduce.progress import Progress
from goemox.reproduce.texts import texts_sha256
from goemox.scores import Floats

if TYPE_CHECKING:
    from goemox.training.loop import Recipe
    from goemox.training.naive import Tuned

__all__ = ["FolderRun", "Run", "Scored", "Store", "TrainingRun"]

Sets = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Logits (n, 28) of each set of texts, and facts about the model that gave them."""

    logits: Mapping[str, Floats]
    facts: Mapping[str, object]


class Run(Protocol):
    """A model that can be had: trained here, or brought along."""

    @property
    def name(self) -> str:
        """Which run, without its seed."""

    @property
    def seed(self) -> int:
        """Its seed, or the place of its folder."""

    def identity(self) -> Mapping[str, object]:
        """All that decides its logits besides the texts."""

    def score(self, sets: Sets, checkpoint: Path, progress: Progress) -> Scored:
        """Get the model and ask it about every set of texts."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingRun:
    """A training, by all that decides its outcome.

    single: first label and softmax; else all labels, sigmoids and binary cross-entropy.
    naive: batches are drawn from all rows and the head starts at zero; else batches hold rows of like length
    and the head starts at the base rates.
    held: the study's validation part; it is scored together with the training rows, where there is one.
    """

    name: str
    seed: int
    title: str
    base: str
    recipe: Recipe
    train: Sequence[TextRecord]
    held: Sequence[TextRecord] = field(default=())
    single: bool = False
    naive: bool = True

    def identity(self) -> Mapping[str, object]:
        """Base, recipe, rows, loss."""
        return {
            "base": self.base,
            "recipe": asdict(self.recipe),
            "train": rows_sha256(self.train),
            "held": rows_sha256(self.held),
            "single": self.single,
            "naive": self.naive,
        }

    def trained(self, checkpoint: Path | None, progress: Progress) -> Tuned:
        """Train, or go on from `checkpoint`."""
        from goemox.training.loop import binary_cross_entropy
        from goemox.training.naive import first_labels, softmax_cross_entropy, tune

        progress.begin(self.title, len(self.train) * self.recipe.epochs)
        targets: Floats = truth_matrix(self.train, GOEMOTIONS).astype(np.float32)
        if self.single:
            targets = np.eye(len(GOEMOTIONS), dtype=np.float32)[first_labels(self.train, GOEMOTIONS)]
        return tune(
            [record.text for record in self.train],
            targets,
            GOEMOTIONS,
            base=self.base,
            recipe=self.recipe,
            loss=softmax_cross_entropy if self.single else binary_cross_entropy,
            from_prior=not self.naive,
            shuffled=self.naive,
            checkpoint=checkpoint,
            on_step=progress.step,
        )

    def score(self, sets: Sets, checkpoint: Path, progress: Progress) -> Scored:
        """Train, or go on from `checkpoint`, and score."""
        model = self.trained(checkpoint, progress)
        sets = dict(sets)
        if self.held:
            train = [record.text for record in self.train]
            sets |= {"study-train": train, "study-validation": [record.text for record in self.held]}
        facts = {
            "base": model.base.name,
            "rows": len(self.train),
            "learning_rate": self.recipe.learning_rate,
            "batch_size": self.recipe.batch_size,
            "epochs": self.recipe.epochs,
            "parameters": sum(p.numel() for p in model.model.parameters()),
        }
        n_texts = sum(map(len, sets.values()))
        progress.scoring(n_texts)
        logits = {name: model.logits(texts) for name, texts in sets.items()}
        progress.scored(n_texts)
        return Scored(logits, facts)


@dataclass(frozen=True, slots=True, eq=False)
class FolderRun:
    """A model folder that was trained elsewhere; only its weights are used, not its decision rule."""

    name: str
    seed: int
    title: str
    classifier: EmotionClassifier

    def identity(self) -> Mapping[str, object]:
        """The graph's hash."""
        return {"model": self.classifier.scorer.sha256}

    def score(self, sets: Sets, checkpoint: Path, progress: Progress) -> Scored:  # noqa: ARG002 - see Run
        """Score with the folder's graph."""
        progress.say(f"{self.title}: scoring with a given model")
        columns = [self.classifier.labels.index(label) for label in GOEMOTIONS]
        logits = {name: self.classifier.scores(texts).logits[:, columns] for name, texts in sets.items()}
        training = (self.classifier.folder.facts or {}).get("training")
        known = training if isinstance(training, Mapping) else {}
        facts = {key: known[key] for key in ("base", "rows", "parameters") if key in known}
        return Scored(logits, facts | {"model_sha256": self.classifier.scorer.sha256})


@dataclass(frozen=True, slots=True, eq=False)
class Store:
    """Logits of finished runs as `FOLDER/NAME-SEED.safetensors`; a run that is there is not trained again."""

    folder: Path
    sets: Sets
    progress: Progress

    def key(self, run: Run) -> str:
        """Hash of everything that decides a run's logits."""
        content = {"run": run.identity(), "texts": texts_sha256(self.sets)}
        return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()

    def get(self, run: Run) -> Scored:
        """The run's logits, from the disk where the very same run is there."""
        from safetensors.numpy import save

        key = self.key(run)
        path = self.folder / f"{run.name}-{run.seed}.safetensors"
        kept = self._kept(path, key)
        if kept is not None:
            return kept
        checkpoint = self.folder / f"{run.name}-{run.seed}-{key[:12]}.checkpoint"
        found = run.score(self.sets, checkpoint, self.progress)
        # safetensors writes an array's memory as it lies, whatever its strides say
        arrays = {name: np.ascontiguousarray(logits, np.float32) for name, logits in found.logits.items()}
        metadata = {"key": key, "facts": orjson.dumps(found.facts).decode()}
        write_bytes(path, save(arrays, metadata))
        return Scored(arrays, found.facts)

    def _kept(self, path: Path, key: str) -> Scored | None:
        from safetensors import SafetensorError, safe_open

        if not path.is_file():
            return None
        try:
            with safe_open(path, framework="np") as file:
                facts = file.metadata()
                if facts.get("key") != key:
                    return None
                names = file.keys()
                return Scored({name: file.get_tensor(name) for name in names}, orjson.loads(facts["facts"]))
        except SafetensorError:
            return None
