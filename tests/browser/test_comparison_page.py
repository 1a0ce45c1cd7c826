"""Two studies side by side, and figures as files, in real Chromium from disk with the network off."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from axe_rules import serious

from goemox.report.comparison_page import render_comparison
from goemox.report.files import write_figures

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.timeout(900)]

ATTACK = "<script>document.title='run'</script>"


@pytest.fixture(scope="module")
def content() -> dict[str, object]:
    """B is worse at home and differs on texts whose name is an attack."""
    plant = runpy.run_path(str(Path(__file__).parents[1] / "report" / "planted_comparison.py"))
    metric, share = plant["metric"], plant["share"]
    rows = [metric("macro_f1", 0.5, 0.46, "worse"), metric("brier", 0.02, 0.022, "worse", True)]
    shares = [share("joy", 0.1, 0.15, "more"), share("anger", 0.2, 0.2, "same")]
    return plant["comparison"](
        plant["home"]("worse", rows),
        [plant["outside"]("changed", shares), plant["outside"]("changed", shares, ATTACK + "x" * 90)],
    )


@pytest.fixture(scope="module")
def file(content, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("comparison") / "comparison.html"
    path.write_text(render_comparison(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("size", ["desktop", "phone", "small phone"])
def test_it_opens_without_an_error_or_a_request_and_never_scrolls_sideways(opened, file, size):
    found = opened(size, file=file)
    page = found.page
    assert page.locator("h1").inner_text() == "Two studies of planted"
    assert "B is worse than A in domain." in page.locator("#summary").inner_text()
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]
    assert found.wrong == []
    assert found.asked == [file.as_uri()]
    assert page.title() == "Two studies of planted"  # the attack in a name was shown, not run


def test_axe_finds_nothing_serious(opened, file):
    page = opened(file=file).page
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert serious(page) == []


def test_the_selector_shows_one_domain(opened, file):
    page = opened(file=file).page
    panels = page.locator("#fig-shares .panel:visible")
    assert panels.count() == 2
    page.locator('select[name="domain"]').select_option("titles")
    assert panels.count() == 1
    rows = page.locator("#compared-domains tbody tr:visible")
    assert rows.count() == 1
    page.locator('select[name="domain"]').select_option(index=2)  # of a name that is cut in the selector
    assert panels.count() == 1
    assert rows.count() == 1
    assert "<script>" in rows.inner_text()


def test_every_figure_file_opens_by_itself_and_draws_something(chromium, content, planted, tmp_path):
    files = [
        *write_figures(content, tmp_path / "a"),
        *write_figures(planted.planted_report(), tmp_path / "b"),
    ]
    context = chromium.new_context(offline=True, viewport={"width": 1300, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for figure in files:
        page.goto(figure.as_uri())
        root = page.locator("svg").first
        assert root.evaluate("(one) => one.namespaceURI") == "http://www.w3.org/2000/svg", figure.name
        box = root.bounding_box()
        assert box["width"] >= 500
        assert box["height"] >= 100
        words = page.locator("text").all_text_contents()
        assert words[0]
        drawn = "(one) => [...one.querySelectorAll('text')].every((t) => getComputedStyle(t).fill !== 'none')"
        assert root.evaluate(drawn)
    context.close()
    assert asked == [figure.as_uri() for figure in files]
