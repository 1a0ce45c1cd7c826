"""The comments below stories, through Algolia's search: up to 1,000 a request, from several stories at once.

Firebase would answer one comment a request. The price: comments of the last few minutes may be missing.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from goemox.http import Client
from goemox.records import TextRecord
from goemox.sources.hn_items import comment_record
from goemox.sources.hn_search import MAX_HITS, Search, hits

__all__ = ["with_comments"]

# Keeps the address of a request below 2,000 characters.
_MAX_STORIES = 50
_GUESS = 50


async def with_comments(
    client: Client, stories: AsyncIterator[tuple[int, TextRecord | None]]
) -> AsyncGenerator[TextRecord, None]:
    """Yield each story that has a record, and the comments of all, as soon as a request is worth it."""
    waiting: list[int] = []
    n_waiting = 0
    async for number, record in stories:
        if record is not None:
            yield record
        n_comments = _GUESS if record is None else record.meta.get("num_comments")
        n_comments = n_comments if isinstance(n_comments, int) else _GUESS
        if n_comments == 0:
            continue
        if waiting and (n_waiting + n_comments > MAX_HITS or len(waiting) == _MAX_STORIES):
            async for comment in _comments(client, waiting):
                yield comment
            waiting, n_waiting = [], 0
        waiting.append(number)
        n_waiting += n_comments
    if waiting:
        async for comment in _comments(client, waiting):
            yield comment


async def _comments(client: Client, stories: list[int]) -> AsyncGenerator[TextRecord, None]:
    tags = f"comment,({','.join(f'story_{number}' for number in stories)})"
    async for hit, _ in hits(client, Search(tags)):
        record = comment_record(hit)
        if record is not None:
            yield record
