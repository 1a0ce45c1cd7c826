"""Items of Hacker News as records, the same whichever of its two interfaces they came through.

Firebase (https://github.com/HackerNews/API) and Algolia (https://hn.algolia.com/api) name the same
fields differently; titles and texts are HTML in both. `null`, deleted, dead and untitled items are
normal and give None; unknown fields are ignored.
"""

from __future__ import annotations

from collections.abc import Mapping

from goemox.records import TextRecord
from goemox.sources.cleaning import html_to_text
from goemox.sources.moments import moment_of_seconds
from goemox.sources.sent_values import is_number, string

__all__ = ["comment_record", "number_of", "record_id", "story_of_hit", "story_record"]

# An Ask HN or Show HN story has those tags too; the kind is the first of these.
_KINDS = ("story", "comment", "poll", "job")


def record_id(number: int) -> str:
    """The id of an item's record, in files and everywhere else."""
    return f"hn-{number}"


def number_of(record: TextRecord) -> int:
    """The item's number, out of its record's id."""
    return int(record.id.removeprefix("hn-"))


def story_record(item: object) -> TextRecord | None:
    """The record of a Firebase item that has a title; None for all others."""
    if not isinstance(item, Mapping) or item.get("deleted") or item.get("dead"):
        return None
    number, title = item.get("id"), html_to_text(string(item.get("title")))
    if not is_number(number) or not title:
        return None
    body = html_to_text(string(item.get("text")))
    return TextRecord(
        id=record_id(number),
        text=f"{title}\n\n{body}" if body else title,
        source="hackernews",
        url=_page(number),
        created_at=moment_of_seconds(item.get("time")),
        meta={
            "title": title,
            "body": body,
            "by": item.get("by"),
            "score": item.get("score"),
            "num_comments": item.get("descendants"),
            "type": item.get("type"),
            "link": item.get("url") or None,
        },
    )


def story_of_hit(hit: object) -> TextRecord | None:
    """The record of a story that Algolia found, equal to the one from Firebase."""
    if not isinstance(hit, Mapping):
        return None
    tags = hit.get("_tags")
    return story_record(
        {
            "id": _number(hit),
            "title": hit.get("title"),
            "text": hit.get("story_text"),
            "time": hit.get("created_at_i"),
            "by": hit.get("author"),
            "score": hit.get("points"),
            "descendants": hit.get("num_comments"),
            "type": next((kind for kind in _KINDS if isinstance(tags, list) and kind in tags), None),
            "url": hit.get("url"),
        }
    )


def comment_record(hit: object) -> TextRecord | None:
    """The record of a comment that Algolia found; `parent_id` and `story_id` are ids of records."""
    if not isinstance(hit, Mapping):
        return None
    number, text = _number(hit), html_to_text(string(hit.get("comment_text")))
    if number is None or not text:
        return None
    parent, story = hit.get("parent_id"), hit.get("story_id")
    return TextRecord(
        id=record_id(number),
        text=text,
        source="hackernews",
        url=_page(number),
        created_at=moment_of_seconds(hit.get("created_at_i")),
        meta={
            "title": None,
            "body": text,
            "by": hit.get("author"),
            "score": None,
            "num_comments": None,
            "type": "comment",
            "link": None,
            "parent_id": record_id(parent) if is_number(parent) else None,
            "story_id": record_id(story) if is_number(story) else None,
        },
    )


def _number(hit: Mapping[str, object]) -> int | None:
    """The item's number; Algolia writes it as text."""
    number = str(hit.get("objectID"))
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None


def _page(number: int) -> str:
    return f"https://news.ycombinator.com/item?id={number}"
