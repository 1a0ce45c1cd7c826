"""The page at `/` in a real Chromium, against a real server: a text, two texts, a link, code."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest
from page_visits import FAR, LOVED, read

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.timeout(300)]


def test_a_text_is_read_as_it_is_typed_and_every_number_agrees_with_the_api(opened, server):
    found = opened()
    page = found.page
    page.locator("#text").press_sequentially(LOVED, delay=4)
    page.locator("#answer:not([hidden]):not(.stale)").wait_for()
    answer = server.ask("POST", "/v1/predict", {"texts": [LOVED]}).json
    (result,) = answer["results"]
    assert page.locator("#answer-labels").inner_text() == " and ".join(result["labels"])
    about = round(100 * result["scores"][result["labels"][0]])
    assert f"Of 100 such comments, about {about} carry {result['labels'][0]}" in page.inner_text(
        "#answer-meaning"
    )
    rows = page.locator("#labels .label-row")
    given = page.locator("#labels .label-row:not(.below)")
    assert given.locator(".name").all_inner_texts() == result["labels"]
    assert all(result["scores"][name] >= 0.05 for name in rows.locator(".name").all_inner_texts())
    for i, label in enumerate(result["labels"]):
        fill = rows.nth(i).locator(".fill").evaluate("one => parseFloat(one.style.width)")
        tick = rows.nth(i).locator(".tick").evaluate("one => parseFloat(one.style.left)")
        assert fill == pytest.approx(100 * result["scores"][label], abs=0.01)
        assert tick == pytest.approx(100 * answer["thresholds"][label], abs=0.01)
    assert page.inner_text("#set-labels") == " and ".join(result["prediction_set"])
    assert "miss at most 20\u00a0% of the true labels" in page.inner_text("#set-words")
    page.locator("#all-labels").check()
    assert rows.count() == 28
    sent = [url for url in found.asked if url.endswith("/v1/predict")]
    assert len(sent) < len(LOVED) / 2  # not one request a key
    assert found.wrong == []


def test_words_of_several_labels_are_coloured_at_once_and_one_that_is_looked_at_alone(opened):
    page = opened().page
    read(page, LOVED)
    box = {name: page.locator(f'[data-label="{name}"]') for name in ("confusion", "love")}
    row = {name: page.locator(".label-row", has=each) for name, each in box.items()}
    ink = {name: each.get_attribute("class").split()[-1] for name, each in row.items()}
    assert ink["confusion"] != ink["love"]
    marks = page.locator("#evidence .for")
    words = {name: page.locator(f"#evidence .for.{ink[name]}").all_inner_texts() for name in ink}
    for name, word in (("confusion", "confused."), ("love", "love")):
        assert word in words[name]  # past an emoji
        row[name].hover()
        assert page.inner_text("#evidence-label") == name
        assert f"Carried by “{word}” (+" in page.inner_text("#evidence-words")
    strongest = max(
        marks.all(), key=lambda each: each.evaluate("one => one.style.getPropertyValue('--share')")
    )
    assert strongest.inner_text() == "love"
    page.locator("h1").hover()
    assert set(page.inner_text("#evidence-label").split(" and ")) == {"confusion", "love"}
    box["love"].uncheck()
    page.locator("h1").hover()
    assert page.inner_text("#evidence-label") == "confusion"
    assert page.inner_text("#evidence") == LOVED
    page.locator("#all-labels").check()
    page.locator("#by-kind").check()
    assert page.locator("#labels h4").all_inner_texts() == ["positive", "negative", "ambiguous", "neutral"]
    assert page.locator("#labels .label-row").count() == 28


def test_what_is_cleared_comes_back_and_a_result_can_be_copied(opened, server):
    page = opened().page
    read(page, "Thank you so much!")
    (result,) = server.ask("POST", "/v1/predict", {"texts": ["Thank you so much!"]}).json["results"]
    page.locator("#copy-result").click()
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert lines[0] == "Thank you so much!"
    assert lines[2].startswith(f"gratitude {100 * result['scores']['gratitude']:.3g}"[:12])
    page.locator("#clear").click()
    assert page.locator("#intro").is_visible()
    page.locator("#undo").click()
    assert page.input_value("#text") == "Thank you so much!"
    page.locator("#clear").click()
    page.keyboard.press("Control+z")
    page.locator("#answer:not([hidden]):not(.stale)").wait_for()
    assert not page.locator("#undo").is_visible()


def test_a_label_that_passes_no_threshold_is_called_the_most_probable(opened):
    page = opened().page
    read(page, "I was angry at first, but you helped me and I am grateful now. " * 6)
    told = page.locator("#labels .label-row:not(.below) input").get_attribute("aria-label")
    assert "below its threshold" in told
    assert page.inner_text("#answer-meaning").startswith("No label passes its threshold; this is the most")


def test_far_from_home_numbers_are_called_a_ranking_and_nothing_is_promised(opened):
    page = opened().page
    read(page, FAR)
    assert page.inner_text("#answer-meaning").startswith(
        "Treat the numbers as a ranking: so far from the Reddit"
    )
    told = page.inner_text("#gauge")
    assert re.match(r"Unlike the Reddit comments it learned from: \d+th percentile, farther out than", told)
    assert page.inner_text("#set-words").startswith("None is promised here")
    read(page, "Спасибо большое, всё работает!")
    assert re.search("Russian, not English|not Latin", page.inner_text("#oddities"))
    page.locator("#text").fill("thank you " * 900)
    page.locator("#oddities", has_text="after 512 tokens").wait_for()
    page.locator("#evidence-words", has_text="up to 2,000 characters").wait_for()


def test_only_the_last_text_is_answered_however_slow_the_ones_before_it_are(opened):
    page = opened().page
    held = []

    def slow(route):
        if "first" in route.request.post_data:
            held.append(route)
        else:
            route.continue_()

    page.route("**/v1/predict", slow)
    page.locator("#text").fill("I am so angry at the first text")
    while not held:
        page.wait_for_timeout(20)
    read(page, "Thank you for the second")
    assert len(held) == 1
    assert page.inner_text("#answer-labels") == "gratitude"
    page.locator("#clear").click()
    assert not page.locator("#answer").is_visible()


def test_a_text_that_was_typed_over_is_not_explained_while_the_next_one_is_read(opened):
    page = opened().page
    held, explained = [], []
    page.on("request", lambda asked: explained.append(asked.post_data) if "explain" in asked.url else None)
    page.route("**/v1/predict", lambda route: held.append(route))

    def typed(text):
        page.locator("#text").fill(text)
        page.clock.run_for(200)
        while not held:
            page.wait_for_timeout(20)

    page.clock.install(time="2026-01-01")
    page.clock.pause_at("2026-01-02")  # time passes only where it is told to
    typed("Thank you for the first")
    held.pop().continue_()
    page.locator("#answer:not([hidden]):not(.stale)").wait_for()
    typed("Thank you for the second")
    page.clock.run_for(2_000)
    held.pop().continue_()
    page.locator("#answer:not([hidden]):not(.stale)").wait_for()
    page.clock.run_for(2_000)
    page.locator("#evidence .for").first.wait_for()
    assert len(explained) == 1
    assert "second" in explained[0]


def test_examples_and_the_link_bring_a_text_back_and_the_server_never_sees_the_address(opened, server):
    found = opened()
    page = found.page
    page.get_by_role("button", name="thanks").click()
    page.locator("#answer-labels", has_text="gratitude").wait_for()
    page.locator("#panel-text .copy-link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    text = page.input_value("#text")
    again = opened(link.removeprefix(f"http://127.0.0.1:{server.port}"))
    again.page.locator("#answer-labels", has_text="gratitude").wait_for()
    assert again.page.input_value("#text") == text
    assert not [url for url in again.asked if "Thank" in url.partition("#")[0]]


def test_two_texts_are_compared_label_by_label_and_can_be_linked(opened):
    found = opened("/#a=Thank+you%2C+this+works&b=I+am+so+sorry%2C+it+is+broken")
    page = found.page
    page.locator("#comparison:not([hidden])").wait_for()
    assert "Only A is given gratitude; only B is given" in page.inner_text("#verdict")
    first = page.locator("#pairs .pair").first
    a, b = (first.locator(f".of-{side} .track").bounding_box() for side in "ab")
    assert a["y"] + a["height"] <= b["y"]
    assert a["width"] == b["width"] > 200
    assert first.locator(".name").inner_text() == "gratitude"
    assert first.locator(".difference").inner_text().startswith("−")
    page.locator("#swap").click()
    page.locator("#verdict", has_text="only B is given gratitude").wait_for()
    page.locator("#panel-compare .copy-link").click()
    assert page.evaluate("navigator.clipboard.readText()").endswith("&b=Thank+you%2C+this+works")
    page.locator("#all-pairs").check()
    assert page.locator("#pairs .pair").count() == 28
    assert found.wrong == []


def test_two_texts_that_were_cleared_come_back_and_are_read_at_once(opened):
    page = opened("/#a=Thank+you&b=Sorry").page
    shown = page.locator("#comparison:not([hidden]):not(.stale)")
    shown.wait_for()
    page.locator("#clear-pair").click()
    assert page.input_value("#text-a") == page.input_value("#text-b") == ""
    assert not page.locator("#comparison").is_visible()
    page.keyboard.press("Control+z")
    assert [page.input_value(f"#text-{side}") for side in "ab"] == ["Thank you", "Sorry"]
    page.keyboard.press("Control+Enter")
    shown.wait_for()
    page.locator("#clear-pair").click()
    page.locator("#undo-pair").click()
    assert page.input_value("#text-b") == "Sorry"
    assert not page.locator("#undo-pair").is_visible()


def test_what_is_copied_and_shown_as_code_is_of_what_is_open_also_where_there_is_no_clipboard(opened):
    page = opened().page
    read(page, "What a lovely day")
    page.locator("#code summary").click()
    page.locator("#tab-text").focus()
    page.keyboard.press("ArrowRight")
    assert "lovely" not in page.inner_text("#code-text")
    page.locator("#text-a").fill("Only this one")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    button = page.locator("#panel-compare .copy-link")
    button.click()
    assert button.inner_text() == "Copied"
    assert page.evaluate("document.activeElement.className").find("copy-link") >= 0
    page.locator("#text-b").focus()
    page.keyboard.press("Control+v")
    assert page.input_value("#text-b").endswith("#a=Only+this+one")


def test_two_texts_that_are_given_more_labels_than_rows_are_shown_those_and_no_other(opened):
    page = opened("/").page

    def generous(route):
        answer = route.fetch()
        found = answer.json()
        for result in found["results"]:
            result["labels"] = list(result["scores"])[:10]
        route.fulfill(response=answer, json=found)

    page.route("**/v1/predict", generous)
    page.locator("#tab-compare").click()
    page.locator("#text-a").fill("Thank you")
    page.locator("#text-b").fill("I am sorry")
    page.locator("#comparison:not([hidden]):not(.stale)").wait_for()
    assert page.locator("#pairs .pair").count() == 10


@pytest.mark.parametrize("has_token", [False, True], ids=["open", "token"])
def test_the_code_runs_as_it_stands_whatever_the_text_holds(opened, server, guarded, has_token, tmp_path):
    page = opened(at=guarded if has_token else server, ready=not has_token).page
    if has_token:
        page.locator("#token-field").fill("correct-horse-battery")
        page.locator("#token-field").press("Enter")
        page.wait_for_selector("html[data-ready]", state="attached")
    text = 'Thank you! it\'s "great" `$(touch run)` $HOME \\n ${x} </script>\nnew line \u2028 😀 %s {}'
    page.locator("#text").fill(text)
    page.locator("#code summary").click()
    empty = tmp_path / "empty"
    empty.mkdir()
    for language, command in (
        ("curl", ["bash", "-c"]),
        ("Python", [sys.executable, "-c"]),
        ("JavaScript", ["node", "--input-type=module", "-e"]),
    ):
        if shutil.which(command[0]) is None or (language == "curl" and shutil.which("curl") is None):
            continue
        page.get_by_role("button", name=language).click()
        page.locator("#copy-code").click()
        code = page.evaluate("navigator.clipboard.readText()")
        said = subprocess.run(
            [*command, code], capture_output=True, text=True, cwd=empty, timeout=60,
            env={**os.environ, "GOEMOX_TOKEN": "correct-horse-battery"},
        )  # fmt: skip
        assert "gratitude" in said.stdout, (language, said.stderr)
        assert list(empty.iterdir()) == []
        assert "correct-horse" not in code
