"""Everyday tasks take what they understand, and refuse the rest before they begin."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["lint", "--fix"], "lint takes no arguments, and was given --fix"),
        (["setup", "serve", "train"], "setup takes no arguments, and was given serve train"),
        (["security", "--quick"], "security takes no arguments, and was given --quick"),
        (
            ["trust-results", "src", "nowhere"],
            "trust-results takes folders of naive models, and nowhere is none",
        ),
        (["studdy"], "usage: python -m tasks {study,"),
    ],
)
def test_an_argument_that_a_task_would_ignore_is_refused(arguments, told):
    command = [sys.executable, "-m", "tasks", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
