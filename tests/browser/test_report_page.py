"""The page in real Chromium, from disk, with the network off: it works, asks for nothing and stays whole."""

from __future__ import annotations

import pytest
from chromium import settled

from goemox.report.page import SECTIONS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,  # for playwright's event loop; the browser is offline
    pytest.mark.timeout(900),
]

SIZES = ["desktop", "phone", "small phone"]
OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
CLOSE_ALL = OPEN_ALL.replace("true", "false")


def colour_of(page, variable: str) -> str:
    return page.evaluate(f"getComputedStyle(document.documentElement).getPropertyValue('--{variable}')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_it_opens_without_errors_requests_or_sideways_scrolling(looked_at, page_file, size, scheme):
    view = looked_at(size, scheme)
    view.page.evaluate(OPEN_ALL)
    width = view.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    view.page.evaluate(CLOSE_ALL)
    assert width[0] <= width[1]
    assert view.page.locator("main > section").count() == len(SECTIONS)
    assert view.wrong == []
    assert view.asked == [page_file.as_uri()]


@pytest.mark.parametrize("size", SIZES)
def test_letters_in_pictures_stay_readable(looked_at, size):
    page = looked_at(size).page
    sizes = page.evaluate(
        """[...document.querySelectorAll('svg.chart text')].map((text) =>
            parseFloat(getComputedStyle(text).fontSize) * Math.hypot(text.getCTM().a, text.getCTM().b))"""
    )
    assert len(sizes) > 300
    assert min(sizes) >= 8.5


@pytest.mark.parametrize("size", SIZES)
def test_the_bar_stays_in_sight_and_leaves_most_of_the_screen(looked_at, size):
    page = looked_at(size).page
    page.evaluate("scrollTo({top: 3000, behavior: 'instant'})")
    box = page.locator(".bar").bounding_box()
    assert box["y"] == 0
    assert box["height"] <= 80


def test_every_link_of_the_bar_leads_to_its_section(opened):
    page = opened(reduced_motion="reduce").page
    for room in page.locator(".bar a").all():
        room.click()
        key = room.get_attribute("href")
        top = page.locator(key).evaluate("(section) => section.getBoundingClientRect().top")
        at_the_end = page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 1")
        assert 60 <= top <= 120 or at_the_end


def test_a_link_into_the_page_opens_at_its_section(opened):
    page = opened(fragment="#examples").page
    assert 60 <= settled(page.locator("#examples"))["y"] <= 120


def test_dark_follows_the_system_and_the_button_overrules_it(opened):
    light, dark = opened().page, opened(scheme="dark").page
    assert colour_of(light, "page") == "#ffffff"
    assert colour_of(dark, "page") == "#15181c"
    dark.get_by_role("button", name="Light colours").click()
    assert colour_of(dark, "page") == "#ffffff"
    dark.get_by_role("button", name="Dark colours").click()
    assert colour_of(dark, "page") == "#15181c"


def test_a_choice_of_colours_is_kept_where_the_browser_keeps_anything(opened):
    page = opened().page
    page.get_by_role("button", name="Dark colours").click()
    page.reload()
    assert colour_of(page, "page") == "#15181c"
    denied = opened()
    denied.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('denied'); }})"
    )
    denied.page.reload()
    denied.page.get_by_role("button", name="Dark colours").click()
    assert colour_of(denied.page, "page") == "#15181c"
    assert denied.wrong == []


def test_the_sections_of_the_bar_fade_where_they_are_cut_on_a_phone(opened):
    page = opened("phone").page
    page.locator(".bar ol.more-right").wait_for()
    page.locator(".bar ol").evaluate("(one) => one.scrollTo(9999, 0)")
    page.locator(".bar ol.more-left:not(.more-right)").wait_for()


def test_paper_is_always_light_and_holds_every_panel_and_table_row(looked_at):
    page = looked_at(scheme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    assert colour_of(page, "page") == "#ffffff"
    assert not page.locator("nav").is_visible()
    assert not page.locator(".tools button:visible, #theme:visible").count()
    masks = page.locator(".scroll, .panel").evaluate_all(
        "(all) => all.map((one) => getComputedStyle(one).maskImage)"
    )
    assert set(masks) == {"none"}
    heights = page.locator(".panel").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert min(heights) > 20
    assert page.locator("#labels tbody tr:visible").count() == 28
    assert page.locator("#labels").evaluate(
        "(one) => one.closest('.scroll').clientHeight >= one.clientHeight"
    )
    page.emulate_media(media="screen", color_scheme="dark")


def test_a_filtered_page_says_so_on_paper(opened):
    page = opened().page
    page.emulate_media(media="print")
    assert not page.locator("#chosen").is_visible()
    page.emulate_media(media="screen")
    page.locator('select[name="label"]').select_option("joy")
    assert not page.locator("#chosen").is_visible()
    page.emulate_media(media="print")
    assert page.locator("#chosen").inner_text() == "Only joy and what it is compared with is shown."


def test_a_long_text_opens_in_its_place(looked_at):
    page = looked_at("phone").page
    switch = page.locator("details.long summary").first
    assert switch.inner_text() == "Show all 10,000 characters"
    switch.click()
    assert page.locator("details.long blockquote").first.inner_text().count("long") == 2000
    switch.click()


def test_everything_can_be_read_without_script(opened):
    page = opened(script=False).page
    assert page.locator("svg.chart").count() > 50
    page.locator("#fig-groups summary").click()
    assert page.locator("#fig-groups-numbers").is_visible()
    assert page.locator(".example:visible").count() == page.locator(".example").count() > 15
    assert page.locator("button:visible, select:visible, input:visible").count() == 0
    assert page.locator("#fig-labels circle title").count() > 80


def test_it_is_interactive_soon_after_it_opens(looked_at):
    page = looked_at().page
    timing = page.evaluate("performance.getEntriesByType('navigation')[0].domInteractive")
    assert timing < 15_000  # 1.5 s is the promise on a free machine; a shared one may take ten times that
