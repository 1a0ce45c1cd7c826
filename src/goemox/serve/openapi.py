"""The OpenAPI document of a server as it runs: what the routes say of themselves, and what stands before.

The guard refuses before a route is asked, a token is needed or not, labels are those of the model that is
loaded; none of it is known to the routes. Clients are generated from the document and tests judge by it
(Schemathesis in benchmarks/security), so it says what is answered, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from fastapi import FastAPI

from goemox.serve.api_page import EXAMPLES
from goemox.serve.documented import as_lines, refusals
from goemox.serve.guard import OPEN_PATHS
from goemox.serve.problems import MEDIA_TYPE

__all__ = ["described"]

Document = dict[str, Any]

ALWAYS = refusals(  # a GET may have a body, too, and come when there are too many connections
    "bad-request", "bad-host", "bad-origin", "method-not-allowed", "body-too-slow", "body-too-large",
    "overloaded", "head-too-large", "internal",
)  # fmt: skip
TOKEN = refusals("no-token")
SECONDS = {
    "description": "Seconds after which to come back.", "required": True,
    "schema": {"type": "string", "pattern": "^[1-9][0-9]*$"},
}  # fmt: skip
HEADERS: Mapping[str, Mapping[str, object]] = {
    "401": {"WWW-Authenticate": {"required": True, "schema": {"type": "string", "const": "Bearer"}}},
    "405": {"Allow": {"required": True, "schema": {"type": "string"}}},
    "429": {"Retry-After": SECONDS},
    "503": {"Retry-After": SECONDS},
}
NOT_ALWAYS = SECONDS | {
    "description": "Seconds after which to come back; left out where the model folder was replaced or "
    "damaged since the server started, which does not pass.",
    "required": False,
}  # fmt: skip
LABELS = ("components", "schemas", "ExplainRequest", "properties", "labels", "items")
LINKS: Mapping[str, Mapping[str, object]] = {
    "/v1/labels": {
        "explain": {
            "operationId": "explain",
            "description": "A label as told here can be asked for.",
            "requestBody": {"labels": ["$response.body#/labels/0/label"]},
        },
    },
    "/v1/predict": {
        "explain": {
            "operationId": "explain",
            "description": "Which words carry the labels that a text was given.",
            "requestBody": {"labels": "$response.body#/results/0/labels"},
        },
    },
}


def described(app: FastAPI, *, has_token: bool, body_bytes: int) -> Callable[[tuple[str, ...]], Document]:
    """A function that gives the document for the labels of a model, none of one that is not to be told.

    It is made once for all requests. FastAPI's own document of `app` is the start. body_bytes: of a request,
    at most.
    """
    routes = app.openapi

    @cache
    def document(labels: tuple[str, ...]) -> Document:
        app.openapi_schema = None  # FastAPI keeps what it made, and this is changed in place
        return _completed(routes(), has_token, body_bytes, labels)

    return document


def _completed(found: Document, has_token: bool, body_bytes: int, labels: tuple[str, ...]) -> Document:
    if has_token:
        bearer = {"type": "http", "scheme": "bearer", "description": "The token of this server."}
        found["components"]["securitySchemes"] = {"token": bearer}
    for path, operation in _operations(found):
        asked = has_token and path not in OPEN_PATHS
        if asked:
            operation["security"] = [{"token": []}]
        _refuse(operation, asked)
        as_lines(operation["responses"]["200"].get("content", {}))
        if path == "/v1/shift":
            operation["responses"]["503"]["headers"] = {"Retry-After": NOT_ALWAYS}
        if path in LINKS:
            operation["responses"]["200"]["links"] = LINKS[path]
        if "requestBody" in operation:
            operation["requestBody"]["description"] = f"JSON in UTF-8, of at most {body_bytes:,} bytes."
            operation["requestBody"]["content"]["application/json"]["example"] = EXAMPLES[path]
    if labels:
        items = found
        for name in LABELS:
            items = items[name]
        items["enum"] = list(labels)
    return found


def _operations(found: Document) -> Iterator[tuple[str, Document]]:
    for path, methods in found["paths"].items():
        for operation in methods.values():
            yield path, operation


def _refuse(operation: Document, asked: bool) -> None:
    """Refusals of the guard beside those of the route, each as the problem document that it is."""
    answers: Document = operation["responses"]
    before = ALWAYS | (TOKEN if asked else {})
    for status, said in before.items():
        titles = said["description"].split("; ")
        told = answers.setdefault(str(status), {"description": titles[0]})
        told["description"] = "; ".join(dict.fromkeys([*titles, *told["description"].split("; ")]))
    for status, said in answers.items():
        if status >= "400":
            said["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}}
        if status in HEADERS:
            said["headers"] = HEADERS[status]
    operation["responses"] = dict(sorted(answers.items()))
