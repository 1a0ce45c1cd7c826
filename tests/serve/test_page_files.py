"""Files on the page: dropped, chosen or pasted, read in chunks, stopped, and saved."""

from __future__ import annotations

import csv
import json
import re

import pytest
from forked import goemox
from page_visits import FAR, given, pasted, read_file, saved

LONG = "Thank you so much for this, it is wonderful work and I am glad that you did it, " * 3
pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.timeout(300)]


def test_five_thousand_rows_can_be_dropped_watched_cancelled_saved_and_gone_on_with(opened):
    found = opened()
    page = found.page
    rows = "id,comment\n" + "".join(f'{i},"{LONG} {i}"\n' for i in range(5_000))
    page.evaluate(
        """(text) => {
            const carried = new DataTransfer();
            carried.items.add(new File([text], "five.csv", { type: "text/csv" }));
            const how = { dataTransfer: carried, bubbles: true, cancelable: true };
            document.body.dispatchEvent(new DragEvent("dragover", how));
            window.invited = getComputedStyle(document.getElementById("dropping")).display;
            document.body.dispatchEvent(new DragEvent("drop", how));
        }""",
        rows,
    )
    assert page.evaluate("window.invited") == "grid"
    assert not page.locator("#dropping").is_visible()
    under_way, most = set(), []

    def sent(request):
        under_way.add(request)
        most.append(len(under_way))

    page.on("request", sent)
    for end in ("requestfinished", "requestfailed"):
        page.on(end, lambda request: under_way.discard(request))
    page.get_by_role("button", name="Read 5,000 texts").click()
    page.locator(
        "#progress-words", has_text=re.compile(r"a second, (about \d+ (s|min)|a few seconds) left")
    ).wait_for()
    assert max(most) == 2
    page.locator("#tab-text").click()  # the page is free meanwhile
    page.locator("#text").fill("ok")
    page.locator("#tab-file").click()
    assert page.url.endswith("/#file")  # so that a reload keeps it
    page.locator("#cancel").click()
    page.locator("#file-end", has_text="Stopped after").wait_for()
    done = int(re.search(r"after ([\d,]+) of 5,000", page.inner_text("#file-end"))[1].replace(",", ""))
    assert 0 < done < 5_000
    assert page.locator("#rows tr").count() == min(100, done)
    lines = saved(page, "#save-csv").splitlines()
    assert len(lines) == done + 1
    page.locator("#go-on").click()
    page.locator("#progress-words", has_text=re.compile(rf"^(?!{done:,} )[\d,]+ of 5,000 read")).wait_for()
    page.locator("#file-work .another").click()  # while it runs
    page.locator("#back").click()
    assert re.match(r"Stopped after [\d,]+ of 5,000", page.inner_text("#file-end"))
    assert page.locator("#rows tr").count() == 100
    page.locator("#file-work .another").click()
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


IDS = {
    "a.csv": "ID,Text,tier\nk1,Thank you so much!,mine\n,I am so sorry,\n0,Why is that?,x\n",
    "b.csv": "Id,text,id\nmore,Thank you so much!,k1\n,I am so sorry,\n",
    "c.jsonl": '{"ID": 7, "text": "Thanks"}\n{"ID": 0, "text": "Oh no"}\n{"ID": null, "text": "So it is"}\n',
    "d.csv": "text\nThank you\n",
    "e.jsonl": '{"id": 1234567890123456789, "text": "Thanks", "parent": 9007199254740993, "n": [1.0]}\n'
    '{"id": 1234567890123456790, "text": "So it is", "parent": -1, "n": 1.0}\n',
}


@pytest.mark.parametrize("tier", ["best", "cascade"])
def test_a_saved_file_is_that_of_predict_with_hints_and_problems_behind(opened, served, tmp_path, tier):
    page = opened(at=served("--tier", tier)).page
    for name, content in IDS.items():
        (tmp_path / name).write_text(content)
        read_file(page, content, name)
        csv_lines = saved(page, "#save-csv").removeprefix("\ufeff").splitlines()
        ours = [_roughly(row) for row in csv.DictReader(csv_lines)]
        json_lines = [_roughly(json.loads(line)) for line in saved(page, "#save-jsonl").splitlines()]
        page.locator("#file-work .another").click()
        for row in ours:
            assert (row.pop("hints"), row.pop("problem")) == ("", ""), name
        assert [line.pop("hints") for line in json_lines] == [[]] * len(ours)
        for form, found in (("csv", ours), ("jsonl", json_lines)):
            done = goemox("predict", "--input", tmp_path / name, "--tier", tier, "--format", form)
            assert done.returncode == 0, done.stderr
            lines = done.stdout.splitlines()
            rows = csv.DictReader(lines) if form == "csv" else map(json.loads, lines)
            expected = [_roughly(row) for row in rows]
            assert found == expected, name
            assert [list(row) for row in found] == [list(row) for row in expected], name


