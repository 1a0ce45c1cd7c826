"""What goes wrong on the page, and what must not: busy servers, gone ones, tokens, attacks."""

from __future__ import annotations

import concurrent.futures
import json
import re
import threading
import time

import pytest
from chromium import SIZES
from page_visits import ATTACK, given, read, read_file

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.timeout(300)]


def test_a_busy_server_is_waited_for_as_it_asks_and_no_row_is_lost(opened, served):
    own = served("--queue", "64")
    page = opened(at=own).page
    given(page, "text\n" + "Thank you\n" * 150)
    asked = {"texts": ["a long text of words " * 60] * 24}
    full, told = threading.Event(), threading.Event()

    def ask_on():
        while not told.is_set():  # however long the page takes to come
            if own.ask("POST", "/v1/predict", asked).status == 429:
                full.set()
                time.sleep(0.02)

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        others = [pool.submit(ask_on) for _ in range(12)]
        try:
            assert full.wait(60)
            page.locator("#start").click()
            page.locator("#patience", has_text="The server is busy").wait_for()
        finally:
            told.set()
        page.locator("#file-end", has_text="Done: 150 texts read.").wait_for()
        assert [other.result(60) for other in others] == [None] * 12
    assert page.inner_text("#patience") == ""
    assert page.locator("#rows tr").count() == 100
    assert page.inner_text("#rows-shown").startswith("The first 100 of 150 rows")


def test_rows_that_only_the_server_refuses_are_named_and_the_others_are_read(opened):
    page = opened().page
    read_file(page, "n,text\n1,Thank you\n2,\u0085\n3,Thanks\n")  # a space to the server, none to JavaScript
    page.locator("#bad summary").click()
    assert page.locator("#bad-rows li").all_inner_texts() == ["Row 2: nothing but spaces."]
    assert page.locator("#rows tr").count() == 2


def test_a_text_that_is_too_long_is_not_sent_and_says_why(opened):
    found = opened()
    page = found.page
    page.locator("#text").fill("x" * 10_001)
    assert "at most 10,000" in page.inner_text("#count")
    page.wait_for_timeout(300)
    assert not [url for url in found.asked if "predict" in url]


def test_a_server_that_stops_is_told_and_found_again(opened, served):
    own = served()
    page = opened(at=own).page
    read(page, "Thank you")
    own.stop()
    before = page.locator("#answer").bounding_box()
    page.locator("#text").fill("Thank you so much")
    page.locator("#problem", has_text="Is goemox serve still running?").wait_for()
    assert page.locator("#answer").bounding_box() == before  # what is read does not jump
    given(page, "text\n" + "Thank you\n" * 100)
    page.locator("#start").click()
    page.locator("#file-end", has_text="Stopped after 0 of 100.").wait_for()
    served("--port", str(own.port))
    page.locator("#problem-again").click()
    page.locator("#file-end", has_text="Done: 100 texts read.").wait_for()
    page.locator("#tab-text").click()  # what was given up here meanwhile is asked again
    page.locator("#answer:not([hidden]):not(.stale)").wait_for()
    page.locator("#text").fill("Thank you so much indeed")
    page.locator("#answer:not([hidden]):not(.stale)").wait_for()
    assert not page.locator("#problem").is_visible()


def test_a_page_whose_model_was_asked_for_twice_has_everything_once(opened, server):
    found = opened("/blank-of-the-server", ready=False)
    page, waiting = found.page, []

    def model(route):
        if not waiting:
            waiting.append(None)
            route.fulfill(status=503, json={"code": "not-ready"}, headers={"Retry-After": "60"})
        else:
            waiting.append(route)

    page.route("**/v1/model", model)
    page.goto(f"http://127.0.0.1:{server.port}/")
    again = page.locator("#problem-again")
    again.click()
    again.click()
    page.wait_for_function("document.querySelector('#problem').hidden === false")
    assert len(waiting) == 2
    waiting[1].continue_()
    page.wait_for_selector("html[data-ready]", state="attached")
    assert page.locator("#examples button").count() == 6


def test_the_page_asks_for_the_token_keeps_it_in_the_tab_and_sends_it(opened, guarded):
    found = opened(at=guarded, ready=False)
    page = found.page
    field = page.locator("#token-field")
    field.wait_for()
    assert found.wrong == []
    assert field.get_attribute("type") == "password"
    field.fill("wörong-horse-battery")
    field.press("Enter")
    page.locator("#token-wrong", has_text="ASCII").wait_for()
    field.fill("wrong-horse-battery")
    field.press("Enter")
    page.locator("#token-wrong", has_text="not the token").wait_for()
    field.fill("correct-horse-battery")
    field.press("Enter")
    page.wait_for_selector("html[data-ready]", state="attached")
    read(page, "Thank you")
    page.locator("#code summary").click()
    page.locator("#code-text", has_text="$GOEMOX_TOKEN").wait_for()
    assert "correct-horse" not in page.content()
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    assert page.evaluate("localStorage.length") == 0


