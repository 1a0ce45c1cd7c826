"""Stories of Hacker News from its public API (https://github.com/HackerNews/API).

The API answers one item a request, so items are fetched a few at a time, ahead of the reader, and
handed out in the list's order. `null`, deleted, dead and untitled items are normal and skipped;
unknown fields are ignored. Title and text are HTML.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator, Generator, Mapping
from datetime import UTC, datetime

from goemox.errors import SourceError, UsageError
from goemox.http import Client, Politeness, as_iterator, cache_dir, check_base_url
from goemox.records import TextRecord
from goemox.sources.cleaning import html_to_text

__all__ = ["BASE_URL", "LISTS", "POLITENESS", "collect_hackernews", "hacker_news_api"]

BASE_URL = "https://hacker-news.firebaseio.com/v0"
LISTS = ("top", "new", "best", "ask", "show", "job")
# The API states no limit ("currently"), so we set one: eight at once, fifty a second.
POLITENESS = Politeness(concurrency=8, per_second=50.0)


def collect_hackernews(
    *,
    list: str = "top",  # noqa: A002 (the API's own word)
    limit: int | None = None,
    offline: bool = False,
    politeness: Politeness = POLITENESS,
) -> Generator[TextRecord, None, None]:
    """Yield the stories of a list, best rank first; the API keeps 200 to 500 a list.

    list: one of LISTS. limit: stop after so many records. offline: only what an earlier run has cached.
    The base address comes from GOEMOX_HACKERNEWS_URL. Text is the title and, below a blank line, the
    author's own words if there are any; meta holds title, body, by, score, num_comments, type and link.
    Raises UsageError for arguments that cannot be, SourceError where the API fails or is unreachable
    (records yielded before stay good), OfflineError where the cache does not hold what is needed.
    """
    if list not in LISTS:
        raise UsageError(f"no Hacker News list is called {list!r}; choose one of {', '.join(LISTS)}")
    if limit is not None and limit < 1:
        raise UsageError(f"the limit must be 1 or more, was {limit}")
    return as_iterator(_records(hacker_news_api(), list, limit, offline, politeness))


def hacker_news_api() -> str:
    """The base address in use: GOEMOX_HACKERNEWS_URL, else BASE_URL. Raises UsageError for an unfit one."""
    return check_base_url("GOEMOX_HACKERNEWS_URL", os.environ.get("GOEMOX_HACKERNEWS_URL") or BASE_URL)


async def _records(
    base: str, name: str, limit: int | None, offline: bool, politeness: Politeness
) -> AsyncIterator[TextRecord]:
    async with Client(base, politeness=politeness, cache=cache_dir() / "http", offline=offline) as client:
        waiting = deque(await _item_ids(client, name))
        under_way: deque[asyncio.Task[object]] = deque()
        n_yielded = 0
        while (waiting or under_way) and n_yielded != limit:
            ahead = politeness.concurrency
            if limit is not None:
                ahead = min(ahead, limit - n_yielded)
            while waiting and len(under_way) < ahead:
                under_way.append(asyncio.create_task(_item(client, waiting.popleft())))
            record = _to_record(await under_way.popleft())
            if record is not None:
                n_yielded += 1
                yield record


async def _item_ids(client: Client, name: str) -> list[int]:
    answer = await client.get(f"/{name}stories.json")
    ids = answer.json()
    if not isinstance(ids, list):
        raise SourceError(f"{answer.url}: expected a list of item numbers, found {str(ids)[:60]}")
    return [number for number in dict.fromkeys(ids) if isinstance(number, int)]


async def _item(client: Client, number: int) -> object:
    return (await client.get(f"/item/{number}.json")).json()


def _to_record(item: object) -> TextRecord | None:
    """A record of an item that has a title and is neither deleted nor dead; else None."""
    if not isinstance(item, Mapping) or item.get("deleted") or item.get("dead"):
        return None
    number, title = item.get("id"), html_to_text(_string(item, "title"))
    if not isinstance(number, int) or not title:
        return None
    body = html_to_text(_string(item, "text"))
    return TextRecord(
        id=f"hn-{number}",
        text=f"{title}\n\n{body}" if body else title,
        source="hackernews",
        url=f"https://news.ycombinator.com/item?id={number}",
        created_at=_utc(item.get("time")),
        meta={
            "title": title,
            "body": body,
            "by": item.get("by"),
            "score": item.get("score"),
            "num_comments": item.get("descendants"),
            "type": item.get("type"),
            "link": item.get("url"),
        },
    )


def _string(item: Mapping[str, object], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _utc(seconds: object) -> datetime | None:
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
