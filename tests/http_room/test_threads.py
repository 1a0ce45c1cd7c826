"""Async inside, plain Python outside."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from goemox.http import as_iterator, call


async def numbers(n: int, ended: list[str], error: Exception | None = None) -> AsyncIterator[int]:
    try:
        for number in range(n):
            await asyncio.sleep(0)
            yield number
        if error:
            raise error
    finally:
        ended.append("generator")


def test_all_items_come_in_order_and_the_thread_ends():
    ended: list[str] = []
    before = set(threading.enumerate())
    assert list(as_iterator(numbers(5, ended))) == [0, 1, 2, 3, 4]
    assert ended == ["generator"]
    assert set(threading.enumerate()) <= before  # threads of earlier tests may end meanwhile


def test_it_works_where_a_loop_is_running_already():
    async def notebook_cell() -> list[int]:
        return list(as_iterator(numbers(3, [])))

    assert asyncio.run(notebook_cell()) == [0, 1, 2]


def test_an_error_reaches_the_caller_after_the_items_before_it():
    items = as_iterator(numbers(2, [], ValueError("broken")))
    assert [next(items), next(items)] == [0, 1]
    with pytest.raises(ValueError, match="broken"):
        next(items)


def test_closing_early_cancels_what_is_under_way():
    ended: list[str] = []

    async def background() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("task")

    async def endless() -> AsyncIterator[int]:
        task = asyncio.create_task(background())
        try:
            await asyncio.sleep(0)
            while not task.done():
                yield 1
        finally:
            ended.append("generator")

    items = as_iterator(endless())
    next(items)
    items.close()
    assert sorted(ended) == ["generator", "task"]


def test_an_iterator_that_is_never_used_costs_nothing():
    before = set(threading.enumerate())
    as_iterator(numbers(5, [])).close()
    assert set(threading.enumerate()) <= before


def test_a_call_returns_what_its_coroutine_returns_and_raises_what_it_raises():
    async def answer() -> int:
        return 42

    async def fail() -> None:
        raise KeyError("k")

    assert call(answer()) == 42
    with pytest.raises(KeyError):
        call(fail())
