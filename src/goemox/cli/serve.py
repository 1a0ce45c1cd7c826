"""`goemox serve`: a REST API over one model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goemox.cli.options import Model, say
from goemox.errors import MissingExtra


def serve(
    host: Annotated[
        str,
        typer.Option(
            envvar="GOEMOX_HOST", help="The address to listen on; others than loopback need a token."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="GOEMOX_PORT", min=0, max=65_535, help="0 takes any that is free.")
    ] = 8000,
    token_file: Annotated[
        Path | None,
        typer.Option(envvar="GOEMOX_TOKEN_FILE", help="Ask for the token in this file.", metavar="FILE"),
    ] = None,
    model: Model = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            help="Answer under this name too, such as the one a proxy uses; repeatable.", metavar="NAME"
        ),
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(help="Let pages of scheme://host[:port] call; repeatable.", metavar="ORIGIN"),
    ] = None,
    workers: Annotated[
        int, typer.Option(envvar="GOEMOX_WORKERS", min=1, help="Processes that share the port.")
    ] = 1,
    queue: Annotated[
        int, typer.Option(min=1, help="Texts that may wait; requests beyond are told to come back (429).")
    ] = 1_024,
    check: Annotated[
        bool, typer.Option("--check", help="Look at settings and model, read one text, and stop.")
    ] = False,
) -> None:
    """Serve the model as a REST API.

    POST /predict answers Hugging Face's clients, POST /v1/predict with all that goemox knows of a text.
    Without a token it listens on this machine only.
    """
    try:
        from goemox.serve.limits import Limits
        from goemox.serve.operation import ServeSettings, door_of, run
    except ModuleNotFoundError:
        raise MissingExtra("goemox serve", "serve") from None

    settings = ServeSettings(
        model=str(model or "default"), host=host, port=port,
        token_file=None if token_file is None else str(token_file),
        allow_hosts=tuple(allow_host or ()), allow_origins=tuple(allow_origin or ()), workers=workers,
        limits=Limits(queue_texts=queue),
    )  # fmt: skip
    door_of(settings)
    if check:
        from goemox.classifier import EmotionClassifier

        EmotionClassifier.from_pretrained(settings.model)(["ok"])
        typer.echo("settings and model are fine")
        return
    run(settings, lambda address: say(f"serving on {address} (stop with Ctrl+C)"))
