"""The web page at `/`, its files under `/static/`, and the reading of the API at `/docs`.

Everything that can be served is read into memory before the first request: a name that a client sends is
looked up among those, and never opens a file. These addresses say nothing that a stranger may not know, so
they are reachable without a token; the page asks for it before it calls anything else.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from fastapi import APIRouter, Request, Response

from goemox.labels import SENTIMENT
from goemox.serve.api_page import api_page
from goemox.serve.problems import Problem

__all__ = ["POLICY", "pages"]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
KINDS: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
ASKS = b'data-token="no"'  # stands in the page; "yes" makes it ask for the token first
MODULES = b"<!-- modules -->\n"  # stands in the page for all of them, so that browsers ask for them at once
NO_MODULES = ("loaded.js", "theme.js")
KINDS_OF_LABELS = f"export const KINDS = {json.dumps(dict(SENTIMENT))};\n"

MOST_NAMES = 16  # of this server in `/docs`: what a client calls it stands in the commands
NAME = re.compile(r"[\w.-]+(:\d+)?|\[[\da-fA-F:]+\](:\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Kept:
    """One file as it is sent. tag: its ETag, by content."""

    body: bytes
    kind: str
    tag: str


def pages(document: Callable[[], Mapping[str, Any]], *, has_token: bool) -> APIRouter:
    """The addresses for people. document(): the OpenAPI document that `/docs` shows."""
    static = _static()
    first = _first(static.pop("index.html"), static, has_token)
    told: dict[str, _Kept] = {}
    router = APIRouter()

    async def index(request: Request) -> Response:
        return _sent(request, first)

    async def file(request: Request) -> Response:
        found = static.get(request.path_params["name"])
        if found is None:
            raise Problem("not-found")
        return _sent(request, found)

    async def docs(request: Request) -> Response:
        server = _server(request)
        if server not in told:  # made at the first visit: it takes a moment
            if len(told) == MOST_NAMES:
                told.clear()
            made = api_page(document(), server=server, has_token=has_token)
            told[server] = _kept(made.encode(), "html")
        return _sent(request, told[server])

    router.add_route("/", index, include_in_schema=False)
    router.add_route("/static/{name}", file, include_in_schema=False)
    router.add_route("/docs", docs, include_in_schema=False)
    return router


def _first(page: _Kept, static: Mapping[str, _Kept], has_token: bool) -> _Kept:
    """The page as it is sent first: which modules it has, and whether it asks for the token."""
    named = [name for name in sorted(static) if name.endswith(".js") and name not in NO_MODULES]
    links = "".join(f'<link rel="modulepreload" href="static/{name}">\n' for name in named)
    body = page.body.replace(MODULES, links.encode())
    return _kept(body.replace(ASKS, ASKS.replace(b"no", b"yes")) if has_token else body, "html")


def _server(request: Request) -> str:
    """How this client reaches the server; the guard has seen that the name is one of ours."""
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host if NAME.fullmatch(host) else '127.0.0.1:8000'}"


def _static() -> dict[str, _Kept]:
    """Every file of the package's `static` folder, by name, and the kinds of labels as a module."""
    folder = resources.files("goemox.serve") / "static"
    return {"kinds.js": _kept(KINDS_OF_LABELS.encode(), "js")} | {
        each.name: _kept(each.read_bytes(), each.name.rpartition(".")[2])
        for each in folder.iterdir()
        if each.name.rpartition(".")[2] in KINDS
    }


def _kept(body: bytes, ending: str) -> _Kept:
    return _Kept(body, KINDS[ending], f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def _sent(request: Request, kept: _Kept) -> Response:
    """The file, or 304 where the browser has it; it asks again each time, so an update is seen at once."""
    headers = {"etag": kept.tag, "cache-control": "no-cache", "content-security-policy": POLICY}
    known = request.headers.get("if-none-match", "")
    if kept.tag in (tag.strip().removeprefix("W/") for tag in known.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(kept.body, media_type=kept.kind, headers=headers)
