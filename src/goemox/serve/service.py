"""What all requests share: the model, loaded in the background, and the queue in front of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from starlette.requests import Request
from threadpoolctl import threadpool_limits

from goemox.classifier import EmotionClassifier
from goemox.model_files import read_checked
from goemox.model_folder import CARD, ModelFolder
from goemox.runtime.cores import n_cores
from goemox.runtime.engine import Runtime
from goemox.runtime.session import Scorer
from goemox.serve.batches import MANY, Batches
from goemox.serve.comparing import Comparing, Hashes, hashes_of
from goemox.serve.drift import Drift
from goemox.serve.languages import Languages
from goemox.serve.limits import MAX_CHARACTERS, Limits
from goemox.serve.metrics import Metrics, texts_read
from goemox.serve.problems import Problem
from goemox.serve.scoring import Scored, score_texts
from goemox.serve.told import about
from goemox.serve.turned_away import TurnedAway
from goemox.serve.waiting import SHORT as MOST_SHORT
from goemox.tiers import CascadeScorer, Tier

__all__ = ["ClientGone", "Service", "while_connected"]

T = TypeVar("T")
LARGE = 64  # texts; such requests often end together, and all their answers at once would stop the loop
BREATH_S = 0.005  # between two of them
FEW_BYTES = 1_024  # a body of these is taken for a short request: eight comments of GoEmotions have up to 916
SHORT_BYTES = MOST_SHORT * MAX_CHARACTERS * 12  # JSON may write one character as two escapes of six bytes
CARD_BYTES = 1_000_000  # of a card that is shown; a longer one is none
WARM = ("This is read once, so that the first visitor does not wait.", "ok")


class ClientGone(Exception):
    """The client left before its answer; nobody is there to be told."""


class Service:
    """A model behind a queue. It takes texts as soon as `ready`, and until `close`."""

    def __init__(
        self,
        model: str | Path,
        limits: Limits,
        *,
        workers: int = 1,
        tier: Tier = "best",
        runtime: Runtime = "onnxruntime",
    ) -> None:
        """workers: processes that share the cores. runtime: what runs the model (`goemox.runtime`).

        tier: who answers (`goemox.tiers`). Texts are compared by the best, with onnxruntime, whoever answers.
        """
        self._threads = max(1, n_cores() // workers)
        self._opened = partial(_opened, model, tier, runtime)
        self.limits = limits
        self.languages = Languages()
        self.metrics = Metrics(lambda: self.waiting, str(os.getpid()) if workers > 1 else "")
        self.turned_away = TurnedAway()
        self.drift: Drift | None = None
        self.about: Mapping[str, object] = {}  # the model, as /v1/model tells it
        self._comparing = Comparing(model, limits.answer_s)
        self._telling = asyncio.Lock()
        self._classifier: EmotionClassifier | None = None
        self._batches: Batches[Scored] | None = None

    @property
    def ready(self) -> bool:
        """Whether texts are answered."""
        return self._batches is not None

    @property
    def labels(self) -> tuple[str, ...]:
        """The model's, in its order; none while it is not loaded."""
        return () if self._classifier is None else self._classifier.labels

    @property
    def waiting(self) -> int:
        """Texts in the queue."""
        return 0 if self._batches is None else self._batches.waiting

    def is_full(self, n_bytes: int) -> bool:
        """Whether the texts of a body of that size would find no room in the queue; 0: it may have any size.

        A small one is short, a large one holds more texts than a short request may. Any other is not known
        before it is read, so it is full here only where neither line has room.
        """
        if self._batches is None:
            return False
        if n_bytes > SHORT_BYTES:
            return self._batches.is_full(MOST_SHORT + 1)
        is_short = 0 < n_bytes <= FEW_BYTES
        return self._batches.is_full(1) and (is_short or self._batches.is_full(MOST_SHORT + 1))

    @property
    def is_comparing(self) -> bool:
        """Whether texts to compare would be turned away."""
        return self._comparing.is_busy

    @property
    def classifier(self) -> EmotionClassifier:
        """The loaded model. Raises Problem "not-ready" before that."""
        if self._classifier is None or self._batches is None:
            raise Problem("not-ready", retry_after=1)
        return self._classifier

    def require_ready(self) -> None:
        """Raise Problem "not-ready" before the model is loaded."""
        _ = self.classifier

    async def load(self) -> None:
        """Open the model in a thread and read a text with it, so that the loop stays free meanwhile."""
        found = await asyncio.to_thread(self._opened)
        classifier, drift, self.about, self._comparing.expected = found
        self._classifier, self.drift = classifier, drift
        score = self.metrics.timed(partial(score_texts, classifier))
        self._batches = Batches(score, self.limits, self.metrics.batch, self._threads, self.metrics.waited)
        self.metrics.opened(drift, classifier.scorer.sha256)
        self.languages.start()

    async def score(self, texts: Sequence[str], *, counted: bool = True, slow: str = MANY) -> list[Scored]:
        """As `Batches.submit`. counted: whether these are a client's own texts, for drift and the log.

        Raises Problem "not-ready" before the model is loaded.
        """
        if self._batches is None or self.drift is None:
            raise Problem("not-ready", retry_after=1)
        found = await self._batches.submit(texts, slow)
        if len(found) > LARGE:
            async with self._telling:
                await asyncio.sleep(BREATH_S)
        if counted:
            self.drift.read([each.prediction for each in found])
            texts_read(len(found))
        return found

    async def shift(self, name: str, texts: Sequence[str]) -> dict[str, object]:
        """Compare texts with the model's own domain, as `Comparing.compare`.

        Raises Problem "not-ready" before the model is loaded.
        """
        self.require_ready()
        found = await self._comparing.compare(name, texts)
        texts_read(len(texts))
        return found

    def abandon(self) -> None:
        """Give up what would keep the process from ending at once."""
        self._comparing.end()

    async def close(self) -> None:
        """Finish what was accepted."""
        self._comparing.end()
        if self._batches is not None:
            await self._batches.close()


