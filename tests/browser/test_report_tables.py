"""Tables of the page: sorted, searched and copied, whatever they hold."""

from __future__ import annotations

import re

import pytest

from goemox.report.page import render

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.timeout(900)]


def copied(page, button) -> list[str]:
    page.evaluate("document.getElementById('said').textContent = ''")
    button.click()
    page.locator("#said", has_text="copied").wait_for(state="attached")
    return page.evaluate("navigator.clipboard.readText()").splitlines()


def test_a_click_on_a_heading_sorts_and_a_second_turns_the_order(opened):
    page = opened().page
    heading = page.locator("#labels th", has_text="F1").first
    first = page.locator("#labels tbody tr th").first
    heading.get_by_role("button").click()
    assert first.inner_text() == "gratitude"
    assert heading.get_attribute("aria-sort") == "descending"
    assert page.locator("#said").inner_text() == "Sorted by F1, descending."
    heading.get_by_role("button").press("Enter")
    assert first.inner_text() == "grief"
    assert heading.get_attribute("aria-sort") == "ascending"
    page.locator("#labels th", has_text="Label").get_by_role("button").click()
    assert first.inner_text() == "admiration"


def test_bins_sort_by_their_numbers(opened):
    before, rising, falling = opened().page.evaluate(
        """() => {
            const table = document.getElementById("fig-confidence-numbers");
            const named = () => [...table.tBodies[0].rows].map((row) => row.cells[0].textContent);
            const orders = [named()];
            const sort = table.querySelector("thead button");
            for (let n = 0; n < 2; n += 1) {
                sort.click();
                orders.push(named());
            }
            return orders;
        }"""
    )
    assert before == rising == falling[::-1]


def test_every_heading_of_every_table_sorts_its_rows_and_loses_none(opened):
    view = opened()
    lost = view.page.evaluate(
        """[...document.querySelectorAll('table')].filter((table) => {
            const words = () => [...table.tBodies[0].rows].map((row) => row.textContent).sort().join();
            const before = words();
            const buttons = [...table.querySelectorAll('thead button')];
            buttons.forEach((button) => { button.click(); button.click(); });
            return !buttons.length || words() !== before;
        }).map((table) => table.id)"""
    )
    assert lost == []
    assert view.wrong == []


def test_the_search_keeps_the_rows_that_hold_the_words(looked_at):
    page = looked_at().page
    page.locator('[data-table="labels"] input').fill("gra")
    shown = page.locator("#labels tbody tr:visible th").all_inner_texts()
    assert shown == ["gratitude"]
    assert page.locator("#said").inner_text() == "1 of 28 rows shown."
    page.locator('[data-table="labels"] input').fill("")


def test_how_many_rows_a_search_found_is_seen_beside_its_field(opened):
    page = opened().page
    tools = page.locator('[data-table="labels"]')
    tools.locator("input").fill("no such label")
    assert tools.get_by_text("0 of 28 rows").is_visible()
    tools.locator("input").fill("o")
    page.locator('select[name="label"]').select_option("joy")
    assert tools.get_by_text("1 of 28 rows").is_visible()
    tools.locator("input").fill("")
    assert tools.get_by_text("rows").count() == 0


def test_every_table_of_many_rows_has_a_search_field(looked_at):
    page = looked_at().page
    unsearched = page.evaluate(
        """[...document.querySelectorAll('table')].filter((table) => table.tBodies[0].rows.length > 12
            && !document.querySelector(`[data-table="${table.id}"] input`)).map((table) => table.id)"""
    )
    assert unsearched == []


def test_a_table_is_copied_as_csv_without_its_pictures(looked_at):
    page = looked_at().page
    lines = copied(page, page.locator('[data-table="labels"] button'))
    assert lines[0].startswith("Label,True rows,Predicted,Precision,Recall,F1,low,high")
    assert len(lines) == 29
    assert lines[1].startswith("neutral,1791,")


def test_only_the_rows_in_sight_are_copied(opened):
    page = opened().page
    page.locator('[data-table="labels"] input').fill("o")
    page.locator('select[name="label"]').select_option("joy")
    assert [line.split(",")[0] for line in copied(page, page.locator('[data-table="labels"] button'))] == [
        "Label",
        "joy",
    ]


def test_the_numbers_of_every_figure_are_copied_at_its_foot(looked_at):
    page = looked_at().page
    for foot in page.locator("[data-figure]").all():
        table = page.locator(f"#{foot.get_attribute('data-figure')} table")
        lines = copied(page, foot.get_by_role("button", name="Copy as CSV"))
        assert len(lines) == table.locator("tbody tr").count() + 1


