"""JSON as the standard has it, and nothing else: no NaN, no lone surrogates, no bottomless nesting."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from functools import cached_property
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from goemox.serve.problems import Problem

__all__ = ["StrictRoute"]

MOST_ITEMS = 10_000  # of a list: more fit no schema here, and each wrong one would become an error to collect
MOST_FIELDS = 64


class StrictRoute(APIRoute):
    """A route whose endpoint takes `body`, JSON by name and by content, and maybe `request`; nothing else."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler for a route without a body."""
        return super().get_route_handler() if self.body_field is None else self.answer

    async def answer(self, request: Request) -> Response:
        """What the endpoint answers. Raises Problem, and RequestValidationError for another schema."""
        if not _is_json(request.headers.get("content-type", "")):
            raise Problem("not-json-type")
        document = _read(await request.body(), self._fields)
        try:
            given = {self._name: self._adapter.validate_python(document)}
        except ValidationError as error:
            raise RequestValidationError(
                [self._told(dict(each)) for each in error.errors(include_url=False)]
            ) from None
        if self.dependant.request_param_name:
            given[self.dependant.request_param_name] = request
        answered: Response = await self.endpoint(**given)
        return answered

    def _told(self, error: dict[str, Any]) -> dict[str, Any]:
        """An error of pydantic, placed in the body; for a field that is not known, with those that are."""
        if error["type"] == "extra_forbidden":
            is_top = len(error["loc"]) == 1
            error["msg"] = "no such field" + (f"; known: {', '.join(sorted(self._fields))}" if is_top else "")
        return error | {"loc": ("body", *error["loc"])}

    @cached_property
    def _name(self) -> str:
        return self.dependant.body_params[0].name

    @property
    def _model(self) -> Any:
        return self.dependant.body_params[0].field_info.annotation

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self._model)

    @cached_property
    def _fields(self) -> frozenset[str]:
        return frozenset(getattr(self._model, "model_fields", ()))


def _read(body: bytes, fields: Collection[str]) -> Any:
    """The document; orjson knows no NaN, lone surrogate, or depth over 1,024.

    fields: the names that the schema knows. Raises Problem "not-json", and "invalid" for lists and objects of
    a size that nothing here has.
    """
    if not body:
        raise Problem("invalid", [("body", "Field required")])
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Problem("not-json") from None
    if not isinstance(document, dict):
        return document
    for name, value in [("body", document), *list(document.items())[:MOST_FIELDS]]:
        at = name if value is document or name in fields else "(unknown field)"
        if isinstance(value, list) and len(value) > MOST_ITEMS:
            raise Problem("invalid", [(at, f"more than {MOST_ITEMS} items")])
        if isinstance(value, dict) and len(value) > MOST_FIELDS:
            raise Problem("invalid", [(at, f"more than {MOST_FIELDS} fields")])
    return document


def _is_json(content_type: str) -> bool:
    name, _, parameters = content_type.partition(";")
    charset = parameters.strip().lower().replace('"', "")
    return name.strip().lower() == "application/json" and charset in ("", "charset=utf-8", "charset=utf8")
