"""Rows of the table about the process, and about what an answer depends on."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable

from answers import spread
from connections import request_bytes
from generator import closed_loop
from launch import goemox
from speed import CLIENTS, Told, loaded
from workload import PATHS, Workload

__all__ = ["neighbours", "start"]

START_S, RSS_MB = 1.5, 300.0
MOST_DIFFERENCE = 1e-5
LIST = 64


def start(work: Workload, tell: Callable[[str], None]) -> Told:
    """From the start of the process until /ready says 200; memory then, and after a load."""
    seconds, ready, after = [], [], []
    for _ in range(work.plan.starts):
        with goemox() as server:
            seconds.append(server.start_s)
            ready.append(server.rss_mb())
            loaded(server, work.requests(server.port, PATHS[0]), work.plan.window / 2)
            after.append(server.rss_mb())
        tell(f"{seconds[-1]:.2f} s, {ready[-1]:.0f} MB, after a load {after[-1]:.0f} MB")
    figures = {"start_s": spread(seconds, 3), "ready_mb": spread(ready, 1), "loaded_mb": spread(after, 1)}
    return {
        "holds": figures["start_s"]["most"] <= START_S and figures["loaded_mb"]["most"] <= RSS_MB,
        "measured": (
            f"{figures['start_s']['median']:.2f} s (most {figures['start_s']['most']:.2f}); "
            f"{figures['ready_mb']['median']:.0f} MB, after a load {figures['loaded_mb']['most']:.0f} MB"
        ),
        "figures": figures,
    }


def neighbours(work: Workload, tell: Callable[[str], None]) -> Told:
    """The same texts alone, in lists with others, and among 64 clients: how far their answers differ."""
    texts = list(work.texts[: work.plan.alone])
    shuffled = random.Random(0).sample(texts, len(texts))
    with goemox() as server:
        one = work.requests(server.port, PATHS[0])[: len(texts)]
        alone = asyncio.run(closed_loop(server.port, one, 1, n=len(one), warm_s=0, keep=True))
        crowd = asyncio.run(closed_loop(server.port, one, CLIENTS, n=4 * len(one), warm_s=0, keep=True))
        parts = [shuffled[i : i + LIST] for i in range(0, len(shuffled), LIST)]
        lists = [request_bytes(server.port, PATHS[0], json.dumps({"texts": part}).encode()) for part in parts]
        listed = asyncio.run(closed_loop(server.port, lists, 1, n=len(lists), warm_s=0, keep=True))
    expected = {texts[number]: _results(body)[0] for number, body in alone.bodies.items()}
    pairs = [
        (expected[texts[number % len(texts)]], _results(body)[0]) for number, body in crowd.bodies.items()
    ]
    pairs += [
        (expected[text], found)
        for number, body in listed.bodies.items()
        for text, found in zip(parts[number], _results(body), strict=True)
    ]
    most = max(
        abs(first["scores"][name] - other["scores"][name])
        for first, other in pairs
        for name in first["scores"]
    )
    differing = sum(first["labels"] != other["labels"] for first, other in pairs)
    tell(f"{len(pairs)} pairs, most difference {most:g}, {differing} with other labels")
    failures = alone.failures + crowd.failures + listed.failures
    return {
        "holds": most <= MOST_DIFFERENCE and not differing and not failures,
        "measured": f"{len(pairs)} pairs differ by {most:g} at most; {differing} with other labels",
        "figures": {
            "pairs": len(pairs),
            "most_difference": most,
            "other_labels": differing,
            "failures": failures,
        },
    }


def _results(body: bytes) -> list[dict]:
    return json.loads(body)["results"]
