"""Requests share the model: texts that wait are scored together, and at once on an idle server.

While batches are scored, others gather; so the batch size follows the load by itself. Each scoring thread
keeps one core busy; while others still score, one that is free waits a moment for its share of the texts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from time import perf_counter
from typing import Any, Generic, TypeVar

from goemox.serve.limits import Limits
from goemox.serve.problems import Problem
from goemox.serve.waiting import Job, Line, Part

__all__ = ["MANY", "Batches"]

T = TypeVar("T")
GATHER = 16  # texts with which a batch is started, though a bigger one would come together
MANY = "Send fewer texts at once, or read their answers as they come from /v1/stream."
GATHER_S = 0.003  # at most, and only while other threads are scoring


class Batches(Generic[T]):
    """A bounded line in front of one scoring function. Not for several event loops."""

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
        self._score, self._limits, self._threads = score, limits, threads
        self._seen, self._waited = seen, waited
        self._line: Line[T] = Line(limits)
        self._running = self._n_running = 0  # batches being scored, and their texts
        self._gathering: asyncio.TimerHandle | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="goemox-score")
        self._closing = False

    @property
    def waiting(self) -> int:
        """Texts that are accepted and not yet being scored."""
        return self._line.texts

    def is_full(self, n: int = 1) -> bool:
        """Whether a request of n texts would be turned away."""
        return not self._line.has_room(n)

    async def submit(self, texts: Sequence[str], slow: str = MANY) -> list[T]:
        """One answer for each text, in their order.

        slow: what to do where the answer takes too long; told of more than a few texts.
        Who is cancelled here leaves the line. Raises Problem "overloaded" where too many texts would go
        before these, "not-ready" after `close`, and "too-slow" where the answer takes too long.
        """
        if self._closing:
            raise Problem("not-ready", retry_after=1)
        if not self._line.has_room(len(texts)):
            raise Problem("overloaded", full="queue-full", retry_after=1)
        loop = asyncio.get_running_loop()
        job: Job[T] = Job(texts, loop.create_future())
        self._line.add(job)
        self._start(loop)
        end = loop.call_later(self._limits.answer_s, _give_up, job, slow)
        try:
            return await job.future
        finally:
            end.cancel()
            self._line.remove(job)

    async def close(self) -> None:
        """Take nothing new, finish what was accepted, and end the threads."""
        self._closing = True
        await self._idle.wait()
        self._pool.shutdown(wait=True)

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give idle threads work, unless more of it will come together in a moment."""
        while self.waiting and self._running < self._threads:
            if self._running and self.waiting < self._share():
                self._gathering = self._gathering or loop.call_later(GATHER_S, self._start_now, loop)
                return
            self._start_batch(loop)

    def _share(self) -> int:
        """The texts that a thread should find: its part of all that are known, up to GATHER."""
        return min(GATHER, (self.waiting + self._n_running) // self._threads)

    def _start_now(self, loop: asyncio.AbstractEventLoop) -> None:
        """Time is up for gathering."""
        self._gathering = None
        while self.waiting and self._running < self._threads:
            self._start_batch(loop)

    def _start_batch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Idle threads share what waits; otherwise a batch takes all that it may."""
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None
        share = -(-self.waiting // (self._threads - self._running))
        parts = self._line.take(min(self._limits.batch_texts, share))
        self._running += 1
        self._n_running += sum(part.n for part in parts)
        self._idle.clear()
        now = perf_counter()
        for part in parts:
            if not part.start:
                self._waited(now - part.job.since)
        texts = [text for part in parts for text in part.job.texts[part.start : part.start + part.n]]
        try:
            done = self._pool.submit(self._score, texts)
        except RuntimeError as error:  # the system gives no thread
            done = Future()
            done.set_exception(error)
        # The thread reports by itself: a future of the loop would cost as much again as the hand-over.
        done.add_done_callback(partial(self._report, loop, parts))

    def _report(
        self, loop: asyncio.AbstractEventLoop, parts: list[Part[T]], done: Future[Sequence[T]]
    ) -> None:
        """In the scoring thread: tell the loop, unless it has ended and nobody waits."""
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._finish, loop, parts, done)

    def _finish(
        self, loop: asyncio.AbstractEventLoop, parts: list[Part[T]], done: Future[Sequence[T]]
    ) -> None:
        """Hand out answers. Errors of a batch go to those whose texts are in it."""
        self._running -= 1
        self._n_running -= sum(part.n for part in parts)
        error = done.exception()
        if error is not None:
            for part in parts:
                self._line.remove(part.job)
                if not part.job.future.done():
                    part.job.future.set_exception(_told(error))
        self._start(loop)
        if not self._running:
            self._idle.set()
        if error is not None:
            return
        answers = done.result()
        self._seen(len(answers))
        first = 0
        for part in parts:
            _take(part, answers[first : first + part.n])
            first += part.n


def _take(part: Part[T], answers: Sequence[T]) -> None:
    job = part.job
    job.parts[part.start] = answers
    job.n_back += part.n
    if job.n_back == len(job.texts) and not job.future.done():
        job.future.set_result([one for start in sorted(job.parts) for one in job.parts[start]])


def _told(error: BaseException) -> Exception:
    """The error as a future may hold it and an answer be made of; a panic of a library is no Exception."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    return RuntimeError(type(error).__name__)


def _give_up(job: Job[Any], slow: str) -> None:
    if not job.future.done():
        job.future.set_exception(Problem("too-slow", detail="" if job.is_short else slow, retry_after=1))
