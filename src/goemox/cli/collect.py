"""`goemox collect`: texts from the web into a file. Each source has a file of its own."""

from __future__ import annotations

import typer

from goemox.cli import collect_github, collect_hackernews

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Collect texts from the web, politely; run it again to go on.")
app.command("hackernews")(collect_hackernews.hackernews)
app.command("github")(collect_github.github)
