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

Settings = dict[str, dict[str, object]]  # command, such as "predict" or "collect.github": {parameter: value}


def read_settings(
    path: Path,
    commands: Mapping[str, Collection[str]],
    repeatable: Mapping[str, Collection[str]] | None = None,
) -> Settings:
    """Defaults of each command from `path`; empty where there is no such file.

    commands: the parameters that each command has. repeatable: those of them that take several values; one
    value at the top of the file is for the commands that take one, if any does.
    Raises UsageError for a file that is not TOML, an unknown command, an option of a group of commands, or a
    key that no command has.
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
    for key, value in content.items():
        if isinstance(value, dict):
            _take_table(settings, path, key, value, commands)
            continue
        name = key.replace("-", "_")
        having = [command for command, parameters in commands.items() if name in parameters]
        if not having:
            known = sorted({one for parameters in commands.values() for one in parameters})
            raise UsageError(f"{path}: no command has an option --{key}{_near(name, known)}")
        several = [command for command in having if name in (repeatable or {}).get(command, ())]
        if not isinstance(value, list) and len(several) < len(having):
            having = [command for command in having if command not in several]
        for command in having:
            settings[command].setdefault(name, value)
    return settings


def _take_table(
    settings: Settings,
    path: Path,
    command: str,
    table: dict[str, object],
    commands: Mapping[str, Collection[str]],
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
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in commands[command]:
            meant = _near(name, commands[command])
            raise UsageError(f"{path}: `goemox {command.replace('.', ' ')}` has no option --{key}{meant}")
        settings[command][name] = value


def _near(name: str, known: Iterable[str]) -> str:
    """A near miss among options, as it is written in the file."""
    return near(name, known).replace("_", "-")
