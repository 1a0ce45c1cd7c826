"""What is collected from a fake GitHub on loopback: which issues, which comments, at what price."""

import math
from urllib.parse import parse_qs, urlsplit

import pytest
from fake_github import EPOCH, FakeGitHub, comment, issue, pull_request

from goemox.errors import SourceError, SourceIncomplete, UsageError
from goemox.http import Politeness
from goemox.sources.github import collect_github

FAST = Politeness(per_second=5000, attempts=3, first_wait_s=0.01, longest_wait_s=0.02, concurrency=1)


def collect(*repositories: str, **options):
    return list(collect_github(repositories, politeness=FAST, **options))


def numbers(records) -> list[int]:
    return [record.meta["number"] for record in records]


def paths(server: FakeGitHub) -> list[str]:
    return [urlsplit(target).path.removeprefix("/api/v3") for target in server.requests]


def test_everything_comes_oldest_first_a_hundred_a_request(github):
    server = github({"a/b": [issue(number) for number in range(1, 251)]})
    assert numbers(collect("a/b")) == list(range(1, 251))
    assert len(server.requests) == 3


def test_pull_requests_come_where_they_are_wanted_and_are_marked(github):
    github({"a/b": [issue(1), pull_request(2)]})
    assert numbers(collect("a/b")) == [1]
    wanted = collect("a/b", pull_requests=True)
    assert [record.meta["type"] for record in wanted] == ["issue", "pull_request"]


def test_the_newest_come_first_where_not_all_are_wanted(github):
    server = github({"a/b": [issue(number) for number in range(1, 251)]})
    assert numbers(collect("a/b", limit=2)) == [250, 249]
    assert len(server.requests) == 1


def test_a_limit_holds_for_one_repository_under_two_names(github):
    github({"a/b": [issue(number) for number in range(1, 9)]}, moved={"old/b": "a/b"})
    assert numbers(collect("a/b", "old/b", limit=2)) == [8, 7]


def test_labels_and_state_are_asked_of_github(github):
    rows = [
        issue(1, labels=["bug", "ui"]), issue(2, labels=["bug"]),
        issue(3, labels=["bug", "ui"], state="closed"),
    ]  # fmt: skip
    github({"a/b": rows})
    assert numbers(collect("a/b", labels=["bug", "ui"])) == [1, 3]
    assert numbers(collect("a/b", labels=["bug"], state="open")) == [1, 2]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2020-01-02", None, [240, *range(239, 23, -1)]),
        (None, "2020-01-02", list(range(1, 24))),
        ("2020-01-02", "2020-01-02T02:00:00Z", [24, 25]),
    ],
)
def test_since_and_until_mean_when_an_issue_was_opened(github, since, until, expected):
    rows = [issue(number) for number in range(1, 241)]
    rows[0]["updated_at"] = "2026-01-01T00:00:00Z"  # changed lately, but opened before
    github({"a/b": rows})
    assert numbers(collect("a/b", since=since, until=until)) == expected


def test_dates_do_not_fetch_what_lies_outside(github):
    server = github({"a/b": [issue(number) for number in range(1, 1001)]})
    collect("a/b", since=EPOCH.replace(month=2, day=11))
    assert len(server.requests) == 1


def test_bots_are_marked_by_type_or_name(github):
    users = [{"login": "renovate", "type": "Bot"}, {"login": "stale[bot]"}, {"login": "ann", "type": "User"}]
    github({"a/b": [issue(number, user=user) for number, user in enumerate(users, start=1)]})
    assert [record.meta["is_bot"] for record in collect("a/b")] == [True, True, False]


def test_what_was_dropped_from_a_text_is_counted(github):
    body = (
        "### Describe the bug\n\nIt burns.\n\n> quoted\n\n```\nx\n```\n\n![i](x)\n\n<!-- c -->\n\n### Logs\n"
    )
    github({"a/b": [issue(1, body=body)]})
    (record,) = collect("a/b")
    assert record.meta["body"] == "It burns."
    assert record.meta["dropped"] == {
        "code_blocks": 1, "quotes": 1, "images": 1, "html_comments": 1, "template_headings": 2,
        "placeholders": 0,
    }  # fmt: skip


