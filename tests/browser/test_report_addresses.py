"""The address of the page holds its section and its choices: sent, reloaded, and gone back to."""

from __future__ import annotations

import pytest
from chromium import settled

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.timeout(900)]

BOTH = "domain=hackernews&label=joy"


def chosen(page) -> list[str]:
    return [page.locator(f'select[name="{kind}"]').input_value() for kind in ("domain", "label")]


def choose(page, kind: str, name: str) -> None:
    page.locator(f'select[name="{kind}"]').select_option(name)


def at_the_top(page, section: str) -> bool:
    """Whether the section came to stand right below the bar."""
    return 60 <= settled(page.locator(f"#{section}"))["y"] <= 120


def test_a_click_on_a_section_keeps_the_choices_in_the_address(opened):
    view = opened()
    page = view.page
    choose(page, "domain", "hackernews")
    choose(page, "label", "joy")
    assert page.url.endswith(f"#{BOTH}")
    page.locator(".bar a", has_text="Calibration").click()
    assert page.url.endswith(f"#calibration&{BOTH}")
    assert at_the_top(page, "calibration")
    assert chosen(page) == ["hackernews", "joy"]
    page.reload()
    assert chosen(page) == ["hackernews", "joy"]
    choose(page, "label", "anger")
    assert page.url.endswith("#calibration&domain=hackernews&label=anger")
    assert view.wrong == []


def test_a_link_with_a_section_and_choices_opens_at_the_section(opened):
    page = opened(fragment=f"#examples&{BOTH}").page
    assert chosen(page) == ["hackernews", "joy"]
    assert at_the_top(page, "examples")
    page.evaluate("scrollTo(0, 0)")
    page.locator(".bar a", has_text="Examples").click()  # the same address again
    assert at_the_top(page, "examples")


def test_back_returns_to_the_section_and_the_choices_of_the_address(opened):
    page = opened(fragment="#domain=hackernews").page
    page.locator(".bar a", has_text="Domains").click()
    page.locator(".bar a", has_text="Distance").click()
    choose(page, "domain", "samples")
    page.go_back()
    assert page.url.endswith("#domains&domain=hackernews")
    assert chosen(page) == ["hackernews", ""]
    page.go_forward()
    assert page.url.endswith("#distance&domain=samples")
    assert chosen(page) == ["samples", ""]
    page.get_by_role("button", name="Show all").click()
    assert page.url.endswith("#distance")
    assert page.locator(".bar a", has_text="Domains").get_attribute("href") == "#domains"


def test_a_plain_section_needs_no_script(opened):
    page = opened(script=False, fragment="#calibration").page
    section = page.locator("#calibration")
    while not -5 <= section.bounding_box()["y"] <= 120:  # else the test ends by its time limit
        page.wait_for_timeout(50)


def test_the_bar_marks_the_section_that_is_read(opened):
    page = opened("phone").page
    current = page.locator(".bar a[aria-current]")
    assert current.all_inner_texts() == ["Summary"]
    page.evaluate("document.getElementById('distance').scrollIntoView()")
    page.locator(".bar a[aria-current]", has_text="Distance").wait_for()
    assert current.count() == 1
    box, bar = current.bounding_box(), page.locator(".bar ol").bounding_box()
    assert bar["x"] <= box["x"]
    assert box["x"] + box["width"] <= bar["x"] + bar["width"]
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.locator(".bar a[aria-current]", has_text="Method").wait_for()
