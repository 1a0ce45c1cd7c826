"""JSON as the standard has it, and nothing else: no NaN, no lone surrogates, no bottomless nesting."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from functools import cached_property
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from goemox.serve.fields import Fields
from goemox.serve.problems import Problem

__all__ = ["StrictRoute"]

MOST_ITEMS = 10_000  # of a list: more fit no schema here, and each wrong one would become an error to collect
MOST_FIELDS = 64
CAUSES = {  # by a word of orjson's message
    "surrogate": "half a surrogate pair; send both halves, or the character itself",
    "infinity": "a number that is too large",
    "depth": "the deepest of over 1,024 arrays and objects in each other",
}
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class StrictRoute(APIRoute):
    """A route whose endpoint takes `body`, JSON by name and by content, and maybe `request`; nothing else."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler for a route without a body."""
        return super().get_route_handler() if self.body_field is None else self.answer

    async def answer(self, request: Request) -> Response:
        """What the endpoint answers. Raises Problem, and RequestValidationError for another schema."""
        if not _is_json(request.headers.get("content-type", "")):
            raise Problem("not-json-type")
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            raise Problem("not-json-type", detail="The body is compressed: send it as it is.")
        document = _read(await request.body(), self._fields.names)
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
        """An error of pydantic, placed in the body, in words of JSON; with the fields that it may have."""
        place: Sequence[str | int] = error["loc"]
        if error["type"] == "extra_forbidden":
            error["msg"] = f"no such field; known: {_listed(self._fields.at(place[:-1]))}"
        elif error["type"] == "missing":
            error["msg"] += f" ({self._fields.at(place[:-1])[str(place[-1])]})"
        elif error["type"] == "model_type":
            error["msg"] = f"Input should be an object: {_listed(self._fields.at(place))}"
        return error | {"loc": ("body", *place), "msg": error["msg"].replace(" after validation", "")}

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
    def _fields(self) -> Fields:
        return Fields(self._model)


def _listed(fields: Mapping[str, str]) -> str:
    return ", ".join(f"{name} ({kind})" for name, kind in fields.items())


def _read(body: bytes, fields: Collection[str]) -> Any:
    """The document; orjson knows no NaN, lone surrogate, or depth over 1,024.

    fields: the names that the schema knows. Raises Problem "not-json", and "invalid" for lists and objects of
    a size that nothing here has.
    """
    if not body:
        raise Problem("invalid", [("body", "Field required")])
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Problem("not-json", detail=_why(body, error)) from None
    if not isinstance(document, dict):
        return document
    for name, value in [("body", document), *list(document.items())[:MOST_FIELDS]]:
        at = name if value is document or name in fields else "(unknown field)"
        if isinstance(value, list) and len(value) > MOST_ITEMS:
            raise Problem("invalid", [(at, f"more than {MOST_ITEMS} items")])
        if isinstance(value, dict) and len(value) > MOST_FIELDS:
            raise Problem("invalid", [(at, f"more than {MOST_FIELDS} fields")])
    return document


def _why(body: bytes, error: orjson.JSONDecodeError) -> str:
    """What keeps a body from being JSON in UTF-8; nothing of it is repeated."""
    if body.startswith(BYTE_ORDER_MARK):
        return "The body begins with a byte order mark: send it without."
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "The bytes are not UTF-8: send the text in that encoding."
    cause = next((f": there is {cause}" for word, cause in CAUSES.items() if word in error.msg), "")
    return f"It can be read up to line {error.lineno}, column {error.colno}{cause}."


def _is_json(content_type: str) -> bool:
    name, *parameters = (part.strip().lower() for part in content_type.split(";"))
    said = [part.replace('"', "") for part in parameters if part.startswith("charset=")]
    return name == "application/json" and set(said) <= {"charset=utf-8", "charset=utf8"}
