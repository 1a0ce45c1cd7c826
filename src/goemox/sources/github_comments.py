"""The comments below issues, by the way that takes fewer requests.

A repository's comments come a hundred a page, those below pull requests among them; an issue's own
comments cost a request or more for each issue. Which is less is known after the first page. Of the
largest repositories GitHub shows only a part of the first list, so it is not read there.
"""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from goemox.records import TextRecord
from goemox.sources.github_pages import Api
from goemox.sources.github_refusals import RepositoryGone, RepositoryRefused
from goemox.sources.github_rows import comment_record, issue_number
from goemox.sources.github_wanted import PER_PAGE, Wanted

__all__ = ["comments_below", "is_shown_whole"]

_MOST_PAGES = 299  # GitHub ends the list of a repository's comments after 30,000 to 40,000 of them


def is_shown_whole(n_comments: int) -> bool:
    """Whether GitHub shows all of so many comments in one list of a repository."""
    return n_comments <= _MOST_PAGES * PER_PAGE


async def comments_below(
    api: Api, repository: str, n_comments: Mapping[int, int], wanted: Wanted
) -> AsyncGenerator[list[TextRecord], None]:
    """Yield the comments below issues that hold prose, by pages. n_comments: how many, by issue number."""
    numbers = [number for number, n in n_comments.items() if n > 0]
    n_requests = sum(math.ceil(n_comments[number] / PER_PAGE) for number in numbers)
    if n_requests > 1:
        async with aclosing(api.pages(wanted.comments_path(repository), repository)) as pages:
            async for page in pages:
                n_pages = page.n_pages
                if page.number == 1 and (n_pages is None or n_pages > min(n_requests, _MOST_PAGES)):
                    break
                numbered = ((issue_number(row), row) for row in page.rows)
                rows = ((n, row) for n, row in numbered if n is not None and n_comments.get(n))
                found = (comment_record(row, repository, n) for n, row in rows)
                yield [comment for comment in found if comment is not None]
            else:
                return
    for number in numbers:
        async with aclosing(_of_issue(api, repository, number)) as comments:
            async for some in comments:
                yield some


async def _of_issue(api: Api, repository: str, number: int) -> AsyncGenerator[list[TextRecord], None]:
    path = f"/repos/{repository}/issues/{number}/comments?per_page={PER_PAGE}"
    try:
        async with aclosing(api.pages(path, f"{repository}#{number}")) as pages:
            async for page in pages:
                found = (comment_record(row, repository, number) for row in page.rows)
                yield [comment for comment in found if comment is not None]
    except RepositoryRefused:
        raise
    except RepositoryGone:
        return  # deleted or moved elsewhere since the list was read
