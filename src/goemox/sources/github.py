"""Issues of GitHub repositories from its REST API (https://docs.github.com/rest/issues/issues).

The list of issues holds pull requests too; they are dropped. Pages follow the `Link` header only,
and only on the API's own host. Titles are plain text, bodies are Markdown.

Written on our own client and not on gidgethub: that library sends the token through the caching
layer (it would be stored on disk), knows rate limits on 403 but not on 429, follows a `next` link to
any host, and raises bare ValueErrors for broken answers; of it, only the parsing of `Link` was left.
"""

from __future__ import annotations

import os
import string
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime

from goemox.errors import SourceError, UsageError
from goemox.http import Client, Politeness, as_iterator, cache_dir, check_base_url
from goemox.records import TextRecord
from goemox.sources.cleaning import markdown_to_text
from goemox.sources.github_limits import GitHubLimits
from goemox.sources.github_refusals import EXPLAINED, explained

__all__ = ["BASE_URL", "POLITENESS", "STATES", "collect_github", "github_api"]

BASE_URL = "https://api.github.com"
STATES = ("all", "open", "closed")
# GitHub asks for one request after the other, and allows 900 points a minute.
POLITENESS = Politeness(concurrency=1, per_second=10.0)

_NAME = frozenset(string.ascii_letters + string.digits + "-_.")
_HEADERS = {"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"}


def collect_github(
    repositories: Sequence[str],
    *,
    state: str = "all",
    limit: int | None = None,
    offline: bool = False,
    politeness: Politeness = POLITENESS,
) -> Generator[TextRecord, None, None]:
    """Yield the issues of repositories (`owner/name`), newest first, one repository after the other.

    state: one of STATES. limit: stop after so many issues *of each repository*. offline: only what an
    earlier run has cached. The base address comes from GITHUB_API_URL, the token from GH_TOKEN or
    GITHUB_TOKEN; it goes to that host only. Text is the title and, below a blank line, the body's prose;
    meta holds title, body, repo, number, state, author, comments and github_labels.
    Raises UsageError for arguments that cannot be, SourceError where the API fails, refuses or wants a
    longer wait than politeness.patience_s (records yielded before stay good), OfflineError where the
    cache does not hold what is needed.
    """
    wanted = [repositories] if isinstance(repositories, str) else list(dict.fromkeys(repositories))
    if not wanted:
        raise UsageError("no repository was named; give at least one as owner/name, such as pallets/flask")
    for repository in wanted:
        _check_name(repository)
    if state not in STATES:
        raise UsageError(f"no issue state is called {state!r}; choose one of {', '.join(STATES)}")
    if limit is not None and limit < 1:
        raise UsageError(f"the limit must be 1 or more, was {limit}")
    return as_iterator(_records(github_api(), wanted, state, limit, offline, politeness))


def github_api() -> str:
    """The base address in use: GITHUB_API_URL, else BASE_URL. Raises UsageError for an unfit one."""
    return check_base_url("GITHUB_API_URL", os.environ.get("GITHUB_API_URL") or BASE_URL)


async def _records(
    base: str,
    repositories: Sequence[str],
    state: str,
    limit: int | None,
    offline: bool,
    politeness: Politeness,
) -> AsyncIterator[TextRecord]:
    token = os.environ.get("GH_TOKEN") or os.environ.get("GITHUB_TOKEN")
    async with Client(
        base, politeness=politeness, token=token, headers=_HEADERS, rules=GitHubLimits(),
        cache=cache_dir() / "http", offline=offline,
    ) as client:  # fmt: skip
        for repository in repositories:
            async with aclosing(_issues(client, repository, state, bool(token))) as issues:
                n_yielded = 0
                async for record in issues:
                    yield record
                    n_yielded += 1
                    if n_yielded == limit:
                        break


async def _issues(
    client: Client, repository: str, state: str, has_token: bool
) -> AsyncGenerator[TextRecord, None]:
    page: str | None = f"/repos/{repository}/issues?state={state}&per_page=100"
    seen_pages: set[str] = set()
    seen_ids: set[str] = set()
    while page is not None and page not in seen_pages:
        seen_pages.add(page)
        answer = await client.get(page, allow=EXPLAINED)
        if answer.status in EXPLAINED:
            raise explained(answer, client.base, repository, has_token)
        rows = answer.json()
        if not isinstance(rows, list):
            raise SourceError(f"{repository}: expected a list of issues, found {str(rows)[:60]}")
        for row in rows:
            record = _to_record(row, repository)
            # New issues push old ones to the next page, so a row can come twice.
            if record is not None and record.id not in seen_ids:
                seen_ids.add(record.id)
                yield record
        page = answer.next_page


def _to_record(row: object, repository: str) -> TextRecord | None:
    """A record of a row that is an issue with a title; None for pull requests and rubbish."""
    if not isinstance(row, Mapping) or row.get("pull_request") is not None:
        return None
    number, title = row.get("number"), row.get("title")
    if not isinstance(number, int) or not isinstance(title, str) or not title.strip():
        return None
    title, body = " ".join(title.split()), markdown_to_text(_string(row.get("body")))
    author = row.get("user")
    return TextRecord(
        id=f"{repository}#{number}",
        text=f"{title}\n\n{body}" if body else title,
        source="github",
        url=_string(row.get("html_url")) or None,
        created_at=_utc(row.get("created_at")),
        meta={
            "title": title,
            "body": body,
            "repo": repository,
            "number": number,
            "state": row.get("state"),
            "author": author.get("login") if isinstance(author, Mapping) else None,
            "comments": row.get("comments"),
            "github_labels": _labels(row.get("labels")),
        },
    )


def _check_name(repository: str) -> None:
    owner, slash, name = repository.partition("/")
    if not slash or not all(part and set(part) <= _NAME and part.strip(".") for part in (owner, name)):
        raise UsageError(f"{repository!r} is not a repository; write it as owner/name, such as pallets/flask")


def _labels(labels: object) -> list[str]:
    rows = labels if isinstance(labels, list) else []
    names = (row.get("name") if isinstance(row, Mapping) else row for row in rows)
    return [name for name in names if isinstance(name, str)]


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _utc(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_string(value))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
