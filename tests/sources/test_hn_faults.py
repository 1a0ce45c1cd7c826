"""What can go wrong between us and Hacker News, each fault once from a real socket."""

import gc
import socket
import time
from dataclasses import replace

import pytest
from fake_hacker_news import story
from fake_time import FakeTime

from goemox.errors import SourceError
from goemox.http import Client, Politeness, call
from goemox.sources.hacker_news import collect_hackernews

FAST = Politeness(
    concurrency=8, per_second=5000, attempts=3, first_wait_s=0.01, longest_wait_s=0.02, silence_s=30.0,
    max_bytes=1_000_000,
)  # fmt: skip


def numbers(records) -> list[int]:
    return [int(record.id.removeprefix("hn-")) for record in records]


def once(kind: str, where: str = "/item/2.json"):
    return lambda target, n: kind if where in target and n == 1 else None


def always(kind: str, where: str = "/item/2.json"):
    return lambda target, n: kind if where in target else None


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(
            "500", marks=pytest.mark.fault("an answer 500", "tried again after a pause; nothing lost")
        ),
        pytest.param(
            "503", marks=pytest.mark.fault("an answer 503", "tried again after a pause; nothing lost")
        ),
        pytest.param(
            "reset", marks=pytest.mark.fault("the connection is reset mid-body", "tried again; nothing lost")
        ),
        pytest.param(
            "hang up",
            marks=pytest.mark.fault("the server hangs up without a word", "tried again; nothing lost"),
        ),
        pytest.param(
            "truncated",
            marks=pytest.mark.fault("JSON that is cut off, declared as whole", "tried again; nothing lost"),
        ),
        pytest.param(
            "html",
            marks=pytest.mark.fault("a web page in place of JSON (200)", "tried again; nothing lost"),
        ),
        pytest.param(
            "429",
            marks=pytest.mark.fault("429 without retry-after", "tried again after a pause that grows"),
        ),
    ],
)
def test_what_passes_costs_one_more_request_and_no_row(hacker_news_server, kind):
    server = hacker_news_server((story(n) for n in (1, 2, 3)), fault=once(kind))
    assert numbers(collect_hackernews(politeness=FAST)) == [1, 2, 3]
    assert len(server.requests) == 1 + 3 + 1


@pytest.mark.fault("a list that is cut off", "tried again; nothing lost")
def test_a_list_that_is_cut_off_is_asked_for_again(hacker_news_server):
    hacker_news_server((story(n) for n in (1, 2, 3)), fault=once("truncated", "topstories"))
    assert numbers(collect_hackernews(politeness=FAST)) == [1, 2, 3]


@pytest.mark.fault("a search page that is cut off", "tried again; nothing lost")
def test_a_search_page_that_is_cut_off_is_asked_for_again(hacker_news_server):
    hacker_news_server((story(n) for n in (1, 2, 3)), fault=once("truncated", "search"))
    assert numbers(collect_hackernews(query="", politeness=FAST)) == [3, 2, 1]


@pytest.mark.fault("429 with retry-after", "waits as long as the host says, then goes on")
def test_a_named_pause_is_kept(hacker_news_server):
    hacker_news_server((story(n) for n in (1, 2, 3)), fault=once("429 1"))
    started = time.monotonic()
    assert numbers(collect_hackernews(politeness=FAST)) == [1, 2, 3]
    assert time.monotonic() - started >= 1.0


@pytest.mark.fault("a body that stops coming", "given up after a silence, tried again; nothing lost")
def test_a_slow_body_is_given_up_and_asked_for_again(hacker_news_server):
    hacker_news_server((story(n) for n in (1, 2, 3)), fault=once("slow"), stall_s=60)
    started = time.monotonic()
    assert numbers(collect_hackernews(politeness=replace(FAST, silence_s=4.0))) == [1, 2, 3]
    assert time.monotonic() - started < 50


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        pytest.param(
            "500", r"/item/2.json: answered 500 after 3 tries; try again later",
            marks=pytest.mark.fault(
                "500 at every try", "an error with address, status and remedy; rows so far kept"
            ),
        ),
        pytest.param(
            "truncated", r"/item/2.json: answered .* not JSON .*3 tries",
            marks=pytest.mark.fault("JSON cut off at every try", "an error; rows so far kept"),
        ),
        pytest.param(
            "404", r"/item/2.json: answered 404 after 1 try; check the address",
            marks=pytest.mark.fault("an answer 404", "an error at once; rows so far kept"),
        ),
        pytest.param(
            "huge", r"/item/2.json: the answer is larger than 1,000,000 bytes, which was refused",
            marks=pytest.mark.fault("a body of 200 MB, declared", "refused before it is read"),
        ),
        pytest.param(
            "huge, undeclared", r"/item/2.json: the answer is larger than 1,000,000 bytes, which was refused",
            marks=pytest.mark.fault("a body of 200 MB, undeclared", "refused as soon as it passes the cap"),
        ),
        pytest.param(
            "to http://169.254.169.254/latest", r"another host \(http://169.254.169.254/latest\), which",
            marks=pytest.mark.fault("a redirect to a private address", "refused, never asked"),
        ),
        pytest.param(
            "429 7200", r"7,200 s",
            marks=pytest.mark.fault("429 with a retry-after of hours", "not waited for: an error says when"),
        ),
    ],
)  # fmt: skip
def test_what_does_not_pass_ends_in_an_error_after_the_rows_before_it(hacker_news_server, kind, message):
    hacker_news_server((story(n) for n in (1, 2, 3)), fault=always(kind))
    records = []
    with pytest.raises(SourceError, match=message):
        records.extend(collect_hackernews(politeness=FAST))
    assert numbers(records) == [1]


