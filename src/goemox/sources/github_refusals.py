"""What GitHub's refusals mean, and what to tell the user in the end. The rules are in `github_limits`."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from goemox.errors import SourceError
from goemox.http import Answer
from goemox.sources.cleaning import html_to_text
from goemox.sources.github_limits import asked_wait, is_search

__all__ = ["EXPLAINED", "RepositoryGone", "RepositoryRefused", "explained", "limit_reached"]

EXPLAINED = frozenset({401, 403, 404, 410, 422, 429, 451})


class RepositoryGone(SourceError):
    """One repository has nothing for us; others may."""


class RepositoryRefused(RepositoryGone):
    """One repository is refused (403): it is blocked, or not among those that the token may read."""


def explained(answer: Answer, base: str, what: str, has_token: bool) -> SourceError:
    """The error for a refusal: which repository or search (`what`), why, and the remedy."""
    status = answer.status
    if status == 401:
        return SourceError(
            f"{base} refused the token in GH_TOKEN or GITHUB_TOKEN (401); renew it, or unset it"
        )
    if status == 404:
        remedy = "the token may not read it" if has_token else "if it is private, set GITHUB_TOKEN"
        return RepositoryGone(f"{what}: no such repository at {base} (404); check the spelling; {remedy}")
    if status == 410:
        return RepositoryGone(f"{what}: its issues are switched off (410), so there is nothing to collect")
    if status == 451:
        told = _message(answer)
        return RepositoryGone(f"{what}: {base} may not show it for legal reasons (451{told}); leave it out")
    if status == 422:
        told = _message(answer)
        if "pagination" in told:
            return RepositoryGone(
                f"{what}: {base} shows no more pages of it (422{told}); collect it in parts, with --since "
                "and --until"
            )
        return SourceError(f"{what}: {base} does not understand it (422{told}); change the search")
    seconds = asked_wait(answer)
    if seconds is None:
        remedy = "the token may not read it" if has_token else "set GITHUB_TOKEN if it needs one"
        return RepositoryRefused(f"{what}: {base} refused access ({status}{_message(answer)}); {remedy}")
    is_secondary = answer.headers.get("x-ratelimit-remaining") != "0"  # no token raises it
    return limit_reached(seconds, base, what, answer.url, has_token or is_secondary)


def limit_reached(seconds: float, base: str, what: str, url: str, is_final: bool) -> SourceError:
    """The error for a limit that is not waited for. seconds: until it resets. is_final: no token helps."""
    resets = datetime.fromtimestamp(time.time() + seconds, UTC)
    per = "10 to 30 searches a minute" if is_search(urlsplit(url).path) else "60 to 5,000 requests an hour"
    remedy = (
        "then run the same command again: rows so far are kept"
        if is_final
        else f"or set GITHUB_TOKEN, which raises the limit from {per}"
    )
    return SourceError(
        f"{what}: the rate limit of {base} is used up; it resets at {resets:%H:%M:%S} UTC, "
        f"in {math.ceil(seconds):,} s; wait, {remedy}"
    )


def _message(answer: Answer) -> str:
    try:
        told = answer.json()
    except SourceError:
        return ""
    message = told.get("message") if isinstance(told, Mapping) else None
    return f": {' '.join(html_to_text(message).split())[:120]}" if isinstance(message, str) else ""
