"""The past of Hacker News through a fake of Algolia's search, and the comments below stories."""

from datetime import UTC, date, datetime

import pytest
from fake_hacker_news import EPOCH, comment, story

from goemox.errors import SourceError, SourceIncomplete, UsageError
from goemox.http import Client, Politeness, call
from goemox.sources.caps import Caps
from goemox.sources.hacker_news import collect_hackernews, forecast_hackernews
from goemox.sources.hn_search import Search, hits

FAST = Politeness(
    concurrency=8, per_second=5000, attempts=3, first_wait_s=0.01, longest_wait_s=0.02, silence_s=30.0
)


def collect(**options):
    return list(collect_hackernews(politeness=FAST, **options))


def numbers(records) -> list[int]:
    return [int(record.id.removeprefix("hn-")) for record in records]


def at(number: int) -> str:
    """The time of story `number`, as --since takes it."""
    return datetime.fromtimestamp(EPOCH + 30 * number, UTC).isoformat()


def test_a_story_is_the_same_record_from_search_and_from_the_list(hacker_news_server):
    items = [
        story(1, title="Tom &amp; Jerry <i>live</i>", text="It&#x27;s<p>fun", descendants=3),
        story(2, title="Ask HN: why?", url=None),
        story(3, type="job", score=1, descendants=None),
    ]
    hacker_news_server(items, lists={"ask": [2], "job": [3]})
    listed = {r.id: r for name in ("top", "ask", "job") for r in collect(list=name)}
    found = collect(query="") + collect(query="", list="job")
    assert {record.id: record for record in found} == listed
    assert listed["hn-1"].text == "Tom & Jerry live\n\nIt's\n\nfun"


def test_more_hits_than_a_query_shows_come_all_and_once_newest_first(hacker_news_server):
    server = hacker_news_server(story(n) for n in range(1, 2501))
    assert numbers(collect(query="story")) == list(range(2500, 0, -1))
    assert len(server.requests) == 3


def test_stories_of_one_second_at_the_edge_of_a_page_are_not_lost(hacker_news_server):
    moments = {n: EPOCH + (n if n < 200 or n > 260 else 200) for n in range(1, 1101)}
    hacker_news_server(story(n, time=moments[n]) for n in moments)
    assert sorted(numbers(collect(query=""))) == list(range(1, 1101))


def test_since_is_included_and_until_is_not(hacker_news_server):
    hacker_news_server(story(n) for n in range(1, 10))
    assert numbers(collect(since=at(3), until=at(6))) == [5, 4, 3]
    assert numbers(collect(since=date(2020, 9, 13), until="2020-09-14")) == list(range(9, 0, -1))


def test_points_are_the_fewest_that_a_story_has(hacker_news_server):
    server = hacker_news_server(story(n, score=n) for n in range(1, 10))
    assert numbers(collect(min_points=8)) == [9, 8]
    assert "points%3E%3D8" in server.requests[0]


def test_words_and_a_kind_of_story_narrow_the_search(hacker_news_server):
    hacker_news_server([story(1, title="Ask HN: Rust?"), story(2, title="Rust 2"), story(3, title="Go")])
    assert numbers(collect(query="rust")) == [2, 1]
    assert numbers(collect(query="rust", list="ask")) == [1]


def test_the_limit_ends_the_search_early(hacker_news_server):
    server = hacker_news_server(story(n) for n in range(1, 2501))
    assert numbers(collect(query="", limit=3)) == [2500, 2499, 2498]
    assert len(server.requests) == 1


@pytest.mark.fault("null, deleted, dead and untitled items in a search", "left out, the others come")
def test_untitled_hits_are_skipped(hacker_news_server):
    hacker_news_server([story(1), story(2, title=None), story(3, title=""), story(4, deleted=True)])
    assert numbers(collect(query="")) == [1]


@pytest.mark.fault("a search gives the same page twice", "asked again; every row once, none lost")
def test_a_page_that_comes_twice_adds_nothing_and_loses_nothing(hacker_news_server):
    server = hacker_news_server(
        (story(n) for n in range(1, 2501)),
        fault=lambda target, n: "same page" if "created_at_i" in target and n == 1 else None,
    )
    assert numbers(collect(query="")) == list(range(2500, 0, -1))
    assert len(server.requests) == 5


@pytest.mark.fault(
    "a search gives the same page for ever", "ends with an error after three times; rows so far kept"
)
def test_a_page_that_comes_for_ever_ends_in_an_error(hacker_news_server):
    hacker_news_server(
        (story(n) for n in range(1, 2501)),
        fault=lambda target, n: "same page" if "created_at_i" in target else None,
    )
    records = []
    with pytest.raises(SourceIncomplete, match=r"same 1,000 hits 3 times; rows so far are kept"):
        records.extend(collect_hackernews(query="", politeness=FAST))
    assert len(records) == 1000


@pytest.mark.fault(
    "more hits in one second than a search shows", "ends with an error that says what is hidden"
)
def test_a_second_that_hides_rows_is_told(hacker_news_server):
    hacker_news_server(story(n, time=EPOCH) for n in range(1, 1200))
    with pytest.raises(SourceIncomplete, match=r"1,000 hits or more within the second.*narrow"):
        collect(query="")


