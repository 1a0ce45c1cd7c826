"""Issues that a search finds, all of them: GitHub shows 1,000 results of a search and no more.

So the next search begins where the last thousand ended, by the date of opening; what lies on that
second comes twice and is left out once. Searches have a quota of their own: 30 a minute with a token,
10 without.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import Any

from goemox.errors import SourceIncomplete
from goemox.sources.github_pages import Api
from goemox.sources.github_rows import created_at
from goemox.sources.github_wanted import Wanted

__all__ = ["MAX_RESULTS", "search_kinds", "search_rows"]

MAX_RESULTS = 1000


def search_kinds(wanted: Wanted) -> tuple[str, ...]:
    """What one search finds is of one kind, so pull requests are a search of their own."""
    return ("issue", "pr") if wanted.pull_requests else ("issue",)


async def search_rows(
    api: Api, query: str, kind: str, wanted: Wanted
) -> AsyncGenerator[tuple[Any, int], None]:
    """Yield each row that is found, and how many there are in all. kind: "issue" or "pr".

    Raises SourceIncomplete where more than a thousand were opened in one second.
    """
    bound: datetime | None = None
    n_found = 0
    while True:
        last, n_seen, total = bound, 0, 0
        async with aclosing(api.pages(wanted.search_path(query, kind, bound), f"search {query!r}")) as pages:
            async for page in pages:
                total = page.total
                n_found = n_found or total
                n_seen += len(page.rows)
                for row in page.rows:
                    last = created_at(row) or last
                    yield row, n_found
        if total <= n_seen or n_seen < MAX_RESULTS:
            return
        if last is None or last == bound:
            raise SourceIncomplete(
                f"search {query!r}: more than {MAX_RESULTS:,} results of one second; GitHub hides the "
                "others; make the query narrower"
            )
        bound = last
