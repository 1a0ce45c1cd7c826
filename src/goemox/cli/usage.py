"""What is wrong with a call, in one line: the option and its value, what was expected, and where help is.

typer's own lines name Python's types and pydantic's; they are said anew here from what the error carries.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from goemox.settings import FILE_NAME
from goemox.wording import near

__all__ = ["expected_of", "is_usage_error", "said"]

EXPECTED = {  # pydantic's kinds of error; bounds stand in the error's own context
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "int_parsing_size": "a smaller whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_parsing": "yes or no (1 or 0)",
    "bool_type": "yes or no (true or false)",
    "string_type": "text",
    "greater_than_equal": "{ge:g} or more",
    "less_than_equal": "{le:g} or less",
}
_CHOICES = re.compile(r"is not one of (.+?)\.?$")
_REST = re.compile(r" \((.*)\)$", re.DOTALL)
_NO_VERB = re.compile(r"No such command '(.*?)'\.")
_NUMBER = re.compile(r"requires (\d+) arguments")


def is_usage_error(error: Exception) -> bool:
    """Whether typer raised it because of the call; it brings its own line then."""
    return hasattr(error, "format_message")


def said(error: Any) -> str:
    """The error as one line, without `goemox:` in front."""
    context = getattr(error, "ctx", None)
    path = _verb() if context is None else context.command_path
    what = _what(error, context)
    return f"{what}{'' if what.endswith('?') else '.'} See {path} --help"


def _what(error: Any, context: Any) -> str:
    kind, message = type(error).__name__, str(error.format_message())
    if kind == "NoSuchOption" and error.option_name == "--config":
        return f"no option --config: settings are read from {FILE_NAME} in the working folder"
    if kind == "NoSuchOption":
        return f"no option {error.option_name}{near(error.option_name, _flags(context))}".replace("'", "")
    if kind == "MissingParameter" and error.param is not None:
        return f"{_named(error.param)} is missing"
    if kind == "BadParameter" and error.param is not None:
        return _bad_value(error, context)
    if kind == "BadOptionUsage":
        wanted = _NUMBER.search(message)
        return f"{error.option_name} needs " + (f"{wanted[1]} values" if wanted else "a value behind it")
    if (verb := _NO_VERB.match(message)) and context is not None:
        return _no_verb(verb[1], context)
    if "unexpected extra argument" in message and (rest := _REST.search(message)):
        return f"{rest[1]!r} is more than this takes ({_files_go_behind(context)})"
    return message.rstrip(".")


def _no_verb(asked: str, context: Any) -> str:
    names = [name for name, command in context.command.commands.items() if not command.hidden]
    if asked == "help":
        return "no command 'help', but an option of that name"
    if "predict" in names and Path(asked).suffix and (Path(asked).exists() or not near(asked, names)):
        return f"no command {asked!r}; to read a file of that name: predict --input {asked}"
    return f"no command {asked!r}" + (near(asked, names) or f"; there are {', '.join(names)}")


def _files_go_behind(context: Any) -> str:
    """The options of a command that take files, for who gave one as an argument."""
    given = [
        f"{_named(option)} {option.metavar}"
        for option in context.command.params
        if any(word in str(option.metavar) for word in ("FILE", "PATH")) and _named(option).startswith("--")
    ]
    files = f"files go behind {_or(given)}; " if given else ""
    return f"{files}a text or name with spaces needs quotes"


def _bad_value(error: Any, context: Any) -> str:
    """`--top-k 'many': expected a whole number`, or `GOEMOX_…=…`, or `goemox.toml: … = …`."""
    return f"{_where(error.param, _first(error).get('input'), context)}: {expected_of(error)}"


def _first(error: Any) -> dict[str, Any]:
    """What pydantic says of the value, where it was pydantic that refused it."""
    found: list[dict[str, Any]] = getattr(error.__cause__, "errors", list)()
    return found[0] if found else {}


def expected_of(error: Any) -> str:
    """What was expected in the place of a bad value: `expected 1 or more`."""
    first = _first(error)
    expected = EXPECTED.get(first.get("type", ""))
    if expected is not None:
        return f"expected {expected.format(**first.get('ctx') or {})}"
    message = str(error.message).removeprefix("Value error, ").rstrip(".")
    if choices := _CHOICES.search(message):
        names = [name.strip("'") for name in choices[1].split(", ")]
        return f"expected {_or(names)}{near(str(first.get('input')), names)}"
    return message


def _where(parameter: Any, value: object, context: Any) -> str:
    """The option as it was given: flag, variable or line of goemox.toml."""
    name = _named(parameter)
    source = getattr(context.get_parameter_source(parameter.name), "name", "") if context else ""
    if source == "ENVIRONMENT":
        given = parameter.envvar if isinstance(parameter.envvar, list) else [parameter.envvar]
        name = next((one for one in given if one in os.environ), name)
        return f"{name}={value!r}" if value is not None else name
    if source == "DEFAULT_MAP":
        name = f"{FILE_NAME}: {name.lstrip('-')} ="
    return name if value is None else f"{name} {value!r}"


def _named(parameter: Any) -> str:
    """The long flag of an option, or an argument's name in the help."""
    flag = next((flag for flag in parameter.opts if flag.startswith("--")), None)
    return flag or str(parameter.metavar or parameter.name).strip("[]{}.").upper()


def _flags(context: Any) -> list[str]:
    return [] if context is None else [flag for one in context.command.params for flag in one.opts]


def _or(names: Sequence[str]) -> str:
    return " or ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


def _verb() -> str:
    """`goemox predict`, as far as the call says it."""
    asked = [word for word in sys.argv[1:2] if not word.startswith("-")]
    return " ".join(["goemox", *asked])
