"""`goemox collect hackernews`: stories of Hacker News, and the comments below them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from goemox.cli.collecting import (
    AppendTo,
    Concurrency,
    DryRun,
    Limit,
    Profile,
    Rate,
    collect_into,
    output_path,
    say_forecast,
)
from goemox.cli.options import Offline

__all__ = ["hackernews"]


def hackernews(
    stories: Annotated[
        Literal["top", "new", "best", "ask", "show", "job"] | None,
        typer.Option(
            "--list",
            help="Which list: top where none is named. A search takes ask, show or job.",
        ),
    ] = None,
    query: Annotated[
        str | None, typer.Option(help="Search all years for these words.", metavar="TEXT")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Search from this day on (UTC): 2024-01-31.", metavar="DATE")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Search up to this day, without it.", metavar="DATE")
    ] = None,
    min_points: Annotated[
        int | None, typer.Option(min=1, help="Search stories with so many points.", metavar="N")
    ] = None,
    comments: Annotated[
        bool, typer.Option("--comments", help="Also the comments below each story.", show_default=False)
    ] = False,
    limit: Limit = None,
    output: AppendTo = None,
    dry_run: DryRun = False,
    profile: Profile = False,
    rate: Rate = None,
    concurrency: Concurrency = None,
    offline: Offline = False,
) -> None:
    """Stories of Hacker News: title, and the author's own words; --limit counts stories, not comments."""
    from goemox.sources.caps import Caps
    from goemox.sources.hacker_news import collect_hackernews, forecast_hackernews

    asked: dict[str, Any] = {
        "list": stories, "query": query, "since": since, "until": until, "min_points": min_points,
        "comments": comments, "limit": limit, "offline": offline, "caps": Caps(rate, concurrency),
    }  # fmt: skip
    if dry_run:
        from goemox.data.collected import collected_ids

        there = collected_ids(output_path(output))
        say_forecast(forecast_hackernews(**asked, known=there.__contains__))
        return
    collect_into(
        output,
        None if comments else limit,
        lambda collected, tell: collect_hackernews(**asked, known=collected.knows, tell=tell),
        profile=profile,
    )
