"""What collecting from GitHub will take, asked with one small request a repository or search."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import aclosing

from goemox.http import Politeness
from goemox.sources.forecast import Forecast
from goemox.sources.github_limits import GitHubLimits, Quota
from goemox.sources.github_pages import Api, Page
from goemox.sources.github_refusals import RepositoryGone
from goemox.sources.github_search import MAX_RESULTS, search_kinds
from goemox.sources.github_wanted import PER_PAGE, Wanted

__all__ = ["forecast"]

# What a page of a hundred issues takes GitHub, as observed; it asks for one request after the other.
_SECONDS_A_PAGE = 0.7
_PULLS_COUNT = "pull requests, which are dropped, included"
_PULLS_BETWEEN = "more where pull requests stand between the issues"


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
    if query is not None:
        n_texts = sum([await _n_found(api, query, kind, wanted) for kind in search_kinds(wanted)])
        n_texts = n_texts if wanted.limit is None else min(n_texts, wanted.limit)
        n_requests = max(1, math.ceil(n_texts / PER_PAGE) + n_texts // MAX_RESULTS)
        quota, window_s = limits.quota("/search/issues"), 60.0
        note = "and at least one for every issue with comments" if wanted.comments else ""
    else:
        counts = await _counts(api, repositories, wanted, notice)
        n_requests = sum(max(1, math.ceil((n or 0) / PER_PAGE)) for n in counts)
        n_texts = sum(n or 0 for n in counts)
        quota, window_s = limits.quota("/repos"), 3600.0
        note = "" if wanted.pull_requests else _PULLS_COUNT if wanted.limit is None else _PULLS_BETWEEN
        note = "at least: GitHub does not say how many there are" if None in counts else note
    seconds = n_requests * max(1 / politeness.per_second, _SECONDS_A_PAGE)
    return Forecast(n_requests, seconds + _waiting(n_requests, quota, window_s), n_texts, note)


async def _counts(
    api: Api, repositories: Sequence[str], wanted: Wanted, notice: Callable[[str], None] | None
) -> list[int | None]:
    """The lengths of all lists of the repositories that have some."""
    counts: list[int | None] = []
    gone: list[RepositoryGone] = []
    for repository in repositories:
        try:
            issues = await _n_issues(api, repository, wanted)
            counts.append(issues)
            if wanted.comments and issues != 0:
                counts.append(_n(await _first(api, wanted.comments_path(repository, per_page=1), repository)))
        except RepositoryGone as error:
            gone.append(error)
            if notice is not None and len(repositories) > 1:
                notice(str(error))
    if gone and not counts:
        raise gone[0]
    return counts


async def _n_issues(api: Api, repository: str, wanted: Wanted) -> int | None:
    """How many rows a repository's list of issues has; None where it does not say."""
    issues = _n(await _first(api, wanted.list_path(repository, per_page=1), repository))
    if wanted.limit is not None:
        issues = wanted.limit if issues is None else min(issues, wanted.limit)
    return issues


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
