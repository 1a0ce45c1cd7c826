"""Hacker News against a fake of its API on loopback."""

import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from goemox.errors import OfflineError, SourceError, UsageError
from goemox.http import Politeness
from goemox.sources.hacker_news import collect_hackernews, hacker_news_api

FAST = Politeness(
    concurrency=8, per_second=2000, attempts=3, first_wait_s=0.01, longest_wait_s=0.02, silence_s=5.0
)


@pytest.fixture(scope="module")
def server() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1", port=0, threaded=True) as running:
        yield running


@pytest.fixture
def hacker_news(server, monkeypatch, tmp_path):
    """Install `{list: ids}` and `{id: item}` on a fresh server."""
    server.clear()
    monkeypatch.setenv("GOEMOX_HACKERNEWS_URL", server.url_for("/v0/"))
    monkeypatch.setenv("GOEMOX_CACHE_DIR", str(tmp_path))

    def install(lists: Mapping[str, object], items: Mapping[int, object]) -> HTTPServer:
        for name, ids in lists.items():
            server.expect_request(f"/v0/{name}stories.json").respond_with_json(ids)
        for number, item in items.items():
            server.expect_request(f"/v0/item/{number}.json").respond_with_json(item)
        return server

    return install


def story(number: int, **fields: object) -> dict[str, object]:
    return {
        "id": number,
        "type": "story",
        "title": f"Story {number}",
        "by": "ann",
        "time": 1_700_000_000,
    } | fields


def collect(**options):
    return list(collect_hackernews(politeness=FAST, **options))


def test_a_story_becomes_a_record_with_title_and_plain_text(hacker_news):
    item = story(
        8863, title="My YC app: Dropbox &amp; co", text="Hi<p>it&#x27;s <i>done</i>",
        url="http://x.org", score=111, descendants=71, kids=[1, 2], surprise={"unknown": True},
    )  # fmt: skip
    hacker_news({"top": [8863]}, {8863: item})
    (record,) = collect()
    assert (record.id, record.source) == ("hn-8863", "hackernews")
    assert record.text == "My YC app: Dropbox & co\n\nHi\n\nit's done"
    assert record.url == "https://news.ycombinator.com/item?id=8863"
    assert record.created_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert record.meta == {
        "title": "My YC app: Dropbox & co", "body": "Hi\n\nit's done", "by": "ann", "score": 111,
        "num_comments": 71, "type": "story", "link": "http://x.org",
    }  # fmt: skip
    assert record.labels is None


def test_null_deleted_dead_and_untitled_items_are_skipped(hacker_news):
    items: dict[int, object] = {
        1: None,
        2: story(2, deleted=True),
        3: story(3, dead=True),
        4: {"id": 4, "type": "comment", "text": "no title"},
        5: story(5, title="  "),
        6: story(6, title=None),
        7: {"id": 7},
        8: story(8, type="job"),
        9: story(9, title=["a", "list"]),
        10: "not an object",
    }
    hacker_news({"top": list(items)}, items)
    assert [record.id for record in collect()] == ["hn-8"]


@pytest.mark.parametrize("wrong", [None, "yesterday", True, -1e30, 1e30, [1]])
def test_a_time_without_sense_is_no_time(hacker_news, wrong):
    hacker_news({"top": [1]}, {1: story(1, time=wrong)})
    assert collect()[0].created_at is None


def test_the_order_of_the_list_is_kept_though_items_arrive_in_another(hacker_news):
    server = hacker_news({"top": list(range(20, 0, -1))}, {})

    def answer(request: Request) -> Response:
        number = int(request.path.split("/")[-1].removesuffix(".json"))
        time.sleep(0.002 * (number % 5))
        return Response(f'{{"id": {number}, "title": "t{number}"}}', mimetype="application/json")

    for number in range(1, 21):
        server.expect_request(f"/v0/item/{number}.json").respond_with_handler(answer)
    assert [record.text for record in collect()] == [f"t{number}" for number in range(20, 0, -1)]


def test_an_id_that_the_list_repeats_comes_once(hacker_news):
    hacker_news({"top": [1, 2, 1, 2, 1]}, {1: story(1), 2: story(2)})
    assert [record.id for record in collect()] == ["hn-1", "hn-2"]


