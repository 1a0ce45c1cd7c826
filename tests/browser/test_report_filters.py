"""One choice of domain and one of label filter every picture, table and example of the page."""

from __future__ import annotations

from itertools import pairwise

import pytest

from goemox.report.page import render

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.timeout(900)]

SECOND = "issues⟦U+202E⟧<"  # how the second domain begins on the page


def choose(page, kind: str, name: str) -> None:
    page.locator(f'select[name="{kind}"]').select_option(name)


def visible(page, what: str, tag: str) -> list[str]:
    return page.locator(what).evaluate_all(
        f"(all) => all.filter((one) => one.checkVisibility()).map((one) => one.dataset.{tag})"
    )


def bright(page, figure: str, tag: str) -> set[str]:
    """What the marks that did not fade are about."""
    return set(
        page.locator(f"{figure} svg [data-{tag}]").evaluate_all(
            "(all) => all.filter((one) => getComputedStyle(one).opacity === '1')"
            f".map((one) => one.dataset.{tag})"
        )
    )


def test_a_domain_keeps_its_pictures_and_the_reference(opened):
    page = opened().page
    choose(page, "domain", "hackernews")
    for figure in ("#fig-labels", "#fig-confidence"):
        assert visible(page, f"{figure} svg", "domain") == ["in domain", "hackernews"]
    assert bright(page, "#fig-groups", "domain") == {"in domain", "hackernews"}
    assert bright(page, "#fig-pearson", "domain") == {"in domain", "hackernews"}


def test_a_domain_keeps_its_rows_and_texts(opened):
    page = opened().page
    choose(page, "domain", "hackernews")
    assert page.locator("#domains-overview tbody tr:visible th").all_inner_texts() == ["hackernews"]
    page.locator("summary", has_text="Which labels moved").click()
    assert page.locator("#moved tbody tr:visible").count() == 28
    assert set(visible(page, ".domain", "domain")) <= {"in domain", "hackernews"}


def test_a_name_that_is_shown_longer_in_its_table_is_still_found(opened):
    page = opened().page
    long = page.locator('select[name="domain"] option').nth(2).inner_text()
    assert long.strip("\u2068").startswith(SECOND)
    choose(page, "domain", long)
    shown = page.locator("#domains-overview tbody tr:visible th").all_inner_texts()
    assert len(shown) == 1
    assert len(shown[0]) > len(long)


def test_a_label_brings_its_panel_forward_and_fades_the_marks_of_others(opened):
    page = opened().page
    last = page.locator("#fig-reliability .panel svg").last.get_attribute("data-label")
    assert last not in visible(page, "#fig-reliability svg", "label")
    choose(page, "label", last)
    assert visible(page, "#fig-reliability svg", "label") == ["all labels", last]
    assert page.locator("#fig-reliability details.more summary").inner_text() == "1 of 2 more panels"
    assert bright(page, "#fig-labels", "label") == {last}
    assert page.locator("#labels tbody tr:visible th").all_inner_texts() == [last]


def test_both_choices_and_a_search_combine(opened):
    page = opened().page
    choose(page, "domain", "hackernews")
    choose(page, "label", "joy")
    page.locator("summary", has_text="Which labels moved").click()
    assert page.locator("#moved tbody tr:visible").count() == 1
    page.locator('[data-table="moved"] input').fill("anger")
    assert page.locator("#moved tbody tr:visible").count() == 0
    choose(page, "label", "anger")
    assert page.locator("#moved tbody tr:visible").count() == 1
    assert page.locator("#said").inner_text() == (
        "Only hackernews and anger and what it is compared with is shown."
    )


def test_examples_are_filtered_by_domain_by_label_and_by_words(opened):
    page = opened().page
    choose(page, "domain", "hackernews")
    texts = page.locator(".domain[data-domain=hackernews] .example:visible")
    choose(page, "label", "annoyance")
    assert texts.count() == 1
    page.locator("#example-rows input").fill("sqlite")
    assert texts.count() == 0
    choose(page, "label", "neutral")
    assert texts.count() == 1