@pytest.mark.fault(
    "nobody listens at the address", "after the last try an error that says to check the network"
)
def test_a_server_that_is_gone_is_told(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("GOEMOX_HACKERNEWS_URL", f"http://127.0.0.1:{port}")
    with pytest.raises(SourceError, match=r"no connection.*3 tries; check the network"):
        list(collect_hackernews(politeness=FAST))


@pytest.mark.fault("JSON that says it is plain text", "read as what it is")
def test_a_wrong_content_type_does_not_matter(hacker_news_server):
    hacker_news_server((story(n) for n in (1, 2, 3)), fault=always("text"))
    assert numbers(collect_hackernews(politeness=FAST)) == [1, 2, 3]


@pytest.mark.fault("bytes that are no UTF-8", "they become replacement characters, the row comes")
def test_invalid_utf8_costs_a_character_and_no_row(hacker_news_server):
    hacker_news_server((story(n) for n in (1, 2, 3)), fault=always("bad utf-8"))
    records = list(collect_hackernews(politeness=FAST))
    assert [record.text for record in records] == ["Story 1", "St\ufffdry 2", "Story 3"]


@pytest.mark.fault("HTML and entities in titles", "plain text, entities resolved once")
def test_html_in_titles_becomes_plain_text(hacker_news_server):
    title = "<b>A&amp;amp;B</b> &lt;T&gt; <script>x()</script>caf&eacute;"
    hacker_news_server([story(1, title=title)])
    assert [record.text for record in collect_hackernews(politeness=FAST)] == ["A&amp;B <T> café"]


@pytest.mark.fault("a list of 100,000 numbers", "only the stories that are asked for are fetched")
def test_a_list_of_a_hundred_thousand_is_read_as_far_as_needed(hacker_news_server):
    server = hacker_news_server(
        (story(n) for n in range(1, 11)), lists={"top": [*range(1, 11), *range(1_000_000, 1_100_000)]}
    )
    assert numbers(collect_hackernews(limit=10, politeness=FAST)) == list(range(1, 11))
    assert len(server.requests) == 11


@pytest.mark.fault("a list that repeats numbers", "each story is fetched once")
def test_repeated_numbers_are_fetched_once(hacker_news_server):
    server = hacker_news_server((story(n) for n in (1, 2)), lists={"top": [1, 2, 1, 2, 2]})
    assert numbers(collect_hackernews(politeness=FAST)) == [1, 2]
    assert len(server.requests) == 3


@pytest.mark.fault("null, deleted, dead and untitled items in a list", "left out, the others come")
def test_items_that_are_none_are_left_out(hacker_news_server):
    items = [story(1), story(2, deleted=True), story(3, dead=True), story(4, title=None), story(5)]
    hacker_news_server(items, lists={"top": [1, 2, 3, 4, 99, 5]})
    assert numbers(collect_hackernews(politeness=FAST)) == [1, 5]


@pytest.mark.fault("our clock goes backwards", "nothing changes: no decision rests on it")
def test_a_clock_that_goes_backwards_changes_nothing(hacker_news_server):
    server = hacker_news_server((story(n) for n in (1, 2, 3)), fault=once("429 1"))
    fake = FakeTime(step=-3600.0)

    async def fetch():
        async with Client(server.lists_url, politeness=FAST, clock=fake.clock) as client:
            return [await client.get(f"/item/{n}.json") for n in (1, 2, 3)]

    began = fake.steady
    assert [answer.json()["id"] for answer in call(fetch())] == [1, 2, 3]
    assert fake.steady - began == pytest.approx(1.0, abs=0.5)


@pytest.mark.fault("an item is answered with another one", "tried again; nothing lost")
def test_an_item_that_is_another_is_asked_for_again(hacker_news_server):
    hacker_news_server([story(n) for n in range(1, 6)], fault=once("same page", "/item/4.json"))
    assert numbers(collect_hackernews(politeness=FAST)) == [1, 2, 3, 4, 5]


def test_an_error_leaves_no_request_behind(hacker_news_server, capfd):
    hacker_news_server([story(n) for n in range(1, 40)], fault=always("404", "/item/3.json"))
    with pytest.raises(SourceError):
        list(collect_hackernews(politeness=FAST))
    gc.collect()  # a task that failed and was never asked complains when it is collected
    assert capfd.readouterr().err == ""