@pytest.mark.parametrize("name", ["top", "new", "best", "ask", "show", "job"])
def test_every_list_has_its_address(hacker_news, name):
    hacker_news({name: [7]}, {7: story(7)})
    assert [record.id for record in collect(list=name)] == ["hn-7"]


def test_the_limit_counts_records_and_fetches_no_more_than_needed(hacker_news):
    items = {number: story(number, dead=number % 2 == 0) for number in range(1, 41)}
    server = hacker_news({"top": list(items)}, items)
    assert [record.id for record in collect(limit=5)] == ["hn-1", "hn-3", "hn-5", "hn-7", "hn-9"]
    assert len(server.log) <= 1 + 5 * 2 + 5


def test_an_item_that_fails_at_first_is_not_lost(hacker_news):
    server = hacker_news({"top": [1]}, {})
    server.expect_oneshot_request("/v0/item/1.json").respond_with_data("", status=500)
    server.expect_request("/v0/item/1.json").respond_with_json(story(1))
    assert [record.id for record in collect()] == ["hn-1"]


def test_an_item_that_keeps_failing_ends_the_run_after_the_records_before_it(hacker_news):
    server = hacker_news({"top": [1, 2]}, {1: story(1)})
    server.expect_request("/v0/item/2.json").respond_with_data("", status=500)
    records = collect_hackernews(politeness=FAST)
    assert next(records).id == "hn-1"
    with pytest.raises(SourceError, match=r"item/2.json: answered 500 after 3 tries"):
        next(records)


@pytest.mark.parametrize("body", ["<html>", '{"error": "no"}', "null", '"x"'])
def test_a_list_that_is_none_is_a_source_error(hacker_news, body):
    hacker_news({}, {}).expect_request("/v0/topstories.json").respond_with_data(body)
    with pytest.raises(SourceError, match=r"topstories.json"):
        collect()


def test_an_item_that_is_no_json_is_a_source_error(hacker_news):
    hacker_news({"top": [1]}, {}).expect_request("/v0/item/1.json").respond_with_data("<html>")
    with pytest.raises(SourceError, match="not JSON"):
        collect()


def test_an_empty_list_gives_no_records(hacker_news):
    hacker_news({"top": []}, {})
    assert collect() == []


def test_a_reader_who_stops_early_ends_the_requests(hacker_news):
    items = {number: story(number) for number in range(1, 200)}
    server = hacker_news({"top": list(items)}, items)
    records = collect_hackernews(politeness=FAST)
    next(records)
    records.close()
    time.sleep(0.3)
    assert len(server.log) < 30


def test_offline_repeats_what_was_collected_before(hacker_news):
    server = hacker_news({"top": [1, 2]}, {1: story(1), 2: story(2)})
    before = collect()
    server.clear()
    assert collect(offline=True) == before
    assert server.log == []


def test_offline_without_an_earlier_run_says_what_to_do(hacker_news):
    hacker_news({"top": [1]}, {1: story(1)})
    with pytest.raises(OfflineError, match="run once without --offline"):
        collect(offline=True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"list": "hot"}, "choose one of top, new, best"),
        ({"limit": 0}, "the limit must be 1 or more, was 0"),
        ({"limit": -1}, "the limit must be 1 or more, was -1"),
        ({"query": "x", "list": "top"}, "the top list has no past; search without a list"),
        ({"since": "yesterday"}, "since='yesterday' is no date; write it as 2024-01-31"),
        ({"until": "2024-13-01"}, "until='2024-13-01' is no date; write it as 2024-01-31"),
        ({"since": "2024-02-01", "until": "2024-02-01"}, "nothing lies between since=2024-02-01 and"),
        ({"min_points": 0}, "the number of points must be 1 or more, was 0"),
    ],
)
def test_what_cannot_be_collected_or_searched_is_refused_at_the_call(options, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        collect_hackernews(**options)


def test_plain_http_to_another_machine_is_refused_at_the_call(monkeypatch):
    monkeypatch.setenv("GOEMOX_HACKERNEWS_URL", "http://hn.example.org/v0")
    with pytest.raises(UsageError, match="GOEMOX_HACKERNEWS_URL"):
        collect_hackernews()


def test_the_official_address_is_the_default(monkeypatch):
    monkeypatch.delenv("GOEMOX_HACKERNEWS_URL", raising=False)
    assert hacker_news_api() == "https://hacker-news.firebaseio.com/v0"
