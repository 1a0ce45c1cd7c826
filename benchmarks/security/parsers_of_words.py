"""Parsers of what servers send and of what stands on a command line: rows, markup, headers, dates, bodies."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from parsers import Target, from_json, made, said

from goemox.errors import GoemoxError
from goemox.labels import GOEMOTIONS

__all__ = ["WORDS"]

ISSUE = {
    "number": 7, "title": "It <crashes>", "id": 12, "state": "open", "comments": 2,
    "body": "### Steps\n\n```sh\nx\n```\n> quoted\n\nThanks & bye <!-- x -->",
    "html_url": "https://github.com/a/b/issues/7", "created_at": "2024-01-31T10:00:00Z",
    "user": {"login": "ann", "type": "Bot"}, "labels": [{"name": "bug"}, "ui"],
    "issue_url": "https://api.github.com/repos/a/b/issues/7",
    "repository_url": "https://api.github.com/repos/a/b",
}  # fmt: skip
ITEM = {
    "id": 8863, "title": "My YC app: &quot;Dropbox&quot;", "text": "Hi <p>there <a href='x'>y</a>",
    "time": 1175714200, "by": "dhouston", "score": 104, "descendants": 71, "type": "story",
    "url": "http://x.example", "dead": False,
}  # fmt: skip
HIT = {
    "objectID": "8863", "title": "My app", "story_text": "Hi<p>x", "comment_text": "No &amp; <i>yes</i>",
    "author": "a", "created_at_i": 1175714200, "points": 1, "num_comments": 2,
    "_tags": ["story", "ask_hn"], "parent_id": 1, "story_id": 2,
}  # fmt: skip


def _words(read: Callable[[str], object]) -> Callable[[bytes, Path], object]:
    """A reader of an argument: bytes that are no UTF-8 come as half surrogates, as Python has them."""
    return lambda data, folder: read(data.decode("utf-8", "surrogateescape"))


def _sent(read: Callable[[str], object]) -> Callable[[bytes, Path], object]:
    """A reader of a text that came as JSON, in which half surrogates are already replaced."""
    return lambda data, folder: read(data.decode("utf-8", "replace"))


def _issue(row: Any) -> object:
    from goemox.sources import github_rows as rows

    return (
        rows.issue_record(row, "a/b"), rows.comment_record(row, "a/b", 7), rows.is_pull_request(row),
        rows.issue_number(row), rows.repository_of(row), rows.created_at(row),
    )  # fmt: skip


def _hit(row: Any) -> object:
    from goemox.sources import hn_items as items

    return items.story_of_hit(row), items.comment_record(row)


def _item(row: Any) -> object:
    from goemox.sources.hn_items import story_record

    return story_record(row)


def _html(text: str) -> object:
    from goemox.sources.cleaning import html_to_text

    return html_to_text(text)


def _markdown(text: str) -> object:
    from goemox.sources.cleaning import read_markdown

    return read_markdown(text)


def _headers(data: bytes) -> dict[str, str]:
    lines = (line.partition(":") for line in data.decode("latin-1").split("\n"))
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def _limits(data: bytes, _: Path) -> object:
    """Headers of GitHub: how long to wait, how many pages there are, which is the next one."""
    import httpx2

    from goemox.http import Answer
    from goemox.http.answers import retry_after, told_at
    from goemox.sources.github_limits import GitHubLimits
    from goemox.sources.github_pages import _n_pages

    headers, found = _headers(data), []
    sent = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    for status in (200, 403, 429):
        response = httpx2.Response(status, headers=sent)
        links = {rel: link["url"] for rel, link in response.links.items() if "url" in link}
        answer = Answer(status, "https://api.github.com/x", headers, b"", links)
        limits = GitHubLimits()
        limits.note("/repos/a/b/issues", status, headers)
        found += [limits.wait(answer), limits.hold("/repos/a/b/issues"), retry_after(answer)]
        found += [told_at(headers), _n_pages(answer, 1), answer.next_page]
    return found


def _address(text: str) -> object:
    import httpx2

    from goemox.http.addresses import check_base_url, follow, origin, shown

    here = httpx2.URL("https://api.example.org/a?b=c")
    found = []
    for ask in (
        lambda: check_base_url("GITHUB_API_URL", text),
        lambda: shown(follow(here, text, origin(here), (".example.com",))),
    ):
        try:
            found.append(ask())
        except GoemoxError as error:
            said(error)
    return found


def _cell(value: Any) -> object:
    """A label cell as a JSON row has it, against several label sets; then as a column of its own."""
    from goemox.data.label_cells import parse_labels, parse_multi_hot

    for known in (None, GOEMOTIONS, ("joy", "1")):
        try:
            parse_labels(value, known, "here")
        except GoemoxError as error:
            said(error)
    return parse_multi_hot({"joy": value}, ["joy"], "here")


def _named(text: str) -> object:
    from goemox.cli.options import named_files

    return named_files("--domain", text.split("\n"))


def _thresholds(text: str) -> object:
    from goemox.cli.predict import _parse_thresholds
    from goemox.decision.rule import DecisionRule

    every, single = _parse_thresholds(text.split("\n"))
    return DecisionRule.unfitted(("joy", "anger")).with_thresholds(single, every)


def _cuts(text: str) -> object:
    from goemox.decision.cuts import CutRule

    rule = CutRule.parse(text)
    return rule.values(("joy", "anger")), str(rule)


def _moment(text: str) -> object:
    from goemox.sources.moments import moment

    return moment("--since", text)


def _seconds(value: Any) -> object:
    from goemox.sources.moments import moment_of_seconds

    return moment_of_seconds(value)


def _repository(text: str) -> object:
    from goemox.sources.github_wanted import check_names

    return check_names([text])


@cache
def _server() -> Any:
    """The server's application as the guard sees it, without a model: what fits is answered "not-ready"."""
    from goemox.serve import Door, create_app

    hosts, origins = frozenset({"localhost", "[::1]"}), frozenset({"https://a.example"})
    return create_app("default", Door(hosts, origins, "x" * 20))


