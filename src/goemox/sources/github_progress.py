"""What a collection from GitHub says while it works: how much is left, the quota, and why it waits."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from goemox.sources.forecast import Tell
from goemox.sources.github_limits import GitHubLimits
from goemox.sources.github_pages import Page
from goemox.sources.github_wanted import Wanted
from goemox.wording import plural

__all__ = ["Progress"]

_WORTH_SAYING_S = 2.0


class Progress:
    """Pages and waits as `tell(total, note)` for a bar and `notice(sentence)` for what must be seen."""

    def __init__(
        self,
        tell: Tell,
        notice: Callable[[str], None] | None,
        limits: GitHubLimits,
        n_repositories: int,
        wanted: Wanted,
    ) -> None:
        self._tell, self._limits, self._n_repositories = tell, limits, n_repositories
        self._wanted = wanted
        self.notice = notice or (lambda sentence: None)
        self._repository = self._n_before = 0
        self._left_s = 0.0

    def begin(self, n_texts: int) -> None:
        """The next repository begins, after so many texts."""
        self._repository += 1
        self._n_before = n_texts

    def page(self, page: Page, n_texts: int) -> None:
        """A page has been read; n_texts: of all pages so far. The rest is taken to be like them."""
        total = None
        if page.n_pages is not None and self._repository == self._n_repositories:
            here = math.ceil((n_texts - self._n_before) * page.n_pages / page.number)
            total = self._n_before + self._wanted.at_most(here)
        self._say(total)

    def search(self, n_found: int) -> None:
        """A row of a search that finds so many."""
        self._say(self._wanted.at_most(n_found))

    def waiting(self, left_s: float) -> None:
        """The client rests for so many seconds more."""
        if left_s > self._left_s + _WORTH_SAYING_S:
            end = datetime.now(UTC) + timedelta(seconds=left_s)
            self.notice(
                f"GitHub asks for a pause: waiting {_duration(left_s)}, until {end:%H:%M:%S} UTC; "
                "Ctrl-C ends it, rows so far are kept"
            )
        self._left_s = left_s
        self._tell(None, f"waiting {_duration(left_s)} for the rate limit" if left_s > 0 else "")

    def _say(self, total: int | None) -> None:
        # How many comments there are, nobody says before they are read.
        self._tell(None if self._wanted.comments else total, ", ".join(self._notes()))

    def _notes(self) -> list[str]:
        notes = []
        if self._n_repositories > 1:
            notes.append(f"repository {self._repository} of {self._n_repositories}")
        if self._limits.last is not None:
            notes.append(f"{plural(self._limits.last.remaining, 'request')} left")
        return notes


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(math.ceil(seconds), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
