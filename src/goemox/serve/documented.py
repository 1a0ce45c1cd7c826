"""Answers as the OpenAPI document describes them: JSON, and the problems that an address may answer."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import Response

from goemox.serve.problems import MEDIA_TYPE, PROBLEMS
from goemox.serve.schemas import ProblemAnswer

__all__ = ["NDJSON", "WRITING", "as_lines", "json_answer", "refusals"]

NDJSON = "application/x-ndjson"


def json_answer(document: object) -> Response:
    """The document as it stands: it was made here, and needs no second look."""
    return Response(orjson.dumps(document), media_type="application/json")


def as_lines(content: dict[str, Any]) -> None:
    """Tell the content of an answer of JSON lines, given the schema of one, as OpenAPI 3.1 can: as a text.

    `itemSchema`, which says it plainly, comes with 3.2.
    """
    if NDJSON in content:
        line = content[NDJSON]["schema"]
        content[NDJSON]["schema"] = {
            "type": "string", "description": line.pop("description"),
            "contentMediaType": NDJSON, "contentSchema": line,
        }  # fmt: skip


def refusals(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entries of problems that an address may answer."""
    found: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        status, title = PROBLEMS[code]
        said = found.setdefault(status, {"description": title, "model": ProblemAnswer})
        if title not in said["description"]:
            said["description"] += f"; {title.lower()}"
        said["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}}
    return found


WRITING = refusals("not-json", "not-json-type", "invalid", "overloaded", "not-ready", "too-slow")
"""Of an address that reads texts; what the guard refuses before it stands in `openapi`."""
