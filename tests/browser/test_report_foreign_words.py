"""Markup in texts, names, labels and table cells is shown and never run, wherever the page puts it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from goemox.report.page import render

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.timeout(900)]

TITLE = "Study of hackernews and "  # and a hostile name
SHORT = "<script>run()</script>"
IMAGE = "<img src=x onerror=run()>"
FORMULA = '=HYPERLINK("https://example.org")<script>run()</script>'


@pytest.fixture(scope="module")
def hostile(planted, tmp_path_factory) -> Path:
    """A domain and a label that are called like scripts, and a description that begins like a formula."""
    domains = [planted.domain(SHORT, description=FORMULA), planted.domain(IMAGE), planted.samples()]
    report = json.loads(json.dumps(planted.planted_report(domains)).replace('"joy"', json.dumps(SHORT)))
    path = tmp_path_factory.mktemp("hostile") / "report.html"
    path.write_text(render(report), encoding="utf-8")
    return path


def test_markup_in_a_text_is_shown_and_never_run(opened):
    view = opened()
    assert view.page.locator(".example blockquote", has_text="<script>document.title").count() == 1
    assert view.page.title().startswith(TITLE)
    assert view.page.locator(".example img").count() == 0
    assert view.wrong == []


def test_names_like_scripts_are_chosen_filtered_and_hovered_as_words(opened, hostile):
    view = opened(file=hostile)
    page = view.page
    page.locator('select[name="domain"]').select_option(SHORT)
    page.locator('select[name="label"]').select_option(SHORT)
    assert page.locator("#said").inner_text().startswith(f"Only {SHORT} and {SHORT}")
    assert page.locator("#domains-overview tbody tr:visible th").all_inner_texts() == [SHORT]
    faded = (
        page.locator("#fig-labels svg")
        .first.locator("g[data-label]")
        .evaluate_all(
            "(marks) => marks.filter((mark) => getComputedStyle(mark).opacity === '1')"
            ".map((one) => one.dataset.label)"
        )
    )
    assert faded == [SHORT]
    page.locator(f"#fig-labels svg g[data-label={json.dumps(SHORT)}] circle").first.hover()
    assert page.locator(".tip").inner_text().startswith(SHORT)
    assert page.locator("main script, main img").count() == 0
    assert view.wrong == []


def test_a_formula_in_a_cell_is_copied_as_words(opened, hostile):
    page = opened(file=hostile).page
    page.locator('[data-table="domains-overview"] button').click()
    page.locator("#said", has_text="copied").wait_for(state="attached")
    line = page.evaluate("navigator.clipboard.readText()").splitlines()[1]
    assert '"\'=HYPERLINK(""https://example.org"")<script>run()</script>"' in line


def test_a_script_that_is_not_ours_would_be_stopped_by_the_policy(page_file, chromium):
    forged = page_file.with_name("forged.html")
    words = page_file.read_text(encoding="utf-8").replace(
        "</main>", "<script>document.title='run'</script></main>"
    )
    forged.write_text(words, encoding="utf-8")
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.goto(forged.as_uri(), timeout=120_000)
    assert page.title().startswith(TITLE)
    context.close()
