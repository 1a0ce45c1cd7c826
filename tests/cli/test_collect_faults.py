"""`goemox collect` as a process that is killed, interrupted, refused and cut off."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fake_hacker_news import comment, story
from typer.testing import CliRunner

from goemox.cli.collect import app

POSIX = pytest.mark.skipif(os.name == "nt", reason="sends POSIX signals")
START = [sys.executable, "-c", "from goemox.cli import main; main()", "collect", "hackernews"]


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()]


def run(*arguments: str):
    return CliRunner().invoke(app, ["hackernews", *arguments], catch_exceptions=True)


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([*START, *arguments], stderr=subprocess.PIPE, text=True)


def wait_for_rows(path: Path, n: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 200
    while time.monotonic() < deadline and process.poll() is None:
        if path.exists() and path.read_bytes().count(b"\n") >= n:
            return
        time.sleep(0.01)


@POSIX
@pytest.mark.fault("kill -9 at a random moment", "after the next start every row once, none torn")
def test_after_kills_at_random_moments_every_row_is_there_once(hacker_news_server, tmp_path):
    hacker_news_server(story(n) for n in range(1, 61))
    out = tmp_path / "hn.jsonl"
    for _ in range(2):
        process = start("-o", str(out))
        wait_for_rows(out, random.randint(1, 40), process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert run("-o", str(out)).exit_code == 0
    assert sorted(ids(out), key=lambda row_id: int(row_id[3:])) == [f"hn-{n}" for n in range(1, 61)]


@POSIX
@pytest.mark.fault("Ctrl-C", "exit code 130 within seconds; all finished rows kept, and their number told")
def test_ctrl_c_keeps_the_rows_and_says_how_to_go_on(hacker_news_server, tmp_path):
    hacker_news_server(story(n) for n in range(1, 1000))
    out = tmp_path / "hn.jsonl"
    process = start("--rate", "4", "-o", str(out))
    wait_for_rows(out, 4, process)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 130
    rows = ids(out)
    assert rows == [f"hn-{n}" for n in range(1, len(rows) + 1)]
    assert f"{len(rows)} texts written to" in told
    assert "interrupted" in told


@pytest.mark.fault("a source fails at every try", "exit code 5; address, status, remedy; rows so far kept")
def test_a_source_that_fails_ends_in_code_5_and_one_line(hacker_news_server, tmp_path):
    hacker_news_server(
        (story(n) for n in range(1, 4)), fault=lambda target, n: "404" if "item/3" in target else None
    )
    out = tmp_path / "hn.jsonl"
    process = start("-o", str(out))
    _, told = process.communicate(timeout=250)
    assert process.returncode == 5
    written, error = told.splitlines()
    assert "2 texts written to" in written
    assert "item/3.json: answered 404" in error
    assert ids(out) == ["hn-1", "hn-2"]


def test_a_second_run_asks_only_for_what_is_missing(hacker_news_server, tmp_path):
    server = hacker_news_server(story(n) for n in range(1, 8))
    out = tmp_path / "hn.jsonl"
    run("--limit", "5", "-o", str(out))
    server.requests.clear()
    result = run("-o", str(out))
    assert sorted(server.requests) == ["/v0/item/6.json", "/v0/item/7.json", "/v0/topstories.json"]
    assert "2 texts written" in result.stderr
    assert "5 were there already" in result.stderr


def test_a_search_with_comments_goes_to_parquet(hacker_news_server, tmp_path):
    import polars as pl

    hacker_news_server([story(1, title="On Rust", descendants=1), story(2), comment(3, 1)])
    out = tmp_path / "rust.parquet"
    result = run("--query", "rust", "--comments", "-o", str(out))
    assert (result.exit_code, f"2 texts written to {out}" in result.stderr) == (0, True)
    frame = pl.read_parquet(out)
    assert frame["id"].to_list() == ["hn-1", "hn-3"]
    assert frame["parent_id"].to_list() == [None, "hn-1"]


def test_a_dry_run_says_what_it_would_take_and_writes_nothing(hacker_news_server, tmp_path):
    server = hacker_news_server(story(n) for n in range(1, 8))
    out = tmp_path / "hn.jsonl"
    run("--limit", "2", "-o", str(out))
    before, server.requests[:] = out.read_bytes(), []
    result = run("--dry-run", "--rate", "1", "-o", str(out))
    assert result.exit_code == 0
    assert "dry run: at most 5 texts, 6 requests, about 6 s" in result.stderr
    assert (result.stdout, out.read_bytes(), len(server.requests)) == ("", before, 1)


def test_a_profile_of_the_whole_file_follows_where_it_is_asked_for(hacker_news_server, tmp_path):
    hacker_news_server([story(1, title="Same words"), story(2, title="Same words")])
    out = tmp_path / "hn.jsonl"
    result = run("--profile", "-o", str(out))
    assert "2 texts written" in result.stderr
    assert "2 × Same words" in result.stdout
    assert run("--profile").exception.exit_code == 2


def test_settings_of_the_folder_reach_the_command(hacker_news_server, tmp_path, monkeypatch):
    from goemox.cli.app import app as whole

    server = hacker_news_server((story(n) for n in range(1, 8)), lists={"new": [5, 6]})
    (tmp_path / "goemox.toml").write_text('[collect.hackernews]\nlist = "new"\nlimit = 1\n')
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(whole, ["collect", "hackernews"], catch_exceptions=False)
    assert server.requests == ["/v0/newstories.json", "/v0/item/5.json"]
    assert json.loads(result.stdout)["id"] == "hn-5"


@pytest.mark.parametrize(
    "arguments",
    [("--since", "soon"), ("--list", "top", "--query", "x"), ("--min-points", "0"), ("--rate", "0")],
)
def test_impossible_searches_are_usage_errors(hacker_news_server, arguments):
    server = hacker_news_server([])
    result = run(*arguments)
    assert result.exit_code == 2 or getattr(result.exception, "exit_code", 0) == 2
    assert server.requests == []
