"""The line before the model: who waits, whose texts are next, and when it is full.

Short requests wait for short ones only, so that a person is answered while files are read. Long ones give
their turn after a slice; where both wait, every other batch begins with a long one, so none is starved.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from goemox.serve.limits import Limits

__all__ = ["LONG", "SHORT", "SLICE", "Job", "Line", "Part"]

T = TypeVar("T")
SHORT = 8  # texts of a short request, at most
SLICE = 16  # texts that a request has in a batch while others wait
LONG = 16  # texts of long requests that may wait for each one of short requests
LONG_CHARACTERS = 4_096  # of theirs, likewise; all that may wait is then a few seconds of work
READ = 2_500  # characters of a text that cost time, about: 512 tokens


@dataclass(slots=True, eq=False)
class Job(Generic[T]):
    """One request. future: of its answers, one a text."""

    texts: Sequence[str]
    future: asyncio.Future[list[T]]
    parts: dict[int, Sequence[T]] = field(default_factory=dict)  # answers, by the place of their first text
    n_sent: int = 0  # texts that are scored, or being scored
    n_back: int = 0
    since: float = field(default_factory=time.perf_counter)

    @property
    def n_left(self) -> int:
        """Texts that wait."""
        return len(self.texts) - self.n_sent

    @property
    def is_short(self) -> bool:
        """Whether it waits among the short ones."""
        return len(self.texts) <= SHORT

    @property
    def characters(self) -> int:
        """What all its texts cost."""
        return sum(min(len(text), READ) for text in self.texts)


@dataclass(frozen=True, slots=True, eq=False)
class Part(Generic[T]):
    """texts[start : start + n] of a job."""

    job: Job[T]
    start: int
    n: int


@dataclass(slots=True)
class _Room:
    texts: int
    characters: int


class Line(Generic[T]):
    """Jobs with texts that are not sent yet."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._short: deque[Job[T]] = deque()
        self._long: deque[Job[T]] = deque()
        self._n_short = self._n_long = 0  # texts
        self._long_characters = 0  # of jobs in the line, with what is sent of them
        self._is_long_first = False

    @property
    def texts(self) -> int:
        """Texts that wait."""
        return self._n_short + self._n_long

    def has_room(self, n: int) -> bool:
        """Whether a request of n texts may wait: not after too many texts that go before its own."""
        if n <= SHORT:
            return self._n_short < self._limits.queue_texts
        return (
            self._n_long < LONG * self._limits.queue_texts
            and self._long_characters < LONG_CHARACTERS * self._limits.queue_texts
        )

    def add(self, job: Job[T]) -> None:
        """To the end of its line."""
        if job.is_short:
            self._short.append(job)
        else:
            self._long.append(job)
            self._long_characters += job.characters
        self._count(job, job.n_left)

    def remove(self, job: Job[T]) -> None:
        """Forget what is left of it, if anything."""
        if job.n_left:
            (self._short if job.is_short else self._long).remove(job)
            n, job.n_sent = job.n_left, len(job.texts)
            self._count(job, -n)

    def take(self, n: int) -> list[Part[T]]:
        """The next n texts or fewer, at least one; within the characters of a batch, or one alone."""
        room = _Room(n, self._limits.batch_characters)
        parts: list[Part[T]] = []
        lines = (self._short, self._long)
        if self._short and self._long:
            lines = lines[::-1] if self._is_long_first else lines
            self._is_long_first = not self._is_long_first
        for line in lines:
            self._fill(parts, line, room)
        return parts

    def _fill(self, parts: list[Part[T]], line: deque[Job[T]], room: _Room) -> None:
        """Texts of the jobs in one line, a slice of each; a job with more goes to its end."""
        for _ in range(len(line)):
            job = line[0]
            most = min(room.texts, SLICE if len(self._short) + len(self._long) > 1 else room.texts)
            n = 0
            for text in job.texts[job.n_sent : job.n_sent + most]:
                if (parts or n) and len(text) > room.characters:
                    break
                n += 1
                room.characters -= len(text)
            if not n:
                return
            line.popleft()
            parts.append(Part(job, job.n_sent, n))
            job.n_sent += n
            self._count(job, -n)
            room.texts -= n
            if job.n_left:
                line.append(job)
            if room.texts <= 0 or room.characters <= 0:
                return

    def _count(self, job: Job[T], n: int) -> None:
        if job.is_short:
            self._n_short += n
            return
        self._n_long += n
        if not job.n_left:
            self._long_characters -= job.characters
