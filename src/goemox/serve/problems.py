"""What a server answers when it does not answer: RFC 9457 problem details, terse, with stable codes.

Nothing of the request is repeated, nor where or what the server is: an error message is the first thing that
an attacker reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

__all__ = ["FULL", "MEDIA_TYPE", "PROBLEMS", "Problem"]

MEDIA_TYPE = "application/problem+json"

PROBLEMS: Mapping[str, tuple[int, str]] = {
    "bad-request": (400, "The request cannot be read"),
    "bad-host": (400, "This host name is not served here"),
    "not-json": (400, "The body is not JSON in UTF-8"),
    "no-token": (401, "A valid bearer token is needed"),
    "bad-origin": (403, "Pages of this origin may not call this server"),
    "not-found": (404, "There is nothing here"),
    "method-not-allowed": (405, "This method is not for this address"),
    "body-too-slow": (408, "The body took too long to arrive"),
    "body-too-large": (413, "The body is too large"),
    "not-json-type": (415, "Send application/json, in UTF-8"),
    "invalid": (422, "The body does not fit the schema"),
    "overloaded": (429, "More is asked than the server takes at once; try again"),
    "head-too-large": (431, "The head of the request is too large"),
    "internal": (500, "The server failed"),
    "not-ready": (503, "The model is not loaded yet, or the server is stopping"),
    "too-slow": (503, "No answer in time; try again"),
}
"""Code: (HTTP status, title). Codes never change their meaning; clients may rely on them."""

DETAILS: Mapping[str, str] = {
    "bad-request": "Send it by a method that HTTP has, to a path, with one Host field.",
    "bad-host": "Ask by a name that the server was given with --allow-host; on its own machine by localhost.",
    "bad-origin": "Who runs the server can let pages of this origin call with --allow-origin.",
}
"""What to do, by code, where nothing else is said: none of the names that a server knows."""

FULL: Mapping[str, str] = {
    "queue-full": "Too many texts are waiting.",
    "comparing": "Other texts are being compared; one comparison is made at a time.",
    "streams-full": "As many streams are open as may be; each that ends makes room for another.",
    "connections-full": "As many connections as may be open wait for their answers.",
    "bodies-full": "Large bodies of other requests fill the room for them; one of up to 32 KiB needs none.",
    "model-replaced": "The model folder was replaced or damaged since the start: start the server anew.",
}
"""What has no room where the code is "overloaded", or is gone: its kind in the log (`turned_away`), and the
detail."""


class Problem(Exception):
    """A refusal that the client may read."""

    def __init__(
        self,
        code: str,
        at: Sequence[tuple[str, str]] = (),
        *,
        detail: str = "",
        full: str = "",
        retry_after: int | None = None,
        close: bool = False,
    ) -> None:
        """code: a key of `PROBLEMS`. at: for "invalid", (place in the body, what is wrong) pairs.

        detail: what to do about this one, where the title does not say it; a sentence. full: a key of `FULL`,
        which has the detail.
        retry_after: whole seconds, for 429 and 503; a 503 without it does not pass. close: whether the
        connection ends with the answer.
        """
        super().__init__(code)
        self.code, self.at, self.full = code, tuple(at), full
        self.detail = FULL.get(full) or detail or DETAILS.get(code, "")
        self.retry_after, self.close = retry_after, close

    @property
    def status(self) -> int:
        """The HTTP status."""
        return PROBLEMS[self.code][0]

    @property
    def body(self) -> bytes:
        """The document, as UTF-8."""
        status, title = PROBLEMS[self.code]
        document: dict[str, object] = {
            "type": f"urn:goemox:problem:{self.code}", "title": title, "status": status, "code": self.code,
        }  # fmt: skip
        if self.detail:
            document["detail"] = self.detail
        if self.at:
            document["errors"] = [{"at": place, "problem": words} for place, words in self.at]
        return orjson.dumps(document)

    @property
    def headers(self) -> dict[str, str]:
        """Its own headers, beside those that every answer has."""
        found = {"content-type": MEDIA_TYPE}
        if self.retry_after is not None:
            found["retry-after"] = str(self.retry_after)
        if self.status == 401:
            found["www-authenticate"] = "Bearer"
        if self.close:
            found["connection"] = "close"
        return found
