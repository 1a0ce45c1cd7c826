"""How far long work is: a bar on a terminal of any width; in logs and pipes a line every so often."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from goemox.wording import duration, printable

__all__ = ["EVERY", "Bar", "Lines", "progress_bar"]

EVERY = 30.0  # seconds between two lines, where no terminal shows a bar
PATIENCE = 2.0  # seconds; work that takes less shows no bar
EARLY = 0.05  # share done below which a first line tells no time: the first few wait for what is slow once
WIDE = 60  # columns that a bar needs beside its words


class Bar:
    """A bar on stderr, shown once the work has taken two seconds, and only on a terminal."""

    def __init__(self, title: str, total: int | None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
        from rich.table import Column

        console = Console(stderr=True)
        words = TextColumn(
            "{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1)
        )
        rest = (BarColumn(bar_width=20), TaskProgressColumn(), TimeRemainingColumn())
        shown = rest if console.width >= WIDE else (TaskProgressColumn(),)
        self._bar = Progress(words, *shown, console=console, transient=True, expand=console.width < WIDE)
        self._title, self._task = title, self._bar.add_task(title, total=total)
        self._started, self._is_shown = time.monotonic(), False

    def __call__(self, n: int) -> None:
        """So many more are done."""
        if not self._is_shown and time.monotonic() - self._started > PATIENCE:
            self._bar.start()
            self._is_shown = True
        self._bar.advance(self._task, n)

    def tell(self, total: int | None, note: str = "") -> None:
        """Another total (None: as before), and words beside the title; from any thread."""
        title = f"{self._title} ({note})" if note else self._title
        self._bar.update(self._task, total=total, description=title)

    def stop(self) -> None:
        """Take the bar off the terminal."""
        if self._is_shown:
            self._bar.stop()


class Lines:
    """In place of a `Bar` where no terminal is: whole lines for a log, none for short work."""

    def __init__(self, title: str, total: int | None, every: float = EVERY) -> None:
        self._title, self._total, self._every, self._note = title, total, every, ""
        self._started = self._told = time.monotonic()
        self._n = self._n_told = 0

    def __call__(self, n: int) -> None:
        """So many more are done."""
        self._n += n
        now = time.monotonic()
        if now - self._told >= self._every:
            self._told, self._n_told = now, self._n_told + 1
            sys.stderr.write(f"{printable(self._line(now - self._started))}\n")
            sys.stderr.flush()

    def tell(self, total: int | None, note: str = "") -> None:
        """Another total (None: as before), and words beside the title."""
        self._total = self._total if total is None else total
        self._note = f" ({note})" if note else ""

    def _line(self, seconds: float) -> str:
        """`scoring: 1,200 of 5,000, 2 min 10 s left`; no forecast from the first few in the first line."""
        done = f"{self._title}{self._note}: {self._n:,}"
        if not self._total or not 0 < self._n <= self._total:
            return f"{done} done"
        if self._n_told == 1 and self._n < EARLY * self._total:
            return f"{done} of {self._total:,}"
        return f"{done} of {self._total:,}, {duration(seconds * (self._total - self._n) / self._n)} left"


@contextmanager
def progress_bar(title: str, total: int | None) -> Iterator[Bar | Lines]:
    """Yield `advance(n)`: a bar with the time left on stderr where that is a terminal that can move back."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield Lines(title, total)
        return
    bar = Bar(title, total)
    try:
        yield bar
    finally:
        bar.stop()
