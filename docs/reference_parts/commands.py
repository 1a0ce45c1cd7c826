"""Every command of `goemox`, from the commands themselves: what the parser knows is what the page says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from typer.main import get_command

from goemox.cli.app import app
from reference_parts.blocks import Typed, blocks_of, pages, typed
from reference_parts.markdown import code, marked, table

__all__ = ["Command", "Parameter", "commands", "markdown", "variables"]

MOST_EXAMPLES = 4


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument or option. names: as typed, with what it takes. notes: its default and its range."""

    names: str
    help: str
    notes: str
    variables: tuple[str, ...]
    is_option: bool


@dataclass(frozen=True, slots=True)
class Command:
    """One command that does something. name: with `goemox` before it."""

    name: str
    help: str
    usage: str
    parameters: tuple[Parameter, ...]


def commands() -> list[Command]:
    """All of them in the order of `goemox --help`, those below `collect` in its place."""
    return list(_walk(get_command(app), "goemox", None))


def variables() -> dict[str, list[str]]:
    """Each environment variable of an option: the options that it stands for, with their commands."""
    found: dict[str, list[str]] = {}
    for command in commands():
        for parameter in command.parameters:
            flag = parameter.names.split()[0].rstrip(",")
            for name in parameter.variables:
                found.setdefault(name, []).append(f"{command.name} {flag}")
    return found


def markdown() -> str:
    """A part for each command: what it does, how it is called, its options, examples of these pages."""
    shown = list(_shown())
    return "".join(_part(command, shown) for command in commands())


def _walk(command: Any, name: str, above: Any) -> Iterator[Command]:
    context = command.make_context(name.rpartition(" ")[2], [], parent=above, resilient_parsing=True)
    below = getattr(command, "commands", {})
    if not below:
        parameters = tuple(_parameter(each, context) for each in command.params if not each.hidden)
        usage = " ".join([name, *command.collect_usage_pieces(context)])
        yield Command(name, command.help or "", usage, parameters)
    for verb, each in below.items():
        yield from _walk(each, f"{name} {verb}", context)


def _parameter(parameter: Any, context: Any) -> Parameter:
    names, words = parameter.get_help_record(context)
    is_option = parameter.param_type_name == "option"
    help_words = parameter.help or ""
    notes = words.removeprefix(help_words).strip().removeprefix("[").removesuffix("]")
    kept = [note for note in notes.split("; ") if note and not note.startswith("env var: ")]
    named = parameter.envvar or ()
    return Parameter(
        names if is_option else names.partition(" <")[0], help_words, "; ".join(kept),
        (named,) if isinstance(named, str) else tuple(named), is_option,
    )  # fmt: skip


def _part(command: Command, shown: list[tuple[str, Typed]]) -> str:
    options = [each for each in command.parameters if each.is_option]
    arguments = [each for each in command.parameters if not each.is_option]
    return "".join(
        (
            f"## {command.name}\n\n{marked(command.help)}\n\n",
            f"```text\n{command.usage}\n```\n\n",
            table(("argument", ""), ((code(each.names), marked(each.help)) for each in arguments)),
            table(
                ("option", "", "default and range", "variable"),
                (
                    (code(each.names), marked(each.help), each.notes, ", ".join(map(code, each.variables)))
                    for each in options
                ),
            ),
            _examples(command.name, shown),
        )
    )


def _shown() -> Iterator[tuple[str, Typed]]:
    """Every command that a page shows, each once: (page, command)."""
    seen = set()
    for page in pages():
        for block in blocks_of(page):
            for each in typed(block) if block.language == "console" else ():
                if each.command not in seen:
                    seen.add(each.command)
                    yield block.page, each


def _examples(name: str, shown: list[tuple[str, Typed]]) -> str:
    found = [(page, each.command) for page, each in shown if f"{each.command} ".startswith(f"{name} ")]
    kept = found[:MOST_EXAMPLES]
    if not kept:
        return ""
    lines = "\n".join(f"$ {command}" for _, command in kept)
    return f"```console\n{lines}\n```\n\n"
