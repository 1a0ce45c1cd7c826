"""How far the climb is: a line now and then, with what is left of this training and of all of them."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["FORWARD", "Progress", "Say"]

Say = Callable[[str], None]

PATIENCE = 20.0  # seconds between two lines
FORWARD = 1 / 3  # what scoring a text costs, in rows trained on once


class Progress:
    """Counts the work that is done against all that the whole climb will need, in rows trained on once.

    left: the work that is still to be done.
    """

    def __init__(self, left: float, say: Say) -> None:
        self.say = say
        self._left = left
        self._gone = 0.0
        self._title, self._rows, self._before = "", 0.0, 0.0
        self._seconds, self._started, self._said = 0.0, 0.0, 0.0

    def begin(self, title: str, rows: float) -> None:
        """A training of `rows` rows times epochs starts."""
        self._title, self._rows, self._before = title, rows, 0.0
        self._left = max(self._left, rows)  # a run kept under other settings was not counted
        self._started = self._said = time.monotonic()
        self.say(f"{title}: training on {rows:,.0f} rows, all passes together")

    def step(self, step: int, total: int, loss: float, rows_per_second: float) -> None:
        """After every step of the training: `train_loop`'s `on_step`."""
        rows = self._rows * step / total
        now = self._worked(rows - self._before)
        self._before = rows
        if now - self._said < PATIENCE and step < total:
            return
        self._said = now
        pace = self._gone / max(self._seconds, 1e-9)
        here = (self._rows - rows) / pace
        self.say(
            f"{self._title}: step {step}/{total}, loss {loss:.3f}, {rows_per_second:.0f} rows/s, "
            f"{minutes(here)} left, {minutes(max(self._left, 0.0) / pace)} in all"
        )

    def scoring(self, texts: int) -> None:
        """The training is over, and `texts` texts are about to be scored."""
        self.say(f"{self._title}: scoring {texts:,} texts")

    def scored(self, texts: int) -> None:
        """They are scored."""
        self._worked(FORWARD * texts)

    def _worked(self, rows: float) -> float:
        """Book the work since the last call; returns the time."""
        now = time.monotonic()
        self._gone += rows
        self._left -= rows
        self._seconds += now - self._started
        self._started = now
        return now


def minutes(seconds: float) -> str:
    """`40 s`, `12 min`, `3.5 h`."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
