"""Comparisons of texts, in a process of their own: `POST /v1/shift` is a second of Python, mostly.

In the server's own interpreter it would stand in the way of every other request, and what it loads (scipy,
scikit-learn) would stay for good. The process begins with the first comparison, gives way where
others want the processor, and ends when nobody has asked for a while.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NoReturn

from threadpoolctl import threadpool_limits

from goemox.errors import InvalidInput, InvalidModel
from goemox.model_folder import ModelFolder, default_folder, open_model
from goemox.serve.logs import kind_of, place_of, tell
from goemox.serve.problems import Problem

__all__ = ["Comparing", "ComparisonFailed", "Hashes", "hashes_of"]

IDLE_S = 60.0
LAST = 2  # niceness: two thirds of the claim of those that read texts
START_S = 60.0  # until what a comparison needs is loaded, which takes two
ENDS_S = 5.0  # a process that is killed takes no time; the wait is for the system
TAKEN = "taken"  # what the process says of a question before it works on it
Hashes = Mapping[str, str] | None


class ComparisonFailed(RuntimeError):
    """The process ended or failed; what it knows of that is in the log."""


class Comparing:
    """One process at most, and one comparison at a time. Not for several event loops."""

    def __init__(self, model: str | Path, answer_s: float, idle_s: float = IDLE_S) -> None:
        """model: as in `EmotionClassifier.from_pretrained`. answer_s: seconds until a comparison is given up.

        idle_s: seconds until a process that nobody asks is ended.
        """
        self._model, self._answer_s, self._idle_s = model, answer_s, idle_s
        self.expected: Hashes = None  # of the model that the server has; a process with another one fails
        self._busy = asyncio.Lock()
        self._running: tuple[BaseProcess, Connection] | None = None
        self._ending: asyncio.TimerHandle | None = None
        self._taking = threading.Lock()

    @property
    def is_busy(self) -> bool:
        """Whether texts would be turned away."""
        return self._busy.locked()

    async def compare(self, name: str, texts: Sequence[str]) -> dict[str, object]:
        """How texts differ from what the model learned: "answers" and "report".

        Raises Problem "overloaded" while others are compared, "too-slow" after answer_s, "invalid" where too
        few texts differ, "not-ready" where the model folder is another one now; ComparisonFailed where
        something went wrong that nobody foresaw.
        """
        if self._busy.locked():
            raise Problem("overloaded", full="comparing", retry_after=2)
        async with self._busy:
            if self._ending is not None:
                self._ending.cancel()
            try:
                outcome, found = await asyncio.to_thread(self._ask, (name, list(texts)))
            finally:
                self._ending = asyncio.get_running_loop().call_later(self._idle_s, self.end)
        if outcome == "invalid":
            raise Problem("invalid", [("texts", str(found))])
        document: dict[str, object] = found
        return document

    def end(self) -> None:
        """End the process, whatever it does."""
        if self._ending is not None:
            self._ending.cancel()
        with self._taking:  # the loop and the thread that waits for an answer may both end it
            running, self._running, self._ending = self._running, None, None
        if running is not None:
            process, line = running
            process.kill()
            process.join(ENDS_S)
            line.close()

    def _ask(self, question: tuple[str, list[str]]) -> tuple[str, Any]:
        """In a thread: "found" with a document, or "invalid" with what is wrong."""
        if self._running is not None and not self._has_taken(question):
            self.end()  # somebody killed it while nothing was asked
        if self._running is None:
            self._running = process, _ = _begun(self._model, self.expected)
            self._next(START_S)
            if not self._has_taken(question):
                self._failed(process)
        return self._next(self._answer_s)

    def _has_taken(self, question: tuple[str, list[str]]) -> bool:
        """Give the process a question; one that has gone takes none, though the system may not say so yet."""
        if self._running is None:  # it was given up meanwhile
            raise ComparisonFailed
        line = self._running[1]
        try:
            line.send(question)
            if line.poll(self._answer_s):
                return bool(line.recv() == TAKEN)
        except (OSError, EOFError):
            return False
        self.end()
        raise Problem("too-slow", retry_after=2)

    def _next(self, seconds: float) -> tuple[str, Any]:
        """What the process says next; `end` may come meanwhile, from the server's loop."""
        running = self._running
        if running is None:
            raise ComparisonFailed
        try:
            if not running[1].poll(seconds):
                self.end()
                raise Problem("too-slow", retry_after=2)
            outcome, found = running[1].recv()
        except (OSError, EOFError):
            self._failed(running[0])
        if outcome == "replaced":
            self.end()
            raise Problem("not-ready", full="model-replaced")
        if outcome == "failed":
            tell("error", "comparison-failed", "texts could not be compared", **found)
            raise ComparisonFailed
        return outcome, found

    def _failed(self, process: BaseProcess) -> NoReturn:
        """The process is gone, or its line."""
        process.join(ENDS_S)
        code = process.exitcode
        tell("error", "comparison-ended", "the process that compares texts ended", code=code)
        self.end()
        raise ComparisonFailed