def test_comments_come_after_the_issues_and_name_theirs(github):
    rows = [issue(1, comments=2), issue(2), pull_request(3, comments=1)]
    below = [comment(11, 1), comment(12, 1, body="```\ncode only\n```"), comment(13, 3)]
    github({"a/b": rows}, {"a/b": below})
    records = collect("a/b", comments=True)
    assert [record.id for record in records] == ["a/b#1", "a/b#2", "a/b#1/11"]
    assert records[2].meta["parent_id"] == "a/b#1"
    assert (records[2].text, records[2].meta["type"]) == ("Comment 11", "comment")


def test_comments_of_many_issues_cost_a_request_a_hundred(github):
    rows = [issue(number, comments=2) for number in range(1, 100)]
    below = [comment(1000 + n, n % 99 + 1) for n in range(198)]
    server = github({"a/b": rows}, {"a/b": below})
    assert len(collect("a/b", comments=True)) == 297
    assert paths(server) == ["/repos/a/b/issues"] + ["/repos/a/b/issues/comments"] * 2


def test_comments_of_few_issues_are_fetched_issue_by_issue(github):
    rows = [issue(number, comments=10) for number in range(1, 1001)]
    below = [comment(10 * n + i, n) for n in range(1, 1001) for i in range(10)]
    server = github({"a/b": rows}, {"a/b": below})
    records = collect("a/b", comments=True, limit=3)
    assert len(records) == 3 + 30
    assert len(server.requests) == 1 + 1 + 3


@pytest.mark.fault(
    "more comments than GitHub shows in one list", "they are read issue by issue, none is lost"
)
def test_comments_of_a_list_that_github_cuts_are_fetched_issue_by_issue(github, monkeypatch):
    monkeypatch.setattr("goemox.sources.github_comments._MOST_PAGES", 2)
    rows = [issue(number, comments=100) for number in range(1, 5)]
    below = [comment(n, n % 4 + 1) for n in range(400)]
    github({"a/b": rows}, {"a/b": below}, most_pages=3)
    assert len(collect("a/b", comments=True)) == 4 + 400


def test_a_search_is_complete_beyond_a_thousand_results(github):
    rows = [issue(number, title=f"flask {number}") for number in range(1, 2501)]
    server = github({"a/b": rows[::2], "c/d": rows[1::2], "e/f": [issue(9)]})
    records = collect(search="flask")
    assert sorted(numbers(records)) == list(range(1, 2501))
    assert {record.meta["repo"] for record in records} == {"a/b", "c/d"}
    assert len(server.requests) <= math.ceil(2500 / 100) + 3


@pytest.mark.fault(
    "a search counts rows that it does not show", "all others come, those after a thousand too"
)
def test_a_search_is_complete_where_some_of_what_it_counts_is_not_shown(github):
    rows = [issue(number, title=f"flask {number}") for number in range(1, 1501)]
    github({"a/b": rows}, unseen=lambda row: row["number"] in (37, 1200))
    assert numbers(collect(search="flask")) == [n for n in range(1, 1501) if n not in (37, 1200)]


def test_the_newest_of_a_search_are_of_issues_and_pull_requests_together(github):
    server = github({"a/b": [*map(issue, range(1, 8)), *map(pull_request, (6, 9, 10))]})
    wanted = {"search": "repo:a/b", "pull_requests": True}
    assert [record.meta["type"][:5] for record in collect(**wanted, limit=4)] == [
        "pull_",
        "pull_",
        "issue",
        "pull_",
    ]
    assert len(server.requests) == 2
    assert numbers(collect(**wanted)) == [1, 2, 3, 4, 5, 6, 7, 9, 10]


def test_what_a_search_gives_is_held_against_what_was_asked(github):
    rows = [issue(1), issue(30), pull_request(40), issue(50, state="closed")]
    server = github({"a/b": rows}, matches=lambda row: True)
    assert numbers(collect(search="label:bug OR label:crash", since="2020-01-02", state="open")) == [30]
    (target,) = server.requests
    asked = parse_qs(urlsplit(target).query)["q"][0]
    assert asked == "(label:bug OR label:crash) is:issue is:open created:2020-01-02T00:00:00Z..*"


