"""Pictures of the page: saved as files of their own, their values shown by mouse, finger and keys."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from chromium import settled

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.timeout(900)]

FEW = 8  # downloads in a row that a browser lets a page make; from the eleventh on it may ask
DOT = "#fig-labels circle.dot:has(title)"


def hover(page, mark, aside: float = 0) -> None:
    """Put the pointer on the middle of a mark, after the scrolling that brings it into view."""
    mark.scroll_into_view_if_needed()
    box = settled(mark)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + aside)


def saved(page, key: str, path):
    with page.expect_download() as waiting:
        page.locator(f'[data-figure="{key}"]').get_by_role("button", name="Download SVG").click()
    waiting.value.save_as(path)
    return path.read_text(encoding="utf-8")


def test_every_figure_downloads_as_a_picture_that_stands_alone(opened, tmp_path):
    view = opened(scheme="dark")
    keys = view.page.locator("figure").evaluate_all("(all) => all.map((one) => one.id)")
    for index, key in enumerate(keys):
        if index and index % FEW == 0:
            assert view.wrong == []
            view = opened(scheme="dark")
        figure = view.page.locator(f"#{key}")
        picture = saved(view.page, key, tmp_path / f"{key}.svg")
        root = ElementTree.fromstring(picture)
        assert len(root.findall("{*}svg")) == figure.locator(".panel svg.chart").count()
        assert "var(" not in picture
        assert "#1a1d21" in picture
    assert view.wrong == []


def test_a_filtered_figure_downloads_what_is_seen(opened, tmp_path):
    page = opened().page
    page.locator('select[name="domain"]').select_option("hackernews")
    root = ElementTree.fromstring(saved(page, "fig-confidence", tmp_path / "picture.svg"))
    assert [each.get("data-domain") for each in root.findall("{*}svg")] == ["in domain", "hackernews"]


def test_the_values_of_a_mark_show_at_once_and_only_once(looked_at):
    page = looked_at().page
    dot = page.locator(DOT).first
    words = dot.locator("title").text_content()
    hover(page, dot)
    assert page.locator(".tip").is_visible()
    assert page.locator(".tip").inner_text() == words
    assert dot.locator("title").text_content() == ""  # or the browser would show it again
    page.mouse.move(5, 5)
    assert not page.locator(".tip").is_visible()
    assert dot.locator("title").text_content() == words


def test_a_line_over_a_mark_does_not_hide_its_values(looked_at):
    page = looked_at().page
    bar = page.locator("#fig-confidence rect:has(title)").first  # the softmax line runs over it
    words = bar.locator("title").text_content()
    hover(page, bar)
    assert page.locator(".tip").inner_text() == words


def test_a_number_on_a_mark_does_not_hide_its_values(looked_at):
    page = looked_at().page
    cell = page.locator("#fig-confusion-multi-label g:has(> title)").first
    words = cell.locator("title").text_content()
    hover(page, cell.locator("text").first)
    assert page.locator(".tip").inner_text() == words


@pytest.mark.parametrize("size", ["desktop", "phone", "small phone"])
def test_no_value_is_cut_at_the_edge_of_the_window(looked_at, size):
    page = looked_at(size).page
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    for dot in [*page.locator(DOT).all()[:3], *page.locator("#fig-groups rect.part").all()[-3:]]:
        hover(page, dot)
        box = page.locator(".tip").bounding_box()
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height


def test_a_tap_beside_a_small_dot_shows_its_values_and_the_next_tap_takes_them_away(looked_at):
    page = looked_at("phone").page
    dot = page.locator(DOT).first
    dot.scroll_into_view_if_needed()
    words = dot.locator("title").text_content()
    box = dot.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] - 3)
    page.wait_for_selector(".tip:not([hidden])")
    assert page.locator(".tip").inner_text() == words
    page.touchscreen.tap(200, 700)
    assert not page.locator(".tip").is_visible()


def test_escape_and_scrolling_take_the_values_away(looked_at):
    page = looked_at().page
    dot = page.locator(DOT).first
    hover(page, dot)
    assert page.locator(".tip").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".tip").is_visible()
    hover(page, dot, aside=1)
    assert page.locator(".tip").is_visible()
    page.mouse.wheel(0, 300)
    page.wait_for_selector(".tip", state="hidden")


def test_the_arrow_keys_read_the_values_of_a_figure(looked_at):
    page = looked_at().page
    place = page.locator("#fig-confidence .panels")
    words = [title.text_content() for title in page.locator("#fig-confidence rect title").all()[:2]]
    place.focus()
    for expected in words:
        page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "(words) => document.getElementById('said').textContent === words", arg=expected
        )
        assert page.locator(".tip").inner_text() == expected
    page.keyboard.press("ArrowLeft")
    page.locator("#said", has_text=words[0]).wait_for(state="attached")
    page.keyboard.press("Tab")
    assert not page.locator(".tip").is_visible()


def test_the_arrow_keys_read_the_one_picture_of_a_pair_that_a_choice_leaves(opened):
    page = opened().page
    panel = page.locator("#fig-away-together .panel").nth(1)
    name = panel.locator("svg.chart").get_attribute("data-domain")
    page.locator('select[name="domain"]').select_option(name)
    words = panel.locator("svg.chart * > title").first.text_content()
    panel.press("ArrowRight")
    page.wait_for_function("(words) => document.getElementById('said').textContent === words", arg=words)


def test_a_tap_beside_a_bar_tells_nothing_of_one_that_a_choice_took_away(opened):
    page = opened("phone").page
    row = page.locator("#fig-groups g[data-domain]").nth(2)  # it takes the place of the one before it
    page.locator('select[name="domain"]').select_option(row.get_attribute("data-domain"))
    bar = row.locator("rect.part").first
    words = bar.locator("title").text_content()
    bar.scroll_into_view_if_needed()
    box = settled(bar)
    page.touchscreen.tap(box["x"] + 5, box["y"] - 3)
    page.wait_for_selector(".tip:not([hidden])")
    assert page.locator(".tip").inner_text() == words


def test_a_figure_in_focus_shows_that_the_arrow_keys_read_it(looked_at):
    page = looked_at().page
    page.locator("#fig-confidence .panels").focus()
    page.keyboard.press("Shift")  # a key: the focus is shown
    hint = "(one) => getComputedStyle(one, '::after').content"
    assert page.locator("#fig-confidence .panels").evaluate(hint) == '"← → read the values"'
    assert page.locator("#fig-labels .panels").evaluate(hint) == "none"
    unread = page.evaluate(
        """[...document.querySelectorAll('figure')].filter((figure) =>
            !figure.querySelector('[data-keys][tabindex="0"][aria-label]')).map((figure) => figure.id)"""
    )
    assert unread == []


def test_every_figure_has_marks_that_tell_their_values(looked_at):
    page = looked_at().page
    silent = page.evaluate(
        """[...document.querySelectorAll('figure')]
            .filter((figure) => !figure.querySelector('.panel svg.chart * > title'))
            .map((figure) => figure.id)"""
    )
    assert silent == []
