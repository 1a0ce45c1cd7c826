"""The short way to the addresses that read texts: past FastAPI's layers, which take a third of their time.

FastAPI knows the same routes, describes them, and answers whatever is not a POST to one of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from goemox.serve.problems import Problem
from goemox.serve.refusing import refusal
from goemox.serve.strict_json import StrictRoute

__all__ = ["Direct"]


class Direct:
    """ASGI middleware, inside the guard."""

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute]) -> None:
        """routes: of these, those with a body are answered here, everything else by `app`."""
        self._app = app
        self._routes = {
            route.path: route
            for route in routes
            if isinstance(route, StrictRoute) and route.body_field is not None
        }

    def knows(self, path: str) -> bool:
        """Whether a POST to it is answered here."""
        return path in self._routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; a Problem is left to the guard. What nobody foresaw is answered, and raised for the log."""
        found = scope["type"] == "http" and scope["method"] == "POST" and self._routes.get(scope["path"])
        if not found:
            is_head = scope["type"] == "http" and scope["method"] == "HEAD"  # uvicorn leaves the body out
            await self._app({**scope, "method": "GET"} if is_head else scope, receive, send)
            return
        request, unforeseen = Request(scope, receive), None
        try:
            response = await found.answer(request)
        except Problem:
            raise
        except Exception as error:  # every kind has its answer
            response = await refusal(request, error)
            unforeseen = error if response.status_code == 500 else None
        await response(scope, receive, send)
        if unforeseen is not None:
            raise unforeseen
