"""The verbs of `goemox`, their common options, and a start that loads the one that is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from goemox._version import __version__
from goemox.errors import UsageError
from goemox.settings import FILE_NAME, Settings, read_settings

__all__ = [
    "VERBS",
    "application",
    "commands",
    "defaults_of",
    "keys_of",
    "refuse_repeats",
    "run",
    "settings_of",
]

VERBS = (
    "study", "predict", "explain", "evaluate", "train", "adapt", "calibrate", "reproduce", "export",
    "collect", "profile", "shift", "sample", "label", "report", "serve", "doctor",
)  # fmt: skip
"""In the order of the help. Each is a module here with a function of its name, or an `app` of its own."""


def application(verbs: Sequence[str] = VERBS) -> typer.Typer:
    """The command line with these verbs."""
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
    for verb in verbs:
        module = import_module(f"goemox.cli.{verb}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=verb)
        else:
            app.command(verb)(getattr(module, verb))
    app.callback()(root)
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"goemox {__version__}")
        raise typer.Exit


def root(
    ctx: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop."),
    ] = False,
) -> None:
    """Take defaults from goemox.toml in the working folder; flags and GOEMOX_* variables go before it."""
    verbs = commands(ctx.command)
    refuse_repeats(verbs, sys.argv[1:])
    try:
        settings = settings_of(Path(FILE_NAME), verbs)
    except UsageError:
        if ctx.invoked_subcommand == "doctor":  # which tells it beside what else is wrong
            return
        raise
    defaults: dict[str, Any] = {}
    for name, values in defaults_of(settings, verbs).items():
        *groups, verb = name.split(".")
        table = defaults
        for group in groups:
            table = table.setdefault(group, {})
        table[verb] = values
    ctx.default_map = defaults


def commands(group: Any, above: str = "") -> dict[str, Any]:
    """Every command by its name in goemox.toml: `predict`, `collect.github`."""
    verbs: dict[str, Any] = {}
    for name, command in group.commands.items():
        verbs |= (
            commands(command, f"{above}{name}.") if hasattr(command, "commands") else {above + name: command}
        )
    return verbs


def refuse_repeats(verbs: Mapping[str, Any], given: Sequence[str]) -> None:
    """Raise UsageError for an option that takes one value and is given twice: the first would be lost.

    verbs: as of `commands`. given: the words of the call.
    """
    command = verbs.get(".".join(given[:2])) or verbs.get("".join(given[:1]))
    for option in () if command is None else command.params:
        if getattr(option, "multiple", True) or getattr(option, "is_flag", True):
            continue
        words = given[: given.index("--")] if "--" in given else given
        if sum(word.partition("=")[0] in option.opts for word in words) > 1:
            said = f"{option.opts[0]} is given twice, and takes one value"
            raise UsageError(f"{said}; leave one of them out, or run it once with each")


def settings_of(path: Path, known: Mapping[str, Any]) -> Settings:
    """What a goemox.toml says. known: the commands, as of `commands`. Raises as `read_settings`."""

    def those(are: Callable[[Any], bool]) -> dict[str, set[str]]:
        return {name: {_key(p) for p in command.params if are(p)} for name, command in known.items()}

    several, flags = those(_takes_several), those(lambda p: getattr(p, "is_flag", False))
    return read_settings(path, {name: keys_of(command) for name, command in known.items()}, several, flags)


def keys_of(command: Any) -> set[str]:
    """The options of a command, as goemox.toml writes them."""
    return {_key(parameter) for parameter in command.params}


def defaults_of(settings: Settings, known: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The settings of each command by its parameters' own names. known: the commands, as of `commands`."""
    return {
        name: {p.name: _value(p, values[_key(p)]) for p in known[name].params if _key(p) in values}
        for name, values in settings.items()
    }


def _key(parameter: Any) -> str:
    """The long flag of an option, or an argument's name, as a key."""
    flag = next((flag for flag in parameter.opts if flag.startswith("--")), parameter.name)
    return str(flag).lstrip("-").replace("-", "_")


def _takes_several(parameter: Any) -> bool:
    """Whether its values are a list."""
    return getattr(parameter, "multiple", False) or parameter.nargs != 1


def _value(parameter: Any, value: object) -> object:
    """One value of an option that may be repeated may be written without a list."""
    return [value] if getattr(parameter, "multiple", False) and not isinstance(value, list) else value


def run() -> None:
    """Parse the process's arguments and run the verb.

    The other verbs are only loaded where something is said of them: in the help, and in a goemox.toml, whose
    every line is checked.
    """
    asked = sys.argv[1:2]
    is_alone = set(asked) <= set(VERBS) and bool(asked) and not Path(FILE_NAME).exists()
    _call(application(asked if is_alone else VERBS))


def _call(app: typer.Typer) -> None:
    """Run it; a call that is wrong ends as an error of ours does, in one line and exit code 2."""
    try:
        code = app(standalone_mode=False)
    except typer.Abort:  # Ctrl-D where something was asked
        raise KeyboardInterrupt from None
    except Exception as error:
        from goemox.cli.usage import is_usage_error, said

        if not is_usage_error(error):
            raise
        if type(error).__name__ == "NoArgsIsHelpError":
            error.show()  # type: ignore[attr-defined]  # what is_usage_error looked at
            sys.exit(2)
        raise UsageError(said(error)) from None
    if isinstance(code, int) and code:
        sys.exit(code)
