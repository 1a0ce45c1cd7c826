"""Rows of a pipe in chunks: full ones where rows come fast, else what has come."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from goemox.records import TextRecord

__all__ = ["as_they_come", "open_stdin"]

PAUSE = 0.1  # seconds without a row after which those that came are a chunk
LONGEST = 1.0  # seconds from the first row of a chunk on: a slow, steady pipe makes no pause


def open_stdin() -> IO[bytes]:
    """Standard input once more: Python closes its own in the end, and cannot while a thread waits for it."""
    try:
        return open(sys.stdin.fileno(), "rb", closefd=False)
    except OSError:  # no real file, as in a notebook
        return sys.stdin.buffer


def as_they_come(records: Iterator[TextRecord], size: int) -> Iterator[list[TextRecord]]:
    """Chunks of at most `size` records in their order, none of which waits for a later one to come.

    A thread reads, at most `size` records ahead; what it raises is raised here, after the records before.
    """
    came: Queue[TextRecord | None] = Queue(size)  # None: no more come
    failures: list[BaseException] = []

    def read() -> None:
        try:
            for record in records:
                came.put(record)
        except BaseException as error:  # which would otherwise end here, and nobody would know
            failures.append(error)
        came.put(None)

    Thread(target=read, name="goemox-stdin", daemon=True).start()  # not waited for: nothing ends a read
    while (record := came.get()) is not None:
        chunk, until = [record], monotonic() + LONGEST
        with suppress(Empty):
            while len(chunk) < size:
                record = came.get(timeout=max(0, min(PAUSE, until - monotonic())))
                if record is None:
                    break
                chunk.append(record)
        yield chunk
        if record is None:
            break
    if failures:
        raise failures[0]
