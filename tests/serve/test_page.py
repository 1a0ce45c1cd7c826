"""The page at `/` in a real Chromium, against a real server: what people see, type, drop and press."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.timeout(300)]

CHROMIUM = os.environ.get("GOEMOX_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WAIT = 60_000  # milliseconds; a shared machine may be slow
SIZES = {"desktop": (1280, 900), "phone": (390, 844), "small phone": (320, 640)}
ATTACK = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"
LOVED = "I love this 😀, but why does it crash? I am so confused."
FAR = "Postgres 17: logical replication slots survive a failover"


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install 'goemox[dev]'"
    )
    if CHROMIUM is None:
        pytest.skip("no Chromium on PATH: install it or set GOEMOX_CHROMIUM")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=WAIT)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, server) -> Iterator[Callable[..., SimpleNamespace]]:
    """Open a page of a server; `wrong` collects console errors, `asked` the addresses of all requests."""
    contexts = []

    def open_page(
        path: str = "/", *, at=server, size: str = "desktop", scheme: str = "light", ready: bool = True,
        **more: object,
    ) -> SimpleNamespace:  # fmt: skip
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True,
            has_touch=size != "desktop", permissions=["clipboard-read", "clipboard-write"], **more,
        )  # fmt: skip
        contexts.append(context)
        context.set_default_timeout(WAIT)
        page = context.new_page()
        wrong, asked = [], []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"http://127.0.0.1:{at.port}{path}")
        if ready:
            page.wait_for_selector("html[data-ready]", state="attached")
        return SimpleNamespace(page=page, wrong=wrong, asked=asked)

    yield open_page
    for context in contexts:
        context.close()


def read(page, text: str) -> None:
    """Type a text and wait for its answer and its words."""
    page.locator("#text").fill(text)
    page.locator("#answer:not([hidden]):not(.stale)").wait_for()
    page.locator("#evidence-words", has_text=re.compile("Carried|No single")).wait_for()


def given(page, rows: str, name: str = "comments.csv") -> None:
    """Choose a file on the file tab."""
    page.locator("#tab-file").click()
    file = {"name": name, "mimeType": "text/csv", "buffer": rows.encode()}
    page.locator("#file-input").set_input_files(file)


def read_file(page, rows: str, name: str = "comments.csv") -> None:
    given(page, rows, name)
    page.locator("#start").click()
    page.locator("#file-end", has_text=re.compile("^Done")).wait_for()


def saved(page, button: str) -> str:
    with page.expect_download() as download:
        page.locator(button).click()
    return download.value.path().read_bytes().decode()


# --- one text


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
    assert rows.count() == len(result["labels"])
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


def test_words_are_coloured_for_the_label_that_is_chosen_past_signs_of_two_code_units(opened):
    page = opened().page
    read(page, LOVED)
    marks = page.locator("#evidence .for")
    for label, word in (("confusion", "confused."), ("love", "love")):
        page.locator(f'[data-label="{label}"]').click()
        assert page.inner_text("#evidence-label") == label
        assert word in marks.all_inner_texts()
        assert f"Carried by “{word}” (+" in page.inner_text("#evidence-words")
    strongest = max(
        marks.all(), key=lambda each: each.evaluate("one => one.style.getPropertyValue('--share')")
    )
    assert strongest.inner_text() == "love"
    assert page.inner_text("#evidence") == LOVED


def test_far_from_home_numbers_are_called_a_ranking_and_nothing_is_promised(opened):
    page = opened().page
    read(page, FAR)
    assert page.inner_text("#answer-meaning").startswith(
        "Treat the numbers as a ranking: so far from the Reddit"
    )
    assert "Unlike the Reddit comments it learned from: farther out than" in page.inner_text("#gauge")
    assert page.inner_text("#set-words").startswith("None is promised here")
    read(page, "Спасибо большое, всё работает!")
    assert "not Latin" in page.inner_text("#oddities")
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
    page.wait_for_timeout(300)
    read(page, "Thank you for the second")
    assert len(held) == 1
    assert page.inner_text("#answer-labels") == "gratitude"
    page.locator("#clear").click()
    assert not page.locator("#answer").is_visible()


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
    assert first.locator(".name").inner_text() == "gratitude"
    assert first.locator(".difference").inner_text().startswith("−")
    page.locator("#swap").click()
    page.locator("#verdict", has_text="only B is given gratitude").wait_for()
    page.locator("#panel-compare .copy-link").click()
    assert page.evaluate("navigator.clipboard.readText()").endswith("&b=Thank+you%2C+this+works")
    page.locator("#all-pairs").check()
    assert page.locator("#pairs .pair").count() == 28
    assert found.wrong == []


@pytest.mark.parametrize("language", ["curl", "Python", "JavaScript"])
def test_the_code_runs_as_it_stands_whatever_the_text_holds(opened, language, tmp_path):
    page = opened().page
    text = 'Thank you! it\'s "great" `$(touch run)` $HOME \\n ${x} </script>\nnew line \u2028 😀 %s {}'
    page.locator("#text").fill(text)
    page.locator("#code summary").click()
    page.get_by_role("button", name=language).click()
    page.locator("#copy-code").click()
    code = page.evaluate("navigator.clipboard.readText()")
    run = {
        "curl": ["bash", "-c"],
        "Python": [sys.executable, "-c"],
        "JavaScript": ["node", "--input-type=module", "-e"],
    }
    if shutil.which(run[language][0]) is None:
        pytest.skip(f"no {run[language][0]} on PATH")
    said = subprocess.run([*run[language], code], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert "gratitude" in said.stdout, said.stderr
    assert list(tmp_path.iterdir()) == []


# --- files


def test_five_thousand_rows_can_be_dropped_watched_cancelled_saved_and_gone_on_with(opened):
    found = opened()
    page = found.page
    rows = "id,comment\n" + "".join(f'{i},"Thank you, number {i}"\n' for i in range(5_000))
    page.evaluate(
        """(text) => {
            const carried = new DataTransfer();
            carried.items.add(new File([text], "five.csv", { type: "text/csv" }));
            for (const type of ["dragover", "drop"]) {
                const how = { dataTransfer: carried, bubbles: true, cancelable: true };
                document.body.dispatchEvent(new DragEvent(type, how));
            }
        }""",
        rows,
    )
    page.get_by_role("button", name="Read 5,000 texts").click()
    page.locator("#progress-words", has_text=re.compile(r"a second, about \d+ (s|min) left")).wait_for()
    page.locator("#tab-text").click()  # the page is free meanwhile
    page.locator("#text").fill("ok")
    page.locator("#tab-file").click()
    page.locator("#cancel").click()
    page.locator("#file-end", has_text="Stopped after").wait_for()
    done = int(re.search(r"after ([\d,]+) of 5,000", page.inner_text("#file-end"))[1].replace(",", ""))
    assert 0 < done < 5_000
    assert page.locator("#rows tr").count() == min(200, done)
    lines = saved(page, "#save-csv").splitlines()
    assert len(lines) == done + 1
    page.locator("#go-on").click()
    page.locator("#progress-words", has_text="left").wait_for()
    page.locator("#file-results .another").click()  # while it runs
    given(page, "text\nThank you\n")
    page.get_by_role("button", name="Read 1 text").click()
    page.locator("#file-end", has_text="Done: 1 text read.").wait_for()
    assert page.locator("#rows tr").count() == 1
    assert found.wrong == []


MESSY = (
    '\ufeffid;date;comment;labels\r\n'
    '7;2024-01-01;"Thank you; it says ""works""\r\non two lines";mine\r\n'
    '8;2024-01-02;=1+1 I love it;x\r\n'
    '9;2024-01-03;;x\r\n'
    '10;2024-01-04\r\n'
    '11;2024-01-05;Why is that? I am curious;"-2"\r\n'
)  # fmt: skip


def test_a_messy_csv_is_read_as_it_is_meant_bad_rows_are_named_and_the_file_is_safe(opened):
    page = opened().page
    read_file(page, MESSY)
    assert page.inner_text("#bad-count") == "2 rows could not be read"
    page.locator("#bad summary").click()
    assert page.locator("#bad-rows li").all_inner_texts() == [
        "Row 3: no text.",
        "Row 4: 2 cells where 4 are expected.",
    ]
    assert page.locator("#rows tr").count() == 3
    text = saved(page, "#save-csv")
    assert text.startswith("\ufeffid,date,comment,input_labels,labels,score_admiration,")
    assert '7,2024-01-01,"Thank you; it says ""works""\r\non two lines",mine,gratitude,' in text
    assert "8,2024-01-02,'=1+1 I love it,x,love," in text
    assert text.count("no text") == 1
    lines = [json.loads(line) for line in saved(page, "#save-jsonl").splitlines()]
    assert [line["id"] for line in lines] == ["7", "8", "9", "10", "11"]
    assert lines[0]["text"].endswith("on two lines")
    assert lines[1]["labels"] == ["love"]
    assert lines[2]["problem"] == "no text"


def test_the_results_of_a_file_agree_with_the_api_and_can_be_sorted_and_opened(opened, server):
    page = opened().page
    texts = ["Thank you so much!", "I am so sorry about this", FAR, "Thanks, great work", "Why is it so?"]
    lines = "".join(json.dumps({"n": i, "body": text}) + "\n" for i, text in enumerate(texts * 50))
    read_file(page, lines, "rows.jsonl")
    assert page.inner_text("#rows-shown") == "The first 200 of 250 rows in this order; the files hold all."
    results = server.ask("POST", "/v1/predict", {"texts": texts}).json["results"]
    grateful = sum("gratitude" in each["labels"] for each in results)
    share = page.locator("#shares .share", has_text="gratitude")
    assert share.locator(".value").inner_text() == f"{100 * grateful // 5}\u00a0%"
    outside = 50 * sum(not each["in_domain"] for each in results)
    assert f"{outside} of 250" in page.inner_text("#file-summary")
    page.get_by_role("button", name="Farther out than").click()
    assert FAR in page.locator("#rows tr").first.inner_text()
    assert page.locator("#table th[aria-sort=descending]").inner_text().startswith("Farther")
    page.locator("#rows tr").first.get_by_role("button").click()
    page.locator("#answer:not([hidden]):not(.stale)").wait_for()
    assert page.input_value("#text") == FAR


def test_the_column_can_be_chosen_and_rows_pasted(opened):
    page = opened().page
    page.locator("#tab-file").click()
    page.locator(".paste summary").click()
    page.locator("#paste").fill(
        "short\tlonger\nThank you\tThis is a long sentence that nobody asked for\nWow\tAnd this too is one\n"
    )
    page.locator("#use-paste").click()
    assert page.locator("#column").input_value() == "1"
    page.locator("#column").select_option("0")
    assert page.locator("#preview li").all_inner_texts() == ["Thank you", "Wow"]
    page.locator("#header").uncheck()
    page.locator("#column").select_option("0")
    assert page.inner_text("#start") == "Read 3 texts"
    page.locator("#separator").select_option("line ends only")
    assert page.locator("#preview li").first.inner_text().startswith("short")


def test_commas_of_sentences_are_no_columns_and_the_first_text_is_no_header(opened):
    page = opened().page
    page.locator("#tab-file").click()
    page.locator(".paste summary").click()
    page.locator("#paste").fill("Well, thank you\nOh, I am sorry\nNo, never\n")
    page.locator("#use-paste").click()
    assert page.locator("#preview li").all_inner_texts() == ["Well, thank you", "Oh, I am sorry", "No, never"]
    assert page.inner_text("#start") == "Read 3 texts"


def test_a_file_that_is_none_is_told(opened):
    page = opened().page
    given(page, "PAR1\0\0\0", "x.parquet")
    page.locator("#file-wrong", has_text="x.parquet is no text").wait_for()
    given(page, " \n", "empty.csv")
    page.locator("#file-wrong", has_text="no row in empty.csv").wait_for()


# --- what goes wrong


def test_a_busy_server_is_waited_for_as_it_asks_and_no_row_is_lost(opened):
    page = opened().page
    times, refused = [], []

    def busy(route):
        times.append(time.monotonic())
        if len(refused) < 2:
            refused.append(route)
            body = {"type": "x", "title": "Too many", "status": 429, "code": "overloaded"}
            route.fulfill(status=429, headers={"Retry-After": "1"}, json=body)
        else:
            route.continue_()

    page.route("**/v1/predict", busy)
    given(page, "text\n" + "Thank you\n" * 150)
    page.locator("#start").click()
    page.locator("#patience", has_text="busy").wait_for()
    page.locator("#file-end", has_text="Done: 150 texts read.").wait_for()
    assert times[2] - times[0] >= 0.95


def test_rows_that_the_server_refuses_are_named_and_the_others_are_read(opened):
    page = opened().page

    def picky(route):
        texts = route.request.post_data_json["texts"]
        bad = [i for i, text in enumerate(texts) if "odd" in text]
        if not bad:
            route.continue_()
            return
        body = {
            "code": "invalid",
            "status": 422,
            "errors": [{"at": f"texts.{i}", "problem": "Too odd"} for i in bad],
        }
        route.fulfill(status=422, json=body)

    page.route("**/v1/predict", picky)
    read_file(page, "text\nThank you\nan odd one\nThanks\n")
    page.locator("#bad summary").click()
    assert page.locator("#bad-rows li").all_inner_texts() == ["Row 2: Too odd."]
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
    page.locator("#text").fill("Thank you so much")
    page.locator("#problem", has_text="Is goemox serve still running?").wait_for()
    given(page, "text\n" + "Thank you\n" * 100)
    page.locator("#start").click()
    page.locator("#file-end", has_text="Stopped after 0 of 100.").wait_for()
    served("--port", str(own.port))
    page.locator("#problem-again").click()
    page.locator("#file-end", has_text="Done: 100 texts read.").wait_for()
    page.locator("#tab-text").click()
    page.locator("#text").fill("Thank you so much indeed")
    page.locator("#answer:not([hidden]):not(.stale)").wait_for()
    assert not page.locator("#problem").is_visible()


def test_the_page_asks_for_the_token_keeps_it_in_the_tab_and_sends_it(opened, served, tmp_path):
    (tmp_path / "token").write_text("correct-horse-battery\n")
    own = served("--token-file", str(tmp_path / "token"))
    found = opened(at=own, ready=False)
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
    assert "correct-horse" not in page.content()
    assert "$GOEMOX_TOKEN" in page.inner_text("#code-text")
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    assert page.evaluate("localStorage.length") == 0


# --- who may do what


def test_nothing_that_a_text_or_a_file_holds_is_run(opened, server):
    found = opened(f"/#text={ATTACK.replace('=', '%3D')}")
    page = found.page
    page.locator("#answer:not([hidden]):not(.stale)").wait_for()
    page.locator("#evidence", has_text="<script>").wait_for()
    quoted = ATTACK.replace('"', '""')
    read_file(page, f'"{quoted}",text\nx,"Thank you {quoted}"\n')
    assert "<script>" in page.inner_text("#rows")
    page.locator("#file-results .another").click()
    given(page, json.dumps({ATTACK: 1, "text": ATTACK}) + "\n", f"{ATTACK[:40]}.jsonl")
    page.locator("#file-ready:not([hidden])").wait_for()
    assert "<script>" in page.inner_text("#column")
    assert page.title() == "goemox"
    assert page.locator("main script, main img").count() == 0
    assert found.wrong == []
    assert {url.split("/")[2] for url in found.asked} == {f"127.0.0.1:{server.port}"}


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


# --- everyone can use it


def test_everything_can_be_done_with_the_keyboard_alone(opened):
    page = opened().page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    while page.evaluate("document.activeElement.id") != "tab-text":
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type(LOVED)
    page.locator("#evidence-words", has_text="Carried").wait_for()
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
@pytest.mark.parametrize("tab", ["text", "compare", "file"])
def test_nothing_sticks_out_on_a_phone(opened, size, tab):
    page = opened("/#a=Thank+you&b=Sorry" if tab == "compare" else "/", size=size).page
    if tab == "text":
        read(page, f"{LOVED} {'x' * 200}")
        page.locator("#all-labels").check()
        page.locator("#code summary").click()
    elif tab == "compare":
        page.locator("#comparison:not([hidden])").wait_for()
    else:
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
