"""Hacker News on loopback: the documented protocol of both its interfaces, with faults on demand.

Firebase (https://github.com/HackerNews/API): /v0/topstories.json and its sisters, /v0/item/N.json.
Algolia (https://hn.algolia.com/api): /api/v1/search_by_date with tags, query, numericFilters, hitsPerPage;
newest first, never more than 1,000 hits.
"""

from __future__ import annotations

import asyncio
import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import parse_qs, urlsplit

from loopback import BROKEN, JSON, SPOILED, LoopbackServer, send, write

Item = Mapping[str, object]
Fault = Callable[[str, int], str | None]
"""fault(target, n): what goes wrong with the n-th request (from 1) of this target; None = nothing."""

EPOCH = 1_600_000_000
_LIMITS = re.compile(r"(created_at_i|points)(>=|<)(\d+)")


def story(number: int, **fields: object) -> dict[str, object]:
    """A story as Firebase gives it; one every 30 seconds."""
    return {
        "id": number, "type": "story", "title": f"Story {number}", "by": "ann", "score": number % 100 + 1,
        "descendants": 0, "time": EPOCH + 30 * number, "url": f"https://example.org/{number}",
    } | fields  # fmt: skip


def comment(number: int, story_number: int, **fields: object) -> dict[str, object]:
    """A comment, with the story it belongs to, which Firebase leaves out and Algolia gives."""
    return {
        "id": number, "type": "comment", "text": f"Comment {number}", "by": "bob", "parent": story_number,
        "story": story_number, "time": EPOCH + 30 * number,
    } | fields  # fmt: skip


class FakeHackerNews(LoopbackServer):
    """A server in a thread of its own; `requests` are the targets asked for, in their order."""

    def __init__(
        self,
        items: Iterable[Item] = (),
        lists: Mapping[str, object] | None = None,
        fault: Fault = lambda target, n: None,
        stall_s: float = 30.0,
    ) -> None:
        self.items = {item["id"]: item for item in items}
        self.lists = {"top": [n for n, item in self.items.items() if item.get("type") == "story"]}
        self.lists |= lists or {}
        self.requests: list[str] = []
        self._counts: Counter[str] = Counter()
        self._fault, self._stall_s = fault, stall_s
        self._by_tag = _by_tag(self.items.values())
        self._last_page = b"{}"

    def __enter__(self) -> FakeHackerNews:
        self.start()
        self.lists_url, self.search_url = f"{self.host}/v0", f"{self.host}/api/v1"
        return self

    @property
    def environment(self) -> dict[str, str]:
        """The settings that lead goemox here."""
        return {
            "GOEMOX_HACKERNEWS_URL": self.lists_url,
            "GOEMOX_HACKERNEWS_SEARCH_URL": self.search_url,
        }

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                target = head.split(b" ", 2)[1].decode()
                self.requests.append(target)
                self._counts[target] += 1
                await self._answer(target, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, target: str, writer: asyncio.StreamWriter) -> None:
        fault = self._fault(target, self._counts[target])
        body = json.dumps(self._find(target)).encode()
        if fault == "same page":
            body = self._last_page
        self._last_page = body
        if fault in (None, "same page"):
            await send(writer, 200, body)
        elif fault == "slow":
            write(writer, 200, JSON, len(body), body[:1])
            await asyncio.sleep(self._stall_s)
            raise ConnectionError
        elif fault in SPOILED:
            spoiled, kind = SPOILED[fault](body)
            await send(writer, 200, spoiled, kind=kind)
        elif fault in BROKEN:
            await BROKEN[fault](writer, body)
        elif fault.startswith("to "):
            await send(writer, 302, b"", f"Location: {fault.removeprefix('to ')}\r\n")
        else:
            status, _, seconds = fault.partition(" ")
            await send(writer, int(status), b"", f"Retry-After: {seconds}\r\n" if seconds else "")

    def _find(self, target: str) -> object:
        parts = urlsplit(target)
        if found := re.fullmatch(r"/v0/(\w+)stories\.json", parts.path):
            return self.lists.get(found[1], [])
        if found := re.fullmatch(r"/v0/item/(\d+)\.json", parts.path):
            return self.items.get(int(found[1]))
        if parts.path == "/api/v1/search_by_date":
            return self._search({name: values[0] for name, values in parse_qs(parts.query).items()})
        return None

    def _search(self, asked: Mapping[str, str]) -> object:
        """What Algolia answers: newest first, at most 1,000, by tag, words in the title, time and points."""
        rows = self._tagged(asked.get("tags", "story"))
        limits = _LIMITS.findall(asked.get("numericFilters", ""))
        for name, sign, value in limits:
            if name == "created_at_i":
                cut = bisect_left(rows, -int(value) + 1, key=lambda row: -row["created_at_i"])
                rows = rows[:cut] if sign == ">=" else rows[cut:]
        points = [int(value) for name, _, value in limits if name == "points"]
        words = asked.get("query", "").lower()
        if points or words:
            rows = [
                row for row in rows
                if (row["points"] or 0) >= max(points, default=0) and words in (row["title"] or "").lower()
            ]  # fmt: skip
        per_page = min(1000, int(asked.get("hitsPerPage", 20)))
        return {
            "hits": rows[:per_page], "nbHits": len(rows), "page": 0, "hitsPerPage": per_page,
            "exhaustiveNbHits": True, "nbPages": -(-min(1000, len(rows)) // per_page), "query": words,
        }  # fmt: skip

    def _tagged(self, tags: str) -> list[dict[str, object]]:
        either = re.search(r"\((.*)\)", tags)
        if not either:
            return self._by_tag.get(tags, [])
        kind = tags.split(",")[0]
        rows = [r for tag in either[1].split(",") for r in self._by_tag.get(tag, []) if kind in r["_tags"]]
        return sorted(rows, key=lambda row: -row["created_at_i"])


def _by_tag(items: Iterable[Item]) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {}
    for item in sorted(items, key=lambda item: (-item.get("time", 0), -item["id"])):
        if item.get("deleted") or item.get("dead"):
            continue  # Algolia does not show them
        hit = _hit(item)
        for tag in hit["_tags"]:
            found.setdefault(tag, []).append(hit)
    return found


def _hit(item: Item) -> dict[str, object]:
    number, kind = item["id"], str(item.get("type"))
    shared = {"objectID": str(number), "author": item.get("by"), "created_at_i": item.get("time")}
    if kind == "comment":
        return shared | {
            "comment_text": item.get("text"), "parent_id": item.get("parent"), "story_id": item.get("story"),
            "title": None, "points": None, "num_comments": None,
            "_tags": ["comment", f"author_{item.get('by')}", f"story_{item.get('story')}"],
        }  # fmt: skip
    tags = [kind, f"author_{item.get('by')}", f"story_{number}"]
    if str(item.get("title")).startswith("Ask HN"):
        tags.append("ask_hn")
    return shared | {
        "title": item.get("title"), "story_text": item.get("text"), "url": item.get("url"),
        "points": item.get("score"), "num_comments": item.get("descendants"), "_tags": tags,
        "_highlightResult": {"title": {"value": item.get("title"), "matchLevel": "none"}},
    }  # fmt: skip
