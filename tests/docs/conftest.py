"""A study that several pages compare or draw again, made once."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def study(tmp_path_factory) -> Path:
    """The folder of a small study of the bundled model."""
    from prepared_files import prepare
    from typer.testing import CliRunner

    from goemox.cli.app import app

    folder = tmp_path_factory.mktemp("study")
    prepare(["labelled.csv", "titles.csv"], folder, folder)
    arguments = ["--data", "labelled.csv", "--domain", "titles=titles.csv", "--output-dir", "out"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("GOEMOX_OFFLINE", "1")
        done = CliRunner().invoke(app, ["study", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return folder / "out"
