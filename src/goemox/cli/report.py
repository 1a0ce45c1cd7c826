"""`goemox report`: draws report.json again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goemox.cli.options import keep_apart
from goemox.errors import InvalidInput


def report(
    document: Annotated[Path, typer.Argument(help="A report.json of `goemox study`.", metavar="REPORT.JSON")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The page to write; else beside the document.", metavar="FILE"),
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a Markdown summary instead.")] = False,
) -> None:
    """Draw a report.json again, as page or Markdown."""
    import orjson

    from goemox.atomic import write_text
    from goemox.report.markdown import markdown_summary
    from goemox.report.page import render

    keep_apart(("REPORT.JSON", document), ("--output", output))
    if not document.is_file():
        raise InvalidInput(f"{document}: no such file; `goemox study` writes one")
    try:
        content = orjson.loads(document.read_bytes())
    except orjson.JSONDecodeError as error:
        raise InvalidInput(f"{document}: not JSON ({error})") from None
    if not isinstance(content, dict) or content.get("schema") != "goemox.report/1":
        raise InvalidInput(f"{document}: not a report of `goemox study` (schema goemox.report/1)")
    if markdown:
        typer.echo(markdown_summary(content))
        return
    page = output or document.with_suffix(".html")
    write_text(page, render(content))
    typer.echo(page)
