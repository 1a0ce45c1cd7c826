"""`goemox collect hackernews`: stories of Hacker News."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from goemox.cli.collecting import AppendTo, Limit, collect_into
from goemox.cli.options import Offline

__all__ = ["hackernews"]


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

    collect_into(output, limit, lambda tell: collect_hackernews(list=stories, limit=limit, offline=offline))
