"""Requests that were turned away, told in the log: the first of a kind at once, then at most once a minute.

Each client is told why; who runs the server sees here that it happens, and what would change it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping

from goemox.serve.logs import tell

__all__ = ["TurnedAway"]

EVERY_S = 60.0
WORDS: Mapping[str, str] = {
    "bad-host": "addressed to a name that is not served: name those that visitors use with --allow-host",
    "bad-origin": "from a page of another origin: let it call with --allow-origin",
    "queue-full": "while more texts waited than may (429): --queue lets more wait, --workers may read more",
    "no-answer": "got no answer in time, or came before the model was loaded (503)",
}
"""Kind: what such requests were. They are counted over all clients, and no word of theirs is told."""


class TurnedAway:
    """The counts of one server process."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._untold: Counter[str] = Counter()
        self._told_at: dict[str, float] = {}

    def note(self, kind: str) -> None:
        """One more; kinds that are not in `WORDS` are the clients' own affair."""
        if kind not in WORDS:
            return
        self._untold[kind] += 1
        now = self._now()
        if now - self._told_at.get(kind, -EVERY_S) >= EVERY_S:
            self._told_at[kind] = now
            tell("warning", "turned-away", WORDS[kind], kind=kind, requests=self._untold.pop(kind))