def _roughly(row):
    """A row without its numbers, which differ in their last digits with the texts that are read together."""
    return {
        key: None if key.startswith(("score", "domain_percentile")) else value for key, value in row.items()
    }


def test_the_results_of_a_file_agree_with_the_api_and_can_be_sorted_and_opened(opened, server):
    page = opened().page
    texts = ["Thank you so much!", "I am so sorry about this", FAR, "Thanks, great work", "Why is it so?"]
    lines = "".join(json.dumps({"n": i, "body": text}) + "\n" for i, text in enumerate(texts * 50))
    read_file(page, lines, "rows.jsonl")
    shown = page.locator("#rows-shown")
    assert shown.inner_text() == "The first 100 of 250 rows in this order; the saved files hold all."
    results = server.ask("POST", "/v1/predict", {"texts": texts}).json["results"]
    grateful = sum("gratitude" in each["labels"] for each in results)
    share = page.locator("#shares .share", has_text="gratitude")
    assert share.locator(".value").inner_text() == f"{100 * grateful // 5}\u00a0%"
    outside = 50 * sum(not each["in_domain"] for each in results)
    assert f"{outside} of 250" in page.inner_text("#file-summary")
    page.get_by_role("button", name="Distance").click()
    rows = page.locator("#rows tr:not(.detail)")
    assert FAR in rows.first.inner_text()
    assert page.locator("#table th[aria-sort=descending]").inner_text().startswith("Distance")
    page.locator("#more-rows").click()
    assert rows.count() == 200
    share.get_by_role("button").click()
    assert shown.inner_text() == f"{50 * grateful} rows"
    assert page.input_value("#only-label") == "gratitude"
    page.locator("#find").fill("GREAT")
    page.locator("#rows-shown", has_text="50 rows").wait_for()
    page.locator("#find").fill("")
    page.locator("#only-label").select_option("")
    page.locator("#only-kind").select_option("outside")
    page.locator("#rows-shown", has_text=f"{outside} rows").wait_for()
    first = rows.first.get_by_role("button")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#rows .text'))")
    first.press("Enter")  # a key, which selects nothing
    assert first.get_attribute("aria-expanded") == "true"
    told = page.locator("#rows .detail")
    scores = dict(
        zip(told.locator(".name").all_inner_texts(), told.locator(".value").all_inner_texts(), strict=True)
    )
    assert len(scores) == 28
    assert "Treat the numbers as a ranking" in told.inner_text()
    told.get_by_role("button", name="Open as one text").click()
    page.locator("#answer:not([hidden]):not(.stale)").wait_for()
    assert page.input_value("#text") in texts


def test_the_column_can_be_chosen_and_rows_pasted(opened):
    page = opened().page
    pasted(
        page,
        "short\tlonger\nThank you\tThis is a long sentence that nobody asked for\nWow\tAnd this too is one\n",
    )
    assert page.locator("#column").input_value() == "1"
    page.locator("#column").select_option("0")
    assert page.locator("#preview li").all_inner_texts() == ["Thank you", "Wow"]
    page.locator("#header").uncheck()
    page.locator("#column").select_option("0")
    page.locator("#start", has_text="Read 3 texts").wait_for()
    page.locator("#separator").select_option("line ends only")
    assert page.locator("#preview li").first.inner_text().startswith("short")


def test_commas_of_sentences_are_no_columns_and_the_first_text_is_no_header(opened):
    page = opened().page
    pasted(page, "Well, thank you\nOh, I am sorry\nNo, never\n")
    assert page.locator("#preview li").all_inner_texts() == ["Well, thank you", "Oh, I am sorry", "No, never"]
    page.locator("#start", has_text="Read 3 texts").wait_for()


