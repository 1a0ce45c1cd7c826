"""Every command, argument and option says what it does, in one style; a page shows each command in use."""

import re

import pytest
from reference_parts.blocks import blocks_of, pages, typed
from reference_parts.commands import commands, markdown

COMMANDS = commands()
SHOWN = [
    each.command
    for page in pages()
    for block in blocks_of(page)
    if block.language == "console"
    for each in typed(block)
]
UNTOLD = re.compile(r"<(str|int|float|path|list)\b")  # shown where an option says nothing of what it takes
EXPLAINS_A_VALUE = re.compile(r"[\w-]+: ")

by_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)


@by_command
def test_every_option_says_what_it_does(command):
    for each in command.parameters:
        words = each.help
        assert words, f"{each.names}: no help text"
        assert not words[0].islower() or EXPLAINS_A_VALUE.match(words), (
            f"{each.names}: {words!r} begins small"
        )
        assert words[-1] in ".}", f"{each.names}: {words!r} does not end in a full stop"
        assert words == " ".join(words.split())


@by_command
def test_every_option_that_takes_something_says_what(command):
    for each in command.parameters:
        assert not UNTOLD.search(each.names), f"{each.names}: give it a metavar"


@by_command
def test_every_command_says_what_it_does_in_a_first_sentence(command):
    first = command.help.partition("\n\n")[0]
    assert first[0].isupper()
    assert first.endswith(".")


@by_command
def test_every_command_is_shown_in_use(command):
    assert any(f"{each} ".startswith(f"{command.name} ") for each in SHOWN), f"no page shows {command.name}"


def test_the_page_has_every_command_with_every_option_and_its_variable():
    for command, part in zip(COMMANDS, markdown().split("\n## "), strict=True):
        assert part.removeprefix("## ").startswith(command.name)
        for each in command.parameters:
            assert each.names.replace("|", "\\|") in part
            assert all(f"`{name}`" in part for name in each.variables)
