"""Whether the network answers at all, asked before anybody waits for a collection."""

from __future__ import annotations

import threading

import httpx2

from goemox.http.identity import USER_AGENT, trust_for
from goemox.http.proxies import check_way_out

__all__ = ["reachable"]


def reachable(url: str, timeout_s: float = 3.0) -> bool:
    """Whether an HTTP answer below 500 comes from `url` within `timeout_s` seconds, name look-up included.

    Raises UsageError for a proxy that cannot be meant, and for certificates that are not there.
    """
    check_way_out()
    answers: list[int] = []
    trust = trust_for(url.partition(":")[0].lower())

    def ask() -> None:
        try:
            answer = httpx2.head(url, timeout=timeout_s, verify=trust, headers={"user-agent": USER_AGENT})
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError):
            return
        answers.append(answer.status_code)

    # A name look-up cannot be interrupted, so it is not waited for any longer, but left alone.
    thread = threading.Thread(target=ask, name="goemox-reachable", daemon=True)
    thread.start()
    thread.join(timeout_s)
    return bool(answers) and answers[0] < 500
