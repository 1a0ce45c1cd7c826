"""docs/labelling.md: its flags are real, and what it says of keys holds; its commands run in tests/docs."""

import re
from pathlib import Path

from typer.main import get_command

from goemox.cli.app import app
from goemox.labelling.keys import MOST_LABELS

PAGE = (Path(__file__).parents[2] / "docs" / "labelling.md").read_text("utf-8")


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