@pytest.mark.fault("a search refuses to filter by points", "asked without, filtered here")
def test_points_are_counted_here_where_the_search_cannot(hacker_news_server):
    hacker_news_server(
        (story(n, score=n) for n in range(1, 10)),
        fault=lambda target, n: "400" if "points" in target else None,
    )
    assert numbers(collect(min_points=8)) == [9, 8]


@pytest.mark.fault("a search answers with something else than results", "ends with an error that shows it")
def test_an_answer_without_hits_is_a_source_error(hacker_news_server, monkeypatch):
    server = hacker_news_server([])
    monkeypatch.setenv("GOEMOX_HACKERNEWS_SEARCH_URL", server.lists_url)
    with pytest.raises(SourceError, match=r"expected search results \(200\), found None"):
        collect(query="")


@pytest.mark.fault("100,000 hits", "all come once, in 101 requests")
def test_a_hundred_thousand_hits_come_once_each(hacker_news_server):
    server = hacker_news_server(story(n) for n in range(1, 100_001))

    async def found() -> list[int]:
        async with Client(server.search_url, politeness=FAST) as client:
            return [int(str(hit["objectID"])) async for hit, _ in hits(client, Search("story"))]

    assert call(found()) == list(range(100_000, 0, -1))
    assert len(server.requests) <= 101


def with_comments() -> list[dict[str, object]]:
    stories = [story(n, descendants=n) for n in range(5)]
    return stories[1:] + [
        comment(100 * n + i, n, text=f"I &lt;3 <i>{n}</i>", parent=n if i == 0 else 100 * n + i - 1)
        for n in range(1, 5)
        for i in range(n)
    ]


@pytest.mark.parametrize("options", [{}, {"query": ""}])
def test_comments_of_several_stories_come_with_one_request(hacker_news_server, options):
    server = hacker_news_server(with_comments())
    records = {record.id: record for record in collect(comments=True, **options)}
    assert len(records) == 4 + 10
    assert len([target for target in server.requests if "comment" in target]) == 1
    reply = records["hn-201"]
    assert (reply.text, reply.source) == ("I <3 2", "hackernews")
    assert reply.url == "https://news.ycombinator.com/item?id=201"
    assert reply.meta["type"] == "comment"
    assert (reply.meta["parent_id"], reply.meta["story_id"]) == ("hn-200", "hn-2")
    assert set(records["hn-1"].meta) < set(reply.meta)


def test_a_story_with_thousands_of_comments_gives_them_all(hacker_news_server):
    items = [story(1, descendants=2300), *(comment(n, 1) for n in range(2, 2302))]
    server = hacker_news_server(items)
    assert len(collect(comments=True)) == 2301
    assert len(server.requests) == 1 + 1 + 3


def test_stories_without_comments_cost_no_request(hacker_news_server):
    server = hacker_news_server(story(n) for n in range(1, 5))
    collect(comments=True)
    assert not [target for target in server.requests if "search" in target]


def test_stories_that_are_known_are_not_fetched_but_their_comments_are(hacker_news_server):
    server = hacker_news_server(with_comments())
    known = {"hn-1", "hn-2", "hn-3", "hn-4"}
    records = collect(comments=True, known=known.__contains__)
    assert not [target for target in server.requests if "item" in target]
    assert len(records) == 10


def test_known_stories_count_for_the_limit(hacker_news_server):
    server = hacker_news_server(story(n) for n in range(1, 9))
    assert numbers(collect(limit=4, known={"hn-1", "hn-3"}.__contains__)) == [2, 4]
    assert len(server.requests) == 1 + 2


def test_a_source_tells_how_many_texts_there_will_be(hacker_news_server):
    hacker_news_server(story(n) for n in range(1, 9))
    told: list[int | None] = []
    collect(tell=lambda total, note: told.append(total))
    collect(query="", limit=5, tell=lambda total, note: told.append(total))
    assert told == [8, 5]


def test_a_forecast_costs_one_request_and_says_texts_requests_and_time(hacker_news_server):
    server = hacker_news_server(story(n) for n in range(1, 2501))
    listed = forecast_hackernews(limit=1000, known={"hn-1"}.__contains__)
    found = forecast_hackernews(query="", caps=Caps(rate=0.1))
    assert len(server.requests) == 2
    assert (listed.n_texts, listed.n_requests, listed.seconds) == (1000, 1001, 1001 / 50)
    assert (found.n_texts, found.n_requests, found.seconds) == (2500, 3, 30.0)
    assert found.sentence() == "at most 2,500 texts, 3 requests, about 30 s"
    told = forecast_hackernews(query="", comments=True).sentence()
    assert told.endswith("s (for at most 2,500 stories; about one more for every 1,000 comments)")


def test_caps_make_slower_and_never_faster():
    assert Caps(rate=3, concurrency=2).on(FAST).per_second == 3
    assert Caps(rate=1e9, concurrency=1000).on(FAST) == FAST
    with pytest.raises(UsageError, match="must be above 0, were 0"):
        Caps(rate=0)


def test_where_nobody_says_otherwise_hosts_are_asked_as_slowly_as_the_docs_say():
    from goemox.sources import github_access, hn_search

    usual = (github_access.POLITENESS, hn_search.SEARCH_POLITENESS)
    assert [(each.concurrency, each.per_second) for each in usual] == [(1, 10.0), (1, 2.5)]
    assert Caps(concurrency=2).on(FAST).concurrency == 2 < FAST.concurrency
