"""Stories of Hacker News and the comments below them: today's lists, or the past by search.

`hn_lists` knows Firebase, `hn_search` knows Algolia, `hn_items` makes the same records of both.
"""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from datetime import date

from goemox.errors import UsageError
from goemox.http import Client, Politeness, as_iterator, cache_dir, call
from goemox.records import TextRecord
from goemox.sources.caps import Caps
from goemox.sources.forecast import Forecast, Tell, forecast_of, say_nothing
from goemox.sources.hn_comments import with_comments
from goemox.sources.hn_items import number_of, record_id, story_of_hit
from goemox.sources.hn_lists import (
    BASE_URL,
    LISTS,
    POLITENESS,
    hacker_news_api,
    item_numbers,
    stories_of,
)
from goemox.sources.hn_search import MAX_HITS, SEARCH_POLITENESS, Search, count, hits, search_api
from goemox.sources.moments import moment
from goemox.wording import plural

__all__ = [
    "BASE_URL",
    "LISTS",
    "POLITENESS",
    "SEARCH_POLITENESS",
    "collect_hackernews",
    "forecast_hackernews",
    "hacker_news_api",
    "search_api",
]

_TAGS = {None: "story", "ask": "ask_hn", "show": "show_hn", "job": "job"}

NO_CAPS = Caps()

_Stories = AsyncGenerator[tuple[int, TextRecord | None], None]


def never(_: str) -> bool:
    """The `known` of callers who have nothing yet."""
    return False


def collect_hackernews(
    *,
    list: str | None = None,  # noqa: A002 (the API's own word)
    query: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    min_points: int | None = None,
    comments: bool = False,
    limit: int | None = None,
    offline: bool = False,
    caps: Caps = NO_CAPS,
    politeness: Politeness | None = None,
    known: Callable[[str], bool] = never,
    tell: Tell = say_nothing,
) -> Generator[TextRecord, None, None]:
    """Yield stories: a list, best rank first, or with query, dates or points the past, newest first.

    list: one of LISTS, "top" unless searched; the API keeps 200 to 500 stories a list. A search may be
    narrowed to ask, show or job. query: words to search for. since, until: dates, UTC where they name no
    zone; since is included, until is not. min_points: only stories that have so many. comments: also the
    comments below each story. limit: stop after so many stories. offline: only what an earlier run has
    cached. caps: slower than the hosts allow. politeness: instead of each host's own. known: ids of stories
    that need not be fetched again; they count for the limit. tell: see `forecast.Tell`.

    Base addresses come from GOEMOX_HACKERNEWS_URL and GOEMOX_HACKERNEWS_SEARCH_URL. Text is the title and,
    below a blank line, the author's own words if there are any; meta holds title, body, by, score,
    num_comments, type and link, for comments parent_id and story_id too.
    Raises UsageError for arguments that cannot be, SourceError where an API fails or is unreachable
    (records yielded before stay good), OfflineError where the cache does not hold what is needed.
    """
    wanted = _wanted(list, query, since, until, min_points, comments, limit)
    return as_iterator(_records(wanted, _Access(offline, caps, politeness), known, tell))


def forecast_hackernews(
    *,
    list: str | None = None,  # noqa: A002
    query: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    min_points: int | None = None,
    comments: bool = False,
    limit: int | None = None,
    offline: bool = False,
    caps: Caps = NO_CAPS,
    politeness: Politeness | None = None,
    known: Callable[[str], bool] = never,
) -> Forecast:
    """What `collect_hackernews` with the same arguments will take; costs one request."""
    wanted = _wanted(list, query, since, until, min_points, comments, limit)
    return call(_forecast(wanted, _Access(offline, caps, politeness), known))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """list: None where it is a search."""

    list: str | None
    search: Search
    comments: bool
    limit: int | None

    def at_most(self, n: int) -> int:
        return n if self.limit is None else min(n, self.limit)


@dataclass(frozen=True, slots=True)
class _Access:
    offline: bool
    caps: Caps
    politeness: Politeness | None

    def lists(self) -> Client:
        return self._client(hacker_news_api(), self.with_lists)

    def search(self) -> Client:
        return self._client(search_api(), self.with_search)

    @property
    def with_lists(self) -> Politeness:
        return self.caps.on(self.politeness or POLITENESS)

    @property
    def with_search(self) -> Politeness:
        return self.caps.on(self.politeness or SEARCH_POLITENESS)

    def _client(self, base: str, politeness: Politeness) -> Client:
        return Client(base, politeness=politeness, cache=cache_dir() / "http", offline=self.offline)


