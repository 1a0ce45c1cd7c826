"""Everyone can use the page: by keyboard, by ear, on a phone, in the dark."""

from __future__ import annotations

import re

import pytest
from axe_rules import serious
from chromium import SIZES
from page_visits import FAR, LOVED, given, read, read_file

# what can be pressed and is lower than 44 px; links within sentences may be
SMALL = """() => [...document.querySelectorAll('button, a, input, select, summary, textarea')]
    .filter((one) => one.offsetParent && !one.closest('p a, .contents, .unseen, .share button'))
    .map((one) => [one.id || one.textContent, (one.closest('label') ?? one).getBoundingClientRect()])
    .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
    .map(([name, box]) => `${name} ${box.width} x ${box.height}`)"""

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
    while page.evaluate("document.activeElement.dataset.label") is None:
        page.keyboard.press("Tab")
    before = page.inner_text("#evidence-label")
    page.keyboard.press("ArrowDown")
    assert {before, page.inner_text("#evidence-label")} == {"love", "confusion"}
    page.keyboard.press("Space")
    assert page.locator("#labels input:checked").count() == 1
    while page.evaluate("document.activeElement.id") != "tab-text":
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("Thank you")
    page.keyboard.press("Tab")
    page.keyboard.type("I am sorry")
    page.locator("#verdict", has_text="gratitude").wait_for()
    ring = "getComputedStyle(document.activeElement.closest('.composer')).boxShadow"
    assert page.evaluate(ring).endswith("0px 0px 0px 1px")
    while page.evaluate("document.activeElement.textContent") != "Swap":
        page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_answers_are_said_to_those_who_do_not_see_them(opened):
    page = opened().page
    read(page, "Thank you so much!")
    page.locator("#said", has_text="gratitude. Of 100").wait_for(state="attached")
    label = page.locator("#labels input").first.get_attribute("aria-label")
    assert re.fullmatch(r"gratitude: [\d.]+\s%, above its threshold of \d+\s%", label)


@pytest.mark.parametrize("tab", ["text", "compare", "file", "docs"])
def test_nothing_sticks_out_on_a_phone(opened, tab):
    path = {"compare": "/#a=Thank+you&b=Sorry", "docs": "/docs"}.get(tab, "/")
    page = opened(path, size="small phone", ready=tab != "docs").page
    if tab == "text":
        read(page, f"{LOVED} {'x' * 200}")
        page.locator("#all-labels").check()
        page.locator("#code summary").click()
    elif tab == "compare":
        page.locator("#comparison:not([hidden])").wait_for()
    elif tab == "file":
        read_file(page, "text,more\n" + f"Thank you {'y' * 300},z\n" * 3)
    for size in ("small phone", "phone"):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size
        assert page.evaluate(SMALL) == [], size


@pytest.mark.parametrize(("scheme", "size"), [("light", "desktop"), ("dark", "phone")])
def test_axe_finds_nothing_serious(opened, scheme, size):
    how = {"scheme": scheme, "size": size, "bypass_csp": True, "reduced_motion": "reduce"}
    page = opened("/#a=Thank+you&b=Sorry", **how).page
    page.locator("#comparison:not([hidden])").wait_for()
    page.locator("#code summary").click()
    assert serious(page) == []
    page.locator("#tab-text").click()
    assert serious(page) == []
    read(page, LOVED)
    page.locator("#all-labels").check()
    page.locator("#by-kind").check()
    page.evaluate("document.getElementById('problem').hidden = false")
    assert serious(page) == []
    page.locator("#text").fill("x" * 10_001)
    assert serious(page) == []
    page.locator("#tab-file").click()
    page.locator(".paste summary").click()
    assert serious(page) == []
    given(page, f"n,text\n1,Thank you\n2,{FAR}\n3,\n4,Sorry\n")
    page.locator("#start", has_text="Read").wait_for()
    assert serious(page) == []
    page.locator("#start").click()
    page.locator("#file-end", has_text=re.compile("^Done")).wait_for()
    page.locator("#bad summary").click()
    page.locator("#rows button").first.click()
    assert serious(page) == []
    page.evaluate("for (const id of ['file-running', 'cancel']) document.getElementById(id).hidden = false")
    page.evaluate("document.getElementById('token').showModal()")
    assert serious(page) == []
    page = opened("/docs", **how, ready=False).page
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
