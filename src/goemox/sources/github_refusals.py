"""What GitHub's refusals mean: how long to wait after one, and what to tell the user in the end.

The rules are those of https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from goemox.errors import SourceError
from goemox.http import Answer, retry_after, standard_wait
from goemox.sources.cleaning import html_to_text

__all__ = ["EXPLAINED", "explanation", "rate_limit_wait"]

EXPLAINED = frozenset({401, 403, 404, 410, 429, 451})
_SECONDARY_WAIT_S = 60.0


def rate_limit_wait(answer: Answer) -> bool | float:
    """Seconds to wait after an answer, as GitHub documents; True = a pause of our own, False = give up.

    `retry-after` first; with no requests remaining, until `x-ratelimit-reset`; a secondary limit that
    says neither, a minute. A 403 that is no rate limit is a refusal.
    """
    if answer.status not in (403, 429):
        return standard_wait(answer)
    seconds = retry_after(answer)
    if seconds is not None:
        return seconds
    if answer.headers.get("x-ratelimit-remaining") == "0":
        reset = _number(answer.headers.get("x-ratelimit-reset"))
        return _SECONDARY_WAIT_S if reset is None else max(0.0, reset - time.time()) + 1.0
    if answer.status == 429 or b"rate limit" in answer.body.lower():
        return _SECONDARY_WAIT_S
    return False


def explanation(answer: Answer, base: str, repository: str, has_token: bool) -> str:
    """One line for a refusal: what, which repository, and the remedy."""
    if answer.status == 401:
        return f"{base} refused the token in GH_TOKEN or GITHUB_TOKEN; renew it, or unset it for public texts"
    if answer.status == 404:
        remedy = "the token may not read it" if has_token else "if it is private, set GITHUB_TOKEN"
        return f"{repository}: no such repository at {base}; check the spelling; {remedy}"
    if answer.status == 410:
        return f"{repository}: its issues are switched off, so there is nothing to collect"
    seconds = rate_limit_wait(answer)
    if isinstance(seconds, bool):
        return f"{repository}: {base} refused access ({answer.status}{_message(answer)})"
    resets = datetime.fromtimestamp(time.time() + seconds, UTC)
    remedy = (
        "then run the same command again: rows so far are kept"
        if has_token
        else "or set GITHUB_TOKEN, which raises the limit from 60 to 5,000 requests an hour"
    )
    return (
        f"{repository}: the rate limit of {base} is used up; it resets at {resets:%H:%M:%S} UTC, "
        f"in {math.ceil(seconds):,} s; wait, {remedy}"
    )


def _message(answer: Answer) -> str:
    try:
        told = answer.json()
    except SourceError:
        return ""
    message = told.get("message") if isinstance(told, Mapping) else None
    return f": {' '.join(html_to_text(message).split())[:120]}" if isinstance(message, str) else ""


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
