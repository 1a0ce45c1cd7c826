"""docs/report.md shows pictures that are there, that one command makes, and that are small."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from goemox.report.page import render

ROOT = Path(__file__).resolve().parent.parent
SHOWN = re.findall(r"!\[([^\]]*)\]\(images/([\w-]+)\.png\)", (ROOT / "docs" / "report.md").read_text("utf-8"))
SCREENS = {"report", "report-dark", "report-phone", "comparison"}


def test_every_picture_is_there_and_says_what_it_shows():
    assert len(SHOWN) > 15
    for words, name in SHOWN:
        assert (ROOT / "docs" / "images" / f"{name}.png").exists(), name
        assert len(words) > 15


def test_the_short_tour_goes_through_a_page_in_its_order():
    steps = re.findall(
        r"^\d\. \*\*(.+?)\.?\*\*", (ROOT / "docs/how-to/read-the-report.md").read_text("utf-8"), re.M
    )
    planted = runpy.run_path(str(ROOT / "tests" / "report" / "planted.py"))
    page = render(planted["planted_report"]([planted["domain"]("mine")]))
    assert steps[0] == "The first sentence is about your texts"
    places = [page.index("Your 20,000 texts"), *(page.index(f">{step}</h") for step in steps[1:])]
    assert places == sorted(places)


def test_the_command_makes_every_picture():
    pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install 'goemox[dev]'"
    )
    made = runpy.run_path(str(ROOT / "benchmarks" / "screenshot.py"))["FIGURES"]
    assert {name for _, name in SHOWN} <= SCREENS | set(made)


def test_all_pictures_together_are_small():
    assert sum(path.stat().st_size for path in (ROOT / "docs" / "images").glob("*.png")) <= 1_400_000
