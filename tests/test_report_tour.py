"""docs/report.md shows pictures that are there, that one command makes, and that are small."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHOWN = re.findall(r"!\[([^\]]*)\]\(images/([\w-]+)\.png\)", (ROOT / "docs" / "report.md").read_text("utf-8"))
SCREENS = {"report", "report-dark", "report-phone", "comparison"}


def test_every_picture_is_there_and_says_what_it_shows():
    assert len(SHOWN) > 15
    for words, name in SHOWN:
        assert (ROOT / "docs" / "images" / f"{name}.png").exists(), name
        assert len(words) > 15


def test_the_command_makes_every_picture():
    pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install 'goemox[dev]'"
    )
    made = runpy.run_path(str(ROOT / "benchmarks" / "screenshot.py"))["FIGURES"]
    assert {name for _, name in SHOWN} <= SCREENS | set(made)


def test_all_pictures_together_are_small():
    assert sum(path.stat().st_size for path in (ROOT / "docs" / "images").glob("*.png")) <= 1_400_000
