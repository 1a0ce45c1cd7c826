"""Pages of GitHub's lists: by the `Link` header only, on the API's own host, each page once."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from goemox.errors import SourceError, SourceIncomplete
from goemox.http import Answer, Client, Complaint, HeldError, not_json
from goemox.sources.github_refusals import EXPLAINED, RepositoryRefused, explained, limit_reached
from goemox.sources.github_rows import MOST_DIGITS
from goemox.sources.github_wanted import PER_PAGE

__all__ = ["Api", "Page"]

_MOST_REFUSED = 5  # in a row: to go on asking a host that refuses everything would be impolite


@dataclass(frozen=True, slots=True)
class Page:
    """rows: as the API gave them. number: from 1; n_pages: how many there are, None where it does not say.

    total: what a search found in all, 0 for a list.
    """

    rows: list[Any]
    number: int
    n_pages: int | None
    total: int = 0


class Api:
    """A client of one GitHub, with its refusals in words."""

    def __init__(self, client: Client, has_token: bool, offline: bool = False) -> None:
        self.client, self._has_token, self._offline = client, has_token, offline
        self._n_refused = 0  # since the last answer

    async def pages(self, first: str, what: str) -> AsyncGenerator[Page, None]:
        """Yield page after page. what: the repository or search, as errors call it.

        Raises SourceError as `Client.get` does, RepositoryGone where this one repository is the reason, and
        is not one of too many in a row that are refused.
        """
        target: str | None = first
        seen: set[str] = set()
        while target is not None and target not in seen:
            seen.add(target)
            complaint = _complaint if len(seen) == 1 else _complaint_later
            answer = await self._get(target, what, complaint)
            if _may_hide_a_page(answer):
                answer = await self._get(target, what, complaint, anew=True)
            told = answer.json()
            rows, total = (told, 0) if isinstance(told, list) else _found(told)
            yield Page(rows, len(seen), _n_pages(answer, len(seen)), total)
            if len(seen) == 1 and len(rows) >= PER_PAGE and not answer.links:
                await self._make_sure_of_the_end(target, what)
            target = answer.next_page

    async def _make_sure_of_the_end(self, target: str, what: str) -> None:
        """A full first page without links is the end, or somebody on the way drops the Link header."""
        if self._offline:
            return
        second = (await self._get(f"{target}&page=2", what, _complaint)).json()
        if second if isinstance(second, list) else second["items"]:  # type: ignore[index]
            raise SourceIncomplete(
                f"{what}: {self.client.base} does not link to further pages, though there are some; "
                "a proxy may drop the Link header: go around it"
            )

    async def _get(self, target: str, what: str, complaint: Complaint, anew: bool = False) -> Answer:
        base = self.client.base
        try:
            answer = await self.client.get(target, EXPLAINED, complaint, anew=anew and not self._offline)
        except HeldError as held:
            raise limit_reached(held.seconds, base, what, target, self._has_token) from None
        if answer.status in EXPLAINED:
            raise self._refusal(explained(answer, base, what, self._has_token))
        self._n_refused = 0
        return answer

    def _refusal(self, error: SourceError) -> SourceError:
        """The error itself, or the end of the run where too many repositories were refused in a row."""
        self._n_refused += isinstance(error, RepositoryRefused)
        if self._n_refused < _MOST_REFUSED:
            return error
        return SourceError(
            f"{error}; {self._n_refused} were refused in a row, so no more are asked: change the token, or "
            "leave these repositories out"
        )


def _complaint(answer: Answer) -> str | None:
    problem = not_json(answer)
    if problem is not None:
        return problem
    told = answer.json()
    if isinstance(told, list):
        return None
    if not isinstance(told, Mapping) or not isinstance(told.get("items"), list):
        return f"with something else than a list ({str(told)[:60]!r})"
    return "with a part of what it found only" if told.get("incomplete_results") else None


def _complaint_later(answer: Answer) -> str | None:
    """A page after the first links to those before it at least: without, its end could not be known."""
    return _complaint(answer) or (None if answer.links else "without the links to other pages")


def _may_hide_a_page(answer: Answer) -> bool:
    """Whether a last page from the cache is full: its rows are unchanged, but another page may follow it now.

    A 304 need not repeat the Link header.
    """
    told = answer.json() if answer.from_cache and answer.next_page is None else None
    return isinstance(told, list) and len(told) >= PER_PAGE


def _found(told: Any) -> tuple[list[Any], int]:
    total = told.get("total_count")
    return told["items"], total if isinstance(total, int) else 0


def _n_pages(answer: Answer, number: int) -> int | None:
    if answer.next_page is None:
        return number
    try:
        last = parse_qs(urlsplit(answer.links.get("last", "")).query).get("page", [""])[0]
    except ValueError:  # such as half a bracket in its host
        return None
    return int(last) if last.isascii() and last.isdigit() and len(last) <= MOST_DIGITS else None
