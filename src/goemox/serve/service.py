"""What all requests share: the model, loaded in the background, and the queue in front of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from starlette.requests import Request

from goemox.classifier import EmotionClassifier
from goemox.serve.batches import Batches
from goemox.serve.limits import Limits
from goemox.serve.problems import Problem
from goemox.serve.scoring import Scored, score_texts

__all__ = ["ClientGone", "Service", "while_connected"]

T = TypeVar("T")
WARM = ("This is read once, so that the first visitor does not wait.", "ok")


class ClientGone(Exception):
    """The client left before its answer; nobody is there to be told."""


class Service:
    """A model behind a queue. It takes texts as soon as `ready`, and until `close`."""

    def __init__(
        self, model: str | Path, limits: Limits, seen: Callable[[int], None] = lambda n: None
    ) -> None:
        """seen(n): a batch of n texts was scored."""
        self._model, self._limits, self._seen = model, limits, seen
        self._classifier: EmotionClassifier | None = None
        self._batches: Batches[Scored] | None = None

    @property
    def ready(self) -> bool:
        """Whether texts are answered."""
        return self._batches is not None

    @property
    def waiting(self) -> int:
        """Texts in the queue."""
        return 0 if self._batches is None else self._batches.waiting

    @property
    def classifier(self) -> EmotionClassifier:
        """The loaded model. Raises Problem "not-ready" before that."""
        if self._classifier is None or self._batches is None:
            raise Problem("not-ready", retry_after=1)
        return self._classifier

    async def load(self) -> None:
        """Open the model in a thread and read a text with it, so that the loop stays free meanwhile."""
        self._classifier = await asyncio.to_thread(_opened, self._model)
        self._batches = Batches(partial(score_texts, self._classifier), self._limits, self._seen)

    async def score(self, texts: Sequence[str]) -> list[Scored]:
        """As `Batches.submit`. Raises Problem "not-ready" before the model is loaded."""
        if self._batches is None:
            raise Problem("not-ready", retry_after=1)
        return await self._batches.submit(texts)

    async def close(self) -> None:
        """Finish what was accepted."""
        if self._batches is not None:
            await self._batches.close()


def _opened(model: str | Path) -> EmotionClassifier:
    classifier = EmotionClassifier.from_pretrained(model)
    classifier(list(WARM))
    return classifier


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Await `work`, and give it up as soon as the client is gone. Raises ClientGone then."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientGone
        return task.result()
    finally:
        gone.cancel()
        task.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
