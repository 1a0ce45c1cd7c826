"""Which GitHub, as whom, and how politely: the API's address, the token, the client.

Written on our own client and not on gidgethub, see docs/decisions/0007-no-github-library.md.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from goemox.http import Client, HostRules, Politeness, cache_dir, check_base_url

__all__ = ["BASE_URL", "POLITENESS", "Access", "github_api"]

BASE_URL = "https://api.github.com"
# GitHub asks for one request after the other, and allows 900 points a minute.
POLITENESS = Politeness(concurrency=1, per_second=10.0)
_HEADERS = {"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"}


def github_api() -> str:
    """The base address in use: GITHUB_API_URL, else BASE_URL. Raises UsageError for an unfit one."""
    return check_base_url("GITHUB_API_URL", os.environ.get("GITHUB_API_URL") or BASE_URL)


@dataclass(frozen=True, slots=True)
class Access:
    """How the API is reached. offline: only what an earlier run has cached."""

    base: str
    politeness: Politeness
    offline: bool

    @property
    def token(self) -> str | None:
        """The token, from GH_TOKEN or GITHUB_TOKEN; it goes to the API's host only."""
        return os.environ.get("GH_TOKEN") or os.environ.get("GITHUB_TOKEN") or None

    def client(self, rules: HostRules, on_wait: Callable[[float], None] | None = None) -> Client:
        """A client under these rules, to be opened with `async with`."""
        return Client(
            self.base, politeness=self.politeness, token=self.token, headers=_HEADERS, rules=rules,
            cache=cache_dir() / "http", offline=self.offline, on_wait=on_wait,
        )  # fmt: skip
