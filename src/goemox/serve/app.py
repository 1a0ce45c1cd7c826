"""The application: routes behind the guard, one service, problems instead of tracebacks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from goemox._version import __version__
from goemox.serve.guard import Door, Guard
from goemox.serve.limits import Limits
from goemox.serve.metrics import Counted
from goemox.serve.page import pages
from goemox.serve.problems import PROBLEMS, Problem
from goemox.serve.routes import routes
from goemox.serve.service import ClientGone, Service
from goemox.serve.watching import watching

__all__ = ["create_app"]

MOST_ERRORS = 10
DEFAULTS = Limits()
PLACE = 64  # characters of a place in a body that are told
PATHS = (
    "/predict", "/v1/predict", "/v1/explain", "/v1/shift", "/v1/drift", "/v1/labels", "/v1/model", "/health",
    "/ready", "/metrics", "/", "/docs",
)  # fmt: skip
log = logging.getLogger("goemox.serve")


def create_app(
    model: str | Path, door: Door, limits: Limits = DEFAULTS, *, workers: int = 1, load_first: bool = False
) -> ASGIApp:
    """An ASGI application that serves one model folder ("default" = the bundled one).

    The model is loaded once the server has started; `/ready` answers 200 from then on. workers: processes
    that share the cores. load_first: only then is anything answered, for processes that share a port, where `/ready` could speak for one of them only.
    """
    service = Service(model, limits, PATHS, workers)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loading = asyncio.create_task(service.load())
        loading.add_done_callback(_told)
        if load_first:
            await loading
        yield
        loading.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await loading
        await service.close()

    app = FastAPI(
        title="goemox", version=__version__, docs_url=None, redoc_url=None, lifespan=lifespan,
        description="Reads the emotions in short English texts, and tells when not to believe it.",
    )  # fmt: skip
    app.include_router(routes(service))
    app.include_router(watching(service))
    app.include_router(pages(app.openapi, has_token=door.token is not None))
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientGone, _gone)
    app.add_exception_handler(Exception, _internal)
    return Counted(Guard(app, door, limits), service.metrics)


def _told(loading: asyncio.Task[None]) -> None:
    """Say why a model could not be loaded; the server stays up and says that it is not ready."""
    if not loading.cancelled() and (error := loading.exception()) is not None:
        log.error("the model cannot be loaded: %s", error)


async def _problem(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101 - registered for it
    return Response(problem.body, problem.status, problem.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    if any(each["type"] == "json_invalid" for each in error.errors()[:1]):
        return await _problem(request, Problem("not-json"))
    at = [(_place(each), str(each["msg"])) for each in error.errors()[:MOST_ERRORS]]
    return await _problem(request, Problem("invalid", at))


def _place(error: dict[str, object]) -> str:
    """`texts.3`; the name of a field that is not known is the client's own word, and is not repeated."""
    place = [str(part) for part in error["loc"]][1:]  # type: ignore[attr-defined]
    if error["type"] == "extra_forbidden":
        place[-1] = "(unknown field)"
    return ".".join(place)[:PLACE] or "body"


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    code = next(
        (code for code, (status, _) in PROBLEMS.items() if status == error.status_code), "bad-request"
    )
    answer = await _problem(request, Problem(code))
    if error.headers:
        answer.headers.update(
            {name: value for name, value in error.headers.items() if name.lower() == "allow"}
        )
    return answer


async def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=499)  # nobody reads it; metrics do


async def _internal(request: Request, _: Exception) -> Response:
    return await _problem(request, Problem("internal", close=True))
