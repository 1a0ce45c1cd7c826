"""Issues of GitHub repositories and the comments below them, from its REST API (https://docs.github.com/rest).

The list of issues holds pull requests too; they are dropped unless they are wanted. `github_pages` reads
the lists, `github_search` what a search finds, `github_limits` knows the rate limits, `github_rows` makes
the records.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import aclosing, closing
from dataclasses import replace
from datetime import date

from goemox.errors import SourceError, UsageError
from goemox.http import Politeness, as_iterator, call
from goemox.records import TextRecord
from goemox.sources.caps import Caps
from goemox.sources.forecast import Forecast, Tell, say_nothing
from goemox.sources.github_access import BASE_URL, POLITENESS, Access, github_api
from goemox.sources.github_comments import comments_below
from goemox.sources.github_forecast import forecast
from goemox.sources.github_limits import GitHubLimits
from goemox.sources.github_pages import Api, Page
from goemox.sources.github_progress import Progress
from goemox.sources.github_refusals import RepositoryGone
from goemox.sources.github_rows import created_at, is_pull_request, issue_record, repository_of
from goemox.sources.github_search import search_rows
from goemox.sources.github_wanted import STATES, Wanted, check_names
from goemox.sources.moments import moment

__all__ = ["BASE_URL", "POLITENESS", "STATES", "collect_github", "forecast_github", "github_api"]

_NO_CAPS = Caps()


def collect_github(
    repositories: str | Sequence[str] = (),
    *,
    search: str | None = None,
    state: str = "all",
    labels: Sequence[str] = (),
    since: str | date | None = None,
    until: str | date | None = None,
    comments: bool = False,
    pull_requests: bool = False,
    limit: int | None = None,
    offline: bool = False,
    max_wait_s: float | None = None,
    caps: Caps = _NO_CAPS,
    politeness: Politeness = POLITENESS,
    tell: Tell = say_nothing,
    notice: Callable[[str], None] | None = None,
) -> Generator[TextRecord, None, None]:
    """Yield the issues of repositories, or those that a search finds.

    repositories: `owner/name`, one or several. search: GitHub's own syntax. state: one of STATES. labels:
    only issues that have all of them. since, until: when the issue was opened, in UTC, until is not included.
    comments: also the comments below each issue, after a repository's issues. pull_requests: those too.
    limit: so many issues of each repository (of a search: in all), the newest; otherwise the oldest come
    first (with since and no until: the newest). offline: only what an earlier run has cached. max_wait_s: the
    longest wait for a rate limit, 60 where none is given. caps: slower than GitHub allows. politeness:
    pauses, tries and limits of size. tell, notice: see `Progress`.

    The base address comes from GITHUB_API_URL, the token from GH_TOKEN or GITHUB_TOKEN; it goes to that host
    only. Text is the title and, below a blank line, the body's prose; meta holds title, body, type (issue,
    pull_request, comment), repo, number, parent_id (of a comment), state, author, is_bot, comments,
    github_labels and dropped (see `cleaning.Prose`). A comment without prose is left out.
    Raises UsageError for arguments that cannot be, SourceError where the API fails, refuses or wants a
    longer wait (records yielded before stay good; a repository that is gone or refused is told at the end,
    after the others; the fifth that is refused in a row is the end), SourceIncomplete where a search hides
    rows, OfflineError where the cache lacks what is needed.
    """
    names = _names(repositories, search)
    wanted = Wanted(
        state, tuple(labels), moment("since", since), moment("until", until), pull_requests, comments, limit
    )
    access = _access(offline, max_wait_s, caps, politeness)
    return _one_by_one(as_iterator(_records(access, names, search, wanted, tell, notice)))


def forecast_github(
    repositories: str | Sequence[str] = (),
    *,
    search: str | None = None,
    state: str = "all",
    labels: Sequence[str] = (),
    since: str | date | None = None,
    until: str | date | None = None,
    comments: bool = False,
    pull_requests: bool = False,
    limit: int | None = None,
    offline: bool = False,
    max_wait_s: float | None = None,
    caps: Caps = _NO_CAPS,
    politeness: Politeness = POLITENESS,
    notice: Callable[[str], None] | None = None,
) -> Forecast:
    """What `collect_github` with the same arguments will take at most.

    Costs a request for each repository (two with comments) or kind of search; raises the same errors. Of
    several repositories, those that are gone or refused count for nothing; notice is told of each.
    """
    names = _names(repositories, search)
    wanted = Wanted(
        state, tuple(labels), moment("since", since), moment("until", until), pull_requests, comments, limit
    )
    access = _access(offline, max_wait_s, caps, politeness)

    async def ask() -> Forecast:
        limits = GitHubLimits()
        async with access.client(limits) as client:
            api = Api(client, access.token is not None, access.offline)
            return await forecast(api, names, search, wanted, limits, access.politeness, notice)

    return call(ask())


def _names(repositories: str | Sequence[str], search: str | None) -> list[str]:
    given = [repositories] if isinstance(repositories, str) else list(repositories)
    names = list({name.casefold(): name for name in reversed(given)}.values())[::-1]
    if search is not None:
        if names:
            raise UsageError("name repositories or a search, not both; a search can hold repo:owner/name")
        if not search.strip():
            raise UsageError("the search is empty; write it as on github.com, such as: label:bug flask")
    elif not names:
        raise UsageError("no repository was named; give at least one as owner/name, such as pallets/flask")
    check_names(names)
    return names


def _access(offline: bool, max_wait_s: float | None, caps: Caps, politeness: Politeness) -> Access:
    if max_wait_s is not None:
        if max_wait_s < 0:
            raise UsageError(f"the longest wait must be 0 s or more, was {max_wait_s}")
        politeness = replace(politeness, patience_s=max_wait_s)
    return Access(github_api(), caps.on(politeness), offline)


def _one_by_one(records: Generator[list[TextRecord], None, None]) -> Generator[TextRecord, None, None]:
    """What another thread hands over a page at a time: for each record by itself, to wait costs most."""
    with closing(records):
        for some in records:
            yield from some


async def _records(
    access: Access,
    names: Sequence[str],
    search: str | None,
    wanted: Wanted,
    tell: Tell,
    notice: Callable[[str], None] | None,
) -> AsyncGenerator[list[TextRecord], None]:
    limits = GitHubLimits()
    progress = Progress(tell, notice, limits, len(names), wanted)
    async with access.client(limits, progress.waiting) as client:
        run = _Run(Api(client, access.token is not None, access.offline), wanted, progress)
        source = run.repositories(names) if search is None else run.search(search)
        async with aclosing(source) as records:
            async for some in records:
                yield some


class _Run:
    """One collection: a record comes once, even where GitHub's pages repeat it.

    Records are yielded in lists, as many at once as are there without another request.
    """

    def __init__(self, api: Api, wanted: Wanted, progress: Progress) -> None:
        self._api, self._wanted, self._progress = api, wanted, progress
        self._seen: set[str] = set()

    async def repositories(self, names: Sequence[str]) -> AsyncGenerator[list[TextRecord], None]:
        """One repository after the other."""
        async with aclosing(self._each([self._repository(name) for name in names])) as records:
            async for some in records:
                yield some

    async def search(self, query: str) -> AsyncGenerator[list[TextRecord], None]:
        """What a search finds, then the comments below it, repository by repository."""
        n_comments: dict[str, dict[int, int]] = {}
        async with aclosing(self._found(query)) as issues:
            async for record in issues:
                yield [record]
                _count(record, n_comments.setdefault(str(record.meta["repo"]), {}))
        below = [self._comments(repository, numbers) for repository, numbers in n_comments.items()]
        async with aclosing(self._each(below)) as comments:
            async for some in comments:
                yield some

    async def _each(
        self, repositories: Sequence[AsyncGenerator[list[TextRecord], None]]
    ) -> AsyncGenerator[list[TextRecord], None]:
        """What each repository gives; those that are gone or refused are told at the end."""
        gone: list[RepositoryGone] = []
        for repository in repositories:
            try:
                async with aclosing(repository) as records:
                    async for some in records:
                        yield some
            except RepositoryGone as error:
                gone.append(error)
                if len(repositories) > 1:
                    self._progress.notice(str(error))
        if gone:
            others = f" (and {len(gone) - 1} of {len(repositories)} more)" if len(gone) > 1 else ""
            raise SourceError(f"{gone[0]}{others}")

    async def _repository(self, repository: str) -> AsyncGenerator[list[TextRecord], None]:
        self._progress.begin(len(self._seen))
        n_comments: dict[int, int] = {}
        name = repository
        async with aclosing(self._listed(repository)) as issues:
            async for some in issues:
                yield some
                for record in some:
                    _count(record, n_comments)
                name = str(some[-1].meta["repo"])
        async with aclosing(self._comments(name, n_comments)) as comments:
            async for some in comments:
                yield some

    async def _listed(self, repository: str) -> AsyncGenerator[list[TextRecord], None]:
        """The issues of each page of a repository's list that has some, up to the limit."""
        listed: set[str] = set()
        async with aclosing(self._api.pages(self._wanted.list_path(repository), repository)) as pages:
            async for page in pages:
                some, is_last = self._wanted_of(page, repository, listed)
                if some:
                    yield some
                if is_last:
                    return
                self._progress.page(page, len(self._seen))

    def _wanted_of(self, page: Page, repository: str, listed: set[str]) -> tuple[list[TextRecord], bool]:
        """The new issues of a page that are wanted, and whether none after them is.

        listed: ids of those on the list so far, to be added to; under another name some may have come before.
        """
        wanted, some = self._wanted, list[TextRecord]()
        for row in page.rows:
            opened = created_at(row)
            if wanted.is_past(opened):
                return some, True
            if wanted.is_in_time(opened) and (wanted.pull_requests or not is_pull_request(row)):
                record = issue_record(row, repository_of(row) or repository)
                if record is None or record.id in listed:
                    continue
                listed.add(record.id)
                if self._is_new(record):
                    some.append(record)
                if len(listed) == wanted.limit:
                    return some, True
        return some, False

    async def _found(self, query: str) -> AsyncGenerator[TextRecord, None]:
        n_issues = 0
        async with aclosing(search_rows(self._api, query, self._wanted)) as rows:
            async for row, n_found in rows:
                repository = repository_of(row)
                record = None if repository is None else issue_record(row, repository)
                if record is not None and self._is_new(record):
                    self._progress.search(n_found)
                    yield record
                    n_issues += 1
                    if n_issues == self._wanted.limit:
                        return

    async def _comments(
        self, repository: str, n_comments: dict[int, int]
    ) -> AsyncGenerator[list[TextRecord], None]:
        if not self._wanted.comments:
            return
        async with aclosing(comments_below(self._api, repository, n_comments, self._wanted)) as comments:
            async for some in comments:
                if new := [comment for comment in some if self._is_new(comment)]:
                    yield new

    def _is_new(self, record: TextRecord) -> bool:
        if record.id in self._seen:
            return False
        self._seen.add(record.id)
        return True


def _count(record: TextRecord, n_comments: dict[int, int]) -> None:
    number, n = record.meta["number"], record.meta["comments"]
    if isinstance(number, int) and isinstance(n, int):
        n_comments[number] = n
