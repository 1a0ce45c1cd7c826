"""Issues that a search finds, all of them: GitHub shows 1,000 results of a search and no more.

So the next search begins where the last thousand ended, by the date of opening; what lies on that
second comes twice and is left out once. Searches have a quota of their own: 30 a minute with a token,
10 without.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from datetime import datetime
from typing import Any

from goemox.errors import SourceIncomplete
from goemox.sources.github_pages import Api
from goemox.sources.github_rows import created_at, is_pull_request
from goemox.sources.github_wanted import PER_PAGE, Wanted

__all__ = ["MAX_RESULTS", "search_kinds", "search_rows"]

MAX_RESULTS = 1000

_Search = tuple[str, AsyncGenerator[tuple[Any, int], None]]


def search_kinds(wanted: Wanted) -> tuple[str, ...]:
    """What one search finds is of one kind, so pull requests are a search of their own."""
    return ("issue", "pr") if wanted.pull_requests else ("issue",)


async def search_rows(api: Api, query: str, wanted: Wanted) -> AsyncGenerator[tuple[Any, int], None]:
    """Yield each row that is found and wanted, in the order of opening, and how many there are in all.

    Raises SourceIncomplete where more than a thousand were opened in one second.
    """
    n_found: dict[str, int] = {}
    async with AsyncExitStack() as stack:
        searches: list[_Search] = []
        for kind in search_kinds(wanted):
            rows = await stack.enter_async_context(aclosing(_of_kind(api, query, kind, wanted)))
            searches.append((kind, rows))
        merged = await stack.enter_async_context(aclosing(_merged(searches, wanted.newest_first)))
        async for kind, row, n in merged:
            n_found[kind] = n
            fits = wanted.is_in_time(created_at(row)) and is_pull_request(row) == (kind == "pr")
            if fits and wanted.state in ("all", row.get("state") if isinstance(row, Mapping) else None):
                yield row, sum(n_found.values())


async def _merged(
    searches: Sequence[_Search], newest_first: bool
) -> AsyncGenerator[tuple[str, Any, int], None]:
    """The rows of several searches as one, each with its kind; rows without a date come at once."""
    heads = [(kind, rows, await anext(rows, None)) for kind, rows in searches]
    undated = datetime.max if newest_first else datetime.min
    while some := [(kind, rows, head) for kind, rows, head in heads if head is not None]:
        dates = [(created_at(head[0]) or undated).replace(tzinfo=None) for _, _, head in some]
        kind, rows, (row, n_found) = some.pop(dates.index(max(dates) if newest_first else min(dates)))
        yield kind, row, n_found
        heads = [*some, (kind, rows, await anext(rows, None))]


async def _of_kind(api: Api, query: str, kind: str, wanted: Wanted) -> AsyncGenerator[tuple[Any, int], None]:
    bound: datetime | None = None
    n_found = 0
    while True:
        last, n_seen, n_pages, total = bound, 0, 0, 0
        async with aclosing(api.pages(wanted.search_path(query, kind, bound), f"search {query!r}")) as pages:
            async for page in pages:
                total, n_pages = page.total, page.number
                n_found = n_found or total
                n_seen += len(page.rows)
                for row in page.rows:
                    last = created_at(row) or last
                    yield row, n_found
        if total <= n_seen or n_pages * PER_PAGE < MAX_RESULTS:  # a page can hold fewer than it counts
            return
        if last is None or last == bound:
            raise SourceIncomplete(
                f"search {query!r}: more than {MAX_RESULTS:,} results of one second; GitHub hides the "
                "others; make the query narrower"
            )
        bound = last