def test_a_copy_says_no_more_than_the_table_and_leaves_its_signs_there(looked_at):
    page = looked_at().page

    def lines(figure):
        return copied(
            page, page.locator(f'[data-figure="{figure}"]').get_by_role("button", name="Copy as CSV")
        )

    pairs = lines("fig-away-together")[1:]
    assert {line.split(",")[-1] for line in pairs} == {"≥0.05"}
    assert any(line.startswith("issues⟦U+202E⟧<") for line in pairs)  # without the isolates round it
    assert any(re.fullmatch(r"hackernews,admiration,great,260,.*,9.5,", line) for line in lines("fig-words"))


def test_rows_of_sets_and_of_true_labels_follow_the_choices(opened):
    page = opened().page
    page.locator('select[name="domain"]').select_option("hackernews")
    page.locator('select[name="label"]').select_option("neutral")
    left = {
        key: page.locator(f"#{key}-numbers tbody tr:not(.off) th").all_text_contents()
        for key in ("fig-groups", "fig-confusion-multi-label")
    }
    assert left["fig-groups"] == ["GoEmotions test (in domain)", "hackernews"]
    assert left["fig-confusion-multi-label"] == ["neutral"]


def test_a_table_of_twenty_thousand_rows_sorts_within_seconds(opened, planted, tmp_path):
    rows = [
        {
            "label": f"label {i}", "ks": (i * 7919 % 20_000) / 20_000, "p_adjusted": 0.4,
            "share_reference": 0.1, "share_target": 0.1,
        }
        for i in range(20_000)
    ]  # fmt: skip
    domain = planted.domain()
    domain["tests"]["labels"] = rows
    path = tmp_path / "huge.html"
    path.write_text(render(planted.planted_report([domain])), encoding="utf-8")
    page = opened(file=path).page
    taken = page.evaluate(
        """() => {
            const table = document.getElementById('moved');
            const start = performance.now();
            const heads = [...table.querySelectorAll('thead button')];
            heads.find((head) => head.textContent.startsWith('KS')).click();
            return performance.now() - start;
        }"""
    )
    first, last = (page.locator(f"#moved tbody tr:{place}-child td").nth(4) for place in ("first", "last"))
    assert float(first.get_attribute("data-v")) > 0.9999
    assert float(last.get_attribute("data-v")) == 0
    assert taken < 10_000


def test_a_copy_is_confirmed_on_its_button(looked_at):
    page = looked_at().page
    button = page.locator('[data-table="labels"] button')
    assert button.get_attribute("title") == "Copies the rows and columns that are shown"
    button.click()
    page.locator('[data-table="labels"] button', has_text="Copied").wait_for()
    page.locator('[data-table="labels"] button', has_text="Copy as CSV").wait_for()


def test_the_interval_at_a_glance_is_copied_too(looked_at):
    page = looked_at().page
    lines = copied(page, page.locator('[data-table="glance"] button'))
    assert lines[0].split(",")[3:5] == ["Macro-F1", "95% interval"]
    assert " to " in lines[1].split(",")[4]


def test_a_table_at_a_glance_needs_no_sideways_swipe_on_a_phone(opened):
    page = opened("small phone").page
    table = page.locator("#glance")
    assert table.evaluate("(one) => one.parentElement.scrollWidth <= one.parentElement.clientWidth")
    row = table.get_by_role("row").nth(0)
    assert "measured against" in row.inner_text()
    heads = table.locator("tbody tr").first.locator("td[data-head]")
    assert heads.first.evaluate("(one) => getComputedStyle(one, '::before').content") == '"Texts"'
    width = page.viewport_size["width"]
    assert all(cell.bounding_box()["x"] + cell.bounding_box()["width"] <= width for cell in heads.all())


def test_a_table_that_goes_on_beyond_its_box_fades_there_until_its_end(opened):
    page = opened("phone").page
    box = page.locator("#labels").locator("..")
    page.locator(".more-right #labels").wait_for()
    assert box.evaluate("(one) => getComputedStyle(one).maskImage") != "none"
    box.evaluate("(one) => one.scrollTo(9999, 0)")
    page.locator(".scroll:not(.more-right) #labels").wait_for()
    page.locator("summary", has_text="Which labels moved").click()
    page.locator(".more-below #moved").wait_for()
    page.locator("#moved").evaluate("(one) => one.parentElement.scrollTo(9999, 99999)")
    page.locator(".scroll:not(.more-below) #moved").wait_for()
