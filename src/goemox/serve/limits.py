"""How much a server takes: every cap in one place, with its reason."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MAX_CHARACTERS", "MAX_EXPLAINED", "MAX_STREAMED", "MAX_TEXTS", "Limits"]

MAX_CHARACTERS = 10_000
"""Characters of one text: tokenising takes time by characters, before anything is cut at 512 tokens."""

MAX_TEXTS = 512
"""Texts of one request; part of the schema, so clients can read it."""

MAX_STREAMED = 10_000
"""Texts of one stream, which is answered as it is read; all of them within `body_bytes`."""

MAX_EXPLAINED = 2_000
"""Characters of a text to explain: it is read once for each of its words."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps that an operator may move.

    body_bytes: of one request body, counted as they arrive. body_s: seconds until all of it must be here.
    queue_texts: texts that may go before those of a new request, which is turned away else: with 64, clients
    wait about twice as long as at full load without a queue. batch_texts and batch_characters: what one
    thread scores in one go; a text longer than that goes alone. answer_s: seconds until an accepted request
    is given up.
    """

    body_bytes: int = 2 * 2**20
    body_s: float = 5.0
    queue_texts: int = 64
    batch_texts: int = 32
    batch_characters: int = 8_192
    answer_s: float = 30.0
