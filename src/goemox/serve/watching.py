"""The addresses for those who run a server: whether it lives, what it counts, whether its texts drift."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from goemox.serve.documented import json_answer, refusals
from goemox.serve.problems import Problem
from goemox.serve.schemas import DriftAnswer, HealthAnswer
from goemox.serve.service import Service

__all__ = ["watching"]


def watching(service: Service) -> APIRouter:
    """Addresses that say nothing of any text."""
    api = APIRouter()

    @api.get("/health", response_model=HealthAnswer, tags=["operations"])
    async def health() -> Response:
        """Whether the process answers."""
        return json_answer({"status": "ok"})

    @api.get("/ready", response_model=HealthAnswer, responses=refusals("not-ready"), tags=["operations"])
    async def ready() -> Response:
        """Whether the model is loaded and texts are answered."""
        service.require_ready()
        return json_answer({"status": "ok"})

    @api.get("/v1/drift", response_model=DriftAnswer, responses=refusals("not-ready"), tags=["operations"])
    async def drift() -> Response:
        """How the last texts that this process read differ from what the model learned."""
        if service.drift is None:
            raise Problem("not-ready", retry_after=1)
        return json_answer(service.drift.report())

    @api.get("/metrics", tags=["operations"], response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Counts of this process for Prometheus."""
        return Response(service.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return api
