"""`goemox.toml`: defaults for the command line, below flags and `GOEMOX_*` variables.

    model = "models/mine"        # for every command that has --model
    [predict]
    top-k = 3                    # for `goemox predict` alone
    [collect.github]
    rate = 1                     # for `goemox collect github` alone

Keys are the long flags without dashes in front. Nothing else is read from the file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from goemox.errors import UsageError
from goemox.wording import near, refusal

__all__ = ["FILE_NAME", "Settings", "read_settings"]

FILE_NAME = "goemox.toml"

Names = Mapping[str, Collection[str]]  # command: some of its parameters
Settings = dict[str, dict[str, object]]  # command, such as "predict" or "collect.github": {parameter: value}


def read_settings(
    path: Path, commands: Names, repeatable: Names | None = None, flags: Names | None = None
) -> Settings:
    """Defaults of each command from `path`; empty where there is no such file.

    commands: the parameters that each command has. repeatable: those of them that take several values; one
    value at the top of the file is for the commands that take one, if any does. flags: those that take true
    or false.
    Raises UsageError for a file that is not TOML, an unknown command, an option of a group of commands, a key
    that no command has or that stands twice, a list or a truth value for an option that takes none.
    """
    if path.is_dir():
        raise UsageError(f"{path}: is a folder; settings stand in a file of that name: rename the folder")
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read {refusal(error)}") from None
    except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, an endless number or nesting
        raise UsageError(f"{path}: not TOML ({error})") from None
    settings: Settings = {command: {} for command in commands}
    _refuse_twice(path, content)
    for key, value in content.items():
        if isinstance(value, dict):
            _take_table(settings, path, key, value, commands)
        else:
            _take_key(settings, path, key, value, commands, repeatable or {})
    _refuse_kinds(path, settings, repeatable or {}, flags or {})
    return settings


def _take_key(
    settings: Settings, path: Path, key: str, value: object, commands: Names, repeatable: Names
) -> None:
    name = key.replace("-", "_")
    having = [command for command, parameters in commands.items() if name in parameters]
    if not having:
        known = sorted({one for parameters in commands.values() for one in parameters})
        raise UsageError(f"{path}: no command has an option --{key}{_near(name, known)}")
    several = [command for command in having if name in repeatable.get(command, ())]
    if several and len(several) < len(having):
        having = several if isinstance(value, list) else [one for one in having if one not in several]
    for command in having:
        settings[command].setdefault(name, value)


def _take_table(
    settings: Settings,
    path: Path,
    command: str,
    table: dict[str, object],
    commands: Names,
) -> None:
    if command not in commands:
        below = [f"[{name}]" for name in commands if name.startswith(f"{command}.")]
        if below:
            for key, value in table.items():
                if not isinstance(value, dict):
                    raise UsageError(
                        f"{path}: [{command}] holds no options itself, but {key} stands in it; "
                        f"options go below {' or '.join(below)}"
                    )
                _take_table(settings, path, f"{command}.{key}", value, commands)
            return
        raise UsageError(
            f"{path}: no command {command!r}{near(command, commands) or '.'} Commands: {', '.join(commands)}"
        )
    _refuse_twice(path, table)
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in commands[command]:
            meant = _near(name, commands[command])
            raise UsageError(f"{path}: `goemox {command.replace('.', ' ')}` has no option --{key}{meant}")
        settings[command][name] = value


def _refuse_twice(path: Path, table: Mapping[str, object]) -> None:
    """A key may be written with `-` or `_`; as both, one of its values would be lost."""
    written: dict[str, str] = {}
    for key in table:
        other = written.setdefault(key.replace("-", "_"), key)
        if other != key:
            raise UsageError(f"{path}: {other} and {key} are one option; leave one of them out")


def _refuse_kinds(path: Path, settings: Settings, repeatable: Names, flags: Names) -> None:
    """Raise UsageError for values that would be read as others: `true` as 1, a list as its text."""
    for command, values in settings.items():
        for name, value in values.items():
            is_truth = isinstance(value, bool) and name not in flags.get(command, ())
            if is_truth or (isinstance(value, list) and name not in repeatable.get(command, ())):
                told, flag = str(value).lower() if is_truth else "a list", name.replace("_", "-")
                raise UsageError(f"{path}: {flag} = {told}: --{flag} takes one value, and that is none")


def _near(name: str, known: Iterable[str]) -> str:
    """A near miss among options, as it is written in the file."""
    return near(name, known).replace("_", "-")
