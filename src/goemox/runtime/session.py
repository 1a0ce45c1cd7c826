"""`Scorer`: texts in, `ScoreMatrix` out, on whichever engine runs the graph."""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import numpy as np

from goemox.errors import InvalidModel
from goemox.runtime.cores import n_cores
from goemox.runtime.engine import Engine, EngineName, Outputs, Runtime, runtime_of
from goemox.runtime.graph import read_graph
from goemox.runtime.loading import open_engine
from goemox.runtime.plan import batches
from goemox.runtime.repeats import distinct
from goemox.runtime.tokenize import Encoded, TextEncoder
from goemox.runtime.windows import WINDOW_TOKENS, LongText, TextRows
from goemox.scores import Ints, ScoreMatrix
from goemox.wording import first_line

if TYPE_CHECKING:
    from goemox.runtime.choice import Choice

__all__ = ["Scorer"]

AHEAD = 4  # runs of each thread that are begun before their answers are asked for
_SHARED: WeakValueDictionary[str, Engine] = WeakValueDictionary()
"""Sessions of onnxruntime by the hash of their graph: two models with one graph load it once."""
_SHARING = Lock()
LARGE = 1_000  # distinct texts of one call from which on a second engine is worth its start


class Scorer:
    """One ONNX classifier with its tokenizer; safe to call from several threads."""

    def __init__(
        self,
        onnx: Path,
        tokenizer: Path,
        labels: Sequence[str],
        max_length: int,
        sha256: str,
        threads: int | None = None,
        tokenizer_sha256: str | None = None,
        runtime: Runtime = "onnxruntime",
    ) -> None:
        """Load the graph and check that it fits `labels` and the tokenizer.

        sha256: of the graph; with tokenizer_sha256, the hashes that the bytes which are loaded must have.
        threads: runs at a time, each on one core: two runs side by side do more than one run on two cores.
        None = all cores, or what OMP_NUM_THREADS says. Scores do not depend on it.
        runtime: an engine, or "auto": onnxruntime until `settle` is called, or a call brings many texts.
        Raises InvalidModel where a hash differs, the graph cannot be loaded or is not allowed
        (`runtime.graph`, `runtime.tokenizer_file`), or has another number of labels.
        """
        self.labels = tuple(labels)
        self.sha256 = sha256
        self._threads = threads or n_cores()
        self._onnx, self._max_length = onnx, max_length
        self._threads_of: tuple[int, ThreadPoolExecutor] | None = None  # the process, and its threads
        asked = runtime_of(runtime)
        self.choice: Choice | None = None  # why this engine, where it was chosen
        self._is_open, self._settling, self._pooling = asked == "auto", Lock(), Lock()
        self._process = os.getpid()
        with ThreadPoolExecutor(1, "goemox-open") as opening:  # a graph is loaded without Python's lock
            # Always first: it refuses what others run, such as tokens without an embedding or unused inputs.
            engine = opening.submit(self._loaded, "onnxruntime")
            self._encoder = TextEncoder(tokenizer, max_length, tokenizer_sha256)
            self._engine = self._checked(engine.result())
        if asked == "openvino":
            self._engine = self._opened(asked)

    @property
    def runtime(self) -> EngineName:
        """The engine that runs the graph now."""
        return self._engine.name

    def settle(self) -> EngineName:
        """Take the faster engine for good where that is still open, and say which; a second or two, once.

        An engine that is named, or taken before, stays.
        """
        from goemox.runtime.choice import choose  # only here: every start would pay for it

        with self._settling:
            if self._is_open:
                self._engine, self.choice = choose(
                    self._engine, self._opened, self._read_built_in, self.sha256, self._threads
                )
                self._is_open = False
        return self.runtime

    def score(
        self,
        texts: Sequence[str],
        ids: Sequence[str] | None = None,
        progress: Callable[[int], None] | None = None,
        long_text: LongText = "truncate",
    ) -> ScoreMatrix:
        """Score texts; row i of the result belongs to texts[i].

        ids: default "1", "2", …. progress(n) is called with the number of texts finished since the last
        call. long_text: "chunk" reads texts longer than a window in windows (`runtime.windows`), "truncate"
        cuts them at the model's length. Texts that repeat exactly are scored once.
        """
        once, place = distinct(texts)
        if self._is_open and len(once) >= LARGE:
            self.settle()
        engine = self._engine_here()
        encoded = self._encoder.encode(once, WINDOW_TOKENS if long_text == "chunk" else None)
        are_whole = len(encoded.text) == len(once)
        counts = np.bincount(place, minlength=len(once))
        n_windows = np.bincount(encoded.text, minlength=len(once))
        waiting = n_windows.copy()
        rows_of_texts = TextRows(len(once), self.labels)
        for rows, output in self._run_all(engine, encoded):
            text = encoded.text[rows]
            rows_of_texts.add(text, encoded.n_tokens[rows], output["logits"], output.get("embedding"),
                              are_whole=are_whole)  # fmt: skip
            if progress:
                np.subtract.at(waiting, text, 1)
                progress(int(counts[np.unique(text[waiting[text] == 0])].sum()))
        embeddings = rows_of_texts.embeddings
        own = place if len(once) < len(texts) else slice(None)  # which copies nothing
        n_tokens = np.bincount(encoded.text, encoded.n_tokens, minlength=len(once)).astype(np.int32)
        return ScoreMatrix(
            ids=tuple(ids) if ids is not None else tuple(str(i + 1) for i in range(len(texts))),
            labels=self.labels,
            logits=rows_of_texts.logits[own],
            embeddings=None if embeddings is None else embeddings[own],
            truncated=encoded.truncated[own],
            n_tokens=n_tokens[own],
            model=self.sha256,
            n_windows=n_windows[own],
        )

    def _run_all(self, engine: Engine, encoded: Encoded) -> Iterator[tuple[Ints, Outputs]]:
        """Every batch with its output, in the order of the plan."""
        runs = batches(encoded.n_tokens, engine.costs)
        run = partial(self._run, engine, encoded)
        if self._threads == 1 or len(runs) <= 1:
            for rows in runs:
                yield rows, run(rows)
            return
        pool, ahead = self._pool(), AHEAD * self._threads
        waiting: deque[Future[Outputs]] = deque(pool.submit(run, rows) for rows in runs[:ahead])
        try:
            for number, rows in enumerate(runs, start=ahead):
                if number < len(runs):
                    waiting.append(pool.submit(run, runs[number]))
                yield rows, waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
            wait(waiting)

    def _engine_here(self) -> Engine:
        if self._process != os.getpid() and not self._engine.survives_fork:
            with self._settling:
                if self._process != os.getpid():
                    self._lost = self._engine  # to let it go would wait for its threads for ever
                    self._engine, self._process = self._opened(self._engine.name), os.getpid()
        return self._engine

    def _pool(self) -> ThreadPoolExecutor:
        """Threads that stay from call to call; others in a forked process, where those are gone."""
        with self._pooling:
            if self._threads_of is None or self._threads_of[0] != os.getpid():
                pool = ThreadPoolExecutor(self._threads, thread_name_prefix="goemox-run")
                self._threads_of = os.getpid(), pool
            return self._threads_of[1]

    def _run(self, engine: Engine, encoded: Encoded, rows: Ints) -> Outputs:
        longest = int(encoded.n_tokens[rows].max())
        height, width = engine.costs.shape(len(rows), longest, self._max_length)
        tokens, mask = encoded.padded(rows, height, width, self._encoder.pad_id)
        mask[len(rows) :, 0] = 1  # rows that only fill the shape; without any token they would be NaN
        try:
            found = engine.run(tokens, mask)
        except Exception as error:  # each library raises its own classes, without a common public base
            raise InvalidModel(
                f"{self._onnx}: the graph cannot be run ({first_line(error)}); export the model again"
            ) from None
        values = {name: array[: len(rows)] for name, array in found.items()} if height > len(rows) else found
        for name in ("logits", "embedding"):
            value = values.get(name)
            if value is not None and (value.dtype.kind != "f" or not np.isfinite(value).all()):
                raise InvalidModel(
                    f"{self._onnx}: the graph answers NaN or infinite {name}; get the model again"
                )
        return values

    def _read_built_in(self, engine: Engine) -> int:
        from goemox.runtime.choice import TEXTS

        texts = TEXTS * math.ceil(self._threads / 2)
        return sum(len(rows) for rows, _ in self._run_all(engine, self._encoder.encode(texts)))

    def _opened(self, name: EngineName) -> Engine:
        """An engine with the graph, which has answered one text as it should."""
        return self._checked(self._loaded(name))

    def _loaded(self, name: EngineName) -> Engine:
        """An engine with the graph."""
        graph = read_graph(self._onnx, self.sha256)
        if name != "onnxruntime":
            return open_engine(name, graph, self._onnx, max(self._threads, n_cores()))
        with _SHARING:
            engine = _SHARED.get(self.sha256)
        if engine is None:
            opened = open_engine(name, graph, self._onnx, 1)
            with _SHARING:
                engine = _SHARED.setdefault(self.sha256, opened)
        return engine

    def _checked(self, engine: Engine) -> Engine:
        """The engine, which has run the graph on the highest token there is, and answered as it should."""
        highest, first = np.array([self._encoder.highest_id], dtype=np.int32), np.zeros(1, dtype=np.int64)
        one = Encoded(highest, np.ones(1, dtype=np.int32), first, np.zeros(1, dtype=np.bool_))
        output = self._run(engine, one, first)
        logits, embedding = output["logits"], output.get("embedding", np.zeros((1, 1)))
        if logits.ndim != 2 or len(logits) != 1 or embedding.ndim != 2 or len(embedding) != 1:
            raise InvalidModel(
                f"{self._onnx}: the graph answers logits {logits.shape} and embedding {embedding.shape} for "
                "one text; they must be (1, labels) and (1, width)"
            )
        width = logits.shape[1]
        if width != len(self.labels):
            raise InvalidModel(
                f"{self._onnx}: the graph has {width} labels, config.json names {len(self.labels)}; "
                "export the model again"
            )
        return engine
