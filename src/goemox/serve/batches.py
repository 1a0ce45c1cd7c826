"""Requests share the model: texts that wait are scored together, in turn, and none waits for company.

While one batch is scored, others gather; so the batch size follows the load by itself, and an idle server
answers at once. One thread scores: the runtime uses all cores for one batch. A long request gives its turn
after a slice, so that a short one behind it is not held up.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from goemox.serve.limits import Limits
from goemox.serve.problems import Problem

__all__ = ["Batches"]

T = TypeVar("T")
SLICE = 16  # texts that one request has in a batch while others wait


@dataclass(slots=True, eq=False)
class _Job(Generic[T]):
    texts: Sequence[str]
    future: asyncio.Future[list[T]]
    answers: list[T] = field(default_factory=list)
    n_sent: int = 0  # texts that are scored, or being scored

    @property
    def n_left(self) -> int:
        return len(self.texts) - self.n_sent


class Batches(Generic[T]):
    """A bounded queue in front of one scoring function.

    score: texts to one answer each, in their order; runs in one thread. Not for several event loops.
    """

    def __init__(
        self,
        score: Callable[[Sequence[str]], Sequence[T]],
        limits: Limits,
        seen: Callable[[int], None] = lambda n: None,
    ) -> None:
        """seen(n): a batch of n texts was scored, for the metrics."""
        self._score, self._limits, self._seen = score, limits, seen
        self._jobs: deque[_Job[T]] = deque()
        self._waiting = 0
        self._work: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="goemox-score")
        self._closing = False

    @property
    def waiting(self) -> int:
        """Texts that are accepted and not yet being scored."""
        return self._waiting

    async def submit(self, texts: Sequence[str]) -> list[T]:
        """One answer for each text, in their order.

        Who is cancelled here leaves the queue. Raises Problem "overloaded" where no room is left (always for
        none of them or all), "not-ready" after `close`, and "too-slow" where the answer takes too long.
        """
        if self._closing:
            raise Problem("not-ready", retry_after=1)
        if self._waiting and self._waiting + len(texts) > self._limits.queue_texts:
            raise Problem("overloaded", retry_after=1)
        job: _Job[T] = _Job(texts, asyncio.get_running_loop().create_future())
        self._jobs.append(job)
        self._waiting += len(texts)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._run())
        try:
            async with asyncio.timeout(self._limits.answer_s):
                return await job.future
        except TimeoutError:
            raise Problem("too-slow", retry_after=1) from None
        finally:
            self._leave(job)

    async def close(self) -> None:
        """Take nothing new, finish what was accepted, and end the thread."""
        self._closing = True
        if self._work is not None:
            with suppress(asyncio.CancelledError):
                await self._work
        self._thread.shutdown(wait=True)

    def _leave(self, job: _Job[T]) -> None:
        """Forget a job whose client is gone, or which is done."""
        with suppress(ValueError):
            self._jobs.remove(job)
            self._waiting -= job.n_left
            job.n_sent = len(job.texts)

    async def _run(self) -> None:
        """Score until nobody waits. Errors of a batch go to those whose texts are in it."""
        loop = asyncio.get_running_loop()
        while self._jobs:
            parts = self._next()
            texts = [text for job, some in parts for text in some]
            try:
                answers = await loop.run_in_executor(self._thread, self._score, texts)
            except Exception as error:  # whatever the model raises is the answer of those who asked
                for job, _ in parts:
                    self._leave(job)
                    if not job.future.done():
                        job.future.set_exception(error)
                continue
            self._seen(len(texts))
            start = 0
            for job, some in parts:
                self._take(job, answers[start : start + len(some)])
                start += len(some)

    def _take(self, job: _Job[T], answers: Sequence[T]) -> None:
        job.answers.extend(answers)
        if len(job.answers) == len(job.texts) and not job.future.done():
            job.future.set_result(job.answers)

    def _next(self) -> list[tuple[_Job[T], Sequence[str]]]:
        """The texts of the next batch, by job; a job with more goes to the end of the line."""
        room, characters = self._limits.batch_texts, self._limits.batch_characters
        parts: list[tuple[_Job[T], Sequence[str]]] = []
        for _ in range(len(self._jobs)):
            job = self._jobs[0]
            most = min(room, SLICE if len(self._jobs) > 1 else room)
            some: list[str] = []
            for text in job.texts[job.n_sent : job.n_sent + most]:
                if (parts or some) and len(text) > characters:
                    break
                some.append(text)
                characters -= len(text)
            if not some:
                break
            self._jobs.popleft()
            job.n_sent += len(some)
            self._waiting -= len(some)
            room -= len(some)
            parts.append((job, some))
            if job.n_left:
                self._jobs.append(job)
            if room <= 0 or characters <= 0:
                break
        return parts
