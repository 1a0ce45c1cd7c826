"""One file that a killed run goes on from: weights, average, optimiser, random state, position."""

from __future__ import annotations

from pathlib import Path

import orjson
import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import nn

from goemox.atomic import write_bytes

__all__ = ["Run", "load_checkpoint", "save_checkpoint"]

Run = dict[str, object]
"""What a run's outcome hangs on, as JSON types: a checkpoint is continued by the very same run alone."""


def save_checkpoint(
    path: Path,
    step: int,
    model: nn.Module,
    average: dict[str, torch.Tensor],
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LambdaLR,
    run: Run,
) -> None:
    """Write the state after `step` to `path`, whole or not at all."""
    parameters = dict(model.named_parameters())
    tensors = {f"model.{name}": parameters[name].detach().contiguous() for name in average}
    tensors |= {f"average.{name}": value for name, value in average.items()}
    for index, state in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{index}.{key}": torch.as_tensor(value) for key, value in state.items()}
    tensors["random"] = torch.get_rng_state()
    facts = {"step": step, "schedule": schedule.last_epoch, "run": run}
    write_bytes(path, save(tensors, metadata={"goemox": orjson.dumps(facts).decode()}))


def load_checkpoint(
    path: Path,
    model: nn.Module,
    average: dict[str, torch.Tensor],
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LambdaLR,
    run: Run,
) -> int:
    """Restore the run and return the number of finished steps; 0 where there is nothing to restore.

    A checkpoint of another run (recipe, rows or targets) is ignored: it cannot be continued.
    """
    if not path.is_file():
        return 0
    with safe_open(path, framework="pt") as file:
        facts = orjson.loads(file.metadata()["goemox"])
        if facts.get("run") != run:
            return 0
        names = file.keys()
        tensors = {name: file.get_tensor(name) for name in names}
    with torch.no_grad():
        parameters = dict(model.named_parameters())
        for name, value in average.items():
            parameters[name].copy_(tensors[f"model.{name}"])
            value.copy_(tensors[f"average.{name}"])
    whole = optimiser.state_dict()
    whole["state"] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimiser."):
            _, index, key = name.split(".")
            whole["state"].setdefault(int(index), {})[key] = tensor
    optimiser.load_state_dict(whole)
    schedule.last_epoch = facts["schedule"]
    for group, base_rate, factor in zip(
        optimiser.param_groups, schedule.base_lrs, schedule.lr_lambdas, strict=True
    ):
        group["lr"] = base_rate * factor(facts["schedule"])
    torch.set_rng_state(tensors["random"])
    return int(facts["step"])
