"""Answers on disk: revalidated, fresh, offline; and what must never be there."""

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from goemox.errors import OfflineError
from goemox.http import Answer, Client, Politeness, cache_dir, call, check_base_url

FAST = Politeness(per_second=1000, attempts=1, silence_s=2.0)


def get(server: HTTPServer, cache: Path | None, *, token: str | None = None, offline: bool = False) -> Answer:
    async def fetch() -> Answer:
        base = check_base_url("TEST", server.url_for(""))
        async with Client(base, politeness=FAST, token=token, cache=cache, offline=offline) as client:
            return await client.get("/a?page=1")

    return call(fetch())


def with_etag(request: Request) -> Response:
    if request.headers.get("if-none-match") == '"v1"':
        return Response(status=304, headers={"ETag": '"v1"', "Cache-Control": "private, max-age=0"})
    return Response("body", headers={"ETag": '"v1"', "Cache-Control": "private, max-age=0"})


def test_an_unchanged_answer_is_confirmed_by_a_304_and_read_from_disk(httpserver, tmp_path):
    httpserver.expect_request("/a").respond_with_handler(with_etag)
    first, second = get(httpserver, tmp_path, token="t"), get(httpserver, tmp_path, token="t")
    assert [first.from_cache, second.from_cache] == [False, True]
    assert first.body == second.body == b"body"
    assert [response.status_code for _, response in httpserver.log] == [200, 304]


def test_a_fresh_answer_costs_no_request(httpserver, tmp_path):
    httpserver.expect_request("/a").respond_with_data("body", headers={"Cache-Control": "max-age=600"})
    get(httpserver, tmp_path)
    assert get(httpserver, tmp_path).from_cache
    assert len(httpserver.log) == 1


def test_without_a_cache_folder_every_answer_travels(httpserver):
    httpserver.expect_request("/a").respond_with_data("body", headers={"Cache-Control": "max-age=600"})
    assert not get(httpserver, None).from_cache
    assert not get(httpserver, None).from_cache


def test_tokens_never_reach_the_disk_and_do_not_share_entries(httpserver, tmp_path):
    httpserver.expect_request("/a").respond_with_data(
        "private", headers={"Cache-Control": "private, max-age=600"}
    )
    get(httpserver, tmp_path, token="s3cret-one")
    assert not get(httpserver, tmp_path, token="s3cret-two").from_cache
    assert get(httpserver, tmp_path, token="s3cret-one").from_cache
    stored = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"private" in stored
    assert b"s3cret" not in stored


@pytest.mark.parametrize("control", ["no-cache", "max-age=0", ""])
def test_offline_every_stored_answer_counts_however_old(httpserver, tmp_path, control):
    httpserver.expect_request("/a").respond_with_data("body", headers={"Cache-Control": control})
    get(httpserver, tmp_path)
    httpserver.clear()
    assert get(httpserver, tmp_path, offline=True).body == b"body"
    assert httpserver.log == []


def test_offline_gives_the_newest_of_several_answers(httpserver, tmp_path):
    for text in ("old", "new", "newest"):
        httpserver.expect_ordered_request("/a").respond_with_data(text, headers={"Cache-Control": "no-cache"})
    seen = [get(httpserver, tmp_path).body for _ in range(3)]
    assert seen == [b"old", b"new", b"newest"]
    assert get(httpserver, tmp_path, offline=True).body == b"newest"


@pytest.mark.fault("--offline, and not in the cache", "error says: run once without --offline")
def test_offline_without_an_entry_is_an_error_that_says_what_to_do(httpserver, tmp_path):
    with pytest.raises(OfflineError, match=r"localhost/a: not in the cache.*run once without --offline"):
        get(httpserver, tmp_path, offline=True)
    assert httpserver.log == []


@pytest.mark.fault("the cache cannot be written", "left out; everything else works")
def test_a_cache_that_cannot_be_is_left_out(httpserver, tmp_path, capfd):
    httpserver.expect_request("/a").respond_with_data("body")
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    (tmp_path / "answers.db").write_text("not a database")
    assert get(httpserver, blocked / "cache").body == b"body"
    assert get(httpserver, tmp_path).body == b"body"
    assert capfd.readouterr().err == ""


def test_the_cache_folder_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("GOEMOX_CACHE_DIR", str(tmp_path / "here"))
    assert cache_dir() == tmp_path / "here"
    monkeypatch.delenv("GOEMOX_CACHE_DIR")
    assert cache_dir().name.lower() == "goemox"
