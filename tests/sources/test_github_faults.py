"""What can go wrong between us and GitHub, each fault from a real socket."""

import json
import time
from dataclasses import replace

import pytest
from fake_github import FakeGitHub, comment, issue, limited
from loopback import HUGE

from goemox.errors import SourceError, SourceIncomplete
from goemox.http import Politeness
from goemox.sources.github import collect_github

FAST = Politeness(
    concurrency=1, per_second=5000, attempts=3, first_wait_s=0.01, longest_wait_s=0.02, silence_s=30.0,
    max_bytes=1_000_000,
)  # fmt: skip
ROWS = [issue(number) for number in range(1, 151)]  # two pages


def numbers(records) -> list[int]:
    return [record.meta["number"] for record in records]


def once(fault, where: str = "page=2"):
    return lambda target, n: fault if where in target and n == 1 else None


def always(fault, where: str = "page=2"):
    return lambda target, n: fault if where in target else None


def gather(told: list, politeness: Politeness = FAST, **options) -> list:
    """Add records to `told` as they come: what is there when an error ends it is what a file would hold."""
    told.extend(collect_github("a/b", politeness=politeness, **options))
    return told


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(
            (500, {}, b""),
            marks=pytest.mark.fault("an answer 500", "tried again; nothing lost, nothing doubled"),
        ),
        pytest.param(
            (502, {}, b"<html>bad gateway</html>"),
            marks=pytest.mark.fault("an answer 502", "tried again; nothing lost, nothing doubled"),
        ),
        pytest.param(
            (503, {"Retry-After": "0"}, b""),
            marks=pytest.mark.fault("an answer 503 with retry-after", "waits as told, goes on"),
        ),
        pytest.param(
            "reset",
            marks=pytest.mark.fault(
                "the connection is reset mid-body", "tried again; nothing lost, nothing doubled"
            ),
        ),
        pytest.param(
            "hang up",
            marks=pytest.mark.fault(
                "the server hangs up without a word", "tried again; nothing lost, nothing doubled"
            ),
        ),
        pytest.param(
            "truncated",
            marks=pytest.mark.fault(
                "JSON that is cut off, declared as whole", "tried again; nothing lost, nothing doubled"
            ),
        ),
        pytest.param(
            "html",
            marks=pytest.mark.fault(
                "a web page in place of JSON (200)", "tried again; nothing lost, nothing doubled"
            ),
        ),
        pytest.param(
            (200, {}, b'{"message": "hi"}'),
            marks=pytest.mark.fault("JSON that is no list", "tried again; nothing lost, nothing doubled"),
        ),
        pytest.param(
            "no link",
            marks=pytest.mark.fault(
                "a second page without Link", "tried again; nothing lost, nothing doubled"
            ),
        ),
    ],
)
def test_a_passing_fault_loses_and_doubles_nothing(github, kind):
    server = github({"a/b": ROWS}, fault=once(kind))
    assert numbers(gather([])) == list(range(1, 151))
    assert len(server.requests) == 3


@pytest.mark.fault("a page that hangs", "given up after a silence, tried again; nothing lost")
def test_a_page_that_hangs_is_given_up_and_tried_again(github):
    github({"a/b": ROWS}, fault=once("slow"))
    began = time.monotonic()
    assert len(gather([], replace(FAST, silence_s=1.0))) == 150
    assert time.monotonic() - began < 25


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        pytest.param(
            (500, {}, b""),
            r"/a/b/issues: answered 500 after 3 tries; try again later",
            marks=pytest.mark.fault("500 for good", "error names URL and status; rows so far kept"),
        ),
        pytest.param(
            "truncated",
            r"answered 200, but with something that is not JSON .* 3 tries; try again later",
            marks=pytest.mark.fault("cut JSON for good", "error names URL and status; rows so far kept"),
        ),
        pytest.param(
            "no link",
            r"answered 200, but without the links to other pages, 3 tries",
            marks=pytest.mark.fault(
                "no Link on later pages for good", "error: the end is not known; rows so far kept"
            ),
        ),
        pytest.param(
            "reset",
            r"the connection broke .* 3 tries; check the network",
            marks=pytest.mark.fault("resets for good", "error names URL and cause; rows so far kept"),
        ),
    ],
)
def test_a_lasting_fault_ends_in_an_error_and_keeps_the_rows_so_far(github, kind, message):
    server = github({"a/b": ROWS}, fault=always(kind))
    told = []
    with pytest.raises(SourceError, match=message):
        gather(told)
    assert numbers(told) == list(range(1, 101))
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("status", "message"),
    [
        pytest.param(
            401, "refused the token", marks=pytest.mark.fault("401", "error: renew or unset the token")
        ),
        pytest.param(
            403,
            r"refused access \(403: no\)",
            marks=pytest.mark.fault("403 that is no limit", "error with GitHub's words"),
        ),
        pytest.param(
            404,
            "check the spelling",
            marks=pytest.mark.fault("404", "error: check the spelling; set a token if private"),
        ),
        pytest.param(
            410,
            "switched off",
            marks=pytest.mark.fault("410 (issues switched off)", "error: nothing to collect"),
        ),
        pytest.param(
            451, "legal reasons", marks=pytest.mark.fault("451 (legal reasons)", "error: leave it out")
        ),
        pytest.param(
            422,
            r"422: no\)",
            marks=pytest.mark.fault("422 (a query it does not take)", "error with GitHub's words"),
        ),
    ],
)
def test_a_refusal_is_explained_and_not_repeated(github, status, message):
    server = github({"a/b": ROWS}, fault=always((status, {}, b'{"message": "no"}'), where="issues"))
    with pytest.raises(SourceError, match=message):
        gather([])
    assert len(server.requests) == 1


