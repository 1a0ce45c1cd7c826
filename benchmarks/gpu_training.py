"""Training on a graphics processor: the same gradients, as much learned, unhurt by kills, and how fast.

    python benchmarks/gpu_training.py --data PATH/goemotions [--output FILE]

*gradients*: on the same batches in float32, of a graphics processor and of the processor beside it.
*learned*: dev after two epochs of 12,000 rows on each, from the bundled model's weights, which need no
download. *killed*: `kill_training.py`. *speed*: `speed/training.py`, against a stock Trainer and a plain loop
on the same card. Needs [train], accelerate, and a torch that sees a CUDA device. What came of it is in
docs/decisions/0022-training-speed.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers

from goemox.data.training_sets import read_training_set
from goemox.model_folder import default_folder
from goemox.records import truth_matrix
from goemox.training.bases import load_base
from goemox.training.examples import Examples, batches
from goemox.training.flat import sum_gradients
from goemox.training.foreign import export_weights
from goemox.training.gradients import GradientOf, gradient_of, side_by_side
from goemox.training.loop import binary_cross_entropy
from goemox.training.train import examples_of

HERE = Path(__file__).parent
RESULT = HERE / "results" / "speed" / "gpu_training.json"
N_BATCHES, N_KILLS, KILL_EPOCHS, ROUNDS = 20, 5, 20, 5
NO_GPU = {"CUDA_VISIBLE_DEVICES": ""}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found = os.environ.get("GOEMOX_DATA")
    parser.add_argument("--data", default=f"{found}/goemotions" if found else None, required=not found)
    parser.add_argument("--output", type=Path, default=RESULT)
    arguments = parser.parse_args()
    if not torch.cuda.is_available():
        parser.error("torch sees no CUDA device here")
    with tempfile.TemporaryDirectory() as place:
        base = export_weights(default_folder(), Path(place) / "bundled")
        result = {
            "claim": "a graphics processor finds the same gradients, learns as much, and goes on after kills",
            "command": "python benchmarks/gpu_training.py --data PATH/goemotions",
            "date": datetime.now(UTC).date().isoformat(),
            "device": torch.cuda.get_device_name(),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "gradients": gradients(base, arguments.data),
            "learned": learned(base, arguments.data),
            "killed": script("kill_training.py", "--kills", str(N_KILLS), "--epochs", str(KILL_EPOCHS)),
            "speed": speed(base, arguments.data),
        }
    document = json.dumps(result, indent=1) + "\n"
    print(document, end="")
    arguments.output.write_text(document, encoding="utf-8")
    return 0


def gradients(base: Path, data: str) -> dict[str, float]:
    """The largest differences over `N_BATCHES` batches, relative to the length of the gradient."""
    with side_by_side() as run:
        ways = []
        for device in ("cpu", "cuda"):
            model, examples = start(base, data, device)
            ways.append(gradient_of(model, binary_cross_entropy, run, dropout=0.0, seed=0, precision="fp32"))
            model.train()
        far_loss = far_gradient = 0.0
        for step, rows in enumerate(list(batches(examples, 64, seed=0, epoch=0))[:N_BATCHES], start=1):
            (loss, mine), (other_loss, theirs) = [whole(way, examples, rows, step) for way in ways]
            far_loss = max(far_loss, abs(loss - other_loss) / loss)
            lengths = sum(float(mine[name].norm()) ** 2 for name in mine) ** 0.5
            apart = sum(float((mine[name] - theirs[name]).norm()) ** 2 for name in mine) ** 0.5
            far_gradient = max(far_gradient, apart / lengths)
    return {"batches": N_BATCHES, "loss": far_loss, "gradient": far_gradient}


def start(base: Path, data: str, device: str) -> tuple[Any, Examples]:
    """The model on `device`, its word table held as in training, and rows to train it on."""
    splits = read_training_set(data)
    records = splits.train[:4000]
    truth = truth_matrix(records, splits.labels).astype(np.float32)
    found = load_base(str(base), splits.labels, truth.mean(axis=0), dropout=0.0, seed=0)
    examples = examples_of(found, [record.text for record in records], truth, 64)
    found.model.get_input_embeddings().weight.requires_grad_(False)
    found.model.dropout.p = 0.0
    return found.model.to(device), examples


def whole(way: GradientOf, examples: Examples, rows: Any, step: int) -> tuple[float, dict[str, torch.Tensor]]:
    """The loss and, parameter by parameter, the gradient of all shares together."""
    loss, found = way(examples, rows, step)
    sum_gradients(way.flat.pieces, found)
    gradient: dict[str, torch.Tensor] = {}
    for piece in way.flat.pieces:
        gradient |= dict(zip(piece.names, piece.gradient.cpu().chunk(len(piece.names)), strict=True))
    return loss, gradient


def learned(base: Path, data: str) -> dict[str, Any]:
    """Dev after the same run on the graphics processor and on the processor."""
    with tempfile.TemporaryDirectory() as place:
        rows = Path(place) / "rows.json"
        for settings in ({}, NO_GPU):
            script("speed/training_quality.py", "after", "--data", data, "--base", str(base),
                   "--output", str(rows), **settings)  # fmt: skip
        return {row["processor"]: row["dev"] for row in json.loads(rows.read_text("utf-8"))}


def speed(base: Path, data: str) -> dict[str, Any]:
    """Rows a second, and ratios within a round."""
    with tempfile.TemporaryDirectory() as place:
        output = Path(place) / "speed.json"
        script("speed/training.py", "--data", data, "--base", str(base), "--rounds", str(ROUNDS),
               "--output", str(output))  # fmt: skip
        found: dict[str, Any] = json.loads(output.read_text("utf-8"))
        return {name: found[name] for name in ("rows_per_second", "ratio", "rounds", "seconds_a_turn")}


def script(name: str, *arguments: str, **settings: str) -> dict[str, Any]:
    """A benchmark beside this one in a process of its own; what it prints where that is JSON."""
    done = subprocess.run(
        [sys.executable, HERE / name, *arguments],
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    printed = done.stdout
    found: dict[str, Any] = json.loads(printed) if printed.startswith("{\n") else {}
    return found


if __name__ == "__main__":
    sys.exit(main())
