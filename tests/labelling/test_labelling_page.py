"""docs/labelling.md: its commands are real, and what it says of keys and columns holds."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from goemox.cli.app import app
from goemox.labelling.keys import MOST_LABELS

PAGE = (Path(__file__).parents[2] / "docs" / "labelling.md").read_text("utf-8")
COMMANDS = [
    line[2:] for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()
]


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_page_parses(line):
    program, verb, *arguments = shlex.split(line)
    assert program == "goemox"
    get_command(app).commands[verb].make_context(verb, arguments)


def test_the_number_of_labels_is_the_one_that_there_are_keys_for():
    assert f"up to {MOST_LABELS}" in " ".join(PAGE.split())


def test_every_flag_of_the_page_exists():
    flags = {
        flag
        for verb in ("sample", "label", "evaluate", "adapt")
        for parameter in get_command(app).commands[verb].params
        for flag in parameter.opts
    }
    assert set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", PAGE)) - {"-"} <= flags
