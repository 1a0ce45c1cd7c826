"""GitHub's REST API on loopback: the documented lists, search, quotas and ETags, with faults on demand.

Costs a point of the quota: every answer but a 304 to a request with a token. A list has at most a hundred
rows a page and a Link header; a search shows a thousand results and no more.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from urllib.parse import parse_qs, urlencode, urlsplit

from loopback import BROKEN, JSON, SPOILED, LoopbackServer, send, write

Row = dict[str, object]
Refusal = tuple[int, Mapping[str, str], bytes]
Fault = Callable[[str, int], "str | Refusal | None"]
"""fault(target, n): what goes wrong with the n-th request (from 1) of this target; None = nothing."""

ROOT = "/api/v3"
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def issue(number: int, **fields: object) -> Row:
    """An issue as GitHub gives it; one every hour."""
    stamp = f"{EPOCH + timedelta(hours=number):%Y-%m-%dT%H:%M:%SZ}"
    return {
        "number": number, "title": f"Issue {number}", "body": None, "state": "open", "comments": 0,
        "user": {"login": "ann", "type": "User"}, "labels": [], "created_at": stamp, "updated_at": stamp,
    } | fields  # fmt: skip


def pull_request(number: int, **fields: object) -> Row:
    """A pull request in the list of issues."""
    return issue(number, title=f"Pull {number}", pull_request={"url": "x"}) | fields


def comment(row_id: int, number: int, **fields: object) -> Row:
    """A comment below issue `number`."""
    return {
        "id": row_id, "body": f"Comment {row_id}", "user": {"login": "bob", "type": "User"},
        "created_at": "2021-01-01T00:00:00Z", "updated_at": "2021-01-01T00:00:00Z",
        "issue_url": f"https://api.github.com/repos/x/y/issues/{number}",
    } | fields  # fmt: skip


def limited(status: int, message: str = "API rate limit exceeded", **headers: object) -> Refusal:
    """A refusal with these headers: retry_after=7 is `Retry-After: 7`."""
    told = {name.replace("_", "-"): str(value) for name, value in headers.items()}
    return status, told, json.dumps({"message": message}).encode()


class FakeGitHub(LoopbackServer):
    """A server in a thread of its own; `requests` are the targets asked for, `statuses` what they got."""

    def __init__(
        self,
        repositories: Mapping[str, Iterable[Row | None]] | None = None,
        comments: Mapping[str, Iterable[Row | None]] | None = None,
        *,
        fault: Fault = lambda target, n: None,
        moved: Mapping[str, str] | None = None,
        gone: Mapping[str, int] | None = None,
        quota: int = 5000,
        window_s: float = 3600.0,
        max_age: int = 0,
        now: Callable[[], float] = time.time,
        stall_s: float = 30.0,
        most_pages: int | None = None,
        unseen: Callable[[Row], bool] = lambda row: False,
        matches: Callable[[Row], bool] | None = None,
    ) -> None:
        """most_pages: so many are linked. unseen: rows that a search counts and does not show.

        matches: what a search finds, in place of what the query says.
        """
        self.repositories = {name: list(rows) for name, rows in (repositories or {}).items()}
        self.comments = {name: list(rows) for name, rows in (comments or {}).items()}
        self.fault, self.moved, self.gone = fault, moved or {}, gone or {}
        self.requests: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.statuses: list[int] = []
        self.points = self.sent = 0
        self._counts: Counter[str] = Counter()
        self._kept: tuple[object, list] = (None, [])
        self._quota = self._remaining = quota
        self._window_s, self._max_age, self._now, self._stall_s = window_s, max_age, now, stall_s
        self._resets = now() + window_s
        self._most_pages, self._unseen, self._found = most_pages, unseen, matches

    def __enter__(self) -> FakeGitHub:
        self.start()
        self.url = self.host + ROOT
        return self

    def forget(self) -> None:
        """Count requests and points from here."""
        self.requests, self.headers, self.statuses, self.points = [], [], [], 0
        self._counts.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode("latin-1").split("\r\n")
                target = first.split(" ")[1]
                headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
                self.requests.append(target)
                self.headers.append(headers)
                self._counts[target] += 1
                await self._answer(target, headers, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, target: str, asked: Mapping[str, str], writer: asyncio.StreamWriter) -> None:
        fault = self.fault(target, self._counts[target])
        if isinstance(fault, tuple):
            status, headers, body = fault
            return await self._reply(writer, status, {"Date": self._date()} | dict(headers), body)
        status, headers, body = self._find(target, asked)
        if fault is None:
            return await self._reply(writer, status, headers, body)
        if fault == "no link":
            return await self._reply(writer, status, headers | {"Link": ""}, body)
        self.statuses.append(200)
        if fault == "slow":
            write(writer, 200, JSON, len(body), body[:1])
            await asyncio.sleep(self._stall_s)
            raise ConnectionError
        if fault in SPOILED:
            spoiled, kind = SPOILED[fault](body)
            return await send(writer, 200, spoiled, _lines(headers), kind)
        return await BROKEN[fault](writer, body)

    async def _reply(
        self, writer: asyncio.StreamWriter, status: int, headers: Mapping[str, str], body: bytes
    ) -> None:
        self.statuses.append(status)
        await send(writer, status, b"" if status == 304 else body, _lines(headers))

    def _find(self, target: str, asked: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        now = self._now()
        if now >= self._resets:
            self._resets, self._remaining = now + self._window_s, self._quota
        parts = urlsplit(target)
        status, headers, rows = self._route(
            parts.path.removeprefix(ROOT), {name: v[0] for name, v in parse_qs(parts.query).items()}
        )
        body = json.dumps(rows).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if status == 200:
            headers |= {"ETag": etag, "Cache-Control": f"private, max-age={self._max_age}"}
            headers["Vary"] = "Accept, Authorization"
        is_same = status == 200 and asked.get("if-none-match") == etag
        if not (is_same and "authorization" in asked):
            if self._remaining == 0:
                status, headers, body = 403, {}, b'{"message": "API rate limit exceeded"}'
            else:
                self._remaining -= 1
                self.points += 1
        if is_same and status == 200:
            status = 304
            headers.pop("Link", None)  # a 304 need not repeat it
        headers |= {
            "Date": self._date(), "X-RateLimit-Limit": str(self._quota),
            "X-RateLimit-Remaining": str(self._remaining), "X-RateLimit-Reset": str(int(self._resets)),
        }  # fmt: skip
        return status, headers, body

    def _route(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, str], object]:
        if path == "/search/issues":
            return self._searched(path, query)
        found = re.fullmatch(r"/repos/([^/]+/[^/]+)/issues(?:/(\d+))?(/comments)?", path)
        asked = found[1] if found else ""
        known = (*self.moved, *self.gone, *self.repositories)
        name = next((name for name in known if name.casefold() == asked.casefold()), asked)
        if name in self.moved:
            location = f"{ROOT}{path.replace(name, self.moved[name])}?{urlencode(query)}"
            return 301, {"Location": location}, {"message": "Moved Permanently"}
        if name in self.gone or name not in self.repositories:
            return self.gone.get(name, 404), {}, {"message": "Not Found"}
        if found[3]:
            rows = self.comments.get(name, [])
            if found[2]:
                rows = [row for row in rows if str(row["issue_url"]).endswith(f"/{found[2]}")]
            return self._page(path, query, rows)
        return self._page(path, query, self._filtered(name, query))

    def _filtered(self, name: str, query: Mapping[str, str]) -> list:
        """A repository's list, kept while it is the same that is asked for: 100,000 rows take a while."""
        rows = self.repositories[name]
        asked = (name, len(rows), *sorted((key, query[key]) for key in query if key != "page"))
        if self._kept[0] != asked:
            url = f"https://api.github.com/repos/{name}"
            named = [row | {"repository_url": url} if isinstance(row, dict) else row for row in rows]
            self._kept = (asked, _listed(named, query))
        return self._kept[1]

    def _searched(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, str], object]:
        rows = [
            row | {"repository_url": f"https://api.github.com/repos/{name}"}
            for name, rows in self.repositories.items()
            for row in rows if row is not None and self._is_found(row, name, query["q"])
        ]  # fmt: skip
        rows.sort(key=lambda row: row["created_at"], reverse=query.get("order") == "desc")
        status, headers, page = self._page(path, query, rows[:1000])
        page = [row for row in page if not self._unseen(row)]
        return status, headers, {"total_count": len(rows), "incomplete_results": False, "items": page}

    def _is_found(self, row: Row, name: str, query: str) -> bool:
        return _matches(row, name, query) if self._found is None else self._found(row)

    def _page(self, path: str, query: dict[str, str], rows: list) -> tuple[int, dict[str, str], object]:
        per_page, number = int(query.get("per_page", 30)), int(query.get("page", 1))
        last = -(-len(rows) // per_page)
        last = min(last, self._most_pages or last)
        near = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
        shown = [rel for rel in near if (number > 1 if rel in ("prev", "first") else number < last)]
        links = [
            f'<{self.url}{path}?{urlencode(query | {"page": str(near[rel])})}>; rel="{rel}"' for rel in shown
        ]
        return 200, {"Link": ", ".join(links)}, rows[(number - 1) * per_page : number * per_page]

    def _date(self) -> str:
        return formatdate(self._now(), usegmt=True)


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)


