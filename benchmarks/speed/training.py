"""Training: rows a second of goemox, of a stock Trainer and of a plain bfloat16 loop, by turns.

    python benchmarks/speed/training.py --data PATH/goemotions [--base NAME] [--rounds 9] [--output FILE]

All three fine-tune the base model on the same rows, on the graphics processor where torch finds one, else
with all threads: *stock* is `transformers.Trainer` as it comes (float32, batches of 16, padded to 64 tokens);
*plain* is a loop as one writes it who knows torch (bfloat16 autocast, batches of 64 of like length, fused
AdamW); *goemox* is `train_loop` with its own recipe.
One runs at a time, for about `SECONDS`; each round takes all three, and ratios are within a round. Whether it
learns as much is `training_quality.py`'s question. Needs [train] and accelerate, which Trainer asks for.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
import transformers

sys.path.insert(0, str(Path(__file__).parents[1]))

from report_limits import processor

from goemox.data.training_sets import read_training_set
from goemox.records import truth_matrix
from goemox.training.bases import Base, load_base
from goemox.training.device import training_device
from goemox.training.examples import Examples, batches, count_batches
from goemox.training.loop import Recipe, train_loop
from goemox.training.train import examples_of, set_threads

RESULTS = Path(__file__).parents[1] / "results" / "speed" / "training.json"
GOALS = {"stock": 8.0, "plain": 2.0}
ROWS = 12_000
SECONDS = 3.0  # that a turn takes about
ENDLESS = 1_000  # epochs
# Steps before the first turn, since what a width of batch needs is compiled or loaded as it comes.
WARM = 200 if torch.cuda.is_available() else 6
Tick = Callable[[int], None]
Way = Callable[[Base, Examples, Tick, int], None]


class Done(Exception):
    """Ends a run that has had its turns."""


class Runner:
    """A way of training in a thread of its own that stands still but for its turns."""

    def __init__(self, name: str, way: Way, base: Base, examples: Examples) -> None:
        self.name = name
        self._may, self._rests = threading.Event(), threading.Event()
        self._until, self._steps, self._rows, self._ended = 0.0, WARM, 0, False
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(way, base, examples), daemon=True)

    def start(self) -> None:
        """Run the warm-up."""
        self._may.set()
        self._thread.start()
        self._wait()

    def turn(self) -> dict[str, float]:
        """Rows a second, and a processor second, of one turn."""
        self._rows, self._steps = 0, 1
        wall, spent = time.perf_counter(), time.process_time()
        self._until = wall + SECONDS
        self._go()
        if torch.cuda.is_available():
            torch.cuda.synchronize()  # what was begun in a turn belongs to it
        wall, spent = time.perf_counter() - wall, time.process_time() - spent
        return {"wall": self._rows / wall, "processor": self._rows / spent}

    def end(self) -> None:
        """Let it stop for good."""
        self._ended = True
        self._may.set()
        self._thread.join()

    def _go(self) -> None:
        self._rests.clear()
        self._may.set()
        self._wait()

    def _wait(self) -> None:
        self._rests.wait()
        if self._failed:
            raise self._failed

    def _run(self, way: Way, base: Base, examples: Examples) -> None:
        try:
            way(base, examples, self._tick, ENDLESS)
        except Done:
            pass
        except BaseException as error:
            self._failed = error
        self._rests.set()

    def _tick(self, rows: int) -> None:
        """After every step of `rows` rows."""
        self._rows += rows
        self._steps -= 1
        if self._steps > 0 or time.perf_counter() < self._until:
            return
        self._may.clear()
        self._rests.set()
        self._may.wait()
        if self._ended:
            raise Done


def goemox(base: Base, examples: Examples, tick: Tick, epochs: int) -> None:
    recipe = Recipe(epochs=epochs)
    sizes = (
        len(rows)
        for epoch in range(recipe.epochs)
        for rows in batches(examples, 64, seed=0, epoch=epoch, epochs=recipe.epochs)
    )
    train_loop(base.model, examples, recipe, on_step=lambda *_: tick(next(sizes)))


def plain(base: Base, examples: Examples, tick: Tick, epochs: int) -> None:
    device = training_device()
    model = base.model.to(device).train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-4, fused=True)
    total = count_batches(examples, 64, epochs)
    schedule = transformers.get_linear_schedule_with_warmup(optimiser, total // 12, total)
    order = (rows for epoch in range(epochs) for rows in batches(examples, 64, seed=0, epoch=epoch))
    for rows in order:
        batch = examples.batch(rows).to(device)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            logits = model(input_ids=batch.ids, attention_mask=batch.mask).logits
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits.float(), batch.targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
        tick(len(rows))


def stock(base: Base, examples: Examples, tick: Tick, epochs: int) -> None:
    class Told(transformers.TrainerCallback):
        def on_step_end(self, *_: Any, **__: Any) -> None:
            tick(16)

    width = 64
    rows = [
        {
            "input_ids": ids + [examples.pad_id] * (width - len(ids)),
            "attention_mask": [1] * len(ids) + [0] * (width - len(ids)),
            "labels": targets,
        }
        for ids, targets in zip(examples.ids, examples.targets, strict=True)
    ]
    with TemporaryDirectory() as folder:
        arguments = transformers.TrainingArguments(
            folder,
            per_device_train_batch_size=16,
            num_train_epochs=epochs,
            dataloader_drop_last=True,
            use_cpu=training_device().type == "cpu",
            report_to=[],
            save_strategy="no",
            logging_strategy="no",
            disable_tqdm=True,
        )
        transformers.Trainer(base.model, arguments, train_dataset=rows, callbacks=[Told()]).train()


def main() -> int:
    arguments = parse()
    set_threads()
    splits = read_training_set(arguments.data)
    chosen = [splits.train[row] for row in np.random.default_rng(0).permutation(len(splits.train))[:ROWS]]
    truth = truth_matrix(chosen, splits.labels).astype(np.float32)
    runners = []
    for way in (stock, plain, goemox):
        base = load_base(arguments.base, splits.labels, truth.mean(axis=0), dropout=0.15, seed=0)
        examples = examples_of(base, [record.text for record in chosen], truth, 64)
        runners.append(Runner(way.__name__, way, base, examples))
    for runner in runners:
        runner.start()
    rounds: list[dict[str, dict[str, float]]] = []
    for number in range(arguments.rounds):
        rounds.append({runner.name: runner.turn() for runner in runners})
        rates = "  ".join(f"{name} {found['wall']:.0f}" for name, found in rounds[-1].items())
        print(f"round {number + 1}: {rates} rows/s", file=sys.stderr)
    for runner in runners:
        runner.end()
    document = json.dumps(summary(rounds, examples, Path(arguments.base).name), indent=1) + "\n"
    print(document, end="")
    arguments.output.parent.mkdir(exist_ok=True)
    arguments.output.write_text(document, encoding="utf-8")
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found = os.environ.get("GOEMOX_DATA")
    parser.add_argument("--data", default=f"{found}/goemotions" if found else None, required=not found)
    parser.add_argument("--base", default="minilm", help="as `goemox train --base`")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--output", type=Path, default=RESULTS)
    return parser.parse_args()


def summary(rounds: list[dict[str, dict[str, float]]], examples: Examples, base: str) -> dict[str, Any]:
    """What is published; ratios are of wall time, and of processor time beside it."""
    names = list(rounds[0])
    rates = {
        clock: {name: spread([turn[name][clock] for turn in rounds]) for name in names}
        for clock in ("wall", "processor")
    }
    ratios = {
        clock: {
            peer: spread([turn["goemox"][clock] / turn[peer][clock] for turn in rounds]) for peer in GOALS
        }
        for clock in ("wall", "processor")
    }
    return {
        "claim": "training at the same quality: 8 times a stock Trainer, twice a bucketed bfloat16 loop",
        "goals": GOALS,
        "met": {peer: ratios["wall"][peer]["median"] >= goal for peer, goal in GOALS.items()},
        "rows_per_second": rates["wall"],
        "ratio": ratios["wall"],
        "rows_per_processor_second": rates["processor"],
        "ratio_of_processor_seconds": ratios["processor"],
        "rounds": len(rounds),
        "seconds_a_turn": SECONDS,
        "rows": len(examples),
        "mean_tokens": round(float(np.mean([len(ids) for ids in examples.ids])), 2),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "processor": torch.cuda.get_device_name() if torch.cuda.is_available() else processor(),
        "base": base,
        "date": datetime.now(UTC).date().isoformat(),
        "command": "python benchmarks/speed/training.py --data PATH/goemotions",
    }


def spread(values: list[float]) -> dict[str, float]:
    return {"min": round(min(values), 2), "median": round(median(values), 2), "max": round(max(values), 2)}


if __name__ == "__main__":
    sys.exit(main())
