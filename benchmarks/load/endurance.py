"""Rows of the table about lasting: a constant rate, for long, and ten times more than the server can do."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from statistics import median

from answers import Outcome, milliseconds, percentile
from connections import request_bytes
from generator import closed_loop, open_loop
from launch import Server, goemox
from speed import CLIENTS, Told
from workload import Workload

__all__ = ["overload", "overload_by_lists", "overload_by_ones", "soak", "steady"]

PATH = "/v1/predict"
RATE, RATE_CONNECTIONS = 50.0, 64
P99_MS, MOST_DRIFT = 50.0, 0.03
LIST = 8  # texts of a short request, at most
AT_CAPACITY = 0.9  # of the throughput of 64 clients: an open loop at all of it has no bounded latency
TIMES, CONNECTIONS, CONNECTIONS_BELOW = 10, 2_000, 256
HEALTH_RATE, HEALTH_P99_MS, MOST_TIMES_SLOWER = 20.0, 100.0, 2.0
SAMPLE_S = 1.0
QUEUE = re.compile(rb"^goemox_queue_texts (\S+)", re.M)


def steady(work: Workload, tell: Callable[[str], None]) -> Told:
    """50 requests a second for half a minute."""
    with goemox() as server:
        return _constant(work, server, work.plan.steady, tell)[0]


def soak(work: Workload, tell: Callable[[str], None]) -> Told:
    """50 requests a second for long, and what becomes of the memory.

    Drift: the median resident memory of the last minute against that of the first after a warm-up of as long.
    """
    seconds = 60 * work.plan.soak_minutes
    span = min(60.0, seconds / 6)
    with goemox() as server:
        told, memory = _constant(work, server, seconds, tell)
    first = median([mb for at, mb in memory if span <= at < 2 * span])
    last = median([mb for at, mb in memory if at >= memory[-1][0] - span])
    drift = last / first - 1
    figures = {
        "minutes": work.plan.soak_minutes, "rss_first_mb": round(first, 1), "rss_last_mb": round(last, 1),
        "drift": round(drift, 5), "rss_most_mb": round(max(mb for _, mb in memory), 1),
    }  # fmt: skip
    return {
        "holds": bool(told["holds"]) and drift < MOST_DRIFT,
        "measured": f"{told['measured']}; memory {first:.0f} to {last:.0f} MB ({drift:+.1%})",
        "figures": {**told["figures"], **figures},  # type: ignore[dict-item]
    }


def _constant(
    work: Workload, server: Server, seconds: float, tell: Callable[[str], None]
) -> tuple[Told, list[tuple[float, float]]]:
    requests, memory = work.requests(server.port, PATH), []
    asyncio.run(closed_loop(server.port, requests, 4, 2.0))
    began = server.cpu_s()

    async def watched() -> Outcome:
        load = asyncio.ensure_future(
            open_loop(server.port, requests, RATE, seconds, connections=RATE_CONNECTIONS)
        )
        start = asyncio.get_running_loop().time()
        while not load.done():
            at = asyncio.get_running_loop().time() - start
            memory.append((at, server.rss_mb()))
            if len(memory) % 60 == 0:
                tell(f"{at:.0f} s, {memory[-1][1]:.1f} MB")
            await asyncio.wait({load}, timeout=SAMPLE_S)
        return load.result()

    outcome = asyncio.run(watched())
    figures = outcome.figures() | {"server_cpu_ms": round(1e3 * (server.cpu_s() - began) / outcome.n_all, 3)}
    return {
        "holds": outcome.failures == 0 and _p99_ms(outcome) <= P99_MS,
        "measured": f"{outcome.failures} failures of {outcome.n_all}; p99 {figures['p99_ms']} ms",
        "figures": figures,
    }, memory


def overload_by_lists(work: Workload, tell: Callable[[str], None]) -> Told:
    """Ten times the texts that the server can read, 8 a request: as many requests as one loop bears."""
    return overload(Lists(**vars(work)), tell, CLIENTS // LIST)


def overload_by_ones(work: Workload, tell: Callable[[str], None]) -> Told:
    """The same, one text a request: mostly a test of how fast the two processes can send and refuse."""
    return overload(work, tell, CLIENTS)


class Lists(Workload):
    """Requests of LIST texts each."""

    def requests(self, port: int, path: str, *, close: bool = False) -> list[bytes]:  # noqa: ARG002
        """One request for each LIST texts."""
        return self.lists(port, path, LIST)


def overload(work: Workload, tell: Callable[[str], None], clients: int) -> Told:
    """Ten times as many requests a second as `clients` get answers, whatever the server says.

    "Unloaded at capacity" is the p99 of requests that arrive at a constant rate of AT_CAPACITY of that
    throughput. /health and /metrics are asked meanwhile.
    """
    plan = work.plan
    with goemox() as server:
        requests = work.requests(server.port, PATH)
        full = [asyncio.run(closed_loop(server.port, requests, clients, plan.window)) for _ in range(3)]
        capacity = median([outcome.per_second for outcome in full])
        tell(f"capacity {capacity:.0f} requests/s")
        below = AT_CAPACITY * capacity
        unloaded = asyncio.run(
            open_loop(server.port, requests, below, plan.reference, connections=CONNECTIONS_BELOW)
        )
        tell(f"unloaded at {AT_CAPACITY:.0%} of capacity: {unloaded.figures()}")
        load, health, queue = asyncio.run(_beside(server, requests, TIMES * capacity, plan.overload))
        tell(f"overload: {load.figures()}")
        rss = server.rss_mb()
        after = asyncio.run(closed_loop(server.port, requests, clients, plan.window))
    return _judged(capacity, unloaded, load, health, queue) | {
        "figures": {
            "capacity": round(capacity, 1), "offered": round(TIMES * capacity, 1),
            "p99_ms_of_64_clients": round(median([_p99_ms(outcome) for outcome in full]), 3),
            "unloaded": unloaded.figures(), "overloaded": load.figures(),
            "refused_p99_ms": milliseconds(percentile(load.refused, 99)),
            "without_retry_after": load.without_retry_after, "health": health.figures(),
            "queue_most": max(queue, default=None), "rss_mb": round(rss, 1),
            "per_second_after": round(after.per_second, 1),
        }
    }  # fmt: skip


async def _beside(
    server: Server, requests: Sequence[bytes], rate: float, seconds: float
) -> tuple[Outcome, Outcome, list[float]]:
    """The overload, health checks in its midst, and the texts that waited by /metrics."""

    def asked(path: str, per_second: float) -> Awaitable[Outcome]:
        request = [request_bytes(server.port, path)]
        return open_loop(server.port, request, per_second, seconds, connections=4, keep=True)

    load, health, metrics = await asyncio.gather(
        open_loop(server.port, requests, rate, seconds, connections=CONNECTIONS),
        asked("/health", HEALTH_RATE),
        asked("/metrics", 1 / SAMPLE_S),
    )
    waiting = [float(found[1]) for body in metrics.bodies.values() if (found := QUEUE.search(body))]
    return load, health, waiting


def _judged(
    capacity: float, unloaded: Outcome, load: Outcome, health: Outcome, queue: Sequence[float]
) -> Told:
    accepted, at_capacity = _p99_ms(load), _p99_ms(unloaded)
    errors = sum(n for status, n in load.statuses.items() if status not in (200, 429))
    broken = load.broken + load.missing + load.not_opened
    slower, sent = accepted / at_capacity, load.statuses.total() / load.seconds / capacity
    return {
        "holds": slower <= MOST_TIMES_SLOWER
        and not (errors or broken or load.without_retry_after or health.failures)
        and _p99_ms(health) <= HEALTH_P99_MS,
        "measured": (
            f"{sent:.1f} × answered; accepted {load.per_second:.0f}/s, p99 {accepted:.0f} ms = "
            f"{slower:.1f} × {at_capacity:.0f} ms; {load.statuses[429]:,} × 429, {errors} other, {broken} "
            f"broken; health p99 {_p99_ms(health):.0f} ms; {max(queue, default=0):.0f} texts waited at most"
        ),
    }


def _p99_ms(outcome: Outcome) -> float:
    """Of what was accepted; infinite where nothing was."""
    found = percentile(outcome.accepted, 99)
    return float("inf") if found is None else 1e3 * found
