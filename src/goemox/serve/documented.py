"""Answers as the OpenAPI document describes them: JSON, and the problems that an address may answer."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import Response

from goemox.serve.problems import MEDIA_TYPE, PROBLEMS
from goemox.serve.schemas import ProblemAnswer

__all__ = ["READING", "json_answer", "refusals"]


def json_answer(document: object) -> Response:
    """The document as it stands: it was made here, and needs no second look."""
    return Response(orjson.dumps(document), media_type="application/json")


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


READING = refusals("bad-request", "bad-host", "no-token", "bad-origin", "method-not-allowed")
