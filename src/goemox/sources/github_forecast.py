"""What collecting from GitHub will take, asked with one small request a repository or search."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import NamedTuple

from goemox.http import Politeness
from goemox.sources.forecast import Forecast
from goemox.sources.github_comments import is_shown_whole
from goemox.sources.github_limits import GitHubLimits, Quota
from goemox.sources.github_pages import Api, Page
from goemox.sources.github_refusals import RepositoryGone
from goemox.sources.github_search import MAX_RESULTS, search_kinds
from goemox.sources.github_wanted import PER_PAGE, Wanted
from goemox.wording import plural

__all__ = ["forecast"]

# What a page of a hundred issues takes GitHub, as observed; it asks for one request after the other.
_SECONDS_A_PAGE = 0.7
_NOT_TOLD = "at least: GitHub does not say how many there are"
_PULLS_COUNT = "pull requests, which are dropped, included"
_PULLS_BETWEEN = "more where pull requests stand between the issues"
_ISSUE_BY_ISSUE = "comments issue by issue: there may be more of them than GitHub counts"


class _Listed(NamedTuple):
    """A list of a repository. n_rows: None where GitHub does not say; n_requests: what reading it takes."""

    n_rows: int | None
    n_requests: int
    note: str = ""


async def forecast(
    api: Api,
    repositories: Sequence[str],
    query: str | None,
    wanted: Wanted,
    limits: GitHubLimits,
    politeness: Politeness,
    notice: Callable[[str], None] | None = None,
) -> Forecast:
    """At most so many texts, requests and seconds; the waits for used-up quotas are counted.

    notice: told of each repository of several that is gone or refused. Raises SourceError where all are.
    """
    n_texts: int | None
    if query is not None:
        n_found = [await _n_found(api, query, kind, wanted) for kind in search_kinds(wanted)]
        n_texts = wanted.at_most(sum(n_found))
        n_requests = sum(map(_n_searches, map(wanted.at_most, n_found)))
        quota, window_s = limits.quota("/search/issues"), 60.0
        note = ""
        if wanted.comments:
            issues = plural(n_texts, "issue")
            note = f"for at most {issues}; at most about one more for the comments of each"
            n_texts = None
    else:
        lists = await _lists(api, repositories, wanted, notice)
        n_requests = sum(each.n_requests for each in lists)
        n_texts = sum(each.n_rows or 0 for each in lists)
        quota, window_s = limits.quota("/repos"), 3600.0
        note = _note(lists, wanted)
    seconds = n_requests * max(1 / politeness.per_second, _SECONDS_A_PAGE)
    return Forecast(n_requests, seconds + _waiting(n_requests, quota, window_s), n_texts, note)


def _n_searches(n_found: int) -> int:
    """Requests for so many results: pages, and one search more after each thousand."""
    return max(1, math.ceil(n_found / PER_PAGE) + n_found // MAX_RESULTS)


def _note(lists: Sequence[_Listed], wanted: Wanted) -> str:
    if any(each.n_rows is None for each in lists):
        return _NOT_TOLD
    pulls = "" if wanted.pull_requests else _PULLS_COUNT if wanted.limit is None else _PULLS_BETWEEN
    return "; ".join(dict.fromkeys(filter(None, (pulls, *(each.note for each in lists)))))


async def _lists(
    api: Api, repositories: Sequence[str], wanted: Wanted, notice: Callable[[str], None] | None
) -> list[_Listed]:
    """All lists of the repositories that have some."""
    lists: list[_Listed] = []
    gone: list[RepositoryGone] = []
    for repository in repositories:
        try:
            n_issues = await _n_issues(api, repository, wanted)
            lists.append(_Listed(n_issues, _n_pages(n_issues)))
            if wanted.comments and n_issues != 0:
                n_comments = _n(await _first(api, wanted.comments_path(repository, per_page=1), repository))
                lists.append(_comments(n_comments, n_issues or 0))
        except RepositoryGone as error:
            gone.append(error)
            if notice is not None and len(repositories) > 1:
                notice(str(error))
    if gone and not lists:
        raise gone[0]
    return lists


def _comments(n: int | None, n_issues: int) -> _Listed:
    """So many comments below so many issues: by pages, or a look at the first and then issue by issue."""
    if n is not None and is_shown_whole(n):
        return _Listed(n, _n_pages(n))
    return _Listed(n, 1 + n_issues + (n or 0) // PER_PAGE, _ISSUE_BY_ISSUE)


def _n_pages(n_rows: int | None) -> int:
    return max(1, math.ceil((n_rows or 0) / PER_PAGE))


async def _n_issues(api: Api, repository: str, wanted: Wanted) -> int | None:
    """How many rows a repository's list of issues has; None where it does not say."""
    issues = _n(await _first(api, wanted.list_path(repository, per_page=1), repository))
    return wanted.limit if issues is None else wanted.at_most(issues)


def _n(first: Page) -> int | None:
    """The number of rows in a list whose pages hold one each."""
    return first.n_pages if first.rows else 0


async def _n_found(api: Api, query: str, kind: str, wanted: Wanted) -> int:
    return (await _first(api, wanted.search_path(query, kind, per_page=1), f"search {query!r}")).total


async def _first(api: Api, path: str, what: str) -> Page:
    async with aclosing(api.pages(path, what)) as pages:
        return await anext(pages)


def _waiting(n_requests: int, quota: Quota | None, window_s: float) -> float:
    """Seconds of waiting for quotas to come back: the present one, then whole ones."""
    if quota is None or n_requests <= quota.remaining:
        return 0.0
    return math.ceil((n_requests - quota.remaining) / max(1, quota.limit)) * window_s