def test_a_search_takes_state_labels_dates_and_pull_requests(github):
    rows = [issue(1), issue(30, labels=["bug"]), pull_request(40, labels=["bug"]), issue(50, state="closed")]
    server = github({"a/b": rows})
    found = collect(search="repo:a/b", labels=["bug"], state="open", since="2020-01-02", pull_requests=True)
    assert sorted(numbers(found)) == [30, 40]
    queries = [parse_qs(urlsplit(target).query)["q"][0] for target in server.requests]
    assert queries[0] == 'repo:a/b is:issue is:open label:"bug" created:2020-01-02T00:00:00Z..*'
    assert " is:pr " in queries[1]


def test_comments_below_what_a_search_found_come_too(github):
    github(
        {"a/b": [issue(1, comments=1)], "c/d": [issue(1, comments=1)]}, {"a/b": [comment(5, 1)], "c/d": []}
    )
    assert [record.id for record in collect(search="Issue", comments=True)] == ["a/b#1", "c/d#1", "a/b#1/5"]


def test_a_search_that_hides_results_says_so(github):
    same = [issue(number, created_at="2020-01-01T00:00:00Z") for number in range(1, 1102)]
    github({"a/b": same})
    with pytest.raises(SourceIncomplete, match="more than 1,000 results of one second"):
        collect(search="Issue")


def test_a_repository_that_is_gone_does_not_stop_the_others(github):
    github({"a/b": [issue(1)], "c/d": [issue(2)]}, gone={"x/y": 410, "x/z": 451})
    told, notices = [], []
    with pytest.raises(SourceError, match=r"x/y: its issues are switched off .*1 of 4 more"):
        told.extend(collect_github(["a/b", "x/y", "x/z", "c/d"], politeness=FAST, notice=notices.append))
    assert numbers(told) == [1, 2]
    assert len(notices) == 2


def test_the_quota_and_the_expected_number_are_told(github):
    github({"a/b": [issue(number) for number in range(1, 301)]}, quota=500)
    told = []
    collect("a/b", tell=lambda total, note: told.append((total, note)))
    assert told[0] == (300, "499 requests left")
    assert told[-1] == (300, "497 requests left")


@pytest.mark.parametrize(("options", "total"), [({"limit": 150}, 150), ({"comments": True}, None)])
def test_the_expected_number_knows_the_limit_and_does_not_guess_comments(github, options, total):
    github({"a/b": [issue(number) for number in range(1, 301)]})
    told = []
    collect("a/b", tell=lambda n, note: told.append(n), **options)
    assert told[0] == total


@pytest.mark.parametrize(
    "options",
    [
        {"search": "x", "repositories": ["a/b"]},
        {"search": " "},
        {"repositories": ["a/b"], "labels": ["a,b"]},
        {"repositories": ["a/b"], "labels": [" "]},
        {"repositories": ["a/b"], "since": "soon"},
        {"repositories": ["a/b"], "since": "2024-01-02", "until": "2024-01-02"},
        {"repositories": ["a/b"], "max_wait_s": -1},
    ],
)
def test_what_cannot_be_is_refused_at_the_call(options):
    with pytest.raises(UsageError):
        collect_github(**options)


def test_a_second_run_on_unchanged_data_costs_no_points_with_a_token(github, monkeypatch):
    rows = [issue(number, comments=1) for number in range(1, 400)]
    server = github({"a/b": rows}, {"a/b": [comment(n, n) for n in range(1, 400)]})
    monkeypatch.setenv("GITHUB_TOKEN", "s3cret")
    first = collect("a/b", comments=True)
    assert server.points == 8
    server.forget()
    assert collect("a/b", comments=True) == first
    assert (server.points, set(server.statuses)) == (0, {304})
    rows.append(issue(400))
    server.repositories["a/b"] = rows
    server.forget()
    assert len(collect("a/b", comments=True)) == len(first) + 1
    assert server.points == 1  # the page that it stands on


@pytest.mark.fault(
    "a full last page is unchanged, but another follows it now", "asked for anew; nothing is missed"
)
def test_a_new_page_behind_an_unchanged_full_one_is_found(github, monkeypatch):
    rows = [issue(number) for number in range(1, 201)]
    server = github({"a/b": rows})
    monkeypatch.setenv("GITHUB_TOKEN", "t")
    collect("a/b")
    server.repositories["a/b"] = [*rows, issue(201)]
    server.forget()
    assert numbers(collect("a/b")) == list(range(1, 202))
    assert server.points == 2
    assert len(collect("a/b", offline=True)) == 201
