"""JSON as the standard has it, and nothing else: no NaN, no lone surrogates, no bottomless nesting.

FastAPI reads bodies by `Request.json`; the route class below hands it a request that reads them strictly.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from goemox.serve.problems import Problem

__all__ = ["StrictRoute"]


class _StrictRequest(Request):
    """A request whose body must be JSON by name and by content."""

    async def json(self) -> Any:
        """The body; orjson knows no NaN, lone surrogate, or depth over 1,024. Raises JSONDecodeError."""
        return orjson.loads(await self.body())


class StrictRoute(APIRoute):
    """A route with a JSON body: application/json alone is read, and read strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, given a strict request."""
        handle = super().get_route_handler()

        async def strict(request: Request) -> Response:
            if self.body_field is not None and not _is_json(request.headers.get("content-type", "")):
                raise Problem("not-json-type")
            return await handle(_StrictRequest(request.scope, request.receive))

        return strict


def _is_json(content_type: str) -> bool:
    name, _, parameters = content_type.partition(";")
    charset = parameters.strip().lower().replace('"', "")
    return name.strip().lower() == "application/json" and charset in ("", "charset=utf-8", "charset=utf8")
