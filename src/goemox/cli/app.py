"""The `goemox` command: its verbs, `--version`, and defaults from `goemox.toml`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goemox._version import __version__
from goemox.cli import collect, doctor, evaluate, export, predict, report, reproduce, study, train
from goemox.settings import FILE_NAME, read_settings

__all__ = ["app", "run"]

app = typer.Typer(
    name="goemox",
    help="Read the emotions in short English texts, several at a time, and learn when not to believe it.",
    epilog="Exit codes: 0 ok, 1 failed, 2 usage, 3 gate, 4 bad input, 5 remote source, 130 interrupted.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("study")(study.study)
app.command("predict")(predict.predict)
app.command("evaluate")(evaluate.evaluate)
app.command("train")(train.train)
app.command("reproduce")(reproduce.reproduce)
app.command("export")(export.export)
app.add_typer(collect.app, name="collect")
app.command("report")(report.report)
app.command("doctor")(doctor.doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"goemox {__version__}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop."),
    ] = False,
) -> None:
    """Take defaults from goemox.toml in the working folder; flags and GOEMOX_* variables go before it."""
    group = ctx.command
    commands = {
        name: {p.name for p in command.params if p.name}
        for name, command in getattr(group, "commands", {}).items()
        if name != "collect"
    }
    settings = read_settings(Path(FILE_NAME), commands)
    for name, command in getattr(group, "commands", {}).items():
        for option in command.params:  # one value of an option that may be repeated, written without a list
            value = settings.get(name, {}).get(option.name)
            if getattr(option, "multiple", False) and not isinstance(value, (list, type(None))):
                settings[name][option.name] = [value]
    ctx.default_map = settings


def run() -> None:
    """Parse the process's arguments and run the verb."""
    app()