@pytest.mark.fault("a moved repository (301)", "followed on the same host; ids bear the name of today")
def test_a_moved_repository_is_followed(github):
    github({"new/name": ROWS}, moved={"a/b": "new/name"})
    records = gather([])
    assert len(records) == 150
    assert records[0].id == "new/name#1"


@pytest.mark.parametrize(
    "location",
    [
        pytest.param(
            "http://169.254.169.254/latest",
            marks=pytest.mark.fault("a redirect to a private address", "refused before it is asked"),
        ),
        pytest.param(
            "http://127.0.0.1:9/x",
            marks=pytest.mark.fault("a redirect to loopback, another port", "refused before it is asked"),
        ),
        pytest.param(
            "https://example.org/repos",
            marks=pytest.mark.fault("a redirect to a foreign host", "refused before it is asked"),
        ),
        pytest.param("file:///etc/passwd", marks=pytest.mark.fault("a redirect to a file", "refused")),
    ],
)
def test_a_redirect_off_the_host_is_refused(github, location):
    server = github({"a/b": ROWS}, fault=always((301, {"Location": location}, b""), where="issues"))
    with pytest.raises(SourceError, match=r"another host .* refused"):
        gather([])
    assert len(server.requests) == 1


@pytest.mark.fault("the next link leads to a foreign host", "refused before it is asked; rows so far kept")
def test_a_next_link_to_a_foreign_host_is_refused(github, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "s3cret")
    with FakeGitHub({"a/b": ROWS}) as foreign:
        link = {"Link": f'<{foreign.url}/repos/a/b/issues?page=2>; rel="next"'}
        github({"a/b": ROWS}, fault=always((200, link, b'[{"number": 1, "title": "t"}]'), where="issues"))
        told = []
        with pytest.raises(SourceError, match="another host"):
            gather(told)
    assert numbers(told) == [1]
    assert foreign.requests == []


@pytest.mark.fault("Link is missing on the only page", "the page is the end")
def test_a_first_page_without_link_is_the_end(github):
    github({"a/b": ROWS[:100]}, fault=always("no link", where="issues"))
    assert len(gather([])) == 100


@pytest.mark.fault("a proxy drops every Link", "an error after the first page, never a silent end")
def test_a_full_first_page_without_link_is_the_end_only_if_no_second_has_rows(github):
    github({"a/b": ROWS}, fault=always("no link", where="issues"))
    told = []
    with pytest.raises(SourceIncomplete, match="a proxy may drop the Link header"):
        gather(told)
    assert len(told) == 100


@pytest.mark.fault("a repository is asked for in other letters", "rows bear GitHub's spelling, each once")
def test_other_letters_are_the_same_repository(github):
    server = github({"a/b": ROWS[:3]})
    ids = [record.id for record in collect_github(["A/B", "a/b"], politeness=FAST)]
    assert ids == ["a/b#1", "a/b#2", "a/b#3"]
    assert len(server.requests) == 1


@pytest.mark.fault("Link comes twice, and names next twice", "each page is read once")
def test_a_repeated_link_leads_to_each_page_once(github):
    server = github({"a/b": ROWS})
    page = f"{server.url}/repos/a/b/issues?state=all&per_page=100&sort=created&direction=asc&page=2"
    twice = {"Link": f'<{page}>; rel="next"\r\nLink: <{page}>; rel="next", <{page}>; rel="last"'}
    first = (200, twice, json.dumps(ROWS[:100]).encode())
    server.fault = lambda target, n: None if "&page=2" in target else first
    assert numbers(gather([])) == list(range(1, 151))
    assert len(server.requests) == 2


@pytest.mark.fault("the same page comes twice (rows moved on)", "each row once")
def test_a_page_that_comes_twice_doubles_no_row(github):
    shifted = [*ROWS[:100], *ROWS[50:]]
    github({"a/b": shifted})
    assert numbers(gather([])) == list(range(1, 151))


