"""Rows of the table that compare: short texts, long texts, mixed lengths."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import numpy as np
from competitors import BEFORE, COMPETITORS, DEFAULT, EARLIER, FASTEST, Competitor, named
from interleaved import Places, Worker, opened, races, spread
from plan import Plan
from texts import MAX_LENGTH, long_texts, mixed_texts, n_tokens, short_texts
from work import operations

from goemox.runtime.openvino_engine import OpenvinoEngine
from goemox.runtime.plan import RunCosts, batches

__all__ = ["long", "mixed", "short"]

Tell = Callable[[str], None]
RUNTIMES = ("torch bf16", "onnxruntime int8", "OpenVINO bf16", "OpenVINO int8", "OpenVINO int8, NNCF",
            "CTranslate2 int8")  # fmt: skip
N_LONG, N_MIXED = 384, 768
FEWER = 3  # rounds where a turn is long


def short(places: Places, plan: Plan, tell: Tell) -> dict[str, Any]:
    """GoEmotions test against every competitor."""
    return compared("short", short_texts(), COMPETITORS, places, plan, tell)


def long(places: Places, plan: Plan, tell: Tell) -> dict[str, Any]:
    """Comments and issues of 256 to 512 tokens against the other runtimes."""
    return _among_runtimes("long", long_texts(N_LONG), places, plan, tell)


def mixed(places: Places, plan: Plan, tell: Tell) -> dict[str, Any]:
    """Short, middling and long texts in one list against the other runtimes."""
    return _among_runtimes("mixed", mixed_texts(N_MIXED), places, plan, tell)


def _among_runtimes(
    name: str, texts: Sequence[str], places: Places, plan: Plan, tell: Tell
) -> dict[str, Any]:
    some = named(DEFAULT, FASTEST, BEFORE, *RUNTIMES)
    return compared(name, texts, some, places, replace(plan, rounds=min(plan.rounds, FEWER)), tell)


def compared(
    name: str, texts: Sequence[str], competitors: Sequence[Competitor], places: Places, plan: Plan, tell: Tell
) -> dict[str, Any]:
    """Texts a second of each, the ratios of each turn, and what padding costs."""
    file = places.written(name, texts)
    absent = () if places.before else (BEFORE,)
    absent += () if places.has_earlier_graph else EARLIER
    taking_part = [each for each in competitors if each.name not in absent]
    with ExitStack() as stack:
        workers = []
        for competitor in taking_part:
            workers.append(stack.enter_context(opened(competitor, places)))
            tell(f"{competitor.name}: {workers[-1].failed or 'is ready'}")
        races(workers, file, len(texts), plan, tell)
    tokens = n_tokens(texts)
    return {
        "texts": len(texts),
        "tokens_a_text": round(float(tokens.mean()), 1),
        "operations_a_text": round(operations(tokens)),
        "padding": {
            DEFAULT: round(waste(tokens, _planned(tokens, RunCosts())), 4),
            FASTEST: round(waste(tokens, _planned(tokens, OpenvinoEngine.costs)), 4),
        }
        | {f"sorted, batch {size}": round(waste(tokens, _by_size(tokens, size)), 4) for size in (16, 32, 64)},
        "competitors": {each.competitor.name: _told(each) for each in workers},
        "ratios": _ratios(workers),
    }


def waste(tokens: np.ndarray, shapes: Sequence[tuple[int, int]]) -> float:
    """Share of computed tokens that are padding; tokens: (n,), shapes: rows and width of each run."""
    return 1 - float(tokens.sum()) / sum(rows * width for rows, width in shapes)


def _planned(tokens: np.ndarray, costs: RunCosts) -> list[tuple[int, int]]:
    """The shapes that goemox runs."""
    runs = batches(tokens, costs)
    return [costs.shape(len(rows), int(tokens[rows].max()), MAX_LENGTH) for rows in runs]


def _by_size(tokens: np.ndarray, size: int) -> list[tuple[int, int]]:
    """The shapes of sorted batches of one size."""
    falling = np.sort(tokens)[::-1]
    starts = range(0, len(falling), size)
    return [(len(falling[start : start + size]), int(falling[start])) for start in starts]


def _told(worker: Worker) -> dict[str, Any]:
    found: dict[str, Any] = {"words": worker.competitor.words}
    if worker.failed:
        return found | {"failed": worker.failed}
    return found | {
        "texts_per_second": spread([run["n"] / run["seconds"] for run in worker.runs]),
        "cpu_us": spread([1e6 * run["cpu_s"] / run["n"] for run in worker.runs], 0),
        "batch": None if worker.competitor.is_ours else worker.batch,
        "texts_a_turn": worker.rows,
        "labels_a_text": round(
            sum(run["labels"] for run in worker.runs) / sum(run["n"] for run in worker.runs), 3
        ),
    }


def _ratios(workers: Sequence[Worker]) -> dict[str, dict[str, dict[str, float]]]:
    """Of each of ours to each other one: by the clock and by the processors' seconds, within each round."""
    running = [each for each in workers if each.runs]
    found: dict[str, dict[str, dict[str, float]]] = {}
    for own in (each for each in running if each.competitor.is_ours):
        for other in (each for each in running if each is not own):
            pairs = list(zip(own.runs, other.runs, strict=True))
            found[f"{own.competitor.name} / {other.competitor.name}"] = {
                kind: spread([_cost(there, key) / _cost(here, key) for here, there in pairs], 2)
                for kind, key in (("clock", "seconds"), ("processors", "cpu_s"))
            }
    return found


def _cost(run: Mapping[str, float], key: str) -> float:
    return run[key] / run["n"]
