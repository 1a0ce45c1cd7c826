"""One file that a killed run goes on from: weights, average, moments, random state, position."""

from __future__ import annotations

from pathlib import Path

import orjson
import torch
from safetensors import safe_open
from safetensors.torch import save

from goemox.atomic import write_bytes
from goemox.training.flat import FlatWeights

__all__ = ["Run", "load_checkpoint", "save_checkpoint"]

Run = dict[str, object]
"""What a run's outcome hangs on, as JSON types: a checkpoint is continued by the very same run alone."""


def save_checkpoint(path: Path, step: int, flat: FlatWeights, run: Run) -> None:
    """Write the state after `step` to `path`, whole or not at all."""
    tensors = {name: vector.cpu() for name, vector in flat.vectors.items()}
    tensors["random"] = torch.get_rng_state()
    if flat.gradient.device.type == "cuda":
        tensors["random.cuda"] = torch.cuda.get_rng_state()
    facts = {"step": step, "run": run}
    write_bytes(path, save(tensors, metadata={"goemox": orjson.dumps(facts).decode()}))


def load_checkpoint(path: Path, flat: FlatWeights, run: Run) -> int:
    """Restore the run and return the number of finished steps; 0 where there is nothing to restore.

    A checkpoint of another run (recipe, base, rows, targets, loss or way of computing) is ignored: it cannot
    be continued.
    """
    if not path.is_file():
        return 0
    with safe_open(path, framework="pt") as file:
        facts = orjson.loads(file.metadata()["goemox"])
        if facts.get("run") != run:
            return 0
        for name, vector in flat.vectors.items():
            vector.copy_(file.get_tensor(name))
        flat.round()
        torch.set_rng_state(file.get_tensor("random"))
        if flat.gradient.device.type == "cuda":
            torch.cuda.set_rng_state(file.get_tensor("random.cuda"))
    return int(facts["step"])