@pytest.mark.fault("pages lead in a circle", "ends after each page once")
def test_pages_in_a_circle_end(github):
    server = github({"a/b": ROWS})
    link = {"Link": f'<{server.url}/repos/a/b/issues?page=1>; rel="next"'}
    server.fault = always((200, link, b'[{"number": 1, "title": "t"}]'), where="issues")
    assert numbers(gather([])) == [1]
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(
            "huge", marks=pytest.mark.fault("200 MB, declared", "refused at once, past 16 MB at most")
        ),
        pytest.param(
            "huge, undeclared", marks=pytest.mark.fault("200 MB, not declared", "refused at the cap")
        ),
    ],
)
def test_a_body_of_200_mb_is_refused(github, kind):
    assert HUGE == 200_000_000
    server = github({"a/b": ROWS}, fault=always(kind))
    told = []
    with pytest.raises(SourceError, match="larger than 1,000,000 bytes"):
        gather(told)
    assert (len(told), len(server.requests)) == (100, 2)


@pytest.mark.fault("bytes that are no UTF-8", "replaced; the row is kept")
def test_bytes_that_are_no_text_are_replaced(github):
    body = b'[{"number": 1, "title": "Caf\xe9 closed", "body": "\\ud800 lone"}]'
    github({"a/b": ROWS}, fault=always((200, {}, body), where="issues"))
    (record,) = gather([])
    assert record.meta["title"] == "Caf\ufffd closed"
    record.text.encode("utf-8")


@pytest.mark.fault("null rows, rows without title or number", "left out; the others are kept")
def test_rubbish_between_rows_is_left_out(github):
    rows = [None, issue(1), issue(2, title=None), issue(3, title=" "), issue(4) | {"number": None}]
    rows.append(issue(5) | {"number": True})
    github({"a/b": rows}, {"a/b": [None, comment(1, 1), comment(2, 1, body=None), comment(3, 1, id=None)]})
    rows[1]["comments"] = 200
    assert [record.id for record in gather([], comments=True)] == ["a/b#1", "a/b#1/1"]


@pytest.mark.fault("an author who deleted the account (null, or ghost)", "the row is kept")
def test_deleted_users_keep_their_rows(github):
    github({"a/b": [issue(1, user=None), issue(2, user={"login": "ghost", "type": "User"})]})
    assert [record.meta["author"] for record in gather([])] == [None, "ghost"]


@pytest.mark.fault("an issue vanishes before its comments are read", "the others are kept")
def test_comments_of_an_issue_that_vanished_are_skipped(github):
    gone = always((404, {}, b"{}"), where="issues/1/comments")
    rows = [issue(1, comments=1), issue(2, comments=1), *(issue(n) for n in range(3, 9))]
    below = [comment(1, 1), comment(2, 2), *(comment(100 + n, 9) for n in range(300))]
    github({"a/b": rows}, {"a/b": below}, fault=gone)
    assert [record.id for record in gather([], comments=True)][-1] == "a/b#2/2"


@pytest.mark.fault("everything is unchanged (304)", "read from the cache; no points with a token")
def test_unchanged_pages_are_read_from_the_cache(github, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "t")
    server = github({"a/b": ROWS})
    before = gather([])
    server.forget()
    assert gather([]) == before
    assert (server.statuses, server.points) == ([304, 304], 0)


@pytest.mark.fault("a refusal that allows caching", "is not kept: the next try asks again")
def test_a_refusal_is_never_cached(github):
    kept = (403, {"Cache-Control": "max-age=600", "Retry-After": "0"}, b'{"message": "secondary rate limit"}')
    server = github({"a/b": ROWS}, fault=once(kept))
    assert len(gather([])) == 150
    assert server.statuses.count(403) == 1


@pytest.mark.fault("a broken page that allows caching", "is not kept: the next try asks again")
def test_a_broken_page_is_never_cached(github):
    broken = (200, {"Cache-Control": "max-age=600", "ETag": '"x"'}, b'[{"number": ')
    server = github({"a/b": ROWS}, fault=once(broken))
    assert len(gather([])) == 150
    assert len(server.requests) == 3


@pytest.mark.fault("30,000 issues", "each once, in 300 requests")
def test_thirty_thousand_issues_come_once_each(github):
    server = github({"a/b": [issue(number) for number in range(1, 30_001)]}, quota=10**6)
    found = {record.id for record in collect_github("a/b", politeness=FAST)}
    assert len(found) == 30_000
    assert len(server.requests) == 300


def test_five_secondary_limits_in_a_row_are_told_with_the_remedy(github):
    refusal = limited(403, "You have exceeded a secondary rate limit", retry_after=0)
    server = github({"a/b": ROWS}, fault=always(refusal))
    told = []
    with pytest.raises(SourceError, match="rate limit"):
        gather(told)
    assert (len(told), len(server.requests)) == (100, 4)
