"""Chromium, offline, and planted reports opened in it from disk."""

from __future__ import annotations

import runpy
from functools import cache
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
    second = "issues\u202e<b> אתר " + "x" * 90
    found = [planted.domain(examples=rows), planted.domain(second, 20_000, 0.84), planted.samples()]
    for domain in found:  # squares of few labels: a page of fewer marks opens sooner
        domain["co_occurrence"] = planted.co_occurrence(domain["n"], size=6)
    report = planted.planted_report(found)
    report["in_domain"]["co_occurrence"] = planted.co_occurrence(planted.N, people=True, size=6)
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(report), encoding="utf-8")
    return path


def _opener(chromium, page_file: Path, contexts: list):
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

    return open_page


@pytest.fixture
def opened(chromium, page_file: Path):
    """Open a page at a size and colour scheme; `wrong` collects console errors, `asked` all requests."""
    contexts: list = []
    yield _opener(chromium, page_file, contexts)
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def kept(chromium, page_file: Path):
    """The pages of `looked_at`, opened when they are asked for first."""
    contexts: list = []
    yield cache(_opener(chromium, page_file, contexts))
    for context in contexts:
        context.close()


# What a reader can change: the address, what is opened, chosen, typed, sorted and said, and the colours.
STATE = """() => [location.href, document.documentElement.dataset.theme,
    ...["details[open]", ".off", ".nothing", "[aria-sort]", "[data-kind]", "main [hidden]"].map(
        (what) => document.querySelectorAll(what).length),
    ...[...document.querySelectorAll("select, input")].map((one) => one.value)]"""


@pytest.fixture
def looked_at(kept):
    """A page that all tests of a module share at a size and scheme, at its top, without pointer and focus.

    Whoever opens or types something there takes it back: a page that was left changed fails the test.
    """
    pages = {}

    def look(size: str = "desktop", scheme: str = "light") -> SimpleNamespace:
        view = kept(size, scheme)
        pages[view.page] = view.page.evaluate(STATE)
        return view

    yield look
    for page, before in pages.items():
        page.mouse.move(0, 0)
        page.evaluate(
            """() => {
                document.activeElement.blur();
                document.getElementById("said").textContent = "";
                scrollTo({top: 0, behavior: "instant"});
            }"""
        )
        page.locator(".tip").wait_for(state="hidden")
        assert page.evaluate(STATE) == before