def test_where_nothing_is_left_the_page_says_so(opened):
    page = opened().page
    choose(page, "label", "remorse")
    assert page.locator("#example-rows .nothing").first.inner_text() == "No text here is given remorse."
    choose(page, "domain", "samples")
    choose(page, "label", "grief")
    confusions = page.locator("#fig-confusion-multi-label .nothing:visible")  # of ten labels
    assert confusions.inner_text() == (
        "This figure does not draw grief: too few texts, or not among the most frequent labels."
    )
    assert not page.locator("#fig-confusion-multi-label .panel").is_visible()
    buttons = page.locator("#fig-confusion-multi-label .tools button:visible")
    assert buttons.all_inner_texts() == ["Copy as CSV"]  # there is no picture to download
    said = page.locator(".nothing:visible").all_inner_texts()
    assert "No text here is given grief." in said
    page.get_by_role("button", name="Show all").click()
    assert page.locator(".nothing").count() == 0


def test_show_all_brings_everything_back_and_keeps_the_focus_in_the_bar(opened):
    view = opened()
    page = view.page
    reset = page.get_by_role("button", name="Show all")
    assert not reset.is_visible()
    folded = page.locator("details.more summary").all_inner_texts()  # some with the names of what is in them
    choose(page, "domain", "samples")
    choose(page, "label", "pride")
    reset.click()
    assert not reset.is_visible()
    assert page.locator(".off").count() == 0
    assert page.locator("#fig-reliability details.more").get_attribute("open") is None
    assert page.locator("details.more summary").all_inner_texts() == folded
    assert page.locator("#fig-reliability details.more summary").inner_text() == "2 more panels"
    assert bright(page, "#fig-labels", "label") >= {"joy", "grief"}
    assert page.locator("#said").inner_text() == "Everything is shown."
    assert page.evaluate("document.activeElement.name") == "domain"
    assert view.wrong == []


def test_a_choice_can_be_sent_as_a_link(opened):
    page = opened().page
    choose(page, "domain", "hackernews")
    choose(page, "label", "joy")
    link = page.url
    again = opened(fragment="#" + link.split("#")[1]).page
    assert again.locator('select[name="label"]').input_value() == "joy"
    assert visible(again, "#fig-labels svg", "domain") == ["in domain", "hackernews"]
    unknown = opened(fragment="#label=none-such&domain=%3Cscript%3E")
    assert unknown.page.locator(".off").count() == 0
    assert unknown.wrong == []


@pytest.mark.parametrize("size", ["phone", "small phone"])
def test_the_choices_stand_in_one_row_on_a_phone(opened, size):
    page = opened(size).page
    choose(page, "domain", "hackernews")
    tops = {round(each.bounding_box()["y"]) for each in page.locator("#choices > *").all()}
    assert max(tops) - min(tops) <= 4
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_choices_work_from_the_keyboard(opened):
    page = opened().page
    page.locator('select[name="domain"]').focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "label"
    assert page.locator('select[name="domain"]').input_value() == "hackernews"
    assert visible(page, "#fig-confidence svg", "domain") == ["in domain", "hackernews"]


def test_a_figure_that_lacks_the_label_says_so_over_nothing_else(opened):
    page = opened().page
    choose(page, "label", "grief")
    figures = page.locator("figure:has(.nothing)").all()
    assert figures
    for figure in figures:
        boxes = [
            part.bounding_box()
            for part in figure.locator("h3, .reading, .nothing, .panel, .note:not(.nothing), .foot").all()
            if part.is_visible()
        ]
        beside = {round(box["x"]) for box in boxes if box}
        ends = [(box["y"], box["y"] + box["height"]) for box in boxes if round(box["x"]) == min(beside)]
        assert all(end <= start + 1 for (_, end), (start, _) in pairwise(ends))


def test_a_figure_without_domains_is_not_blamed_for_the_domain(opened):
    page = opened().page
    choose(page, "domain", "hackernews")
    assert page.locator(".nothing:visible").count() == 0
    choose(page, "label", "grief")
    assert not any("hackernews" in words for words in page.locator("figure .nothing").all_inner_texts())


def test_a_figure_about_one_other_domain_goes_whole(opened, planted, tmp_path):
    report = planted.planted_report([planted.domain(), planted.domain("issues", timeline=planted.years())])
    file = tmp_path / "timed.html"
    file.write_text(render(report), encoding="utf-8")
    page = opened(file=file).page
    timed = page.locator("figure[id^=fig-time]")
    assert timed.count() == 1
    choose(page, "domain", "hackernews")
    assert not timed.is_visible()
    choose(page, "domain", "issues")
    assert timed.is_visible()


