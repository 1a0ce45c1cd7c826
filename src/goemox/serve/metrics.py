"""What a server counts for Prometheus: requests, queue, batches, and what the texts were given. No texts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from goemox.domain import ACCEPTED
from goemox.prediction import Prediction

__all__ = ["Counted", "Metrics"]

SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
BATCH = (1, 2, 4, 8, 16, 32, 64, 128)
PERCENTILES = (5, 25, 50, 75, 90, ACCEPTED, 99, 100)
OTHER = "other"


class Metrics:
    """The counters of one server process, in a registry of their own."""

    def __init__(self, waiting: Callable[[], int], paths: Sequence[str]) -> None:
        """waiting: the texts in the queue. paths: addresses with counts of their own; others are "other"."""
        self._registry = CollectorRegistry()
        self.paths = frozenset(paths)

        def made(kind: type, name: str, words: str, **more: object):  # type: ignore[no-untyped-def]
            return kind(f"goemox_{name}", words, registry=self._registry, **more)

        self._requests = made(Counter, "requests", "Requests answered", labelnames=("path", "status"))
        self._seconds = made(
            Histogram, "request_seconds", "From head to answer", labelnames=("path",), buckets=SECONDS
        )
        self._batches = made(Histogram, "batch_texts", "Texts scored together", buckets=BATCH)
        self._labels = made(Counter, "labels", "Texts given each label", labelnames=("label",))
        self._texts = made(Counter, "texts", "Texts read")
        self._truncated = made(Counter, "texts_truncated", "Texts cut at the model's length")
        self._domain = made(
            Histogram, "domain_percentile", "Distance of texts from the training texts", buckets=PERCENTILES
        )
        made(Gauge, "queue_texts", "Texts that wait").set_function(waiting)

    def answered(self, path: str, status: int, seconds: float) -> None:
        """One request was answered."""
        known = path if path in self.paths else OTHER
        self._requests.labels(known, str(status)).inc()
        self._seconds.labels(known).observe(seconds)

    def batch(self, n: int) -> None:
        """So many texts were scored together."""
        self._batches.observe(n)

    def read(self, predictions: Sequence[Prediction]) -> None:
        """These texts were answered; only what they were given is counted."""
        self._texts.inc(len(predictions))
        for found in predictions:
            for label in found.labels:
                self._labels.labels(label).inc()
            if found.truncated:
                self._truncated.inc()
            if found.domain_percentile is not None:
                self._domain.observe(found.domain_percentile)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)


class Counted:
    """ASGI middleware around everything, so that refusals are counted too."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the status that is sent and the seconds until all of it is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 499

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            self._metrics.answered(scope["path"], status, time.perf_counter() - began)
