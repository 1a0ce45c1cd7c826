"""`TrainingLog`: what a run did, as JSON lines in a file and as progress for whoever waits.

One line every `EVERY` steps (stage, step, total, loss, rows_per_second) and one after every epoch (stage,
epoch, dev_map, dev_nll). A run that goes on after a kill appends to the same file; the line that the kill
tore is dropped, and so are those of steps that are taken again, or of another run that was given up (of
stages that this run does not have, by `keep_stages`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from goemox.atomic import write_bytes
from goemox.scores import Bools, Floats
from goemox.training.gate import mean_precision

__all__ = ["Stage", "TrainingLog"]

EVERY = 20


class TrainingLog:
    """A log that several stages of one run write to; path None keeps nothing."""

    def __init__(self, path: Path | None, say: Callable[[str], None] = lambda message: None) -> None:
        """Open `path` for appending, without a last line that a kill left unfinished."""
        self.path = path
        self.say = say
        if path is not None and path.is_file():
            content = path.read_bytes()
            whole = content[: content.rfind(b"\n") + 1]
            if len(whole) < len(content):
                os.truncate(path, len(whole))

    def stage(self, name: str) -> Stage:
        """The part of the log that belongs to one model of the run."""
        return Stage(self, name)

    def keep_stages(self, *names: str) -> None:
        """Take out the lines of all other stages: another run left them."""
        self.forget(lambda row: row["stage"] in names)

    def forget(self, is_kept: Callable[[dict[str, Any]], bool]) -> None:
        """Take out the lines that are not to be kept."""
        if self.path is not None and self.path.is_file():
            lines = self.path.read_bytes().splitlines(keepends=True)
            kept = [line for line in lines if (row := _read(line)) is not None and is_kept(row)]
            if len(kept) < len(lines):
                write_bytes(self.path, b"".join(kept))

    def write(self, row: dict[str, object]) -> None:
        """Append one line."""
        if self.path is not None:
            with self.path.open("ab") as stream:
                stream.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


class Stage:
    """The steps and epochs of one training loop; its methods are the loop's callbacks."""

    def __init__(self, log: TrainingLog, name: str) -> None:
        self.log = log
        self.name = name
        self._started = time.monotonic()
        self._first = 0
        self._losses: list[float] = []
        self._told = 20 if os.environ.get("CI") is None else 200

    def on_step(self, step: int, total: int, loss: float, rows_per_second: float) -> None:
        """After a step; loss in nats a label cell."""
        if not self._first and step > 1:
            self.log.say(f"{self.name}: going on after step {step - 1} of {total}, where it was stopped")
        if not self._first:
            self._first = step
            self.log.forget(lambda row: row["stage"] != self.name or (step > 1 and row.get("step", 0) < step))
        self._losses = [*self._losses[-49:], loss]
        mean = sum(self._losses) / len(self._losses)
        if step % EVERY == 0 or step == total:
            self.log.write(
                {
                    "stage": self.name,
                    "step": step,
                    "total": total,
                    "loss": round(mean, 6),
                    "rows_per_second": round(rows_per_second, 1),
                }
            )
        if step % self._told == 0 or step == total:
            pace = (time.monotonic() - self._started) / (step - self._first + 1)
            self.log.say(
                f"{self.name}: step {step}/{total}  loss {mean:.4f}  {rows_per_second:.0f} rows/s  "
                f"{(total - step) * pace / 60:.0f} min left"
            )

    def on_epoch(self, epoch: int, logits: Floats, truth: Bools) -> None:
        """After an epoch, with the dev rows' logits and truth (n, k): average precision and likelihood.

        Never F1 at .5: sparse labels pass .5 late or not at all, so that it says nothing of early epochs.
        """
        quality = {
            "dev_map": round(mean_precision(logits, truth), 6),
            "dev_nll": round(_nll(logits, truth), 6),
        }
        self.log.forget(lambda row: row["stage"] != self.name or row.get("epoch", 0) < epoch)
        self.log.write({"stage": self.name, "epoch": epoch, **quality})
        self.log.say(
            f"{self.name}: epoch {epoch}  dev mAP {quality['dev_map']:.4f}  NLL {quality['dev_nll']:.4f}"
        )


def _read(line: bytes) -> dict[str, Any] | None:
    """A line of the log; None for one that is damaged."""
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) and "stage" in row else None


def _nll(logits: Floats, truth: Bools) -> float:
    """Mean negative log likelihood of a label cell, in nats, before calibration."""
    z = logits.astype(np.float64)
    return float(np.logaddexp(0.0, np.where(truth, -z, z)).mean())
