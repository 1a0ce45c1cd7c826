"""axe-core finds nothing serious on the page, and the keyboard reaches everything that acts."""

from __future__ import annotations

import pytest
from axe_rules import serious

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.timeout(900)]

OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_axe_finds_nothing_serious_with_everything_open(opened, size, scheme):
    page = opened(size, scheme).page
    page.evaluate(OPEN_ALL)
    assert serious(page) == []


def test_axe_finds_nothing_serious_on_a_filtered_page_with_values_in_sight(opened):
    page = opened().page
    page.locator('select[name="domain"]').select_option("hackernews")
    page.locator('select[name="label"]').select_option("joy")
    page.locator("#fig-confidence .panels").focus()
    page.keyboard.press("ArrowRight")
    page.locator(".tip:not([hidden])").wait_for()
    assert serious(page) == []


def test_the_keyboard_reaches_summary_sections_and_switches(opened):
    page = opened().page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the summary"
    names = page.evaluate(
        "[...document.querySelectorAll('button, select, input, summary, [tabindex]')]"
        ".filter((one) => !(one.textContent || one.getAttribute('aria-label') || one.closest('label')))"
    )
    assert names == []


def test_the_focus_follows_the_order_of_the_page_and_is_seen(opened):
    page = opened().page
    page.evaluate(OPEN_ALL)
    steps = []
    for _ in range(60):
        page.keyboard.press("Tab")
        steps.append(
            page.evaluate(
                """() => {
                    const one = document.activeElement;
                    const all = [...document.querySelectorAll('*')];
                    return [all.indexOf(one), getComputedStyle(one).outlineStyle, one.outerHTML.slice(0, 80)];
                }"""
            )
        )
    places = [place for place, *_ in steps]
    assert places == sorted(places)
    assert [words for _, outline, words in steps if outline == "none"] == []


def test_nothing_moves_for_readers_who_want_no_motion(opened):
    page = opened(reduced_motion="reduce").page
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    moving = page.evaluate(
        """[...document.querySelectorAll('*')].filter((one) => {
            const style = getComputedStyle(one);
            return parseFloat(style.transitionDuration) > 0 || style.animationName !== 'none';
        }).length"""
    )
    assert moving == 0
