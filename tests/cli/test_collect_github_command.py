"""`goemox collect github`, from the command line to the file."""

import json
from pathlib import Path

import polars as pl
import pytest
from fake_github import FakeGitHub, comment, issue, pull_request
from typer.testing import CliRunner

from goemox.cli.collect import app
from goemox.errors import InvalidInput, SourceError, UsageError

ROWS = [issue(number, comments=1, labels=["bug"] if number % 2 else []) for number in range(1, 121)]


@pytest.fixture
def server(monkeypatch):
    below = [comment(1000 + number, number) for number in range(1, 121)]
    with FakeGitHub({"a/b": [*ROWS, pull_request(121)], "c/d": [issue(1)]}, {"a/b": below}) as running:
        monkeypatch.setenv("GITHUB_API_URL", running.url)
        yield running


def run(*arguments: str):
    return CliRunner().invoke(app, ["github", *arguments])


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_issues_and_their_comments_go_to_one_file(server, tmp_path):
    out = tmp_path / "gh.jsonl"
    result = run("a/b", "--comments", "-o", str(out))
    assert result.exit_code == 0
    assert [row["type"] for row in rows(out)] == ["issue"] * 120 + ["comment"] * 120
    assert "240 texts written" in result.stderr


def test_filters_reach_the_source(server, tmp_path):
    out = tmp_path / "gh.jsonl"
    run("a/b", "--label", "bug", "--since", "2020-01-02", "--until", "2020-01-03", "-o", str(out))
    assert [row["number"] for row in rows(out)] == list(range(25, 48, 2))
    out.unlink()
    run("a/b", "--pull-requests", "--limit", "2", "-o", str(out))
    assert [row["type"] for row in rows(out)] == ["pull_request", "issue"]


def test_repositories_come_from_a_file_too(server, tmp_path):
    names, out = tmp_path / "names.txt", tmp_path / "gh.jsonl"
    names.write_text("# mine\n\na/b   # the first\nc/d\n")
    assert run("--from-file", str(names), "--limit", "1", "-o", str(out)).exit_code == 0
    assert [row["id"] for row in rows(out)] == ["a/b#120", "c/d#1"]


def test_a_search_takes_the_place_of_repositories(server, tmp_path):
    out = tmp_path / "gh.jsonl"
    assert run("--search", "repo:c/d", "-o", str(out)).exit_code == 0
    assert [row["id"] for row in rows(out)] == ["c/d#1"]


def test_a_dry_run_says_requests_and_time_and_writes_nothing(server, tmp_path):
    out = tmp_path / "gh.jsonl"
    result = run("a/b", "c/d", "--dry-run", "-o", str(out))
    assert result.exit_code == 0
    assert "dry run: at most 122 texts, 3 requests, about 3 s" in result.stderr
    assert not out.exists()


def test_a_second_run_adds_what_is_new(server, tmp_path):
    out = tmp_path / "gh.jsonl"
    run("a/b", "-o", str(out))
    server.repositories["a/b"].append(issue(122))
    result = run("a/b", "-o", str(out))
    assert "1 text written" in result.stderr
    assert "120 were there already" in result.stderr


@pytest.mark.fault(
    "a repository is gone while others go into Parquet", "exit code 5; the Parquet file is there"
)
def test_a_repository_that_is_gone_does_not_keep_the_others_out_of_parquet(server, tmp_path):
    out = tmp_path / "gh.parquet"
    for already in (0, 1):
        result = run("x/y", "c/d", "-o", str(out))
        assert isinstance(result.exception, SourceError)
        assert result.exception.exit_code == 5
        assert pl.read_parquet(out)["id"].to_list() == ["c/d#1"]
        assert list(tmp_path.glob("gh.*")) == [out]
        assert (f"1 text written to {out}" in result.stderr) == (not already)


@pytest.mark.fault(
    "the quota ends in the middle, and the wait is too long", "exit code 5; rows so far are kept"
)
def test_a_wait_longer_than_allowed_ends_in_an_error_and_keeps_rows(monkeypatch, tmp_path):
    out = tmp_path / "gh.jsonl"
    with FakeGitHub({"a/b": ROWS}, quota=1) as server:
        monkeypatch.setenv("GITHUB_API_URL", server.url)
        result = run("a/b", "--max-wait", "10", "-o", str(out))
    assert isinstance(result.exception, SourceError)
    assert result.exception.exit_code == 5
    assert len(rows(out)) == 100


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((), UsageError),
        (("a/b", "--search", "x"), UsageError),
        (("a/b", "--since", "soon"), UsageError),
        (("flask",), UsageError),
        (("--from-file", "nowhere.txt"), InvalidInput),
    ],
)
def test_impossible_arguments_are_refused_before_anything_is_asked(server, arguments, error):
    assert isinstance(run(*arguments).exception, error)
    assert server.requests == []


def test_a_wrong_line_in_a_file_of_names_is_named(server, tmp_path):
    names = tmp_path / "names.txt"
    names.write_text("a/b\nflask\n")
    result = run("--from-file", str(names))
    assert isinstance(result.exception, InvalidInput)
    assert "names.txt:2: 'flask' is not a repository" in str(result.exception)
