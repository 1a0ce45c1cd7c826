"""Options that several verbs share, and how a verb talks to people: on stderr, and only when it helps."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from goemox.errors import UsageError

__all__ = ["Json", "Model", "Offline", "Output", "keep_apart", "progress_bar", "say"]

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


def _stdout_for_dash(path: Path | None) -> Path | None:
    return None if path == Path("-") else path


Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="Write here instead of to stdout.", metavar="FILE", callback=_stdout_for_dash
    ),
]


def keep_apart(*named: tuple[str, Path | str | None]) -> None:
    """Refuse to write over what is read, or two things into one file: (flag, path) of each.

    Raises UsageError that names both flags.
    """
    seen: dict[Path, str] = {}
    for flag, path in named:
        if path is None or str(path) == "-":
            continue
        place = Path(path).resolve()
        if place in seen and not (place.exists() and not place.is_file()):
            raise UsageError(f"{seen[place]} and {flag} are the same file ({path}); nothing was written")
        seen[place] = flag


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
