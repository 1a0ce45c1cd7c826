"""Chromium, offline, and planted reports opened in it from disk."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from chromium import SIZES, launched, watched

from goemox.report.page import render

ATTACK = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"


@pytest.fixture(scope="session")
def planted() -> SimpleNamespace:
    """planted_report, domain, samples, example, … of planted.py (tests are no package: loaded by path)."""
    names = runpy.run_path(str(Path(__file__).parents[1] / "report" / "planted.py"))
    return SimpleNamespace(**names)


chromium = pytest.fixture(scope="module")(launched)


@pytest.fixture(scope="module")
def page_file(planted: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with attacks and very long texts among its examples, and a domain with a hard name."""
    rows = [
        *planted.EXAMPLES,
        planted.example("most doubtful", ATTACK, "fear .4, anger .3", "fear"),
        planted.example("most doubtful", "long " * 2000, "joy .4", "joy"),
        planted.example("most doubtful", "x" * 3000 + "\u202e" + "👩\u200d👩\u200d👧" * 50, "joy .4"),
    ]
    report = planted.planted_report(
        [
            planted.domain(examples=rows),
            planted.domain("issues\u202e<b> אתר " + "x" * 90, 20_000, 0.84),
            planted.samples(),
        ]
    )
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(report), encoding="utf-8")
    return path


@pytest.fixture
def opened(chromium, page_file: Path):
    """Open a page at a size and colour scheme; `wrong` collects console errors, `asked` all requests."""
    contexts = []

    def open_page(
        size: str = "desktop", scheme: str = "light", script: bool = True, file: Path = page_file,
        fragment: str = "", **more: object,
    ) -> SimpleNamespace:  # fmt: skip
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            offline=True,
            java_script_enabled=script,
            accept_downloads=True,
            has_touch=size != "desktop",
            permissions=["clipboard-read", "clipboard-write"],
            **more,
        )
        contexts.append(context)
        view = watched(context)
        view.page.goto(file.as_uri() + fragment)
        if script:
            view.page.wait_for_selector("main > section.laid:last-of-type", state="attached")
        return view

    yield open_page
    for context in contexts:
        context.close()