def _listed(rows: list, query: Mapping[str, str]) -> list:
    """As GitHub filters a list: state, all labels, changed since; by creation, newest first unless asked."""
    labels = set(filter(None, query.get("labels", "").split(",")))
    state, since = query.get("state", "open"), query.get("since", "")
    kept = [
        row for row in rows
        if row is None
        or ((state in ("all", row["state"])) and labels <= set(row["labels"]) and row["updated_at"] >= since)
    ]  # fmt: skip
    return kept if query.get("direction") == "asc" else kept[::-1]


def _matches(row: Mapping[str, object], name: str, query: str) -> bool:
    """GitHub's search syntax, as far as goemox writes it."""
    for word in re.findall(r'\S+:"[^"]*"|\S+', query):
        key, _, value = word.partition(":")
        if key == "is" and value in ("issue", "pr"):
            fits = (value == "pr") == ("pull_request" in row)
        elif key == "is":
            fits = row["state"] == value
        elif key == "label":
            fits = value.strip('"') in row["labels"]
        elif key == "repo":
            fits = value == name
        elif key == "created":
            first, _, last = value.partition("..")
            fits = first in ("*", "") or row["created_at"] >= first
            fits = fits and (last in ("*", "") or row["created_at"] <= last)
        else:
            fits = word.lower() in str(row["title"]).lower()
        if not fits:
            return False
    return True