def test_nothing_that_a_text_or_a_file_holds_is_run(opened, server):
    found = opened(f"/#text={ATTACK.replace('=', '%3D')}")
    page = found.page
    page.locator("#answer:not([hidden]):not(.stale)").wait_for()
    page.locator("#evidence", has_text="<script>").wait_for()
    quoted = ATTACK.replace('"', '""')
    read_file(page, f'"{quoted}",text\nx,"Thank you {quoted}"\n')
    assert "<script>" in page.inner_text("#rows")
    page.locator("#file-work .another").click()
    given(page, json.dumps({ATTACK: 1, "text": ATTACK}) + "\n", f"{ATTACK[:40]}.jsonl")
    page.locator("#file-ready:not([hidden])").wait_for()
    assert "<script>" in page.inner_text("#column")
    assert page.title() == "goemox"
    assert page.locator("main script, main img").count() == 0
    assert found.wrong == []
    assert {url.split("/")[2] for url in found.asked} == {f"127.0.0.1:{server.port}"}


HOSTILE = {
    "turned round": "Thank you \u202eevil\u202c \u2066and\u2069 more",
    "right to left": "\u0634\u0643\u0631\u0627 \u0644\u0643 thank you \u05ea\u05d5\u05d3\u05d4",
    "stacked": "Thank you " + "Z\u0311\u0303\u0345\u0353" * 3 + ("a" + "\u0300" * 80) + " so much",
    "no end": "\0Thank you\0 \x1b[31m \ufffe \ud800",
    "without a space": "x" * 1_900 + " thank you",
    "as long as can be": ("thank you \U0001f600 " * 1_000)[:10_000],
}


def test_texts_that_are_written_to_break_pages_stay_in_their_place(opened):
    found = opened(size="small phone")
    page = found.page

    def sizes():
        for size in ("small phone", "desktop"):
            width, height = SIZES[size]
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size
            yield size

    for name, text in HOSTILE.items():
        page.evaluate(
            """(text) => {
                document.getElementById("text").value = text;
                document.getElementById("text").dispatchEvent(new Event("input"));
            }""",
            text,
        )
        page.locator("#answer:not([hidden]):not(.stale)").wait_for()
        for size in sizes():
            shown = page.locator("#evidence").bounding_box()
            within = page.locator(".words").bounding_box()
            assert within["x"] <= shown["x"], (name, size)
            assert shown["x"] + shown["width"] <= within["x"] + within["width"], (name, size)
    rows = json.dumps([{"text": text} for text in HOSTILE.values() if "\0" not in text])
    read_file(page, rows, "hostile.json")
    assert [*sizes()] == ["small phone", "desktop"]
    assert found.wrong == []
    kept = "[document.cookie, Object.keys(sessionStorage).length, Object.keys(localStorage).length]"
    assert page.evaluate(kept) == ["", 0, 0]


def test_the_sources_of_the_page_never_make_html_of_strings():
    from goemox.serve.page import _static

    for name, kept in _static().items():
        source = kept.body.decode()
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source
        ), name
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg|jfly\.)", source), name
        assert name.endswith(".html") or source.count("\n") <= 200, name


def test_files_of_the_page_are_kept_by_browsers_and_their_names_open_nothing(server):
    answer = server.ask("GET", "/static/page.js")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    again = server.ask("GET", "/static/page.js", If_None_Match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert "script-src 'self'" in server.ask("GET", "/").headers["content-security-policy"]
    assert "default-src 'none'" in again.headers["content-security-policy"]
    for name in ("../page.py", "..%2fpage.py", "%2e%2e/app.py", "index.html", "/etc/passwd", ""):
        assert server.ask("GET", f"/static/{name}").status == 404
    assert server.ask("HEAD", "/").status == 200
    assert server.ask("POST", "/", {}).status == 405


def test_colours_are_those_of_the_reports():
    from goemox.report.palette import DARK, LIGHT
    from goemox.serve.page import _static

    sheet = _static()["colours.css"].body.decode()
    shared = ("page", "surface", "text", "muted", "line", "edge", "accent", "neutral", "good", "watch", "bad")
    for colours, times in ((LIGHT, 1), (DARK, 2)):
        wanted = "".join(f"--{name}:{colours[name]};" for name in shared)
        assert sheet.count(wanted) == times
