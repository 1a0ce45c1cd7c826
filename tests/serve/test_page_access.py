"""Everyone can use the page: by keyboard, by ear, on a phone, in the dark."""

from __future__ import annotations

import re

import pytest
from page_visits import FAR, LOVED, read, read_file

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.timeout(300)]


def test_everything_can_be_done_with_the_keyboard_alone(opened):
    page = opened().page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    while page.evaluate("document.activeElement.id") != "tab-text":
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type(LOVED)
    page.locator("#answer:not(.stale) #answer-labels", has_text="confusion").wait_for()
    while page.evaluate("document.activeElement.getAttribute('role')") != "radio":
        page.keyboard.press("Tab")
    before = page.inner_text("#evidence-label")
    page.keyboard.press("ArrowDown")
    assert {before, page.inner_text("#evidence-label")} == {"love", "confusion"}
    assert page.locator("[role=radio][aria-checked=true]").count() == 1
    while page.evaluate("document.activeElement.id") != "tab-text":
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("Thank you")
    page.keyboard.press("Tab")
    page.keyboard.type("I am sorry")
    page.locator("#verdict", has_text="gratitude").wait_for()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_answers_are_said_to_those_who_do_not_see_them(opened):
    page = opened().page
    read(page, "Thank you so much!")
    page.locator("#said", has_text="gratitude. Of 100").wait_for(state="attached")
    label = page.locator("#labels .label-row").first.get_attribute("aria-label")
    assert re.fullmatch(r"gratitude: [\d.]+\s%, above its threshold of \d+\s%", label)


@pytest.mark.parametrize("size", ["phone", "small phone"])
@pytest.mark.parametrize("tab", ["text", "compare", "file", "docs"])
def test_nothing_sticks_out_on_a_phone(opened, size, tab):
    path = {"compare": "/#a=Thank+you&b=Sorry", "docs": "/docs"}.get(tab, "/")
    page = opened(path, size=size, ready=tab != "docs").page
    if tab == "text":
        read(page, f"{LOVED} {'x' * 200}")
        page.locator("#all-labels").check()
        page.locator("#code summary").click()
    elif tab == "compare":
        page.locator("#comparison:not([hidden])").wait_for()
    elif tab == "file":
        read_file(page, "text,more\n" + f"Thank you {'y' * 300},z\n" * 3)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(opened, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed: pip install 'goemox[dev]'"
    )

    def serious(page) -> list[str]:
        found = axe.Axe().run(page).response["violations"]
        return [
            f"{each['id']}: {node['target']} {node['failureSummary']}"
            for each in found
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"][:5]
        ]

    page = opened("/#a=Thank+you&b=Sorry", scheme=scheme, bypass_csp=True, reduced_motion="reduce").page
    page.locator("#comparison:not([hidden])").wait_for()
    page.locator("#code summary").click()
    assert serious(page) == []
    page.locator("#tab-text").click()
    read(page, LOVED)
    page.locator("#all-labels").check()
    assert serious(page) == []
    read_file(page, f"text\nThank you\n{FAR}\n\nSorry,x\n")
    assert serious(page) == []
    page = opened("/docs", scheme=scheme, bypass_csp=True, ready=False).page
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert serious(page) == []


def test_the_theme_follows_the_system_until_somebody_chooses(opened):
    page = opened(scheme="dark").page
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(21, 24, 28)"
    page.get_by_role("button", name="Light").click()
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
