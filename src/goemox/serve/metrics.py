"""What a server counts for Prometheus: requests, queue, batches, and what the texts were given. No texts."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextvars import ContextVar
from typing import TypeVar

import onnxruntime
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.types import Message, Receive, Scope, Send

from goemox._version import __version__
from goemox.serve.drift import Drift
from goemox.serve.drift_metrics import drift_metrics
from goemox.serve.guard import OPEN_FOLDER, Guard
from goemox.serve.logs import tell
from goemox.serve.written import AT_ONCE

__all__ = ["Counted", "Metrics", "texts_read"]

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
BATCH = (1, 2, 4, 8, 16, 32, 64, 128)
OTHER = "other"
STATIC = f"{OPEN_FOLDER}{{name}}"
METHODS = frozenset(("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"))

T = TypeVar("T")
_texts: ContextVar[list[int] | None] = ContextVar("texts of the request that is answered", default=None)


class Metrics:
    """The counters of one server process, in a registry of their own."""

    def __init__(self, waiting: Callable[[], int], worker: str = "") -> None:
        """waiting: the texts in the queue.

        worker: the value of a label `worker` on every sample, where several processes share the port.
        """
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second sample each: when it began
        self._registry, self._worker = CollectorRegistry(), worker
        self.in_flight = 0  # requests that are being answered

        def made(kind: type, name: str, words: str, **more: object):  # type: ignore[no-untyped-def]
            return kind(f"goemox_{name}", words, registry=self._registry, **more)

        requests = made(Counter, "requests", "Requests answered", labelnames=("path", "status"))
        seconds = made(
            Histogram, "request_seconds", "From head to answer", labelnames=("path",), buckets=SECONDS
        )
        self._requests: _Children[Counter] = _Children(requests)
        self._seconds: _Children[Histogram] = _Children(seconds)
        self._batches = made(Histogram, "batch_texts", "Texts scored together", buckets=BATCH)
        self._batch_seconds = made(Histogram, "batch_seconds", "Scoring of one batch", buckets=SECONDS)
        self._waits = made(
            Histogram, "queue_seconds", "From a request's texts to the scoring of the first", buckets=SECONDS
        )
        made(Gauge, "queue_texts", "Texts that wait").set_function(waiting)
        made(Gauge, "requests_in_flight", "Requests being answered").set_function(lambda: self.in_flight)
        self._model = made(Gauge, "model_info", "The model that answers", labelnames=("sha256",))
        build = made(
            Gauge, "build_info", "What answers", labelnames=("version", "python", "onnxruntime")
        )  # fmt: skip
        build.labels(__version__, platform.python_version(), onnxruntime.__version__).set(1)
        ProcessCollector(registry=self._registry)

    def opened(self, drift: Drift, sha256: str) -> None:
        """The model of this hash answers; what its texts are given is counted in `drift`."""
        self._model.labels(sha256).set(1)
        self._registry.register(_Exported(drift))

    def answered(self, path: str, status: int, seconds: float) -> None:
        """One request to an address of the server's was answered, or to none of them ("other")."""
        self._requests[path, str(status)].inc()
        self._seconds[(path,)].observe(seconds)

    def batch(self, n: int) -> None:
        """So many texts were scored together."""
        self._batches.observe(n)

    def timed(self, score: Callable[[Sequence[str]], T]) -> Callable[[Sequence[str]], T]:
        """`score`, with its seconds counted; in any thread."""

        def timing(texts: Sequence[str]) -> T:
            began = time.perf_counter()
            try:
                return score(texts)
            finally:
                self._batch_seconds.observe(time.perf_counter() - began)

        return timing

    def waited(self, seconds: float) -> None:
        """A request's texts were in the queue for so long."""
        self._waits.observe(seconds)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        if not self._worker:
            return generate_latest(self._registry)
        return generate_latest(_OfWorker(self._registry, self._worker))


class _Children(dict[tuple[str, ...], T]):
    """The samples of a metric by their labels: prometheus_client looks them up under a lock each time."""

    def __init__(self, metric: Counter | Histogram) -> None:
        super().__init__()
        self._metric = metric

    def __missing__(self, labels: tuple[str, ...]) -> T:
        return self.setdefault(labels, self._metric.labels(*labels))  # type: ignore[arg-type]


class _Exported(Collector):
    def __init__(self, drift: Drift) -> None:
        self._drift = drift

    def collect(self) -> Iterable[Metric]:
        return drift_metrics(self._drift)


class _OfWorker(Collector):
    """A registry whose samples all bear the label of one process, so that counts of several do not mix."""

    def __init__(self, registry: CollectorRegistry, worker: str) -> None:
        self._registry, self._worker = registry, worker

    def collect(self) -> Iterable[Metric]:
        for metric in self._registry.collect():
            metric.samples = [
                sample._replace(labels={**sample.labels, "worker": self._worker}) for sample in metric.samples
            ]
            yield metric


class Counted:
    """ASGI middleware around everything, so that refusals are counted too, and told where that is wanted."""

    def __init__(
        self,
        app: Guard,
        metrics: Metrics,
        addresses: Collection[str],
        note: Callable[[str], None],
        *,
        is_told: bool = False,
    ) -> None:
        """addresses: paths with counts of their own. is_told: a line in the log for every request.

        Neither holds a word that a client chose: files of the page are one path, every other path is "other".
        note: as in `Guard`.
        """
        self._app, self._metrics, self._addresses, self._is_told = app, metrics, addresses, is_told
        self.note = note

    def refused(self, status: int) -> None:
        """The protocol answered a request by itself: it cannot be read, or there are too many connections."""
        self._answered({"path": OTHER, "method": OTHER}, status, 0.0, 0)

    def at_once(self, scope: Scope) -> str | None:
        """As `Guard.at_once`; counted as answered, and told."""
        found = self._app.at_once(scope)
        if found is not None:
            self._answered(scope, AT_ONCE[found].status, 0.0, 0)
        return found

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the status that is sent and the seconds until all of it is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, is_back_later = time.perf_counter(), 499, False
        texts = [0]
        if self._is_told:
            _texts.set(texts)

        async def sending(message: Message) -> None:
            nonlocal status, is_back_later
            if message["type"] == "http.response.start":
                status = message["status"]
                is_back_later = status == 503 and b"retry-after" in dict(message["headers"])
            await send(message)

        self._metrics.in_flight += 1
        try:
            await self._app(scope, receive, sending)
        finally:
            self._metrics.in_flight -= 1
            seconds = time.perf_counter() - began
            if is_back_later and scope["path"] != "/ready":  # which is asked until it answers otherwise
                self.note("no-answer")
            self._answered(scope, status, seconds, texts[0])

    def _answered(self, scope: Scope, status: int, seconds: float, n_texts: int) -> None:
        path = scope["path"]
        if path not in self._addresses:
            path = STATIC if path.startswith(OPEN_FOLDER) else OTHER
        self._metrics.answered(path, status, seconds)
        if self._is_told:
            method = scope["method"] if scope["method"] in METHODS else OTHER
            ms = round(seconds * 1e3, 2)
            tell("info", "request", "", method=method, path=path, status=status, ms=ms, texts=n_texts)


def texts_read(n: int) -> None:
    """The request that is being answered had so many texts; for its line in the log."""
    texts = _texts.get()
    if texts is not None:
        texts[0] += n
