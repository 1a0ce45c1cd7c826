"""The naive models of the ladder as model folders, so that they can be asked about any text later.

A climb keeps logits alone; here a naive run is trained once more and written whole. The folder tells which
run it is of, so that a later climb in the same place trains it again only where something has changed.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import numpy as np
import orjson

from goemox._version import __version__
from goemox.atomic import clear_leftovers, write_bytes, write_text
from goemox.classifier import EmotionClassifier
from goemox.errors import InvalidModel, UsageError
from goemox.labels import GOEMOTIONS, NEUTRAL
from goemox.model_folder import FACTS, SCHEMA, open_model
from goemox.model_place import write_folder
from goemox.records import rows_sha256, truth_matrix
from goemox.reproduce.plan import RUNGS, Rung
from goemox.reproduce.runs import Store, TrainingRun
from goemox.scores import Floats

__all__ = ["KEPT", "check_room", "is_kept", "keep_model"]

KEPT = tuple(rung.name for rung in RUNGS if rung.decision == "softmax")
"""Rungs whose model of the first seed is kept, each in a folder of its name."""

VALIDATION = "study-validation"

CARD = """---
library_name: transformers
pipeline_tag: text-classification
base_model: {base}
tags: [emotion, goemotions, goemox, baseline]
---

# {name}

The first study's way of training, kept so that other models can be compared with it on any text. **It is no
model to use**: it gives each text one label, and far too often that label is neutral.

- **Base**: {base}, {parameters:,} parameters.
- **Trained on**: {data}, by a softmax over {n_labels} labels.
- **Recipe**: rate {learning_rate:g}, {epochs} epochs, batches of {batch_size}, {max_length} tokens, seed
  {seed}.
- **Decides** by the most probable label. Its scores are a softmax; there is no calibration, there are no
  thresholds, and nothing is promised.
- **Figures**: the rung “{title}” in `ladder.md` beside this folder, which is seed {seed} there.
- **Made by**: goemox {version}, `goemox reproduce`.

```
goemox predict --model path/to/this/folder "Thank you so much!"
```

The weights are in the ONNX graph alone; `goemox export --format hf --model DIR --output-dir OUT` writes them
for plain transformers.
"""


def check_room(output: Path) -> None:
    """Raises UsageError where something else than a model folder lies where one would be written."""
    for folder in (output / name for name in KEPT):
        if folder.exists() and not (folder / FACTS).is_file():
            raise UsageError(
                f"{folder}: is no model folder, and the ladder keeps its naive model there; move it away, or "
                "name another --output-dir"
            )


def is_kept(folder: Path, run: TrainingRun) -> bool:
    """Whether `folder` is whole and holds the model of this very run."""
    try:
        facts = open_model(folder).facts or {}
    except InvalidModel:
        return False
    training = facts.get("training")
    return isinstance(training, dict) and training.get("run") == _key(run)


def keep_model(rung: Rung, run: TrainingRun, store: Store, folder: Path) -> None:
    """Train `run` again and write it to `folder`, whole or not at all, unless it is there.

    How far its logits on the study's validation part are from those that the climb measured is said and
    written down; on the same machine, all of it is bf16's rounding, which the graph does without.
    Raises GateFailed where the graph and torch differ.
    """
    from goemox.training.export import export_softmax

    if is_kept(folder, run):
        return
    measured = store.get(run).logits[VALIDATION]
    clear_leftovers(folder)
    model = run.trained(None, store.progress)
    texts = [record.text for record in run.held]
    with write_folder(folder) as target:
        parity = export_softmax(model, GOEMOTIONS, target, texts)
        logits = EmotionClassifier(open_model(target), runtime="onnxruntime").scores(texts).logits
        parity |= _differences(logits, measured)
        parameters = sum(p.numel() for p in model.model.parameters())
        facts = _facts(rung, run, model.base.name, parameters, parity) | {"at_home": _at_home(run, logits)}
        write_bytes(target / FACTS, orjson.dumps(facts, option=orjson.OPT_INDENT_2))
        write_text(target / "README.md", _card(rung, run, facts))
    store.progress.say(
        f"{run.title}: kept in {folder.name}/; beside the logits that were measured, it differs by "
        f"{parity['ladder_max_logit_difference']:.2g} at most and has the same top label on "
        f"{100 * parity['ladder_same_top_label']:.1f} % of {len(texts):,} validation texts"
    )


def _key(run: TrainingRun) -> str:
    return hashlib.sha256(orjson.dumps(run.identity(), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _differences(logits: Floats, measured: Floats) -> dict[str, float]:
    same = logits.argmax(axis=1) == measured.argmax(axis=1)
    return {
        "ladder_max_logit_difference": float(np.abs(logits - measured).max()),
        "ladder_mean_logit_difference": float(np.abs(logits - measured).mean()),
        "ladder_same_top_label": float(same.mean()),
    }


def _at_home(run: TrainingRun, logits: Floats) -> dict[str, float]:
    """How often it calls held-out texts of its own domain neutral, and how often people did."""
    neutral = list(GOEMOTIONS).index(NEUTRAL)
    truth = truth_matrix(run.held, GOEMOTIONS)
    return {
        "n": len(run.held),
        "neutral": float((logits.argmax(axis=1) == neutral).mean()),
        "neutral_by_people": float(truth[:, neutral].mean()),
    }


def _facts(
    rung: Rung, run: TrainingRun, base: str, parameters: int, parity: dict[str, float]
) -> dict[str, object]:
    """goemox.json: what the model is, and that there is no decision rule besides the softmax."""
    from goemox.training.export import EARLY

    return {
        "schema": SCHEMA,
        "goemox_version": __version__,
        "name": f"{rung.title} (first study)",
        "labels": list(GOEMOTIONS),
        "activation": "softmax",
        "fitted_on": "",
        "conformal": None,
        "training": {
            "base": base,
            "parameters": parameters,
            "data": f"{len(run.train):,} rows of the training split, the first label of each",
            "rows": len(run.train),
            "rows_sha256": rows_sha256(run.train),
            "recipe": asdict(run.recipe),
            "torch": version("torch"),
            "run": _key(run),
        },
        "parity": parity,
        "embedding": {"layer": EARLY, "pooling": "mean"},
    }


def _card(rung: Rung, run: TrainingRun, facts: dict[str, object]) -> str:
    training: dict[str, object] = facts["training"]  # type: ignore[assignment]
    return CARD.format(
        name=facts["name"],
        title=rung.title,
        version=__version__,
        n_labels=len(GOEMOTIONS),
        base=training["base"],
        parameters=training["parameters"],
        data=training["data"],
        **asdict(run.recipe),
    )