def _request(data: bytes, folder: Path) -> object:
    """A request as it came off the wire: `METHOD PATH`, headers, an empty line, the body."""
    del folder
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    method, _, path = first.decode("latin-1").partition(" ")
    pairs = [line.partition(b":") for line in lines]
    headers = [(name.strip().lower(), value.strip()) for name, _, value in pairs]
    return asyncio.run(_answer(method or "GET", path or "/", headers, body))


async def _answer(method: str, path: str, headers: list[tuple[bytes, bytes]], body: bytes) -> object:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[dict[str, Any]] = []
    raw = path.encode("latin-1")

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop()
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path.partition("?")[0], "raw_path": raw, "query_string": raw.partition(b"?")[2],
        "root_path": "", "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    await _server()(scope, receive, send)
    status, told = sent[0]["status"], b"".join(part.get("body", b"") for part in sent[1:])
    assert status < 500 or status == 503, f"{status} for {method} {path}"
    if status >= 400:
        assert json.loads(told)["status"] == status
        assert len(told) < 4_096
    return status


TOKEN = b"Authorization: Bearer " + b"x" * 20
JSON = b"Host: localhost:8000\n" + TOKEN + b"\nContent-Type: application/json\n\n"
REQUESTS = (
    b"POST /v1/predict\n" + JSON + b'{"texts": ["thanks", "\\ud83d\\ude00"]}',
    b"POST /v1/stream\n" + JSON + b'{"texts": ["thanks"]}',
    b"POST /predict\n" + JSON + b'{"inputs": ["a"], "parameters": {"top_k": 3}, "options": {}}',
    b"POST /v1/explain\n" + JSON + b'{"text": "thanks a lot", "labels": ["joy"]}',
    b"GET /docs\nHost: localhost\n\n",
    b"OPTIONS /predict\nHost: [::1]:80\nOrigin: https://a.example\nAccess-Control-Request-Method: POST\n\n",
    b'GET /static/page.js\nHost: localhost\nIf-None-Match: W/"x", *\n\n',
    b"GET /openapi.json\nHost: localhost\n" + TOKEN + b"\n\n",
)
LIMITS = (
    b"x-ratelimit-limit: 60\nx-ratelimit-remaining: 0\nx-ratelimit-reset: 1700000000\nretry-after: 60\n"
    b"date: Tue, 14 Nov 2023 22:13:20 GMT\n"
    b'link: <https://api.github.com/x?page=2>; rel="next", <https://api.github.com/x?page=9>; rel="last"'
)
ADDRESSES = (b"https://api.github.com:443/x", b"//b.example.com/../y?z#f", b"http://[::1]/")
HTML = b"Hi <p>there &lt;b&gt; <a href='x'>y</a> &#128512; <pre><code>x</code></pre>"
MARKDOWN = (
    str(ISSUE["body"]).encode(),
    b"- a\n  - [x] b [c](d) ![e](f)\n\n|a|b|\n|-|-|\n|1|2|",
)
CELLS = (b'["joy", 3]', b'"joy|anger"', b"27", b"\"['joy']\"", b"1.0")
WRITTEN_CELLS = (b"joy|anger", b'["joy", "fear"]', b"['joy']", b"3,4")

WORDS: Sequence[Target] = (
    Target("GitHub's rows", from_json(_issue), made(ISSUE), (*ISSUE, "pull_request")),
    Target("Hacker News' items", from_json(_item), made(ITEM), (*ITEM, "deleted")),
    Target("Algolia's hits", from_json(_hit), made(HIT), tuple(HIT)),
    Target("HTML", _sent(_html), (HTML,)),
    Target("Markdown", _sent(_markdown), MARKDOWN),
    Target("headers of limits", _limits, (LIMITS,)),
    Target("addresses", _words(_address), ADDRESSES),
    Target("label cells", from_json(_cell), CELLS),
    Target("written label cells", _words(_cell), WRITTEN_CELLS),
    Target("NAME=FILE", _words(_named), (b"issues=a.csv\nnews=b=c.jsonl",)),
    Target("LABEL=P", _words(_thresholds), (b"joy=0.3\n0.5", b"anger=1e-3")),
    Target("cuts", _words(_cuts), (b"cost:5,anger=20", b"fixed:0.3", b"precision:.8", b"f1")),
    Target("dates", _words(_moment), (b"2024-01-31", b"2024-01-31T18:30:00Z", b"2024-W05-1")),
    Target("Unix times", from_json(_seconds), (b"1175714200", b"1.5", b"-1e18")),
    Target("OWNER/NAME", _words(_repository), (b"pallets/flask", b"https://github.com/a/b")),
    Target("requests", _request, REQUESTS),
)
