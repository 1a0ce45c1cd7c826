"""Load in two ways: clients that wait for their answers, and arrivals that wait for nobody.

In a closed loop each client sends its next request when its answer is there: that measures throughput. In an
open loop requests arrive at a constant rate whatever the server does, as those of many people would, and a
latency counts from the moment at which its request should have been sent: a server that stands still for a
second is then slow for all who came in that second, not for one of them (coordinated omission).
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

from answers import Outcome
from connections import HOST, Connection

__all__ = ["closed_loop", "fresh_connections", "open_loop"]

LAST_ANSWER_S = 60.0  # an answer that is not here by then is missing


async def closed_loop(
    port: int,
    requests: Sequence[bytes],
    clients: int,
    seconds: float = 60.0,
    *,
    n: int | None = None,
    warm_s: float = 1.0,
    keep: bool = False,
) -> Outcome:
    """`clients` connections, each with its next request as soon as it has its answer.

    Ends after so many seconds, or n requests; answers of the first warm_s do not count.
    """
    outcome, begin = Outcome(keep=keep), perf_counter() + warm_s
    end, number, finished = begin + seconds, 0, asyncio.Event()
    left = clients

    def ask(connection: Connection) -> None:
        nonlocal number, left
        now = perf_counter()
        if now < end and (n is None or number < n):
            connection.ask(requests[number % len(requests)], number, now)
            number += 1
        else:
            left -= 1
            if not left:
                finished.set()

    def answered(connection: Connection, status: int, head: bytes, body: bytes) -> None:
        if connection.sent >= begin:
            outcome.add(connection, status, head, body)
        else:
            outcome.warmed += 1
        ask(connection)

    def ended(connection: Connection) -> None:
        outcome.lost(connection)
        finished.set()

    with measured(outcome):
        connections = await _opened(port, clients, answered, ended)
        for connection in connections:
            ask(connection)
        await asyncio.sleep(max(0.0, begin - perf_counter()))
        outcome.begin()
        await asyncio.wait_for(finished.wait(), seconds + LAST_ANSWER_S)
        outcome.end()
    _close(connections)
    return outcome


async def open_loop(
    port: int, requests: Sequence[bytes], rate: float, seconds: float, *, connections: int, keep: bool = False
) -> Outcome:
    """`rate` requests a second at constant distances, over at most so many connections at once.

    A request takes a connection that is idle, or a new one, and where there are as many as may be it waits
    for one; all of that is in its latency. What still waits when the time is over is not sent
    (`Outcome.unsent`).
    """
    load = _Arrivals(port, requests, Outcome(keep=keep), connections)
    with measured(load.outcome):
        load.outcome.begin()
        start, total, arrived = perf_counter() + 0.01, round(rate * seconds), 0
        while arrived < total:
            due = min(total, int((perf_counter() - start) * rate) + 1)
            while arrived < due:
                load.arrive(arrived, start + arrived / rate)
                arrived += 1
            await asyncio.sleep(max(0.0, start + arrived / rate - perf_counter()))
        await load.finish()
        load.outcome.end()
    load.close()
    return load.outcome


class _Arrivals:
    """Requests that arrive, and connections that take them: the longest idle first, none is idle for long."""

    def __init__(self, port: int, requests: Sequence[bytes], outcome: Outcome, most: int) -> None:
        self.outcome = outcome
        self._port, self._requests, self._most = port, requests, most
        self._idle: deque[Connection] = deque()
        self._backlog: deque[tuple[int, float]] = deque()
        self._open: set[Connection] = set()
        self._opening: set[asyncio.Task[None]] = set()

    def arrive(self, number: int, intended: float) -> None:
        self._backlog.append((number, intended))
        if self._idle:
            self._next(self._idle.popleft())
        elif len(self._open) + len(self._opening) < self._most:
            self._open_another()

    async def finish(self) -> None:
        """Wait for what is under way; what does not come in time is missing."""
        self.outcome.unsent = len(self._backlog)
        self._backlog.clear()
        deadline = perf_counter() + LAST_ANSWER_S
        while any(each.is_waiting for each in self._open) and perf_counter() < deadline:
            await asyncio.sleep(0.01)
        self.outcome.missing += sum(each.is_waiting for each in self._open)

    def close(self) -> None:
        for task in self._opening:
            task.cancel()
        _close([*self._open])

    def _next(self, connection: Connection) -> None:
        """The longest waiting request goes out, or the connection is idle."""
        if not connection.is_open:
            return
        if self._backlog:
            number, intended = self._backlog.popleft()
            connection.ask(self._requests[number % len(self._requests)], number, intended)
        else:
            self._idle.append(connection)

    def _answered(self, connection: Connection, status: int, head: bytes, body: bytes) -> None:
        self.outcome.add(connection, status, head, body)
        self._next(connection)

    def _ended(self, connection: Connection) -> None:
        """It is broken only where an answer was owed; another one is opened where requests wait."""
        self.outcome.lost(connection)
        connection.is_waiting = False
        self._open.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        if self._backlog:
            self._open_another()

    def _open_another(self) -> None:
        task = asyncio.ensure_future(self._opened())
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _opened(self) -> None:
        try:
            [connection] = await _opened(self._port, 1, self._answered, self._ended)
        except OSError:
            self.outcome.not_opened += 1
            return
        if connection.is_open:
            self._open.add(connection)
            self._next(connection)


async def fresh_connections(port: int, requests: Sequence[bytes], n: int) -> Outcome:
    """`n` requests one after the other, each on a connection of its own, which is in its latency."""
    outcome = Outcome()
    with measured(outcome):
        outcome.begin()
        for number in range(n):
            done, began = asyncio.Event(), perf_counter()

            def answered(connection: Connection, status: int, head: bytes, body: bytes, done=done) -> None:
                outcome.add(connection, status, head, body)
                done.set()

            def ended(connection: Connection, done=done) -> None:
                if connection.is_waiting:
                    outcome.lost(connection)
                    done.set()

            [connection] = await _opened(port, 1, answered, ended)
            connection.ask(requests[number % len(requests)], number, began)
            await done.wait()
            connection.close()
        outcome.end()
    return outcome


async def _opened(port: int, n: int, answered, ended) -> list[Connection]:  # type: ignore[no-untyped-def]
    loop = asyncio.get_running_loop()
    made = []
    for _ in range(n):
        _, connection = await loop.create_connection(lambda: Connection(answered, ended), HOST, port)
        made.append(connection)
    return made


def _close(connections: Sequence[Connection]) -> None:
    for connection in connections:
        connection.close()


@contextmanager
def measured(outcome: Outcome) -> Iterator[None]:
    """Without the garbage collector, whose pauses would look like the server's; notes this side's cost."""
    cpu = time.process_time()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        outcome.generator_cpu_s = time.process_time() - cpu
