"""Competitors one after the other, in processes that stay: A B C, A B C, … so that slow minutes hit all.

Whoever is not at work is stopped (SIGSTOP), so that no thread of it waits busily.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from competitors import Competitor
from plan import Plan

__all__ = ["SIZES", "Places", "Worker", "opened", "races", "spread"]

HERE = Path(__file__).parent
PATIENCE_S = 8.0  # until a worker is killed that does not end by itself
SIZES = (16, 32, 64)  # batches that a peer may choose from


@dataclass(frozen=True, slots=True)
class Places:
    """Where the competitors run: Python of goemox and of the peers, their weights, scratch for texts.

    before: src of an older goemox, or None.
    """

    python: str
    peer_python: str
    weights: Path
    scratch: Path
    before: Path | None = None

    @property
    def has_earlier_graph(self) -> bool:
        """Whether there was another graph before, which peers can run as well."""
        return (self.weights / "onnx" / "earlier_int8.onnx").exists()

    def written(self, name: str, texts: Sequence[str]) -> str:
        """A file of texts for the workers."""
        file = self.scratch / f"{name}.json"
        file.write_text(json.dumps(list(texts)), encoding="utf-8")
        return str(file)


@dataclass
class Worker:
    """A competitor's process. failed: why it cannot take part, or None."""

    competitor: Competitor
    process: subprocess.Popen[str]
    failed: str | None = None
    batch: int = 0
    rows: int = 0
    runs: list[dict[str, float]] = field(default_factory=list)

    def ask(self, texts: str, rows: int | None, batch: int, calls: int | None = None) -> dict[str, float]:
        """One run; the others are stopped meanwhile."""
        assert self.process.stdin is not None
        self.process.send_signal(signal.SIGCONT)
        asked = {"texts": texts, "rows": rows, "batch": batch, "calls": calls}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        found = self._answer()
        self.process.send_signal(signal.SIGSTOP)
        if "n" not in found:
            raise RuntimeError(found["failed"])
        return found

    def start(self) -> None:
        """Wait until it is ready, or has told why it never will be."""
        self.failed = self._answer().get("failed")
        if not self.failed:
            self.process.send_signal(signal.SIGSTOP)

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"failed": f"the process ended ({self.process.wait()})"}


@contextmanager
def opened(competitor: Competitor, places: Places) -> Iterator[Worker]:
    """Its worker, started and ready or failed; ended afterwards."""
    python = places.python if competitor.is_ours else places.peer_python
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    environment |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true"}
    if competitor.threads == 1:
        environment["RAYON_NUM_THREADS"] = "1"
    if competitor.table == "goemox before":
        environment["PYTHONPATH"] = str(places.before)
    with (places.scratch / f"{competitor.table} {competitor.threads}.log").open("w") as log:
        process = subprocess.Popen(
            [python, str(HERE / "worker.py"), competitor.opener, competitor.table, str(places.weights),
             "--threads", str(competitor.threads)],
            env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
        worker = Worker(competitor, process)
        try:
            worker.start()
            yield worker
        finally:
            _ended(process)


def _ended(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.send_signal(signal.SIGCONT)
    process.stdin.close()
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def races(
    workers: Sequence[Worker], texts: str, n_texts: int, plan: Plan, tell: Callable[[str], None]
) -> None:
    """Fill `runs` of each worker: `plan.rounds` turns of about `plan.turn_s` seconds, one after the other.

    In the warm-up each chooses its batch size, unless it is fixed, and how many of the texts it reads a turn.
    """
    for worker in workers:
        if not worker.failed:
            try:
                warm(worker, texts, n_texts, plan)
            except RuntimeError as error:
                worker.failed = str(error)
        name = worker.competitor.name
        tell(f"{name}: {worker.failed or f'batch {worker.batch}, {worker.rows} texts a turn'}")
    for number in range(plan.rounds):
        for worker in workers:
            if not worker.failed:
                worker.runs.append(worker.ask(texts, worker.rows, worker.batch))
        rates = {each.competitor.name: _rate(each.runs[-1]) for each in workers if each.runs}
        tell(f"round {number + 1}: " + ", ".join(f"{name} {rate:,.0f}" for name, rate in rates.items()))


def warm(worker: Worker, texts: str, n_texts: int, plan: Plan) -> None:
    """Choose batch size and texts a turn; each size is run twice, since the first run may compile shapes.

    A run of the choice takes about a second. What is read in a turn is read once before the first turn.
    """
    fixed = worker.competitor.batch
    rates = {}
    few = min(plan.least, n_texts)
    worker.ask(texts, few, fixed or SIZES[0])
    a_second = int(_rate(worker.ask(texts, few, fixed or SIZES[0])))
    few = min(max(few // 2, a_second), plan.sample, n_texts)
    for size in SIZES if fixed is None else (fixed,):
        if fixed is None:
            worker.ask(texts, few, size)
        rates[size] = _rate(worker.ask(texts, few, size))
    worker.batch = max(rates, key=rates.__getitem__)
    worker.rows = min(n_texts, max(plan.least, int(plan.turn_s * rates[worker.batch])))
    if n_texts < 1.5 * worker.rows:
        worker.rows = n_texts
    worker.ask(texts, worker.rows, worker.batch)


def _rate(run: Mapping[str, float]) -> float:
    return run["n"] / run["seconds"]


def spread(values: Sequence[float], digits: int = 1) -> dict[str, float]:
    """Median, least and most."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    found = {"median": median, "least": ordered[0], "most": ordered[-1]}
    return {name: round(value, digits) for name, value in found.items()}
