"""Pages of GitHub's lists: by the `Link` header only, on the API's own host, each page once."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from goemox.http import Answer, Client, Complaint, HeldError, not_json
from goemox.sources.github_refusals import EXPLAINED, explained, limit_reached

__all__ = ["Api", "Page"]


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

    def __init__(self, client: Client, has_token: bool) -> None:
        self.client, self._has_token = client, has_token

    async def pages(self, first: str, what: str) -> AsyncGenerator[Page, None]:
        """Yield page after page. what: the repository or search, as errors call it.

        Raises SourceError as `Client.get` does, RepositoryGone where this one repository is the reason.
        """
        target: str | None = first
        seen: set[str] = set()
        while target is not None and target not in seen:
            seen.add(target)
            answer = await self._get(target, what, _complaint if len(seen) == 1 else _complaint_later)
            told = answer.json()
            rows, total = (told, 0) if isinstance(told, list) else _found(told)
            yield Page(rows, len(seen), _n_pages(answer, len(seen)), total)
            target = answer.next_page

    async def _get(self, target: str, what: str, complaint: Complaint) -> Answer:
        base = self.client.base
        try:
            answer = await self.client.get(target, EXPLAINED, complaint)
        except HeldError as held:
            raise limit_reached(held.seconds, base, what, self._has_token) from None
        if answer.status in EXPLAINED:
            raise explained(answer, base, what, self._has_token)
        return answer


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


def _found(told: Any) -> tuple[list[Any], int]:
    total = told.get("total_count")
    return told["items"], total if isinstance(total, int) else 0


def _n_pages(answer: Answer, number: int) -> int | None:
    if answer.next_page is None:
        return number
    last = parse_qs(urlsplit(answer.links.get("last", "")).query).get("page", [""])[0]
    return int(last) if last.isascii() and last.isdigit() else None
