"""JSON as the standard has it, and nothing else: no NaN, no lone surrogates, no bottomless nesting.

FastAPI reads bodies by `Request.json`; the route class below hands it a request that reads them strictly.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from typing import Any

import orjson
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from goemox.serve.problems import Problem

__all__ = ["StrictRoute"]

MOST_ITEMS = 10_000  # of a list: more fit no schema here, and each wrong one would become an error to collect
MOST_FIELDS = 64


class _StrictRequest(Request):
    """A request whose body must be JSON by name and by content."""

    _document: Any = None

    async def read(self, fields: Collection[str]) -> None:
        """Take the body; orjson knows no NaN, lone surrogate, or depth over 1,024.

        fields: the names that the schema knows. Raises Problem "not-json", and "invalid" for lists and
        objects of a size that nothing here has.
        """
        if not (body := await self.body()):
            return
        try:
            document = self._document = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise Problem("not-json") from None
        if not isinstance(document, dict):
            return
        for name, value in [("body", document), *list(document.items())[:MOST_FIELDS]]:
            at = name if value is document or name in fields else "(unknown field)"
            if isinstance(value, list) and len(value) > MOST_ITEMS:
                raise Problem("invalid", [(at, f"more than {MOST_ITEMS} items")])
            if isinstance(value, dict) and len(value) > MOST_FIELDS:
                raise Problem("invalid", [(at, f"more than {MOST_FIELDS} fields")])

    async def json(self) -> Any:
        """The body as it was read."""
        return self._document


class StrictRoute(APIRoute):
    """A route with a JSON body: application/json alone is read, and read strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, given a strict request."""
        handle = super().get_route_handler()
        model = None if self.body_field is None else self.body_field.field_info.annotation
        fields = frozenset(getattr(model, "model_fields", ()))

        async def strict(request: Request) -> Response:
            if self.body_field is not None and not _is_json(request.headers.get("content-type", "")):
                raise Problem("not-json-type")
            told = _StrictRequest(request.scope, request.receive)
            if self.body_field is not None:
                await told.read(fields)
            return await handle(told)

        return strict


def _is_json(content_type: str) -> bool:
    name, _, parameters = content_type.partition(";")
    charset = parameters.strip().lower().replace('"', "")
    return name.strip().lower() == "application/json" and charset in ("", "charset=utf-8", "charset=utf8")
