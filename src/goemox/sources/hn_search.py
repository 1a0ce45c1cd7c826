"""Hacker News' past through Algolia's search (https://hn.algolia.com/api), newest first.

A query is answered with at most 1,000 hits whatever the page
(https://github.com/algolia/hn-search/issues/230), so the time is cut: the next query ends with the
second of the oldest hit so far. That second is asked for again, because more may have happened in it.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from goemox.errors import SourceError, SourceIncomplete
from goemox.http import Client, Politeness, check_base_url, not_json

__all__ = ["MAX_HITS", "SEARCH_POLITENESS", "SEARCH_URL", "Search", "count", "hits", "search_api"]

SEARCH_URL = "https://hn.algolia.com/api/v1"
# 10,000 requests an hour are allowed for one address, which is 2.8 a second.
SEARCH_POLITENESS = Politeness(concurrency=1, per_second=2.5)
MAX_HITS = 1000

_MAX_REPEATS = 3
_BAD_REQUEST = 400


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for. tags: in Algolia's words. since, until: Unix seconds, until itself excluded."""

    tags: str
    query: str = ""
    since: int | None = None
    until: int | None = None
    min_points: int | None = None

    def target(self, hits_per_page: int = MAX_HITS) -> str:
        """Path and query of the request."""
        filters = [
            f"{name}{value}"
            for name, value in (
                ("created_at_i>=", self.since),
                ("created_at_i<", self.until),
                ("points>=", self.min_points),
            )
            if value is not None
        ]
        parts = {"query": self.query, "tags": self.tags, "numericFilters": ",".join(filters)}
        given = {name: value for name, value in parts.items() if value}
        return f"/search_by_date?{urlencode({**given, 'hitsPerPage': hits_per_page})}"

    def wants(self, hit: Mapping[str, object]) -> bool:
        """Whether a hit is what was asked for; a server may leave a filter out."""
        second, points = hit.get("created_at_i"), hit.get("points")
        return not (
            (self.min_points is not None and not (isinstance(points, int) and points >= self.min_points))
            or (self.since is not None and isinstance(second, int) and second < self.since)
            or (self.until is not None and isinstance(second, int) and second >= self.until)
        )


@dataclass(frozen=True, slots=True)
class _Page:
    hits: list[Mapping[str, object]]
    n_found: int
    is_full: bool

    def span(self) -> tuple[int, int] | None:
        """The seconds of the oldest and the newest hit."""
        seconds = [s for hit in self.hits if isinstance(s := hit.get("created_at_i"), int)]
        return (min(seconds), max(seconds)) if seconds else None


def search_api() -> str:
    """The base address in use: GOEMOX_HACKERNEWS_SEARCH_URL, else SEARCH_URL. Raises UsageError if unfit."""
    name = "GOEMOX_HACKERNEWS_SEARCH_URL"
    return check_base_url(name, os.environ.get(name) or SEARCH_URL)


async def count(client: Client, search: Search) -> int:
    """How many hits there are, by one small request."""
    return (await _page(client, search, 1)).n_found


async def hits(client: Client, search: Search) -> AsyncGenerator[tuple[Mapping[str, object], int], None]:
    """Yield every hit once, with the number of hits that the first answer promised.

    Raises SourceIncomplete where a second holds more than Algolia shows, or where the same page comes
    again and again; SourceError for answers that are none.
    """
    seen: set[object] = set()
    n_found, n_repeats = None, 0
    window = search
    while True:
        page = await _page(client, window, MAX_HITS)
        n_found = page.n_found if n_found is None else n_found
        fresh = [hit for hit in page.hits if hit.get("objectID") not in seen]
        for hit in fresh:
            if hit.get("objectID") not in seen and search.wants(hit):
                yield hit, n_found
            seen.add(hit.get("objectID"))
        if not page.is_full:
            return
        n_repeats = 0 if fresh else n_repeats + 1
        if n_repeats == _MAX_REPEATS:
            raise SourceIncomplete(
                f"{client.base}: gave the same {len(page.hits):,} hits {_MAX_REPEATS} times; "
                "rows so far are kept, run the same command again later"
            )
        window = _older(client, window, page, bool(fresh))


def _older(client: Client, window: Search, page: _Page, is_fresh: bool) -> Search:
    """The window that ends with the oldest second of a full page; the same again where it brought nothing."""
    span = page.span()
    if span is None or (window.until is not None and span == (window.until - 1, window.until - 1)):
        raise SourceIncomplete(
            f"{client.base}: {MAX_HITS:,} hits or more within the second before {window.until}, the rest is "
            "hidden; rows so far are kept, narrow the search with --query or --min-points"
        )
    return replace(window, until=span[0] + 1) if is_fresh else window


async def _page(client: Client, search: Search, hits_per_page: int) -> _Page:
    answer = await client.get(search.target(hits_per_page), allow=(_BAD_REQUEST,), complaint=not_json)
    if answer.status == _BAD_REQUEST and search.min_points is not None:
        # Some versions of the index cannot filter by points; `wants` does it then.
        answer = await client.get(replace(search, min_points=None).target(hits_per_page), complaint=not_json)
    found = answer.json()
    rows = found.get("hits") if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping) or not isinstance(rows, list):
        raise SourceError(
            f"{client.base}: expected search results ({answer.status}), found {str(found)[:60]}; "
            "try again later"
        )
    at_most, total = found.get("hitsPerPage"), found.get("nbHits")
    full = min(at_most, hits_per_page) if isinstance(at_most, int) and at_most > 0 else hits_per_page
    return _Page(
        [hit for hit in rows if isinstance(hit, Mapping)],
        total if isinstance(total, int) else len(rows),
        len(rows) >= full,
    )
