"""`goemox serve`: a REST API over one model; a look at its settings; a question whether one is ready."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from goemox.cli.options import Json, Model, is_typed
from goemox.cli.serve_health import ask
from goemox.errors import MissingExtra, UsageError
from goemox.wording import nearest

if TYPE_CHECKING:
    from goemox.serve.configuration import ServeSettings

PREFIX = "GOEMOX_SERVE_"


def _option(flag: str, words: str, *others: str, **more: Any) -> Any:
    """An option that also stands in GOEMOX_SERVE_FLAG, or in a variable that other verbs read."""
    name = PREFIX + flag.removeprefix("--").replace("-", "_").upper()
    return typer.Option(flag, envvar=[name, *others], help=words, show_envvar=False, **more)


def _listed(values: list[str] | None) -> tuple[str, ...]:
    """Several values may stand in one, separated by commas, as in a variable (there by spaces, too)."""
    parts = [part.strip() for value in values or () for part in value.split(",")]
    return tuple(dict.fromkeys(part for part in parts if part))


Host = Annotated[
    str,
    _option("--host", "The address to listen on; others than loopback need a token.", metavar="NAME"),
]
Port = Annotated[int, _option("--port", "0 takes any that is free.", min=0, max=65_535, metavar="N")]
TokenFile = Annotated[
    Path | None, _option("--token-file", "Ask for the token in this file.", metavar="FILE")
]  # fmt: skip
AllowHost = Annotated[
    list[str] | None,
    _option("--allow-host", "Answer under this name too, such as a proxy's; repeatable.", metavar="NAME"),
]
AllowOrigin = Annotated[
    list[str] | None,
    _option("--allow-origin", "Let pages of scheme://host[:port] call; repeatable.", metavar="ORIGIN"),
]
Workers = Annotated[int, _option("--workers", "Processes that share the port.", min=1, max=256, metavar="N")]
Runtime = Annotated[
    Literal["auto", "onnxruntime", "openvino"],
    _option("--runtime", "What runs the model; auto: what is faster with long lists.", "GOEMOX_RUNTIME"),
]
ServedTier = Annotated[
    Literal["best", "fast", "cascade"],
    _option("--tier", "best: the whole model. fast: a small one. cascade: the small one where it is sure."),
]
Queue = Annotated[
    int, _option("--queue", "Texts that may go before those of a new request, else it gets 429.", metavar="N")
]  # fmt: skip
MaxBody = Annotated[float, _option("--max-body-mb", "MiB of one request.", metavar="MIB")]
BodyTimeout = Annotated[
    float, _option("--body-timeout", "Seconds until a whole request must be here.", metavar="SECONDS")
]
AnswerTimeout = Annotated[
    float, _option("--answer-timeout", "Seconds until an answer is given up.", metavar="SECONDS")
]
BatchTexts = Annotated[int, _option("--batch-texts", "Texts that are scored together, at most.", metavar="N")]
LogFormat = Annotated[
    Literal["text", "json"], _option("--log-format", "Lines on stderr for people, or as JSON.")
]
LogLevel = Annotated[
    Literal["debug", "info", "warning", "error"], _option("--log-level", "What is told, and what is worse.")
]
AccessLog = Annotated[
    bool, _option("--access-log", "Also a line for each request, without anything that a client sent.")
]
Check = Annotated[
    bool, typer.Option("--check", help="Look at settings, token, model and port, read one text, and stop.")
]
Health = Annotated[
    bool, typer.Option("--health", help="Ask the server at --host and --port whether it is ready, and stop.")
]


def serve(
    ctx: typer.Context,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    token_file: TokenFile = None,
    model: Model = None,
    tier: ServedTier = "best",
    runtime: Runtime = "onnxruntime",
    allow_host: AllowHost = None,
    allow_origin: AllowOrigin = None,
    workers: Workers = 1,
    queue: Queue = 64,
    max_body_mb: MaxBody = 2.0,
    body_timeout: BodyTimeout = 5.0,
    answer_timeout: AnswerTimeout = 30.0,
    batch_texts: BatchTexts = 32,
    log_format: LogFormat = "text",
    log_level: LogLevel = "info",
    access_log: AccessLog = False,
    check: Check = False,
    health: Health = False,
    as_json: Json = False,
) -> None:
    """Serve the model as a REST API and a page.

    POST /predict answers Hugging Face's clients, POST /v1/predict with all that goemox knows of a text.
    Without a token it listens on this machine only. Each option is also a variable, GOEMOX_SERVE_ and its
    name (GOEMOX_SERVE_QUEUE=500), and a key of [serve] in goemox.toml.
    """
    _check_call(ctx, check=check, health=health)
    if health:
        ask(host, port)
        typer.echo("ready")
        return
    configuration, limits = _rooms()
    settings = configuration.ServeSettings(
        model=str(model or "default"), tier=tier, runtime=runtime, host=host, port=port,
        token_file=None if token_file is None else str(token_file), allow_hosts=_listed(allow_host),
        allow_origins=_listed(allow_origin), workers=workers, log_format=log_format, log_level=log_level,
        access_log=access_log, limits=limits.Limits(
            body_bytes=round(max_body_mb * 2**20) if math.isfinite(max_body_mb) else 0,
            body_s=body_timeout, queue_texts=queue, batch_texts=batch_texts, answer_s=answer_timeout,
        ),
    )  # fmt: skip
    _look(settings, as_json=as_json) if check else _run(settings)


def _check_call(ctx: typer.Context, *, check: bool, health: bool) -> None:
    """Raise UsageError for options that do not go together, and for a variable that nothing reads."""
    if is_typed(ctx, "as_json") and not check:
        raise UsageError("--json goes with --check; a server's log is JSON with --log-format json")
    if check and health:
        raise UsageError("--check looks at what would be started, --health asks what runs; name one of them")
    known = {name for option in ctx.command.params for name in option.envvar or ()}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        names = sorted(name.removeprefix(PREFIX) for name in known if name.startswith(PREFIX))
        meant = _meant(ctx, unknown[0].removeprefix(PREFIX), names) or "."
        raise UsageError(f"{unknown[0]}: no such setting{meant} Known after {PREFIX}: {', '.join(names)}")


def _meant(ctx: typer.Context, name: str, known: list[str]) -> str:
    """What to do about a variable of that name after the prefix: an option may have another one, or none."""
    flag = f"--{name.lower().replace('_', '-')}"
    option = next((option for option in ctx.command.params if flag in option.opts), None)
    if option is None:
        found = nearest(name, known)
        return f"; did you mean '{PREFIX}{found}'?" if found else ""
    return f": {flag} is {option.envvar}." if option.envvar else f": {flag} is a flag alone."


def _rooms() -> tuple[Any, Any]:
    try:
        import goemox.serve.app  # noqa: F401 - what needs all that the extra brings
        from goemox.serve import configuration, limits
    except ModuleNotFoundError:
        raise MissingExtra("goemox serve", "serve") from None
    return configuration, limits


def _run(settings: ServeSettings) -> None:
    from goemox.serve.operation import run

    run(settings)


def _look(settings: ServeSettings, *, as_json: bool) -> None:
    from goemox.serve.checking import look

    seen = look(settings)
    typer.echo(json.dumps(seen.to_dict(), indent=2) if as_json else "\n".join(seen.lines()))
    raise typer.Exit(seen.exit_code)