def hashes_of(folder: ModelFolder) -> Hashes:
    """What tells one model folder from another that takes its place."""
    return {"": folder.sha256(folder.onnx), **(folder.sums or {})}


def _begun(model: str | Path, expected: Hashes) -> tuple[BaseProcess, Connection]:
    context = get_context("spawn")  # a fork would copy threads' locks as they stand
    ours, theirs = context.Pipe()
    process = context.Process(
        target=_compare_all, args=(theirs, model, expected), name="goemox-compare", daemon=True
    )
    process.start()
    theirs.close()
    return process, ours


def _compare_all(line: Connection, model: str | Path, expected: Hashes) -> None:
    """The process: says that it is ready, and answers until the server is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all processes of a terminal
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(LAST)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    warnings.simplefilter("ignore")  # the log has one form
    with suppress(EOFError, OSError):
        try:
            compare = _Compare(model, expected)
        except Exception as error:  # told to the server, whose log it belongs into
            is_changed = isinstance(error, InvalidModel) and expected is not None
            line.send(("replaced", None) if is_changed else ("failed", _of(error)))
            return
        line.send(("ready", None))
        while True:
            question = line.recv()
            line.send(TAKEN)
            line.send(_answer(compare, *question))


def _answer(compare: _Compare, name: str, texts: Sequence[str]) -> tuple[str, Any]:
    try:
        return "found", compare(name, texts)
    except Exception as error:
        is_theirs = isinstance(error, InvalidInput) and not isinstance(error, InvalidModel)
        return ("invalid", str(error)) if is_theirs else ("failed", _of(error))


def _of(error: Exception) -> dict[str, str]:
    return {"kind": kind_of(error), "where": place_of(error.__traceback__)}


class _Compare:
    """The model, and what a comparison needs, loaded."""

    def __init__(self, model: str | Path, expected: Hashes) -> None:
        """Raises InvalidModel where the folder is damaged, or not the one with the hashes `expected`."""
        folder = open_model(default_folder() if model == "default" else Path(model))
        if expected not in (None, hashes_of(folder)):
            raise InvalidModel(f"{folder.path}: is another model than the server has")
        from goemox.classifier import EmotionClassifier
        from goemox.studies.references import model_reference

        threadpool_limits(1, user_api="blas")
        # Of the engine that `goemox shift` has, so that both say the same (docs/decisions/0019-engines.md).
        self._classifier = EmotionClassifier(folder, threads=1, runtime="onnxruntime")
        self._reference = model_reference(self._classifier)

    def __call__(self, name: str, texts: Sequence[str]) -> dict[str, object]:
        """As `goemox shift` says it."""
        from goemox.studies.domain_comparison import compared
        from goemox.studies.domains import domain_of

        entry = compared(self._classifier, domain_of(name, texts), self._reference).entry
        return {"answers": entry.pop("answers"), "report": entry}
