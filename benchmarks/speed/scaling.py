"""Scaling curves: texts in a call, tokens of a text, threads, rows of a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from competitors import DEFAULT, FASTEST, Competitor, named
from interleaved import Places, Worker, opened, spread
from plan import Plan
from texts import of_length, rows_of, short_texts

__all__ = ["scaling"]

Tell = Callable[[str], None]
CALLS = (1, 4, 16, 64, 256, 1_024)  # texts in a call; a peer gets them as one batch
LENGTHS = (8, 16, 32, 64, 128, 256, 512)  # tokens
STEPS = (1, 4, 16)  # the longest list is 16 × the shortest
PEERS = ("onnxruntime int8", "OpenVINO int8")
MOST_ALONE = 256  # texts that are read one by one


def scaling(places: Places, plan: Plan, tell: Tell) -> dict[str, Any]:
    """All four curves; texts or tokens a second, each the best of `plan.repeats`."""
    with ExitStack() as stack:
        workers = _started(stack, named(DEFAULT, FASTEST, *PEERS), places, tell)
        singles = [replace(each, threads=1) for each in named(DEFAULT, FASTEST, *PEERS)]
        alone = _started(stack, singles, places, tell)
        return {
            "calls": _calls(workers, places, plan, tell),
            "lengths": _lengths(workers, places, plan, tell),
            "threads": _threads(workers, alone, places, plan, tell),
            "rows": _rows(workers, places, plan, tell),
        }


def _started(stack: ExitStack, competitors: Sequence[Competitor], places: Places, tell: Tell) -> list[Worker]:
    workers = [stack.enter_context(opened(each, places)) for each in competitors]
    for worker in workers:
        if worker.failed:
            tell(f"{worker.competitor.name}: {worker.failed}")
    return [worker for worker in workers if not worker.failed]


def _best(worker: Worker, file: str, rows: int, batch: int, plan: Plan, calls: int | None = None) -> float:
    """Most texts a second of some runs, after one that is not counted."""
    worker.ask(file, min(rows, plan.sample // 2), batch, calls)
    runs = [worker.ask(file, rows, batch, calls) for _ in range(plan.repeats)]
    return round(max(run["n"] / run["seconds"] for run in runs), 1)


def _calls(workers: Sequence[Worker], places: Places, plan: Plan, tell: Tell) -> dict[str, dict[str, float]]:
    file, found = places.written("calls", short_texts()), {}
    for worker in workers:
        rates = {}
        for size in CALLS:
            rows = min(MOST_ALONE * size, 2 * plan.sample)
            rates[str(size)] = _best(worker, file, rows, size, plan, calls=size)
        found[worker.competitor.name] = rates
        tell(f"texts in a call, {worker.competitor.name}: {rates}")
    return found


def _lengths(
    workers: Sequence[Worker], places: Places, plan: Plan, tell: Tell
) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {worker.competitor.name: {} for worker in workers}
    for tokens in LENGTHS:
        n = max(8, 16 * plan.sample // tokens)
        file = places.written(f"length {tokens}", of_length(tokens, n))
        for worker in workers:
            rate = _best(worker, file, n, max(1, min(32, 2_048 // tokens)), plan)
            found[worker.competitor.name][str(tokens)] = round(rate * tokens)
    for name, rates in found.items():
        tell(f"tokens a second by length, {name}: {rates}")
    return found


def _threads(
    workers: Sequence[Worker], alone: Sequence[Worker], places: Places, plan: Plan, tell: Tell
) -> dict[str, dict[str, float]]:
    file, found = places.written("threads", short_texts()[: 2 * plan.sample]), {}
    for worker in (*alone, *workers):
        rates = found.setdefault(worker.competitor.name, {})
        rates[str(worker.competitor.threads)] = _best(worker, file, 2 * plan.sample, 32, plan)
    for name, rates in found.items():
        tell(f"texts a second by threads, {name}: {rates}")
    return found


def _rows(workers: Sequence[Worker], places: Places, plan: Plan, tell: Tell) -> dict[str, dict[str, Any]]:
    """Seconds of lists of different texts, and how far time is from growing with them alone."""
    texts = rows_of(plan.rows)
    file, found = places.written("rows", texts), {}
    for worker in (each for each in workers if each.competitor.is_ours):
        worker.ask(file, 512, 1)
        sizes = [len(texts) * step // STEPS[-1] for step in STEPS]
        runs = {n: [worker.ask(file, n, 1)["seconds"] for _ in range(plan.repeats)] for n in sizes}
        rates = {str(n): spread([n / seconds for seconds in taken]) for n, taken in runs.items()}
        found[worker.competitor.name] = rates
        tell(f"texts a second by rows, {worker.competitor.name}: {rates}")
    return found
