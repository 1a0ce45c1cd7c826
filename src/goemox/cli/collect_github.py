"""`goemox collect github`: issues of GitHub repositories, and the comments below them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from goemox.cli.collecting import AppendTo, DryRun, Limit, Profile, Rate, collect_into, say_forecast
from goemox.cli.options import Offline, say

__all__ = ["github"]

# The longest wait that GitHub's limits can ask for: its quotas come back every hour.
_HOUR_S = 3600.0


def github(
    repositories: Annotated[
        list[str] | None, typer.Argument(metavar="OWNER/NAME", help="Such as pallets/flask.")
    ] = None,
    from_file: Annotated[
        Path | None,
        typer.Option(help="Also the repositories named in this file, one a line.", metavar="FILE"),
    ] = None,
    search: Annotated[
        str | None,
        typer.Option(help="What GitHub's own search finds, in place of repositories.", metavar="QUERY"),
    ] = None,
    state: Annotated[Literal["all", "open", "closed"], typer.Option(help="Which issues.")] = "all",
    label: Annotated[
        list[str] | None,
        typer.Option(help="Only issues with this label; repeat it for several.", metavar="NAME"),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Opened from this day on (UTC): 2024-01-31.", metavar="DATE")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Opened up to this day, without it.", metavar="DATE")
    ] = None,
    comments: Annotated[
        bool, typer.Option("--comments", help="Also the comments below each issue.", show_default=False)
    ] = False,
    pull_requests: Annotated[
        bool, typer.Option("--pull-requests", help="Keep pull requests too.", show_default=False)
    ] = False,
    limit: Limit = None,
    output: AppendTo = None,
    dry_run: DryRun = False,
    profile: Profile = False,
    max_wait: Annotated[
        float, typer.Option(min=0, help="Longest wait for a rate limit before giving up.", metavar="SECONDS")
    ] = _HOUR_S,
    rate: Rate = None,
    offline: Offline = False,
) -> None:
    """Issues of GitHub repositories; --limit counts issues of each repository, not comments."""
    from goemox.sources.caps import Caps
    from goemox.sources.github import collect_github, forecast_github
    from goemox.sources.github_wanted import read_names

    names = [*(repositories or ()), *(read_names(from_file) if from_file else ())]
    caps = Caps(rate)
    if dry_run:
        forecast = forecast_github(
            names, search=search, state=state, labels=label or (), since=since, until=until,
            comments=comments, pull_requests=pull_requests, limit=limit, offline=offline,
            max_wait_s=max_wait, caps=caps, notice=say,
        )  # fmt: skip
        say_forecast(forecast)
        return
    total = None if limit is None or comments else limit * max(1, len(names))
    collect_into(
        output,
        total,
        lambda _, tell: collect_github(
            names, search=search, state=state, labels=label or (), since=since, until=until,
            comments=comments, pull_requests=pull_requests, limit=limit, offline=offline,
            max_wait_s=max_wait, caps=caps, tell=tell, notice=say,
        ),
        profile=profile,
    )  # fmt: skip
