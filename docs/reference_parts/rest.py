"""Every address of `goemox serve`, from the OpenAPI document that the server itself answers with."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, MutableMapping
from html import unescape
from typing import Any

from goemox.serve.api_page import GROUPS, Address, addresses
from goemox.serve.app import create_app
from goemox.serve.guard import Door
from goemox.serve.problems import PROBLEMS
from reference_parts.markdown import code, table

__all__ = ["document", "markdown"]

HERE = "127.0.0.1:8000"


def document() -> Mapping[str, Any]:
    """/openapi.json of a server without a token. Nothing listens, and no model is loaded."""
    content: Mapping[str, Any] = json.loads(asyncio.run(_asked("/openapi.json")))
    return content


def markdown() -> str:
    """A part for each address, in the groups of the server's own `/docs`; then the codes of problems."""
    found = addresses(document(), server=f"http://{HERE}", has_token=False)
    groups = (
        f"## {title}\n\n" + "".join(_part(each) for each in found if each.tag == tag)
        for tag, title in GROUPS.items()
    )
    rows = ((code(name), str(status), title) for name, (status, title) in PROBLEMS.items())
    return "".join(groups) + "## Problems\n\n" + table(("code", "status", "title"), rows)


async def _asked(path: str) -> bytes:
    """The body of a GET, asked of the application in this process."""
    app = create_app("default", Door(frozenset({HERE.partition(":")[0]})))
    body: list[bytes] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "http",
        "headers": [(b"host", HERE.encode())], "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 1),
    }  # fmt: skip

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        body.append(message.get("body", b""))

    await app(scope, receive, send)
    return b"".join(body)


def _part(address: Address) -> str:
    takes = ((code(each.name), each.kind, "" if each.optional else "yes") for each in address.takes)
    gives = ((code(each.name), each.kind) for each in address.gives)
    taken, given = _words(address.takes_words), _words(address.gives_words)
    return "".join(
        (
            f"### {address.method} {address.path}\n\n{_words(address.words)}\n\n",
            f"```sh\n{address.curl}\n```\n\n",
            f"**Body.** {taken}\n\n" if taken else "",
            table(("field", "holds", "needed"), takes),
            f"**Answer.** {given}\n\n" if given else "",
            table(("field", "holds"), gives),
            table(("status", "when"), address.refusals),
        )
    )


def _words(markup: str) -> str:
    """Words of the server's own page as Markdown: its only elements are code."""
    return unescape(str(markup).replace("<code>", "`").replace("</code>", "`"))