def test_rows_none_of_which_can_be_read_say_why(opened):
    page = opened().page
    given(page, 'id,text\n1,"never closed\n2,so it is\n3,and this\n')
    page.locator("#start", has_text="Read 2 texts").wait_for()
    page.locator("#file-ready .another").click()
    given(page, 'id,text\n1,"a" b\n2,"c" d\n')
    page.locator("#start", has_text="No text in this column").wait_for()
    assert page.inner_text("#file-note").startswith("Row 1: a quote in it does not close")
    page.locator("#file-ready .another").click()
    given(page, "n,text\n1,\u0085\n")  # a space to the server alone
    page.locator("#start").click()
    page.locator("#file-end", has_text="Done: 0 texts read.").wait_for()
    page.locator("#bad summary").click()
    assert page.locator("#bad-rows li").all_inner_texts() == ["Row 1: nothing but spaces."]


def test_the_only_row_stays_a_text_where_it_is_taken_for_names(opened):
    page = opened().page
    pasted(page, "Thank you\n")
    page.locator("#header").click()
    assert not page.is_checked("#header")
    assert "That is the only row" in page.inner_text("#file-note")
    page.locator("#start", has_text="Read 1 text").wait_for()


def test_results_that_were_not_saved_are_asked_for_also_while_another_file_is_chosen(opened):
    page = opened().page
    asked = "() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    assert page.evaluate(asked) is False
    read_file(page, "text\nThank you\n")
    page.locator("#file-work .another").click()
    assert page.evaluate(asked) is True
    page.locator("#back").click()
    saved(page, "#save-csv")
    assert page.evaluate(asked) is False


def test_a_file_that_is_none_is_told(opened):
    page = opened().page
    given(page, "PAR1\0\0\0", "x.parquet")
    page.locator("#file-wrong", has_text="x.parquet is no text").wait_for()
    given(page, " \n", "empty.csv")
    page.locator("#file-wrong", has_text="no row in empty.csv").wait_for()
    for header in ("number,repo,created,body\n", "text\n"):
        given(page, header, "header.csv")
        page.locator("#file-wrong", has_text="header.csv has a header but no rows.").wait_for()
        given(page, " \n", "empty.csv")
        page.locator("#file-wrong", has_text="no row in empty.csv").wait_for()


@pytest.mark.parametrize(
    ("name", "rows", "first"),
    [
        ("a.tsv", "id\ttext\n1\tThank you\n2\tSorry\n", "Thank you"),
        ("b.txt", "Thank you, all\nSorry\n", "Thank you, all"),
        ("dated.csv", "created,said\n2025-01-01 10:00,Thank you\n2025-01-02 11:00,Sorry\n", "Thank you"),
        ("c.json", '[{"id": 1, "text": "Thank you"}, {"id": 2, "text": "Sorry"}]', "Thank you"),
        ("d.jsonl", '{"text": "Thank you"}\n{"text": "Sorry"}\nno json\n', "Thank you"),
    ],
)
def test_other_kinds_of_files_are_read_as_what_they_are(opened, name, rows, first):
    page = opened().page
    given(page, rows, name)
    assert page.locator("#preview li").first.inner_text() == first
    page.get_by_role("button", name="Read 2 texts").click()
    page.locator("#file-end", has_text="Done: 2 texts read.").wait_for()


def test_who_has_no_file_tries_the_example_or_pastes_rows_from_anywhere(opened):
    page = opened().page
    page.locator("#tab-file").click()
    page.evaluate("navigator.clipboard.writeText('text\\tn\\nThank you\\t1\\nSorry\\t2\\n')")
    page.locator("h1").click()
    page.keyboard.press("Control+v")
    page.get_by_role("button", name="Read 2 texts").wait_for()
    page.locator("#file-ready .another").click()
    page.locator("#example-file").click()
    page.get_by_role("button", name="Read 240 texts").click()
    page.locator("#file-end", has_text="Done: 240 texts read.").wait_for()
    assert "are uncertain: no label reaches 50\u00a0%" in page.inner_text("#file-summary")


@pytest.mark.parametrize(("outside", "is_told"), [(1, False), (2, True)])
def test_a_warning_for_a_whole_file_needs_more_far_texts_than_chance_brings(opened, outside, is_told):
    page = opened().page
    read_file(page, "n,text\n" + f"1,{FAR}\n" * outside + "2,Thank you\n" * (4 - outside))
    assert f"{outside} of 4" in page.inner_text("#file-summary")
    assert page.locator("#file-careful").is_visible() == is_told
