"""`goemox collect`, from the command line to the file."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner

from goemox.cli.collect import app
from goemox.errors import InvalidInput, SourceError


@pytest.fixture(scope="module")
def server() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1", port=0, threaded=True) as running:
        yield running


@pytest.fixture
def web(server, monkeypatch, tmp_path) -> HTTPServer:
    server.clear()
    monkeypatch.setenv("GOEMOX_HACKERNEWS_URL", server.url_for("/hn"))
    monkeypatch.setenv("GITHUB_API_URL", server.url_for("/gh"))
    monkeypatch.setenv("GOEMOX_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("GH_TOKEN", "GITHUB_TOKEN", "GOEMOX_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    return server


def run(*arguments: str):
    return CliRunner().invoke(app, arguments, catch_exceptions=True)


def stories(web: HTTPServer, *numbers: int, name: str = "top") -> None:
    web.expect_request(f"/hn/{name}stories.json").respond_with_json(list(numbers))
    for number in numbers:
        web.expect_request(f"/hn/item/{number}.json").respond_with_json(
            {"id": number, "title": f"Story {number}"}
        )


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()]


def test_stories_go_to_a_file_and_the_count_to_stderr(web, tmp_path):
    stories(web, 3, 1, 2)
    out = tmp_path / "hn.jsonl"
    result = run("hackernews", "-o", str(out))
    assert (result.exit_code, result.stdout) == (0, "")
    assert ids(out) == ["hn-3", "hn-1", "hn-2"]
    assert f"3 texts written to {out}" in result.stderr


def test_stories_go_to_standard_output_without_a_file(web):
    stories(web, 1, 2, name="ask")
    result = run("hackernews", "--list", "ask", "--limit", "1")
    assert result.exit_code == 0
    assert [json.loads(line)["title"] for line in result.stdout.splitlines()] == ["Story 1"]


def test_issues_of_several_repositories_go_to_one_file(web, tmp_path):
    for name, number in (("a/b", 1), ("c/d", 2)):
        web.expect_request(f"/gh/repos/{name}/issues").respond_with_json(
            [{"number": number, "title": "Broken"}]
        )
    out = tmp_path / "gh.jsonl"
    assert run("github", "a/b", "c/d", "--state", "closed", "-o", str(out)).exit_code == 0
    assert ids(out) == ["a/b#1", "c/d#2"]
    assert {request.args["state"] for request, _ in web.log} == {"closed"}


def test_a_second_run_goes_on_where_the_first_stopped(web, tmp_path):
    out = tmp_path / "hn.jsonl"
    stories(web, 1, 2)
    run("hackernews", "-o", str(out))
    with out.open("a") as file:
        file.write('{"id": "hn-3", "ti')  # as after a power cut
    web.clear()
    stories(web, 3, 2, 4)
    result = run("hackernews", "-o", str(out))
    assert ids(out) == ["hn-1", "hn-2", "hn-3", "hn-4"]
    assert "2 texts written" in result.stderr
    assert "1 was there already" in result.stderr


def test_offline_repeats_the_last_run(web, tmp_path):
    stories(web, 1, 2)
    run("hackernews", "-o", str(tmp_path / "first.jsonl"))
    web.clear()
    assert run("hackernews", "--offline", "-o", str(tmp_path / "second.jsonl")).exit_code == 0
    assert (tmp_path / "first.jsonl").read_bytes() == (tmp_path / "second.jsonl").read_bytes()


def test_rows_before_an_error_are_kept(web, tmp_path):
    web.expect_request("/hn/topstories.json").respond_with_json([1, 2])
    web.expect_request("/hn/item/1.json").respond_with_json({"id": 1, "title": "Story"})
    web.expect_request("/hn/item/2.json").respond_with_data("", status=404)
    out = tmp_path / "hn.jsonl"
    result = run("hackernews", "-o", str(out))
    assert isinstance(result.exception, SourceError)
    assert ids(out) == ["hn-1"]


def test_a_file_of_somebody_elses_is_refused_before_anything_is_fetched(web, tmp_path):
    out = tmp_path / "mine.jsonl"
    out.write_text("dear diary\n")
    result = run("hackernews", "-o", str(out))
    assert isinstance(result.exception, InvalidInput)
    assert web.log == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("hackernews", "--list", "hot"),
        ("hackernews", "--limit", "0"),
        ("github", "a/b", "--state", "x"),
    ],
)
def test_impossible_arguments_are_usage_errors(web, arguments):
    assert run(*arguments).exit_code == 2
    assert web.log == []
