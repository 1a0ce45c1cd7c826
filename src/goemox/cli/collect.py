"""`goemox collect`: texts from Hacker News and GitHub into a JSON Lines file."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from goemox.cli.options import Offline, progress_bar, say

if TYPE_CHECKING:
    from goemox.records import TextRecord

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Collect texts from the web, politely; run it again to go on.")

Limit = Annotated[
    int | None, typer.Option(min=1, help="Stop after so many; all there are otherwise.", metavar="N")
]
AppendTo = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Append to this JSON Lines file, else to stdout.", metavar="FILE"),
]


@app.command()
def hackernews(
    stories: Annotated[
        Literal["top", "new", "best", "ask", "show", "job"],
        typer.Option("--list", help="Which list of stories."),
    ] = "top",
    limit: Limit = None,
    output: AppendTo = None,
    offline: Offline = False,
) -> None:
    """Stories of Hacker News: title, and the author's own words if there are any."""
    from goemox.sources.hacker_news import collect_hackernews

    _collect(collect_hackernews(list=stories, limit=limit, offline=offline), limit, output)


@app.command()
def github(
    repositories: Annotated[
        list[str], typer.Argument(metavar="OWNER/NAME...", help="Such as pallets/flask.")
    ],
    state: Annotated[Literal["all", "open", "closed"], typer.Option(help="Which issues.")] = "all",
    limit: Limit = None,
    output: AppendTo = None,
    offline: Offline = False,
) -> None:
    """Issues of GitHub repositories, without pull requests; --limit counts for each repository."""
    from goemox.sources.github import collect_github

    total = None if limit is None else limit * len(repositories)
    _collect(collect_github(repositories, state=state, limit=limit, offline=offline), total, output)


def _collect(records: Generator[TextRecord, None, None], total: int | None, output: Path | None) -> None:
    """Write records as they come; what was written stays, whatever happens next."""
    from goemox.data.collected import open_collected

    path = None if output is None or str(output) == "-" else output
    # Closing the records ends all requests under way, also after an error or Ctrl-C.
    with (
        closing(records),
        open_collected(path) as collected,
        progress_bar("collecting texts", total) as advance,
    ):
        for record in records:
            collected.add(record)
            advance(1)
    known = f"; {collected.n_skipped:,} were there already" if collected.n_skipped else ""
    say(f"{collected.n_added:,} texts written to {collected.name}{known}")
