"""The lists of Hacker News (https://github.com/HackerNews/API): a list of numbers, then one request an item.

Items are fetched a few at a time, ahead of the reader, and handed out in the list's order.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping

from goemox.errors import SourceError
from goemox.http import Answer, Client, Politeness, check_base_url, not_json
from goemox.records import TextRecord
from goemox.sources.hn_items import record_id, story_record

__all__ = ["BASE_URL", "LISTS", "POLITENESS", "hacker_news_api", "item_numbers", "stories_of"]

BASE_URL = "https://hacker-news.firebaseio.com/v0"
LISTS = ("top", "new", "best", "ask", "show", "job")
# The API states no limit ("currently"), so we set one: eight at once, fifty a second.
POLITENESS = Politeness(concurrency=8, per_second=50.0)


def hacker_news_api() -> str:
    """The base address in use: GOEMOX_HACKERNEWS_URL, else BASE_URL. Raises UsageError for an unfit one."""
    return check_base_url("GOEMOX_HACKERNEWS_URL", os.environ.get("GOEMOX_HACKERNEWS_URL") or BASE_URL)


async def item_numbers(client: Client, name: str) -> list[int]:
    """The numbers of a list, best rank first, each once."""
    answer = await client.get(f"/{name}stories.json", complaint=not_json)
    ids = answer.json()
    if not isinstance(ids, list):
        raise SourceError(f"{answer.url}: expected a list of item numbers, found {str(ids)[:60]}")
    return [n for n in dict.fromkeys(ids) if isinstance(n, int) and not isinstance(n, bool)]


async def stories_of(
    client: Client,
    numbers: list[int],
    limit: int | None,
    concurrency: int,
    known: Callable[[str], bool],
) -> AsyncGenerator[tuple[int, TextRecord | None], None]:
    """Yield number and record of each story; the record is None where it is `known` and was not fetched."""
    waiting = deque(numbers)
    under_way: deque[tuple[int, asyncio.Task[object] | None]] = deque()
    n_yielded = 0
    try:
        while (waiting or under_way) and n_yielded != limit:
            ahead = concurrency if limit is None else min(concurrency, limit - n_yielded)
            while waiting and len(under_way) < ahead:
                number = waiting.popleft()
                is_known = known(record_id(number))
                under_way.append((number, None if is_known else asyncio.create_task(_item(client, number))))
            number, task = under_way.popleft()
            record = None if task is None else story_record(await task)
            if task is None or record is not None:
                n_yielded += 1
                yield number, record
    finally:
        await _cancel([task for _, task in under_way if task is not None])


async def _cancel(tasks: list[asyncio.Task[object]]) -> None:
    """End requests that nobody waits for any more, before their client is closed."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _item(client: Client, number: int) -> object:
    def complaint(answer: Answer) -> str | None:
        problem = not_json(answer)
        if problem is not None:
            return problem
        item = answer.json()
        found = item.get("id", number) if isinstance(item, Mapping) else number
        return None if found == number else f"with item {found!r}, not {number}"

    return (await client.get(f"/item/{number}.json", complaint=complaint)).json()
