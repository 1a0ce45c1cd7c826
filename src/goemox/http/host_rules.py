"""What a host says about its own limits. These are RFC 9110's; a source that knows more subclasses them."""

from __future__ import annotations

from collections.abc import Mapping

from goemox.http.answers import Answer, retry_after

__all__ = ["WORTH_RETRYING", "HostRules"]

WORTH_RETRYING = frozenset({408, 425, 429, 500, 502, 503, 504})


class HostRules:
    """One object a client: it may remember what the host said. All waits are in seconds from now."""

    def hold(self, path: str) -> float:  # noqa: ARG002 (for those who know more)
        """How long a request to this path has to wait before it is worth sending; here never."""
        return 0.0

    def note(self, path: str, status: int, headers: Mapping[str, str]) -> None:
        """Read what the host says with each answer that travelled, a 304 included."""

    def wait(self, answer: Answer) -> bool | float:
        """What to do about an answer that is no success.

        False = give up, True = try again after a pause of our own, or the seconds that the host asks for.
        """
        if answer.status not in WORTH_RETRYING:
            return False
        seconds = retry_after(answer)
        return True if seconds is None else seconds
