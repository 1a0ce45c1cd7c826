"""The application: routes behind the guard, one service, problems instead of tracebacks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from fastapi import FastAPI
from starlette.types import ASGIApp

from goemox._version import __version__
from goemox.serve.direct import Direct
from goemox.serve.guard import Door, Guard
from goemox.serve.limits import Limits
from goemox.serve.metrics import Counted
from goemox.serve.openapi import described
from goemox.serve.page import pages
from goemox.serve.refusing import REFUSALS
from goemox.serve.routes import routes
from goemox.serve.service import Service
from goemox.serve.stream import streaming
from goemox.serve.watching import watching

__all__ = ["create_app"]

DEFAULTS = Limits()
PATHS = (
    "/predict", "/v1/predict", "/v1/stream", "/v1/explain", "/v1/shift", "/v1/drift", "/v1/labels",
    "/v1/model", "/health", "/ready", "/metrics", "/", "/docs",
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
        generate_unique_id_function=lambda route: route.name,
        description="Reads the emotions in short English texts, and tells when not to believe it.",
    )  # fmt: skip
    reading = routes(service)
    app.include_router(reading)
    app.include_router(streaming(service))
    app.include_router(watching(service))
    has_token = door.token is not None
    document = described(
        app, has_token=has_token, labels=lambda: tuple(service.classifier.labels) if service.ready else ()
    )
    app.openapi = document  # type: ignore[method-assign]
    app.include_router(pages(document, has_token=has_token))
    for kind, refused in REFUSALS.items():
        app.add_exception_handler(kind, refused)
    return Counted(Guard(Direct(app, reading), door, limits), service.metrics)



def _told(loading: asyncio.Task[None]) -> None:
    """Say why a model could not be loaded; the server stays up and says that it is not ready."""
    if not loading.cancelled() and (error := loading.exception()) is not None:
        log.error("the model cannot be loaded: %s", error)
