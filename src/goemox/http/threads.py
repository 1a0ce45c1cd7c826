"""Async inside, plain Python outside: an event loop on a thread of its own.

A loop of the caller's (a notebook has one) is never touched, and Ctrl-C reaches the caller at once,
on Windows too.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import AsyncIterator, Coroutine, Generator
from types import TracebackType
from typing import TypeVar

__all__ = ["as_iterator", "call"]

T = TypeVar("T")
_POLL_S = 0.2
_END = object()


def as_iterator(items: AsyncIterator[T]) -> Generator[T, None, None]:
    """Yield what an async iterator yields. Closing it, or an error, cancels all that is under way."""
    with _Loop() as loop:
        while True:
            item = loop.run(_next(items))
            if item is _END:
                return
            yield item  # type: ignore[misc]  # anything but _END is a T


def call(task: Coroutine[object, object, T]) -> T:
    """Run one coroutine to its end and return what it returns."""
    with _Loop() as loop:
        return loop.run(task)


async def _next(items: AsyncIterator[T]) -> T | object:
    return await anext(items, _END)


class _Loop:
    """A running event loop in a thread; leaving the block cancels its tasks and ends the thread."""

    def __enter__(self) -> _Loop:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="goemox-http", daemon=True)
        self._thread.start()
        return self

    def run(self, task: Coroutine[object, object, T]) -> T:
        future = asyncio.run_coroutine_threadsafe(task, self._loop)
        while not concurrent.futures.wait([future], timeout=_POLL_S).done:
            pass  # waking up now and then lets Windows deliver Ctrl-C
        return future.result()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.run(_end_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _end_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
    await asyncio.sleep(0)  # connections that were given up are closed in the next turn of the loop
