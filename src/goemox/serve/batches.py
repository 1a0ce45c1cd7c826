"""Requests share the model: texts that wait are scored together, in turn, and at once on an idle server.

While batches are scored, others gather; so the batch size follows the load by itself. Each scoring thread
keeps one core busy; while others still score, one that is free waits a moment for its share of the texts. A
long request gives its turn after a slice, so that a short one behind it is not held up.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

from goemox.serve.limits import Limits
from goemox.serve.problems import Problem

__all__ = ["Batches"]

T = TypeVar("T")
SLICE = 16  # texts that one request has in a batch while others wait
GATHER = 16  # texts with which a batch is started, though a bigger one would come together
GATHER_S = 0.003  # at most, and only while other threads are scoring


@dataclass(slots=True, eq=False)
class _Job(Generic[T]):
    texts: Sequence[str]
    future: asyncio.Future[list[T]]
    parts: dict[int, Sequence[T]] = field(default_factory=dict)  # by the place of their first text
    n_sent: int = 0  # texts that are scored, or being scored
    n_back: int = 0
    since: float = field(default_factory=time.perf_counter)

    @property
    def n_left(self) -> int:
        return len(self.texts) - self.n_sent


@dataclass(frozen=True, slots=True, eq=False)
class _Part(Generic[T]):
    """texts[start : start + n] of a job."""

    job: _Job[T]
    start: int
    n: int


class Batches(Generic[T]):
    """A bounded queue in front of one scoring function. Not for several event loops."""

    def __init__(
        self,
        score: Callable[[Sequence[str]], Sequence[T]],
        limits: Limits,
        seen: Callable[[int], None] = lambda n: None,
        threads: int = 1,
        waited: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        """score: texts to one answer each, in their order; is called from `threads` threads at a time.

        For the metrics: seen(n), a batch of n texts was scored; waited(seconds), a request's turn has come.
        """
        self._waited = waited
        self._score, self._limits, self._seen, self._threads = score, limits, seen, threads
        self._jobs: deque[_Job[T]] = deque()  # those with texts that are not sent yet
        self._waiting = 0
        self._running = self._n_running = 0  # batches being scored, and their texts
        self._gathering: asyncio.TimerHandle | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="goemox-score")
        self._closing = False

    @property
    def waiting(self) -> int:
        """Texts that are accepted and not yet being scored."""
        return self._waiting

    @property
    def is_full(self) -> bool:
        """Whether a request would be turned away."""
        return self._ahead() >= self._limits.queue_texts

    async def submit(self, texts: Sequence[str]) -> list[T]:
        """One answer for each text, in their order.

        Who is cancelled here leaves the queue. Raises Problem "overloaded" where too many texts would go
        before these, "not-ready" after `close`, and "too-slow" where the answer takes too long.
        """
        if self._closing:
            raise Problem("not-ready", retry_after=1)
        if self.is_full:
            raise Problem("overloaded", retry_after=1)
        loop = asyncio.get_running_loop()
        job: _Job[T] = _Job(texts, loop.create_future())
        self._jobs.append(job)
        self._waiting += len(texts)
        self._start(loop)
        end = loop.call_later(self._limits.answer_s, _give_up, job.future)
        try:
            return await job.future
        finally:
            end.cancel()
            self._leave(job)

    async def close(self) -> None:
        """Take nothing new, finish what was accepted, and end the threads."""
        self._closing = True
        await self._idle.wait()
        self._pool.shutdown(wait=True)

    def _ahead(self) -> int:
        """Texts that are scored before those of a new request: of each waiting one, its next turn."""
        if len(self._jobs) >= self._limits.queue_texts:
            return len(self._jobs)  # or more; an overload asks this very often
        return sum(min(job.n_left, SLICE) for job in self._jobs)

    def _leave(self, job: _Job[T]) -> None:
        """Forget what is left of a job whose client is gone, or which failed."""
        if job.n_left:
            self._jobs.remove(job)
            self._waiting -= job.n_left
            job.n_sent = len(job.texts)

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give idle threads work."""
        while self._jobs and self._running < self._threads:
            if self._running and self._waiting < self._share():
                self._gathering = self._gathering or loop.call_later(GATHER_S, self._start_now, loop)
                return
            self._start_batch(loop)

    def _share(self) -> int:
        """The texts that a thread should find: its part of all that are known, up to GATHER."""
        return min(GATHER, (self._waiting + self._n_running) // self._threads)

    def _start_now(self, loop: asyncio.AbstractEventLoop) -> None:
        """Time is up for gathering."""
        self._gathering = None
        if self._jobs and self._running < self._threads:
            self._start_batch(loop)

    def _start_batch(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None
        parts = self._next()
        texts = [text for part in parts for text in part.job.texts[part.start : part.start + part.n]]
        self._running += 1
        self._n_running += len(texts)
        self._idle.clear()
        # The thread reports by itself: a future of the loop would cost as much again as the hand-over.
        done = self._pool.submit(self._score, texts)
        done.add_done_callback(partial(self._report, loop, parts))

    def _report(
        self, loop: asyncio.AbstractEventLoop, parts: list[_Part[T]], done: Future[Sequence[T]]
    ) -> None:
        """In the scoring thread: tell the loop."""
        loop.call_soon_threadsafe(self._finish, loop, parts, done)

    def _finish(
        self, loop: asyncio.AbstractEventLoop, parts: list[_Part[T]], done: Future[Sequence[T]]
    ) -> None:
        """Hand out answers. Errors of a batch go to those whose texts are in it."""
        error = done.exception()
        if error is not None:
            for part in parts:
                self._leave(part.job)
                if not part.job.future.done():
                    part.job.future.set_exception(error)
        self._running -= 1
        self._n_running -= sum(part.n for part in parts)
        self._start(loop)
        if not self._running:
            self._idle.set()
        if error is not None:
            return
        answers = done.result()
        self._seen(len(answers))
        first = 0
        for part in parts:
            self._take(part, answers[first : first + part.n])
            first += part.n

    def _take(self, part: _Part[T], answers: Sequence[T]) -> None:
        job = part.job
        job.parts[part.start] = answers
        job.n_back += part.n
        if job.n_back == len(job.texts) and not job.future.done():
            job.future.set_result([one for start in sorted(job.parts) for one in job.parts[start]])

    def _next(self) -> list[_Part[T]]:
        """The texts of the next batch, by job; a job with more goes to the end of the line.

        Idle threads share what waits; otherwise a batch takes all that it may.
        """
        idle = self._threads - self._running
        room, characters = (
            min(self._limits.batch_texts, -(-self._waiting // idle)),
            self._limits.batch_characters,
        )
        parts: list[_Part[T]] = []
        for _ in range(len(self._jobs)):
            job = self._jobs[0]
            most = min(room, SLICE if len(self._jobs) > 1 else room)
            n = 0
            for text in job.texts[job.n_sent : job.n_sent + most]:
                if (parts or n) and len(text) > characters:
                    break
                n += 1
                characters -= len(text)
            if not n:
                break
            self._jobs.popleft()
            if not job.n_sent:
                self._waited(time.perf_counter() - job.since)
            parts.append(_Part(job, job.n_sent, n))
            job.n_sent += n
            self._waiting -= n
            room -= n
            if job.n_left:
                self._jobs.append(job)
            if room <= 0 or characters <= 0:
                break
        return parts


def _give_up(future: asyncio.Future[Any]) -> None:
    if not future.done():
        future.set_exception(Problem("too-slow", retry_after=1))
