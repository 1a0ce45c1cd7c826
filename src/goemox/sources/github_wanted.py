"""What somebody wants of GitHub, checked once, and how its two ways of asking spell it."""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

from goemox.errors import InvalidInput, UsageError

__all__ = ["PER_PAGE", "STATES", "Wanted", "check_names", "read_names"]

STATES = ("all", "open", "closed")
PER_PAGE = 100  # the most that GitHub gives

_NAME = frozenset(string.ascii_letters + string.digits + "-_.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which issues. labels: all of them; since, until: when it was opened, until is not included.

    limit: issues of each repository, or of a search. Raises UsageError for what cannot be.
    """

    state: str = "all"
    labels: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    pull_requests: bool = False
    comments: bool = False
    limit: int | None = None

    def __post_init__(self) -> None:
        if self.state not in STATES:
            raise UsageError(f"no issue state is called {self.state!r}; choose one of {', '.join(STATES)}")
        if self.limit is not None and self.limit < 1:
            raise UsageError(f"the limit must be 1 or more, was {self.limit}")
        for label in self.labels:
            if not label.strip() or "," in label or '"' in label:
                raise UsageError(
                    f"{label!r} is no label that GitHub can be asked for; repeat --label for several"
                )
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise UsageError(f"nothing lies between since={self.since} and until={self.until} (not included)")

    @property
    def newest_first(self) -> bool:
        """Whether to begin with the newest: where not all are wanted.

        All are read oldest first: a new issue then changes the last page only, and all others cost
        nothing in the next run.
        """
        return self.limit is not None or (self.since is not None and self.until is None)

    def at_most(self, n: int) -> int:
        """So many issues, or as many as the limit lets through."""
        return n if self.limit is None else min(n, self.limit)

    def is_in_time(self, created_at: datetime | None) -> bool:
        """Whether an issue opened then is wanted; one without a date is, if no dates are asked for."""
        if created_at is None:
            return self.since is None and self.until is None
        return (self.since is None or created_at >= self.since) and (
            self.until is None or created_at < self.until
        )

    def is_past(self, created_at: datetime | None) -> bool:
        """Whether nothing that is wanted can come after an issue opened then, in the order of the list."""
        if created_at is None:
            return False
        if self.newest_first:
            return self.since is not None and created_at < self.since
        return self.until is not None and created_at >= self.until

    def list_path(self, repository: str, per_page: int = PER_PAGE) -> str:
        """The first page of a repository's list (https://docs.github.com/rest/issues/issues)."""
        asked = {"state": self.state, "per_page": str(per_page), "sort": "created"}
        asked["direction"] = "desc" if self.newest_first else "asc"
        if self.labels:
            asked["labels"] = ",".join(self.labels)
        if self.since is not None:  # GitHub means the last change, which is never before the beginning
            asked["since"] = _stamp(self.since)
        return f"/repos/{repository}/issues?{urlencode(asked)}"

    def comments_path(self, repository: str, per_page: int = PER_PAGE) -> str:
        """The first page of all comments in a repository (https://docs.github.com/rest/issues/comments)."""
        asked = {"per_page": str(per_page), "sort": "created", "direction": "asc"}
        if self.since is not None:
            asked["since"] = _stamp(self.since)
        return f"/repos/{repository}/issues/comments?{urlencode(asked)}"

    def search_path(
        self, query: str, kind: str, bound: datetime | None = None, per_page: int = PER_PAGE
    ) -> str:
        """The first page of a search (https://docs.github.com/rest/search/search).

        kind: "issue" or "pr". bound: where the last thousand ended, in the order of the search.
        """
        words = [f"({query})" if " OR " in query else query, f"is:{kind}"]
        if self.state != "all":
            words.append(f"is:{self.state}")
        words.extend(f'label:"{label}"' for label in self.labels)
        first, last = self.since, None if self.until is None else self.until - timedelta(seconds=1)
        if bound is not None:
            first, last = (first, bound) if self.newest_first else (bound, last)
        if first is not None or last is not None:
            words.append(f"created:{_stamp(first)}..{_stamp(last)}")
        order = "desc" if self.newest_first else "asc"
        return f"/search/issues?q={quote(' '.join(words))}&sort=created&order={order}&per_page={per_page}"


def check_names(repositories: Iterable[str]) -> None:
    """Raise UsageError for a name that is not owner/name."""
    for repository in repositories:
        owner, slash, name = repository.partition("/")
        if not slash or not all(part and set(part) <= _NAME and part.strip(".") for part in (owner, name)):
            raise UsageError(
                f"{repository!r} is not a repository; write it as owner/name, such as pallets/flask"
            )


def read_names(path: Path) -> list[str]:
    """The repositories that a file names, one a line; empty lines and `# comments` are skipped.

    Raises InvalidInput for a file that cannot be read, or a line that is not owner/name.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: cannot be read as a list of repositories ({error})") from None
    names = []
    for number, line in enumerate(lines, start=1):
        name = line.partition("#")[0].strip()
        if not name:
            continue
        try:
            check_names([name])
        except UsageError as error:
            raise InvalidInput(f"{path}:{number}: {error}") from None
        names.append(name)
    return names


def _stamp(moment: datetime | None) -> str:
    return "*" if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
