"""GitHub issues against a fake of its API on loopback."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pytest_httpserver import HTTPServer

from goemox.errors import OfflineError, SourceError, UsageError
from goemox.http import Answer, Politeness
from goemox.sources.cleaning import DROPPED
from goemox.sources.github import collect_github, github_api
from goemox.sources.github_limits import GitHubLimits

FAST = Politeness(
    concurrency=1, per_second=2000, attempts=3, first_wait_s=0.01, longest_wait_s=0.02, silence_s=5.0
)
ISSUES = "/api/v3/repos/pallets/flask/issues"
FIRST = "state=all&per_page=100&sort=created&direction=asc"


@pytest.fixture(scope="module")
def server() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1", port=0) as running:
        yield running


@pytest.fixture
def api(server, monkeypatch, tmp_path) -> HTTPServer:
    server.clear()
    monkeypatch.setenv("GITHUB_API_URL", server.url_for("/api/v3"))
    monkeypatch.setenv("GOEMOX_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    monkeypatch.delenv("GH_TOKEN", raising=False)
    return server


def issue(number: int, **fields: object) -> dict[str, object]:
    return {"number": number, "title": f"Issue {number}", "body": None, "state": "open"} | fields


def collect(*repositories: str, **options):
    return list(collect_github(repositories or ("pallets/flask",), politeness=FAST, **options))


def test_an_issue_becomes_a_record_with_title_and_prose(api):
    row = issue(
        7, title="Crash  on\tstart", body="It **crashes**:\n\n```\nTraceback\n```\n\nWhy?",
        user={"login": "ann"}, html_url="https://github.com/pallets/flask/issues/7",
        created_at="2024-05-01T10:00:00Z", comments=3,
        labels=[{"name": "bug"}, "old style", {"name": None}], state="closed", new_field=1,
    )  # fmt: skip
    api.expect_request(ISSUES).respond_with_json([row])
    (record,) = collect()
    assert (record.id, record.source) == ("pallets/flask#7", "github")
    assert record.text == "Crash on start\n\nIt crashes:\n\nWhy?"
    assert record.url == "https://github.com/pallets/flask/issues/7"
    assert record.created_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert record.meta == {
        "title": "Crash on start", "body": "It crashes:\n\nWhy?", "type": "issue", "repo": "pallets/flask",
        "number": 7, "parent_id": None, "state": "closed", "author": "ann", "is_bot": False, "comments": 3,
        "github_labels": ["bug", "old style"],
        "dropped": dict.fromkeys(DROPPED, 0) | {"code_blocks": 1},
    }  # fmt: skip


def test_pull_requests_and_rows_without_title_are_dropped(api):
    rows = [
        issue(1, pull_request={"url": "x"}), issue(2), issue(3, title=None), issue(4, title=" "), None, "x",
        {"title": "no number"}, issue(5, pull_request=None, user=None, labels=None, created_at="soon"),
    ]  # fmt: skip
    api.expect_request(ISSUES).respond_with_json(rows)
    records = collect()
    assert [record.meta["number"] for record in records] == [2, 5]
    assert (records[1].created_at, records[1].url, records[1].meta["author"]) == (None, None, None)


def test_pages_are_followed_by_link_only_and_repeated_rows_come_once(api):
    page = api.url_for(ISSUES)
    api.expect_request(ISSUES, query_string=FIRST).respond_with_json(
        [issue(3), issue(2)],
        headers={"Link": f'<{page}?cursor=b>; rel="next", <{page}?cursor=b>; rel="last"'},
    )
    api.expect_request(ISSUES, query_string="cursor=b").respond_with_json(
        [issue(2), issue(1)], headers={"Link": f'<{page}?{FIRST}>; rel="prev"'}
    )
    assert [record.meta["number"] for record in collect()] == [3, 2, 1]
    assert len(api.log) == 2


def test_pages_that_lead_in_a_circle_end(api):
    link = f'<{api.url_for(ISSUES)}?cursor=a>; rel="next"'
    api.expect_request(ISSUES).respond_with_json([issue(1)], headers={"Link": link})
    assert [record.meta["number"] for record in collect()] == [1]
    assert len(api.log) <= 3


def test_a_next_page_on_another_host_is_refused_and_never_asked(api, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "s3cret")
    with HTTPServer(host="127.0.0.1", port=0) as other:
        link = f'<{other.url_for(ISSUES)}>; rel="next"'
        api.expect_request(ISSUES).respond_with_json([issue(1)], headers={"Link": link})
        records = collect_github(["pallets/flask"], politeness=FAST)
        assert next(records).meta["number"] == 1
        with pytest.raises(SourceError, match="another host"):
            next(records)
        assert other.log == []


def test_a_moved_repository_is_followed_on_the_same_host(api):
    api.expect_request("/api/v3/repos/old/name/issues").respond_with_json(
        {"message": "Moved"}, status=301, headers={"Location": api.url_for("/api/v3/repositories/1/issues")}
    )
    api.expect_request("/api/v3/repositories/1/issues").respond_with_json([issue(1)])
    assert [record.id for record in collect("old/name")] == ["old/name#1"]


def test_the_limit_counts_issues_of_each_repository(api):
    link = f'<{api.url_for(ISSUES)}?page=2>; rel="next"'
    rows = [issue(number, pull_request={} if number % 2 else None) for number in range(1, 9)]
    api.expect_request(ISSUES).respond_with_json(rows, headers={"Link": link})
    api.expect_request("/api/v3/repos/a/b/issues").respond_with_json([issue(1), issue(2)])
    records = collect("pallets/flask", "a/b", limit=2)
    assert [record.id for record in records] == ["pallets/flask#2", "pallets/flask#4", "a/b#1", "a/b#2"]
    assert len(api.log) == 2


def test_state_and_the_documented_headers_are_sent(api):
    api.expect_request(ISSUES).respond_with_json([])
    assert collect(state="closed") == []
    request = api.log[0][0]
    assert request.args.to_dict() == {
        "state": "closed", "per_page": "100", "sort": "created", "direction": "asc",
    }  # fmt: skip
    assert request.headers["accept"] == "application/vnd.github+json"
    assert request.headers["x-github-api-version"] == "2022-11-28"
    assert "authorization" not in request.headers


def test_gh_token_goes_before_github_token(api, monkeypatch):
    api.expect_request(ISSUES).respond_with_json([])
    monkeypatch.setenv("GITHUB_TOKEN", "second")
    monkeypatch.setenv("GH_TOKEN", "first")
    collect()
    assert api.log[0][0].headers["authorization"] == "Bearer first"


def test_unchanged_pages_are_confirmed_by_304_on_the_second_run(api, monkeypatch):
    from werkzeug import Request, Response

    def page(request: Request) -> Response:
        known = request.headers.get("if-none-match") == '"e"'
        headers = {"ETag": '"e"', "Cache-Control": "private, max-age=0", "Vary": "Accept, Authorization"}
        body = "" if known else '[{"number": 1, "title": "t"}]'
        return Response(body, status=304 if known else 200, headers=headers, mimetype="application/json")

    monkeypatch.setenv("GITHUB_TOKEN", "s3cret")
    api.expect_request(ISSUES).respond_with_handler(page)
    assert collect() == collect()
    assert [response.status_code for _, response in api.log] == [200, 304]


def test_an_unknown_repository_is_named_and_not_asked_twice(api):
    api.expect_request(ISSUES).respond_with_json({"message": "Not Found"}, status=404)
    with pytest.raises(SourceError, match=r"pallets/flask: no such repository .* set GITHUB_TOKEN"):
        collect()
    assert len(api.log) == 1


def test_a_repository_without_issues_says_so(api):
    api.expect_request(ISSUES).respond_with_json({"message": "Issues are disabled"}, status=410)
    with pytest.raises(SourceError, match="pallets/flask: its issues are switched off"):
        collect()


def test_a_refused_token_is_explained_and_not_shown(api, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "s3cret")
    api.expect_request(ISSUES).respond_with_json({"message": "Bad credentials"}, status=401)
    with pytest.raises(SourceError, match="refused the token") as caught:
        collect()
    assert "s3cret" not in str(caught.value)


def test_a_403_that_is_no_rate_limit_tells_githubs_words_on_one_line(api):
    message = "Blocked:\n<b>DMCA</b>\x1b[31m"
    api.expect_request(ISSUES).respond_with_json({"message": message}, status=403)
    with pytest.raises(SourceError, match=r"refused access \(403: Blocked: DMCA\[31m\); set GITHUB_TOKEN"):
        collect()
    assert len(api.log) == 1


def test_a_short_rate_limit_is_waited_for(api):
    reset = int(time.time()) + 2
    limited = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
    api.expect_ordered_request(ISSUES).respond_with_json(
        {"message": "rate limit"}, status=403, headers=limited
    )
    api.expect_ordered_request(ISSUES).respond_with_json({}, status=429, headers={"Retry-After": "1"})
    api.expect_ordered_request(ISSUES).respond_with_json([issue(1)])
    assert len(collect()) == 1
    assert time.time() >= reset + 1


def test_a_long_rate_limit_is_told_with_its_end_and_the_remedy(api):
    limited = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + 1800)}
    api.expect_request(ISSUES).respond_with_json({"message": "rate limit"}, status=403, headers=limited)
    with pytest.raises(
        SourceError, match=r"resets at \d\d:\d\d:\d\d UTC, in 1,\d\d\d s; wait, or set GITHUB_TOKEN"
    ):
        collect()
    assert len(api.log) == 1


def answer(status: int, body: bytes = b"{}", **headers: str) -> Answer:
    return Answer(
        status, "https://x.org", {name.replace("_", "-"): value for name, value in headers.items()}, body
    )


def rate_limit_wait(answer: Answer) -> bool | float:
    return GitHubLimits().wait(answer)


def test_each_kind_of_rate_limit_is_waited_for_as_github_documents_it():
    in_90_s = str(int(time.time()) + 90)
    assert rate_limit_wait(answer(429, retry_after="7")) == 7
    assert (
        rate_limit_wait(answer(403, retry_after="7", x_ratelimit_remaining="0", x_ratelimit_reset=in_90_s))
        == 7
    )
    until_reset = rate_limit_wait(answer(403, x_ratelimit_remaining="0", x_ratelimit_reset=in_90_s))
    assert until_reset == pytest.approx(90, abs=10)
    assert rate_limit_wait(answer(403, x_ratelimit_remaining="0", x_ratelimit_reset="1")) == 0.0
    assert rate_limit_wait(answer(403, x_ratelimit_remaining="0", x_ratelimit_reset="soon")) == 60
    assert rate_limit_wait(answer(429)) == 60
    assert rate_limit_wait(answer(403, b'{"message": "You have exceeded a secondary rate limit"}')) == 60
    assert rate_limit_wait(answer(403, b'{"message": "Resource not accessible"}')) is False
    assert rate_limit_wait(answer(502)) is True
    assert rate_limit_wait(answer(404)) is False


@pytest.mark.parametrize("body", ["<html>", '{"message": "hi"}', '"x"', "3"])
def test_a_page_that_is_no_list_is_a_source_error(api, body):
    api.expect_request(ISSUES).respond_with_data(body)
    with pytest.raises(SourceError):
        collect()


def test_offline_repeats_what_was_collected_before(api):
    api.expect_request(ISSUES).respond_with_json([issue(1)])
    before = collect()
    api.clear()
    assert collect(offline=True) == before
    with pytest.raises(OfflineError):
        collect("never/seen", offline=True)
    assert api.log == []


@pytest.mark.parametrize(
    "name",
    [
        "flask",
        "",
        "/",
        "a/",
        "/b",
        "a/b/c",
        "a b/c",
        "../x",
        "a/..",
        "a/.",
        "ä/b",
        "a/b?x=1",
        "a/b#1",
        "https://github.com/a/b",
    ],
)
def test_what_is_no_repository_name_is_refused_at_the_call(name):
    with pytest.raises(UsageError, match="owner/name"):
        collect_github([name])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"state": "new"}, "no issue state is called 'new'; choose one of all, open, closed"),
        ({"limit": 0}, "the limit must be 1 or more, was 0"),
    ],
)
def test_impossible_arguments_are_refused_at_the_call(options, said):
    with pytest.raises(UsageError, match=said):
        collect_github(["a/b"], **options)


def test_no_repository_at_all_is_refused():
    with pytest.raises(UsageError, match="at least one"):
        collect_github([])


def test_one_name_is_as_good_as_a_list_of_one(api):
    api.expect_request(ISSUES).respond_with_json([issue(1)])
    assert len(list(collect_github("pallets/flask", politeness=FAST))) == 1


def test_plain_http_to_another_machine_is_refused_at_the_call(monkeypatch):
    monkeypatch.setenv("GITHUB_API_URL", "http://ghe.example.org/api/v3")
    with pytest.raises(UsageError, match="GITHUB_API_URL"):
        collect_github(["a/b"])


def test_the_official_address_is_the_default(monkeypatch):
    monkeypatch.delenv("GITHUB_API_URL", raising=False)
    assert github_api() == "https://api.github.com"