def _opened(
    model: str | Path, tier: Tier, runtime: Runtime
) -> tuple[EmotionClassifier, Drift, Mapping[str, object], Hashes]:
    """The model, its drift, what is told of it, and what its folder is known by."""
    # `Batches` has the threads, one a core. BLAS' and the tokenizer's own would wait for each other and for
    # those, burning more time than the work of a few rows takes.
    threadpool_limits(1, user_api="blas")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    classifier = EmotionClassifier.from_pretrained(model, threads=1, tier=tier, runtime=runtime)
    scorer = classifier.scorer
    graph = scorer.best if isinstance(scorer, CascadeScorer) else scorer
    if isinstance(graph, Scorer):
        graph.settle()
    classifier(list(WARM))
    profile = classifier.profile
    decided = None if profile is None else classifier.rule.decide(profile.probabilities.astype(np.float64))
    drift, told = Drift(classifier.labels, profile, decided), about(classifier, _card_of(classifier.folder))
    return classifier, drift, told, hashes_of(classifier.folder)


def _card_of(folder: ModelFolder) -> str | None:
    """The model card, as it was when the folder was checked: what takes its place later is none of it."""
    path = folder.path / CARD
    if not path.is_file() or path.stat().st_size > CARD_BYTES:
        return None
    return read_checked(folder.path, CARD, folder.sums, CARD_BYTES).decode("utf-8", "replace")


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Await `work`, and give it up as soon as the client is gone. Raises ClientGone then."""
    asking = asyncio.current_task()
    assert asking is not None  # noqa: S101 - a coroutine that is awaited is in a task
    is_gone = False

    async def watch() -> None:
        nonlocal is_gone
        while (await request.receive())["type"] != "http.disconnect":
            pass
        is_gone = True
        asking.cancel()

    watching = asyncio.create_task(watch())
    try:
        return await work
    except asyncio.CancelledError:
        if is_gone and asking.uncancel() == 0:
            raise ClientGone from None
        raise
    finally:
        watching.cancel()