def test_columns_of_other_domains_go_from_tables_and_copies(opened):
    page = opened().page
    choose(page, "domain", "hackernews")
    page.locator("#fig-labels summary").last.click()
    heads = page.locator("#fig-labels th[scope=col]:visible").all_inner_texts()
    assert heads == ["Label", "in domain", "hackernews"]
    page.locator('[data-figure="fig-labels"]').get_by_role("button", name="Copy as CSV").click()
    page.locator("#said", has_text="copied").wait_for(state="attached")
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert {line.count(",") for line in lines} == {2}
    choose(page, "domain", "")
    assert page.locator("#fig-labels th[scope=col]:visible").count() == 5


def test_bars_of_other_domains_leave_no_gap(opened):
    page = opened().page
    picture = page.locator("#fig-groups svg")
    before = picture.bounding_box()["height"]
    choose(page, "domain", "samples")
    rows = page.locator("#fig-groups g[data-domain]:visible")
    assert rows.evaluate_all("(all) => all.map((one) => one.dataset.domain)") == ["in domain", "samples"]
    assert picture.bounding_box()["height"] < 0.7 * before
    last, box = rows.last.bounding_box(), picture.bounding_box()
    assert last["y"] + last["height"] <= box["y"] + box["height"]
    choose(page, "domain", "")
    assert picture.bounding_box()["height"] == before


def test_only_the_words_of_the_chosen_label_stay(opened):
    page = opened().page
    label = page.locator("#fig-words .panel g[data-label]").last.get_attribute("data-label")
    choose(page, "label", label)
    panels = page.locator("#fig-words .panel:not(.off)")
    assert panels.count() > 0
    for panel in panels.all():
        rows = panel.locator("g[data-label][visibility=visible]")
        assert rows.evaluate_all("(all) => all.map((one) => one.dataset.label)") == [label]
        assert panel.bounding_box()["height"] < 200


DRAWN = """(all) => all.filter((one) => one.checkVisibility()).map((one) => [
    one.getAttribute("viewBox"), one.getAttribute("height"),
    ...[...one.querySelectorAll("g[visibility=visible]")].map((row) => row.getAttribute("transform")),
].join())"""


def test_a_label_that_is_chosen_again_shows_what_it_showed_at_first(opened):
    """What stood behind a switch, or in a panel that another choice hid, has its place then, too."""
    page = opened().page
    panels = page.locator("#fig-words .panel:not(.off) svg")
    labels = [
        page.locator(f"#fig-words .panel{place} g[data-label]").last.get_attribute("data-label")
        for place in (":not(details *)", ":is(details *)")
    ]
    for first, other in (labels, labels[::-1]):
        choose(page, "label", first)
        before = panels.evaluate_all(DRAWN)
        assert before
        assert not any(" 0," in part for part in before)
        choose(page, "label", other)
        choose(page, "label", first)
        assert panels.evaluate_all(DRAWN) == before


def test_pairs_of_the_chosen_label_stay_whichever_of_the_two_it_is(opened):
    page = opened().page
    page.locator("#fig-together summary").last.click()
    rows = page.locator("#fig-together tbody tr")
    pairs = [tuple(row.locator("th, td").all_inner_texts()[:2]) for row in rows.all()]
    chosen = pairs[0][1]
    choose(page, "label", chosen)
    shown = [tuple(row.locator("th, td").all_inner_texts()[:2]) for row in rows.all() if row.is_visible()]
    assert shown == [pair for pair in pairs if chosen in pair]
    assert any(pair[1] == chosen for pair in shown)


def test_the_arrow_keys_reach_panels_behind_the_switch_too(opened):
    page = opened().page
    svgs = page.locator("#fig-reliability .panel svg")
    choose(page, "label", svgs.last.get_attribute("data-label"))
    of_marks = "(svg) => [...svg.querySelectorAll('svg.chart * > title')].map((title) => title.textContent)"
    before, there = (svg.evaluate(of_marks) for svg in (svgs.first, svgs.last))
    place = page.locator("#fig-reliability [data-keys]")
    place.focus()
    for _ in range(len(before) + 1):
        place.press("ArrowRight")
    page.wait_for_function(
        "(words) => words.includes(document.getElementById('said').textContent)", arg=there
    )
