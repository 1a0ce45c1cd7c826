"""A small network over word pieces that runs on numpy and scipy: what the fast tier reads texts with.

Every piece has a vector. What stands at a piece is a sum of the vectors around it, each turned by a matrix of
its place (a convolution: Kim 2014, https://arxiv.org/abs/1408.5882), cut at zero; a text is the most and the
root-mean of that over its pieces, and one hidden layer reads the labels off it. Since vector times matrix is
the same wherever a piece stands, all such products are made once, when the network is opened: afterwards
the convolution only adds rows of a table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from goemox.errors import InvalidModel
from goemox.runtime.blas import one_blas_thread
from goemox.scores import Floats

__all__ = ["NgramNet", "quantised"]

LONG = 64  # pieces from which on a text's most is found by itself: others of its kind are few
BLOCK_PIECES = 2_048  # read at a time: what stands at them stays in the caches of a core

MAX_CELLS = 100_000_000  # of the table, 400 MB: a file of a few kilobytes could ask for more than there is

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class NgramNet:
    """The opened network: v pieces of width d, windows of w pieces, c channels, h hidden units, k labels.

    vectors: (v + 1, d), the last one 0 for what is outside a text. table: (w (v + 1), c), what each piece
    adds at each place of a window. hidden: float64 (2 c, h), with its bias (h,). output: (h, k), with its
    bias (k,).
    """

    vectors: Vectors
    table: Vectors
    hidden: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: Floats

    @property
    def n_pieces(self) -> int:
        """Pieces that have a vector."""
        return len(self.vectors) - 1

    @property
    def width(self) -> int:
        """Pieces that one window spans."""
        return len(self.table) // len(self.vectors)

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, npt.NDArray[np.generic]], where: str, n_labels: int
    ) -> NgramNet:
        """Open what `quantised` wrote. Raises InvalidModel where an array is missing or does not fit."""
        try:
            rows = np.asarray(arrays["vectors"])
            scales = np.asarray(arrays["vector_scales"], dtype=np.float32)
            kernel = np.asarray(arrays["kernel"], dtype=np.float32)  # (w, d, c)
            bias, *head = (
                np.asarray(arrays[name], dtype=np.float64)
                for name in ("kernel_bias", "hidden", "hidden_bias", "output", "output_bias")
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidModel(f"{where}: no array {error}; make the fast tier again") from None
        if rows.dtype != np.int8 or not _fit(rows, scales, kernel, bias, head, n_labels):
            raise InvalidModel(f"{where}: its arrays do not fit each other; make the fast tier again")
        vectors = np.zeros((len(rows) + 1, rows.shape[1]), dtype=np.float32)
        np.multiply(rows, scales[:, None], out=vectors[:-1])
        with one_blas_thread():  # with more it adds up in another order, and in other last bits
            table = np.concatenate([vectors @ matrix for matrix in kernel])
        middle = len(kernel) // 2
        table[middle * len(vectors) : (middle + 1) * len(vectors)] += bias.astype(np.float32)
        return cls(vectors, table, *head)

    def logits(self, ids: npt.NDArray[np.int32], counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Logits (n, k) of n texts: ids (t,) of all pieces, counts (n,) of each text's.

        A text's row does not depend on the others: sums run over its own pieces in their order, and the
        layers compute in double precision before they are rounded.
        """
        parts = [self._logits(*part) for part in _blocks(ids, counts)]
        return np.concatenate(parts) if parts else np.zeros((0, self.output.shape[1]), dtype=np.float32)

    def embeddings(self, ids: npt.NDArray[np.int32], counts: npt.NDArray[np.int64]) -> Vectors:
        """Sum of each text's piece vectors over the root of their number, (n, d); arguments as in `logits`.

        A mean of few vectors is spread widely by chance alone: as means, all short texts would be far away.
        """
        root = np.sqrt(np.maximum(counts, 1)).astype(np.float32)
        return np.asarray(_sums(self.vectors, counts, ids) / root[:, None])

    def _logits(self, ids: npt.NDArray[np.int32], counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        at_pieces = self._channels(ids, counts)
        root = np.sqrt(np.maximum(counts, 1))[:, None]
        read = np.concatenate([_most(at_pieces, counts), _sums(at_pieces, counts) / root], axis=1)
        hidden = np.maximum(read @ self.hidden + self.hidden_bias, 0.0)
        return np.asarray(hidden @ self.output + self.output_bias, dtype=np.float32)

    def _channels(self, ids: npt.NDArray[np.int32], counts: npt.NDArray[np.int64]) -> Vectors:
        """What stands at each piece, (t, c)."""
        t, width, outside = len(ids), self.width, self.n_pieces
        reach = width // 2
        place = np.arange(t) + reach * (1 + np.repeat(np.arange(len(counts)), counts))
        line = np.full(t + reach * (len(counts) + 1), outside, dtype=np.int32)
        line[place] = ids
        rows = np.empty((t, width), dtype=np.int32)
        for j in range(width):
            np.add(line[place + (j - reach)], j * (outside + 1), out=rows[:, j])
        sums = _sums(self.table, np.full(t, width), rows.ravel())
        return np.asarray(np.maximum(sums, 0.0, out=sums))


def quantised(
    vectors: Floats,
    kernel: Floats,
    kernel_bias: Floats,
    hidden: Floats,
    hidden_bias: Floats,
    output: Floats,
    output_bias: Floats,
) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of a network as a file holds them: a byte a number of each vector, with a scale a vector.

    vectors: (v, d). kernel: (w, d, c). hidden: (2 c, h). output: (h, k). The rest are biases.
    """
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-8) / 127.0
    return {
        "vectors": np.round(vectors / scales[:, None]).astype(np.int8),
        "vector_scales": scales.astype(np.float32),
        "kernel": np.ascontiguousarray(kernel, dtype=np.float16),
        "kernel_bias": kernel_bias.astype(np.float32),
        "hidden": np.ascontiguousarray(hidden, dtype=np.float16),
        "hidden_bias": hidden_bias.astype(np.float32),
        "output": np.ascontiguousarray(output, dtype=np.float32),
        "output_bias": output_bias.astype(np.float32),
    }


def _fit(
    rows: npt.NDArray[np.generic],
    scales: Floats,
    kernel: Floats,
    bias: Floats,
    head: Sequence[Floats],
    n_labels: int,
) -> bool:
    hidden, hidden_bias, output, output_bias = head
    if rows.ndim != 2 or kernel.ndim != 3 or hidden.ndim != 2 or output.ndim != 2 or len(kernel) % 2 == 0:
        return False
    c, h = kernel.shape[2], hidden.shape[1]
    return (
        len(rows) > 0
        and scales.shape == (len(rows),)
        and kernel.shape[1] == rows.shape[1]
        and bias.shape == (c,)
        and hidden.shape == (2 * c, h)
        and hidden_bias.shape == (h,)
        and output.shape == (h, n_labels)
        and output_bias.shape == (n_labels,)
        and len(kernel) * (len(rows) + 1) * c <= MAX_CELLS
    )


def _sums(
    rows: Vectors, counts: npt.NDArray[np.int64], chosen: npt.NDArray[np.int32] | None = None
) -> Vectors:
    """Sums of runs of rows, (n, c): the first counts[0], the next counts[1], …; of `chosen` rows, or of all.

    As a sparse product: it adds row by row, so that a sum hangs on nothing else, and without Python's lock.
    """
    from scipy.sparse import csr_array

    if chosen is None:
        chosen = np.arange(len(rows), dtype=np.int32)
    ends = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    ones = np.ones(len(chosen), dtype=np.float32)
    return np.asarray(csr_array((ones, chosen, ends), shape=(len(counts), len(rows))) @ rows)


def _most(rows: Vectors, counts: npt.NDArray[np.int64]) -> Vectors:
    """The largest value of each column in runs of rows >= 0, (n, c), as `_sums`; 0 for an empty run."""
    starts = np.cumsum(counts) - counts
    most = np.zeros((len(counts), rows.shape[1]), dtype=np.float32)
    order = np.argsort(-counts, kind="stable")  # the longest first, so that those with a j-th row are a slice
    n_long = int((counts > LONG).sum())
    if n_long:
        long = np.sort(order[:n_long])
        whole = np.maximum.reduceat(rows, starts[counts > 0], axis=0)
        most[long] = whole[np.searchsorted(np.flatnonzero(counts > 0), long)]
    short = order[n_long:]
    found = np.zeros((len(short), rows.shape[1]), dtype=np.float32)
    for j in range(int(counts[short].max(initial=0))):
        n = int(np.searchsorted(-counts[short], -j, side="left"))
        np.maximum(found[:n], rows[starts[short[:n]] + j], out=found[:n])
    most[short] = found
    return most


def _blocks(
    ids: npt.NDArray[np.int32], counts: npt.NDArray[np.int64]
) -> list[tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]]:
    """Runs of whole texts with about `BLOCK_PIECES` pieces each."""
    ends = np.cumsum(counts)
    numbers = (ends - 1) // BLOCK_PIECES if len(ends) else ends
    borders = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(counts)]
    return [
        (ids[ends[first] - counts[first] : ends[last - 1]], counts[first:last])
        for first, last in pairwise(borders)
        if last > first
    ]
