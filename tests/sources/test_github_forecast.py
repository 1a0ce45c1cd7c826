"""What a dry run says of GitHub, against what collecting then takes from the fake."""

from dataclasses import replace

import pytest
from fake_github import comment, issue, pull_request

from goemox.http import Politeness
from goemox.sources.caps import Caps
from goemox.sources.github import collect_github, forecast_github

FAST = Politeness(per_second=5000, attempts=3, first_wait_s=0.01, longest_wait_s=0.02, concurrency=1)


def collect(*repositories: str, **options):
    return list(collect_github(repositories, politeness=FAST, **options))


def test_a_forecast_names_requests_and_time_and_costs_one_request_a_list(github):
    server = github({"a/b": [issue(number) for number in range(1, 1251)]}, {"a/b": [comment(1, 1)] * 201})
    forecast = forecast_github("a/b", comments=True, politeness=FAST)
    assert (forecast.n_requests, forecast.n_texts) == (13 + 3, 1451)
    assert forecast.seconds < 60
    assert len(server.requests) == 2


def test_a_forecast_counts_the_wait_for_quotas(github):
    github({"a/b": [issue(number) for number in range(1, 10_001)]}, quota=60)
    forecast = forecast_github("a/b", politeness=FAST)
    assert forecast.n_requests == 100
    assert forecast.seconds >= 3600


def test_a_forecast_of_a_search_asks_only_for_the_number(github):
    server = github({"a/b": [issue(number) for number in range(1, 351)]})
    assert forecast_github(search="Issue", politeness=FAST).n_requests == 4
    assert len(server.requests) == 1
    with_comments = forecast_github(search="Issue", comments=True, politeness=FAST).sentence()
    assert "(for at most 350 issues; at most about one more for the comments of each)" in with_comments
    assert " texts" not in with_comments


@pytest.mark.parametrize(("limit", "n"), [(None, 4), (1, 2)])
def test_a_forecast_of_a_search_for_pull_requests_counts_two_searches(github, limit, n):
    server = github({"a/b": [*map(issue, range(1, 102)), *map(pull_request, range(201, 302))]})
    asked = {"search": "repo:a/b", "pull_requests": True, "limit": limit}
    assert forecast_github(**asked, politeness=FAST).n_requests == n
    server.forget()
    collect(**asked)
    assert len(server.requests) == n


def test_a_forecast_counts_comments_that_are_read_issue_by_issue(github, monkeypatch):
    monkeypatch.setattr("goemox.sources.github_comments._MOST_PAGES", 2)
    rows = [issue(number, comments=3) for number in range(1, 91)]
    server = github({"a/b": rows}, {"a/b": [comment(n, n % 90 + 1) for n in range(270)]})
    forecast = forecast_github("a/b", comments=True, politeness=FAST)
    assert "comments issue by issue" in forecast.note
    server.forget()
    collect("a/b", comments=True)
    assert len(server.requests) == 1 + 1 + 90 <= forecast.n_requests <= 100


def test_a_slower_rate_can_be_asked_for_but_no_faster_one(github):
    github({"a/b": [issue(1)]})
    forecast = forecast_github("a/b", caps=Caps(rate=0.1), politeness=replace(FAST, per_second=10))
    assert forecast.seconds == 10.0
