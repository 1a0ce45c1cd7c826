"""`goemox collect github`: issues of GitHub repositories."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from goemox.cli.collecting import AppendTo, Limit, collect_into
from goemox.cli.options import Offline

__all__ = ["github"]


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
    collect_into(
        output, total, lambda _, tell: collect_github(repositories, state=state, limit=limit, offline=offline)
    )
