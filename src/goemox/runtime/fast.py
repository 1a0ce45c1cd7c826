"""`FastScorer`: texts in, `ScoreMatrix` out, on numpy alone: the fast tier of a model folder."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from goemox.errors import InvalidModel
from goemox.runtime.blas import one_blas_thread
from goemox.runtime.cores import n_cores
from goemox.runtime.ngram_net import NgramNet
from goemox.runtime.pieces import Pieces
from goemox.runtime.repeats import distinct
from goemox.runtime.tokenize import TextEncoder
from goemox.runtime.windows import WINDOW_TOKENS, LongText, TextRows
from goemox.scores import Ints, ScoreMatrix

__all__ = ["FastScorer"]

BLOCK = 256  # texts that are cut into pieces at a time, while other cores read those before

Read = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]  # logits (b, k), embeddings (b, d)


class FastScorer:
    """An `NgramNet` with its tokenizer; safe to call from several threads. The same to use as `Scorer`."""

    def __init__(
        self,
        net: NgramNet,
        tokenizer: Path,
        labels: Sequence[str],
        max_length: int,
        sha256: str,
        threads: int | None = None,
        tokenizer_sha256: str | None = None,
    ) -> None:
        """Join a network and its tokenizer; arguments as for `Scorer`, sha256 that of the network's file.

        Raises InvalidModel where the tokenizer cannot be read or gives pieces that the network does not know.
        """
        self.labels, self.sha256 = tuple(labels), sha256
        self._net, self._threads = net, threads or n_cores()
        self._encoder = TextEncoder(tokenizer, max_length, tokenizer_sha256)
        self._reader = self._encoder.reader
        if self._reader.highest_id >= net.n_pieces:
            raise InvalidModel(
                f"{tokenizer}: gives {self._reader.highest_id + 1:,} pieces, the fast tier knows "
                f"{net.n_pieces:,}; make the fast tier again"
            )

    def score(
        self,
        texts: Sequence[str],
        ids: Sequence[str] | None = None,
        progress: Callable[[int], None] | None = None,
        long_text: LongText = "truncate",
    ) -> ScoreMatrix:
        """Score texts; parameters and the order of rows as for `Scorer.score`.

        embeddings: see `NgramNet.embeddings`. Texts that repeat exactly are scored once.
        """
        once, place = distinct(texts)
        copies = np.bincount(place, minlength=len(once))
        blocks, logits, embeddings, done = [], [], [], 0
        with one_blas_thread():
            for pieces, (said, means) in self._read_all(once):
                blocks.append(pieces)
                logits.append(said)
                embeddings.append(means)
                if progress:
                    progress(int(copies[done : done + len(said)].sum()))
                done += len(said)
            joined = self._joined(once, blocks, logits, embeddings, long_text)
        named = tuple(ids) if ids is not None else tuple(str(i + 1) for i in range(len(texts)))
        return replace(joined.rows(place), ids=named)

    def _read_all(self, texts: Sequence[str]) -> Iterator[tuple[Pieces, Read]]:
        """Every block of texts with what the network says; cutting and reading overlap."""
        blocks = (texts[start : start + BLOCK] for start in range(0, len(texts), BLOCK))
        if self._threads == 1 or len(texts) <= BLOCK:
            for block in blocks:
                pieces = self._reader.read(block)
                yield pieces, self._run(pieces)
            return
        waiting: deque[tuple[Pieces, Future[Read]]] = deque()
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="goemox-fast")
        try:
            for block in blocks:
                pieces = self._reader.read(block)
                waiting.append((pieces, pool.submit(self._run, pieces)))
                while waiting and (waiting[0][1].done() or len(waiting) > 2 * self._threads):
                    pieces, answer = waiting.popleft()
                    yield pieces, answer.result()
            for pieces, answer in waiting:
                yield pieces, answer.result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _run(self, pieces: Pieces) -> Read:
        return self._net.logits(pieces.ids, pieces.counts), self._net.embeddings(pieces.ids, pieces.counts)

    def _joined(
        self,
        texts: Sequence[str],
        blocks: Sequence[Pieces],
        logits: Sequence[npt.NDArray[np.float32]],
        embeddings: Sequence[npt.NDArray[np.float32]],
        long_text: LongText,
    ) -> ScoreMatrix:
        """One row a distinct text; long ones read again in windows where that is asked for."""
        k, d = len(self.labels), self._net.vectors.shape[1]
        scores = ScoreMatrix(
            ids=tuple(texts),
            labels=self.labels,
            logits=np.concatenate(logits) if logits else np.zeros((0, k), dtype=np.float32),
            embeddings=np.concatenate(embeddings) if embeddings else np.zeros((0, d), dtype=np.float32),
            truncated=np.concatenate([block.truncated for block in blocks] or [np.zeros(0, dtype=np.bool_)]),
            n_tokens=np.concatenate([block.counts for block in blocks] or [np.zeros(0, dtype=np.int64)])
            + sum(map(len, self._reader.special)),
            model=self.sha256,
            n_windows=np.ones(len(texts), dtype=np.int64),
        )
        long = np.flatnonzero((scores.n_tokens > WINDOW_TOKENS) | scores.truncated)
        if len(long) and long_text == "chunk":
            self._in_windows([texts[row] for row in long.tolist()], long, scores)
        return scores

    def _in_windows(self, texts: Sequence[str], rows: Ints, scores: ScoreMatrix) -> None:
        """Read texts in windows of whole sentences and put what the strongest say into their rows."""
        encoded = self._encoder.encode(texts, WINDOW_TOKENS)
        before, after = map(len, self._reader.special)
        bare = [row[before : len(row) - after] for row in encoded.rows()]
        counts = encoded.n_tokens.astype(np.int64) - before - after
        said, means = self._run(Pieces(np.concatenate(bare), counts, np.zeros(len(bare), dtype=np.bool_)))
        found = TextRows(len(texts), self.labels)
        found.add(encoded.text, encoded.n_tokens, said, means)
        scores.logits[rows] = found.logits
        if scores.embeddings is not None and found.embeddings is not None:
            scores.embeddings[rows] = found.embeddings
        scores.truncated[rows] = encoded.truncated
        scores.n_tokens[rows] = np.bincount(encoded.text, encoded.n_tokens, minlength=len(texts))
        n_windows = np.bincount(encoded.text, minlength=len(texts))
        if scores.n_windows is not None:
            scores.n_windows[rows] = n_windows
