"""Errors as answers: what becomes of each exception that a route may raise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from goemox.serve.hugging_face import SHAPES
from goemox.serve.problems import PROBLEMS, Problem
from goemox.serve.service import ClientGone

__all__ = ["REFUSALS", "refusal"]

MOST_ERRORS = 10
PLACE = 64  # characters of a place in a body that are told


async def refusal(request: Request, error: Exception) -> Response:
    """The answer to a request that raised `error`."""
    return await next(make for kind, make in REFUSALS.items() if isinstance(error, kind))(request, error)


async def _problem(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101 - registered for it
    return Response(problem.body, problem.status, problem.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    at = dict.fromkeys((_place(each), str(each["msg"])) for each in error.errors()[:MOST_ERRORS])
    return await _problem(request, Problem("invalid", list(at)))


def _place(error: dict[str, object]) -> str:
    """`texts.3`; the name of a field that is not known is the client's own word, and is not repeated."""
    place = [str(part) for part in error["loc"]][1:]  # type: ignore[attr-defined]
    if error["type"] == "extra_forbidden":
        place[-1] = "(unknown field)"
    return ".".join(part for part in place if part not in SHAPES)[:PLACE] or "body"


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    code = next(
        (code for code, (status, _) in PROBLEMS.items() if status == error.status_code), "bad-request"
    )
    detail = _nearest(request) if error.status_code == 404 else ""
    allowed = (error.headers or {}).get("Allow")
    if allowed:
        allowed = "GET, HEAD" if allowed == "GET" else allowed  # `app` answers HEAD where GET is
        detail = f"This address answers {allowed}."
    answer = await _problem(request, Problem(code, detail=detail))
    if allowed:
        answer.headers["allow"] = allowed
    return answer


def _nearest(request: Request) -> str:
    """What to do where nothing is: `/v1/labels/` and `//v1/labels` are another address than is meant."""
    path = request.url.path
    meant = "/" + "/".join(part for part in path.split("/") if part)
    if meant != path and meant in request.app.state.addresses:
        return f"The address is {meant}, without other slashes."
    return "All addresses stand at /docs."


async def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=499)  # nobody reads it; metrics do


async def _internal(request: Request, _: Exception) -> Response:
    return await _problem(request, Problem("internal", close=True))


REFUSALS: Mapping[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    Problem: _problem,
    RequestValidationError: _invalid,
    HTTPException: _http,
    ClientGone: _gone,
    Exception: _internal,
}
"""By kind of exception, the last for all that nobody foresaw."""
