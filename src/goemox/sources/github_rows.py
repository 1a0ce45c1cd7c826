"""Rows of GitHub's API as records. Titles are plain text, bodies are Markdown; unknown fields are ignored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from goemox.records import TextRecord
from goemox.sources.cleaning import read_markdown
from goemox.sources.sent_values import is_number, string

__all__ = ["comment_record", "created_at", "is_pull_request", "issue_number", "issue_record", "repository_of"]

MOST_DIGITS = 18  # of a number in an address; Python reads none of over 4,300


def issue_record(row: object, repository: str) -> TextRecord | None:
    """The record of an issue or pull request that has a number and a title; None for rubbish."""
    if not isinstance(row, Mapping):
        return None
    number, title = row.get("number"), row.get("title")
    if not is_number(number) or not isinstance(title, str) or not title.strip():
        return None
    title, prose = " ".join(title.split()), read_markdown(string(row.get("body")))
    return TextRecord(
        id=f"{repository}#{number}",
        text=f"{title}\n\n{prose.text}" if prose.text else title,
        source="github",
        url=string(row.get("html_url")) or None,
        created_at=created_at(row),
        meta={
            "title": title,
            "body": prose.text,
            "type": "pull_request" if is_pull_request(row) else "issue",
            "repo": repository,
            "number": number,
            "parent_id": None,
            "state": row.get("state"),
            **_author(row),
            "comments": row.get("comments"),
            "github_labels": _labels(row.get("labels")),
            "dropped": prose.dropped,
        },
    )


def comment_record(row: object, repository: str, number: int) -> TextRecord | None:
    """The record of a comment below issue `number`; None where it holds no prose or is rubbish."""
    if not isinstance(row, Mapping):
        return None
    comment, prose = row.get("id"), read_markdown(string(row.get("body")))
    if not is_number(comment) or not prose.text:
        return None
    return TextRecord(
        id=f"{repository}#{number}/{comment}",
        text=prose.text,
        source="github",
        url=string(row.get("html_url")) or None,
        created_at=created_at(row),
        meta={
            "title": None,
            "body": prose.text,
            "type": "comment",
            "repo": repository,
            "number": number,
            "parent_id": f"{repository}#{number}",
            "state": None,
            **_author(row),
            "comments": None,
            "github_labels": [],
            "dropped": prose.dropped,
        },
    )


def is_pull_request(row: object) -> bool:
    """Whether a row of the list of issues is a pull request."""
    return isinstance(row, Mapping) and row.get("pull_request") is not None


def issue_number(row: object) -> int | None:
    """The issue that a comment stands below."""
    last = string(row.get("issue_url")).rpartition("/")[2] if isinstance(row, Mapping) else ""
    return int(last) if last.isascii() and last.isdigit() and len(last) <= MOST_DIGITS else None


def repository_of(row: object) -> str | None:
    """owner/name as GitHub writes it: the spelling and, after a move, the name of today."""
    parts = string(row.get("repository_url")).split("/repos/") if isinstance(row, Mapping) else []
    return parts[1] if len(parts) == 2 and parts[1].count("/") == 1 else None


def created_at(row: object) -> datetime | None:
    """When it was opened, in UTC; None where the row does not say."""
    try:
        moment = datetime.fromisoformat(string(row.get("created_at")) if isinstance(row, Mapping) else "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # a time zone can lead out of the years that there are
        return None


def _author(row: Mapping[object, object]) -> dict[str, object]:
    """Who wrote it; None where the account is gone and GitHub says nothing (else it says `ghost`)."""
    user = row.get("user")
    login = user.get("login") if isinstance(user, Mapping) else None
    is_bot = isinstance(user, Mapping) and user.get("type") == "Bot"
    return {"author": login, "is_bot": is_bot or (isinstance(login, str) and login.endswith("[bot]"))}


def _labels(labels: object) -> list[str]:
    rows = labels if isinstance(labels, list) else []
    names = (row.get("name") if isinstance(row, Mapping) else row for row in rows)
    return [name for name in names if isinstance(name, str)]
