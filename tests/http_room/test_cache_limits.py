"""The cache keeps its size, keeps only good answers, and stays out of the way when it cannot."""

import time
from pathlib import Path

import httpx2
import pytest

from goemox.errors import SourceError
from goemox.http import Answer, Client, Politeness, call, check_base_url, not_json
from goemox.http.cache import AnswerCache, cache_key, came_from_cache

FAST = Politeness(per_second=1000, attempts=2, first_wait_s=0.01, longest_wait_s=0.01, silence_s=5.0)
KEPT_FOR_LONG = {"Cache-Control": "max-age=600"}


def get(server, folder: Path, *targets: str, complaint=None, allow=()) -> list[Answer]:
    async def fetch() -> list[Answer]:
        base = check_base_url("TEST", server.url_for(""))
        async with Client(base, politeness=FAST, cache=folder) as client:
            return [await client.get(target, allow, complaint) for target in targets]

    return call(fetch())


def from_small_cache(server, folder: Path, target: str) -> tuple[bytes, bool]:
    """The body, and whether it was in a cache of 2 MB that keeps bodies of 500 kB at most."""

    async def fetch() -> tuple[bytes, bool]:
        cache = AnswerCache(
            httpx2.AsyncHTTPTransport(), folder, max_bytes=2_000_000, max_body=500_000, grace_s=0.0
        )
        async with httpx2.AsyncClient(transport=cache.transport) as client:
            url = server.url_for(target)
            async with client.stream("GET", url, extensions=cache_key(url, None)) as response:
                return await response.aread(), came_from_cache(response)

    return call(fetch())


@pytest.mark.fault("the cache is full", "the least recently used answers make room; the cap holds")
def test_the_cache_never_grows_past_its_cap_and_the_oldest_make_room(httpserver, tmp_path):
    body = b"x" * 400_000
    for number in range(12):
        httpserver.expect_request(f"/{number}").respond_with_data(body, headers=KEPT_FOR_LONG)
        from_small_cache(httpserver, tmp_path, f"/{number}")
        time.sleep(0.002)
        assert (tmp_path / "answers.db").stat().st_size <= 2_000_000 + 2 * len(body)
    assert from_small_cache(httpserver, tmp_path, "/11") == (body, True)
    assert from_small_cache(httpserver, tmp_path, "/0") == (body, False)


def test_a_body_past_what_is_kept_is_served_but_not_stored(httpserver, tmp_path):
    body = b"x" * 600_000
    httpserver.expect_request("/a").respond_with_data(body, headers=KEPT_FOR_LONG)
    for _ in range(2):
        assert from_small_cache(httpserver, tmp_path, "/a") == (body, False)


@pytest.mark.parametrize("status", [203, 403, 404, 410, 429, 500])
def test_no_refusal_is_kept_however_long_it_says_it_is_fresh(httpserver, tmp_path, status):
    httpserver.expect_request("/a").respond_with_data("no", status=status, headers=KEPT_FOR_LONG)
    for _ in range(2):
        (answer,) = get(httpserver, tmp_path, "/a", allow=(status,))
        assert not answer.from_cache


def test_an_unusable_body_is_dropped_from_the_cache_and_asked_for_again(httpserver, tmp_path):
    httpserver.expect_ordered_request("/a").respond_with_data('{"a":', headers=KEPT_FOR_LONG)
    httpserver.expect_ordered_request("/a").respond_with_data('{"a": 1}', headers=KEPT_FOR_LONG)
    (answer,) = get(httpserver, tmp_path, "/a", complaint=not_json)
    assert answer.json() == {"a": 1}
    assert get(httpserver, tmp_path, "/a")[0].from_cache


def test_a_body_that_stays_unusable_is_an_error_with_its_start(httpserver, tmp_path):
    httpserver.expect_request("/a").respond_with_data("<html>busy", headers=KEPT_FOR_LONG)
    with pytest.raises(SourceError, match=r"/a: answered 200, but with something .*<html>busy.*2 tries"):
        get(httpserver, tmp_path, "/a", complaint=not_json)
