"""`Scorer`: texts in, `ScoreMatrix` out, on onnxruntime."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from goemox.errors import InvalidModel
from goemox.runtime.cores import n_cores
from goemox.runtime.graph import first_line, open_graph
from goemox.runtime.plan import batches
from goemox.runtime.tokenize import Encoded, TextEncoder
from goemox.runtime.windows import WINDOW_TOKENS, LongText, TextRows
from goemox.scores import Ints, ScoreMatrix

__all__ = ["Scorer"]

FED = ("input_ids", "attention_mask")


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
    ) -> None:
        """Load the graph and check that it fits `labels` and the tokenizer.

        sha256: of the graph; with tokenizer_sha256, the hashes that the bytes which are loaded must have.
        threads: runs at a time, each on one core: two runs side by side do more than one run on two cores.
        None = all cores, or what OMP_NUM_THREADS says. Scores do not depend on it.
        Raises InvalidModel where a hash differs, the graph cannot be loaded or is not allowed
        (`runtime.graph`, `runtime.tokenizer_file`), or has another number of labels.
        """
        self.labels = tuple(labels)
        self.sha256 = sha256
        self._threads = threads or n_cores()
        self._encoder = TextEncoder(tokenizer, max_length, tokenizer_sha256)
        self._onnx = onnx
        self._session = open_graph(onnx, sha256, _options())
        self._inputs = {node.name for node in self._session.get_inputs()}
        self._names = [node.name for node in self._session.get_outputs()]
        if "logits" not in self._names:
            raise InvalidModel(f"{onnx}: the graph has no output named 'logits'")
        other = sorted(self._inputs - set(FED))
        if other or "input_ids" not in self._inputs:
            raise InvalidModel(
                f"{onnx}: the graph reads {', '.join(other) or 'nothing'}; it must read {' and '.join(FED)}"
            )
        self._check_answer()

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
        first: dict[str, int] = {}
        place = np.fromiter(
            (first.setdefault(text, len(first)) for text in texts), dtype=np.int64, count=len(texts)
        )
        encoded = self._encoder.encode(list(first), WINDOW_TOKENS if long_text == "chunk" else None)
        are_whole = len(encoded.ids) == len(first)
        counts = np.bincount(place, minlength=len(first))
        n_windows = np.bincount(encoded.text, minlength=len(first))
        waiting = n_windows.copy()
        rows_of_texts = TextRows(len(first), self.labels)
        for rows, output in self._run_all(encoded):
            text = encoded.text[rows]
            rows_of_texts.add(text, encoded.n_tokens[rows], output["logits"], output.get("embedding"),
                              are_whole=are_whole)  # fmt: skip
            if progress:
                np.subtract.at(waiting, text, 1)
                progress(int(counts[np.unique(text[waiting[text] == 0])].sum()))
        embeddings = rows_of_texts.embeddings
        n_tokens = np.bincount(encoded.text, encoded.n_tokens, minlength=len(first)).astype(np.int32)
        return ScoreMatrix(
            ids=tuple(ids) if ids is not None else tuple(str(i + 1) for i in range(len(texts))),
            labels=self.labels,
            logits=rows_of_texts.logits[place],
            embeddings=None if embeddings is None else embeddings[place],
            truncated=encoded.truncated[place],
            n_tokens=n_tokens[place],
            model=self.sha256,
            n_windows=n_windows[place],
        )

    def _run_all(self, encoded: Encoded) -> Iterator[tuple[Ints, dict[str, npt.NDArray[np.float32]]]]:
        """Every batch with its output, in the order of the plan."""
        runs = batches(encoded.n_tokens)
        if self._threads == 1 or len(runs) <= 1:
            for rows in runs:
                yield rows, self._run(encoded, rows)
            return
        pool = ThreadPoolExecutor(min(self._threads, len(runs)), thread_name_prefix="goemox-run")
        try:
            yield from zip(runs, pool.map(partial(self._run, encoded), runs), strict=True)
        finally:
            pool.shutdown(cancel_futures=True)

    def _run(self, encoded: Encoded, rows: Ints) -> dict[str, npt.NDArray[np.float32]]:
        width = int(encoded.n_tokens[rows].max())
        tokens = np.full((len(rows), width), self._encoder.pad_id, dtype=np.int64)
        for line, row in enumerate(rows):
            tokens[line, : encoded.n_tokens[row]] = encoded.ids[row]
        mask = (np.arange(width) < encoded.n_tokens[rows][:, None]).astype(np.int64)
        feeds = {"input_ids": tokens, "attention_mask": mask}
        feeds = {name: array for name, array in feeds.items() if name in self._inputs}
        try:
            values = dict(zip(self._names, self._session.run(self._names, feeds), strict=True))
        except Exception as error:  # onnxruntime raises its own classes, without a common public base
            raise InvalidModel(f"{self._onnx}: the graph cannot be run ({first_line(error)})") from None
        for name in ("logits", "embedding"):
            found = values.get(name)
            if found is not None and (found.dtype.kind != "f" or not np.isfinite(found).all()):
                raise InvalidModel(
                    f"{self._onnx}: the graph answers NaN or infinite {name}; get the model again"
                )
        return values

    def _check_answer(self) -> None:
        """Run the graph on the highest token there is, and look at what comes out."""
        ids = [self._encoder.highest_id]
        output = self._run(
            Encoded([ids], np.ones(1, dtype=np.int32), np.zeros(1, dtype=np.int64), np.zeros(1, dtype=bool)),
            np.zeros(1, dtype=np.int64),
        )
        logits, embedding = output["logits"], output.get("embedding", np.zeros((1, 1)))
        if logits.ndim != 2 or len(logits) != 1 or embedding.ndim != 2 or len(embedding) != 1:
            raise InvalidModel(
                f"{self._onnx}: the graph answers logits {logits.shape} and embedding {embedding.shape} for "
                "one text; they must be (1, labels) and (1, width)"
            )
        width = logits.shape[1]
        if width != len(self.labels):
            raise InvalidModel(
                f"{self._onnx}: the graph has {width} labels, config.json names {len(self.labels)}"
            )


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # `Scorer` runs batches side by side
    options.enable_mem_pattern = False  # texts differ in length: patterns are planned for nothing
    options.log_severity_level = 3
    return options