def _wanted(
    name: str | None,
    query: str | None,
    since: str | date | None,
    until: str | date | None,
    min_points: int | None,
    comments: bool,
    limit: int | None,
) -> _Wanted:
    if name is not None and name not in LISTS:
        raise UsageError(f"no Hacker News list is called {name!r}; choose one of {', '.join(LISTS)}")
    for what, number in (("limit", limit), ("number of points", min_points)):
        if number is not None and number < 1:
            raise UsageError(f"the {what} must be 1 or more, was {number}")
    first, end = moment("since", since), moment("until", until)
    if first is not None and end is not None and first >= end:
        raise UsageError(f"nothing lies between since={since} and until={until} (which is not included)")
    is_search = any(value is not None for value in (query, since, until, min_points))
    if is_search and name not in _TAGS:
        raise UsageError(
            f"the {name} list has no past; search without a list, or with ask, show or job, or drop "
            "query, since, until and min-points"
        )
    hacker_news_api(), search_api()  # an unfit address is refused now
    search = Search(
        _TAGS.get(name, "story"),
        query or "",
        None if first is None else math.ceil(first.timestamp()),
        None if end is None else math.ceil(end.timestamp()),
        min_points,
    )
    return _Wanted(None if is_search else name or "top", search, comments, limit)


async def _records(
    wanted: _Wanted, access: _Access, known: Callable[[str], bool], tell: Tell
) -> AsyncIterator[TextRecord]:
    async with AsyncExitStack() as stack:
        if wanted.list is None:
            searching = await stack.enter_async_context(access.search())
            stories = _found(searching, wanted, tell)
        else:
            client = await stack.enter_async_context(access.lists())
            stories = _listed(client, wanted, access, known, tell)
            if wanted.comments:
                searching = await stack.enter_async_context(access.search())
        await stack.enter_async_context(aclosing(stories))
        if wanted.comments:
            everything = with_comments(searching, stories)
            async for record in await stack.enter_async_context(aclosing(everything)):
                yield record
        else:
            async for _, story in stories:
                if story is not None:
                    yield story


async def _listed(
    client: Client, wanted: _Wanted, access: _Access, known: Callable[[str], bool], tell: Tell
) -> _Stories:
    numbers = await item_numbers(client, wanted.list or "top")
    if not wanted.comments:
        tell(wanted.at_most(_n_new(numbers, known)), "")
    concurrency = access.with_lists.concurrency
    async with aclosing(stories_of(client, numbers, wanted.limit, concurrency, known)) as stories:
        async for story in stories:
            yield story


async def _found(client: Client, wanted: _Wanted, tell: Tell) -> _Stories:
    n_yielded = 0
    async with aclosing(hits(client, wanted.search)) as found:
        async for hit, n_found in found:
            record = story_of_hit(hit)
            if record is None:
                continue
            if n_yielded == 0 and not wanted.comments:
                tell(wanted.at_most(n_found), "")
            yield number_of(record), record
            n_yielded += 1
            if n_yielded == wanted.limit:
                return


async def _forecast(wanted: _Wanted, access: _Access, known: Callable[[str], bool]) -> Forecast:
    if wanted.list is None:
        async with access.search() as client:
            n = wanted.at_most(await count(client, wanted.search))
        # One hit of each page is asked for again, see `hn_search`.
        n_requests, politeness = max(1, math.ceil(n / (MAX_HITS - 1))), access.with_search
    else:
        async with access.lists() as client:
            numbers = await item_numbers(client, wanted.list)
        n = wanted.at_most(_n_new(numbers, known))
        n_requests, politeness = 1 + n, access.with_lists
    if not wanted.comments:
        return forecast_of(n_requests, politeness, n)
    stories = plural(n, "story", "stories")
    note = f"for at most {stories}; about one more for every {MAX_HITS:,} comments"
    return forecast_of(n_requests, politeness, note=note)


def _n_new(numbers: list[int], known: Callable[[str], bool]) -> int:
    return sum(not known(record_id(number)) for number in numbers)
