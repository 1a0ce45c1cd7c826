"""Options that several verbs share, and how a verb talks to people: on stderr, and only when it helps."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Json", "Model", "Offline", "Output", "progress_bar", "say"]

Model = Annotated[
    Path | None,
    typer.Option(
        "--model",
        envvar="GOEMOX_MODEL",
        help="A model folder; the bundled model where none is named.",
        metavar="DIR",
    ),
]
Offline = Annotated[
    bool,
    typer.Option("--offline", envvar="GOEMOX_OFFLINE", help="Never use the network.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.", show_default=False)]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write here instead of to stdout.", metavar="FILE")
]


def say(message: str) -> None:
    """One line on stderr; stdout belongs to data."""
    sys.stderr.write(f"{message}\n")


@contextmanager
def progress_bar(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Yield `advance(n)`: a bar on stderr once the work has taken two seconds, and only on a terminal."""
    if not sys.stderr.isatty():
        yield lambda n: None
        return
    import time

    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task(title, total=total)
    started = time.monotonic()
    shown = False

    def advance(n: int) -> None:
        nonlocal shown
        if not shown and time.monotonic() - started > 2.0:
            bar.start()
            shown = True
        bar.advance(task, n)

    try:
        yield advance
    finally:
        if shown:
            bar.stop()
