"""What `goemox doctor` finds in goemox.toml and variables: unknown names, and values that do not fit."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from goemox.cli.usage import expected_of, is_usage_error
from goemox.cli.verbs import application, commands, defaults_of, settings_of
from goemox.doctor import Finding
from goemox.errors import UsageError
from goemox.settings import FILE_NAME
from goemox.wording import near

__all__ = ["settings"]

PREFIX = "GOEMOX_"
ADDRESSES = ("GOEMOX_HACKERNEWS_URL", "GOEMOX_HACKERNEWS_SEARCH_URL")
"""Told by `doctor.network`, which refuses one with a password and does not repeat it.

Not taken from there: what it imports may be what is broken here, and is told by then.
"""

BESIDE_OPTIONS = ("GOEMOX_CACHE_DIR", *ADDRESSES, "GOEMOX_DATA", "GOEMOX_CHROMIUM", "GOEMOX_EXAMPLES")
"""Variables that stand for no option; the last three are for goemox's own tests."""


def settings(file: Path = Path(FILE_NAME), environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """file: the goemox.toml to look at. environment: the variables."""
    group = typer.main.get_command(application())
    known = commands(group)
    yield from _variables(known, environment)
    yield from _file(file, known)


def _variables(known: Mapping[str, Any], environment: Mapping[str, str]) -> Iterator[Finding]:
    of_options: dict[str, tuple[str, Any]] = {}
    for verb, command in known.items():
        for option in command.params:
            given = getattr(option, "envvar", None) or ()
            of_options |= dict.fromkeys([given] if isinstance(given, str) else given, (verb, option))
    names = {*of_options, *BESIDE_OPTIONS}
    for name in sorted(one for one in environment if one.startswith(PREFIX)):
        if name not in names:
            meant = near(name, names) or "; nothing reads it"
            detail = f"{name} is no variable of goemox{meant}"
            yield Finding("variable", "problem", detail, f"rename it, or unset {name}")
            continue
        if not environment[name] or name in ADDRESSES:  # an empty one counts as not set
            continue
        wrong = _wrong(*of_options[name], environment[name], known) if name in of_options else ""
        if wrong:
            yield Finding("variable", "problem", f"{name}={environment[name]!r}: {wrong}", f"unset {name}")
        else:
            yield Finding("variable", "ok", f"{name}={environment[name]}")


def _file(file: Path, known: Mapping[str, Any]) -> Iterator[Finding]:
    mends = f"mend {file}, or take it away"
    try:
        values = settings_of(file, known)
    except UsageError as error:
        yield Finding("settings", "problem", str(error), mends)
        return
    if not file.is_file():
        yield Finding("settings", "ok", f"no {file} here, {file.resolve().parent}")
        return
    wrong = [
        f"{file}: [{verb}] {name} = {value!r}: {found}"
        for verb, given in defaults_of(values, known).items()
        for name, value in given.items()
        if (found := _wrong(verb, _option(known[verb], name), value, known))
    ]
    for sentence in wrong:
        yield Finding("settings", "problem", sentence, mends)
    if not wrong:
        yield Finding("settings", "ok", f"{file.resolve()}: all its options are known")


def _option(command: Any, name: str) -> Any:
    return next(one for one in command.params if one.name == name)


def _wrong(verb: str, option: Any, value: Any, known: Mapping[str, Any]) -> str:
    """What was expected in place of a value; empty where it fits."""
    context = typer.Context(known[verb], info_name=verb)
    if getattr(option, "multiple", False) and not isinstance(value, list):
        value = [value]
    try:
        option.process_value(context, value)
    except Exception as error:
        if not is_usage_error(error):
            raise
        return expected_of(error)
    return ""
