"""The application: routes behind the guard, one service, problems instead of tracebacks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import ASGIApp

from goemox._version import __version__
from goemox.runtime.engine import Runtime
from goemox.serve.direct import Direct
from goemox.serve.guard import Door, Guard
from goemox.serve.lifetime import lifetime
from goemox.serve.limits import Limits
from goemox.serve.metrics import Counted
from goemox.serve.openapi import described
from goemox.serve.page import pages
from goemox.serve.refusing import REFUSALS
from goemox.serve.routes import routes
from goemox.serve.service import Service
from goemox.serve.stream import streaming
from goemox.serve.watching import watching
from goemox.tiers import Tier

__all__ = ["create_app"]

DEFAULTS = Limits()
SERVERS = [{"url": "/", "description": "The server that this document comes from."}]
"""For the OpenAPI document. A proxy may have another name and speak TLS; nobody here knows of it."""


def create_app(
    model: str | Path,
    door: Door,
    limits: Limits = DEFAULTS,
    *,
    workers: int = 1,
    load_first: bool = False,
    access_log: bool = False,
    tier: Tier = "best",
    runtime: Runtime = "onnxruntime",
    failed: Callable[[Exception], None] = lambda error: None,
) -> ASGIApp:
    """An ASGI application that serves one model folder ("default" = the bundled one).

    The model is loaded once the server has started; `/ready` answers 200 from then on. workers: processes
    that share the cores. load_first: only then is anything answered, for processes that share a port, where
    `/ready` could speak for one of them only. access_log: tell each request. tier, runtime: who answers and
    what runs it, as in `EmotionClassifier`. failed(error): the model cannot be loaded.
    """
    service = Service(model, limits, workers=workers, tier=tier, runtime=runtime)
    app = FastAPI(
        title="goemox", version=__version__, docs_url=None, redoc_url=None, redirect_slashes=False,
        lifespan=lifetime(service, failed, load_first=load_first),
        generate_unique_id_function=lambda route: route.name, servers=SERVERS,
        description="Reads the emotions in short English texts, and tells when not to believe it.",
    )  # fmt: skip
    has_token = door.token is not None
    document = described(app, has_token=has_token, body_bytes=limits.body_bytes)
    app.openapi = lambda: document(service.labels)  # type: ignore[method-assign]
    routers = (
        routes(service), streaming(service), watching(service),
        pages(lambda: document(()), has_token=has_token),  # whoever has no token may not know the labels
    )  # fmt: skip
    for router in routers:
        app.include_router(router)
    found = [route for router in routers for route in router.routes]
    told = [route for route in (*app.routes, *found) if isinstance(route, Route)]
    app.state.addresses = frozenset(route.path for route in told)
    for kind, refused in REFUSALS.items():
        app.add_exception_handler(kind, refused)
    direct = Direct(app, found)

    def full(path: str, n_bytes: int) -> str:
        if path == "/v1/shift":
            return "comparing" if service.is_comparing else ""
        if path == "/v1/explain":
            n_bytes = 0  # one text, which is read once for each of its words
        return "queue-full" if direct.knows(path) and service.is_full(n_bytes) else ""

    note = service.turned_away.note
    guard = Guard(direct, door, limits, full, note)
    return Counted(guard, service.metrics, app.state.addresses, note, is_told=access_log)
