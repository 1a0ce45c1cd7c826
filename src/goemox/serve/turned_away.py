"""Requests that were turned away, told in the log: the first of a kind at once, the rest by the minute.

Each client is told why; who runs the server sees here that it happens, and what would change it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping

from goemox.serve.logs import tell

__all__ = ["TurnedAway"]

EVERY_S = 60.0
WORDS: Mapping[str, str] = {
    "bad-host": "addressed to a name that is not served: name those that visitors use with --allow-host",
    "bad-origin": "from a page of another origin: let it call with --allow-origin",
    "queue-full": "while more texts waited than may (429): --queue lets more wait, --workers may read more",
    "comparing": "compared texts while others were compared (429): each of --workers compares by itself",
    "streams-full": "asked for a stream while as many as may were open (429): each of --workers has as many",
    "connections-full": "came while as many connections as may be open waited (429): --workers hold more",
    "bodies-full": "sent a large body while others filled the room (429): each of --workers has as much",
    "model-replaced": "could not be compared (503): the model folder was replaced or damaged since the "
    "start; start the server anew",
    "no-answer": "got no answer in time, or came before the model was loaded (503)",
}
"""Kind: what such requests were. They are counted over all clients, and no word of theirs is told."""


class TurnedAway:
    """The counts of one server process."""

    def __init__(self, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._untold: Counter[str] = Counter()
        self._quiet: dict[str, asyncio.TimerHandle] = {}  # by kind, until it may be told again

    def note(self, kind: str) -> None:
        """One more; kinds that are not in `WORDS` are the clients' own affair. In the loop."""
        if kind not in WORDS:
            return
        self._untold[kind] += 1
        if kind not in self._quiet:
            self._next(kind)

    def close(self) -> None:
        """Tell what is left; the server ends."""
        for timer in self._quiet.values():
            timer.cancel()
        for kind in [*self._untold]:
            self._tell(kind)

    def _next(self, kind: str) -> None:
        """Tell those that came since, if any did, and then not for a while."""
        self._quiet.pop(kind, None)
        if self._tell(kind):
            again = asyncio.get_running_loop().call_later(self._every_s, self._next, kind)
            self._quiet[kind] = again

    def _tell(self, kind: str) -> bool:
        n = self._untold.pop(kind, 0)
        if n:
            tell("warning", "turned-away", WORDS[kind], kind=kind, requests=n)
        return n > 0
