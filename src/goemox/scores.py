"""`ScoreMatrix`: what the model said about many texts, before anything was decided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goemox.errors import ShapeError

__all__ = ["Bools", "Floats", "Ints", "ScoreMatrix", "logit", "sigmoid", "softmax"]

Floats = npt.NDArray[np.floating]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.integer]


def sigmoid(logits: Floats) -> npt.NDArray[np.float64]:
    """1 / (1 + exp(-z)), elementwise, same shape."""
    # tanh form: exp(-z) overflows for large negative logits, tanh saturates quietly.
    return np.asarray(0.5 * (1.0 + np.tanh(np.asarray(logits, dtype=np.float64) / 2.0)))


def softmax(logits: Floats) -> npt.NDArray[np.float64]:
    """exp(z) over its sum in each row: (n, k) -> (n, k), rows sum to one."""
    z = np.asarray(logits, dtype=np.float64)
    shares = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def logit(probabilities: Floats, smallest: float) -> npt.NDArray[np.float64]:
    """Ln p / (1 - p), elementwise, same shape; p is kept `smallest` from 0 and 1, so that it stays finite."""
    p = np.clip(np.asarray(probabilities, dtype=np.float64), smallest, 1.0 - smallest)
    return np.asarray(np.log(p) - np.log1p(-p))


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class ScoreMatrix:
    """Raw model output; row i belongs to ids[i], column j to labels[j].

    logits: (n, k) float32, before the sigmoid or softmax.
    embeddings: (n, d), the early-layer mean that the domain distance uses, over the text's longest window;
    None if the model has none.
    truncated: (n,), True where the end of the text was not read.
    n_tokens: (n,), tokens the model read, special tokens included.
    model: sha256 of the weights that made it.
    n_windows: (n,), the windows that a text was read in; None = one each.
    sent_on: (n,), whether a cascade's best tier answered, not its fast one; None = there was one tier.
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    logits: npt.NDArray[np.float32]
    embeddings: Floats | None
    truncated: Bools
    n_tokens: Ints
    model: str
    n_windows: Ints | None = None
    sent_on: Bools | None = None

    def __post_init__(self) -> None:
        n, k = len(self.ids), len(self.labels)
        for name, array, expected in (
            ("logits", self.logits, (n, k)),
            ("truncated", self.truncated, (n,)),
            ("n_tokens", self.n_tokens, (n,)),
        ):
            if array.shape != expected:
                raise ShapeError(name, expected, array.shape)
        for name, given in (("n_windows", self.n_windows), ("sent_on", self.sent_on)):
            if given is not None and given.shape != (n,):
                raise ShapeError(name, (n,), given.shape)
        if self.embeddings is not None and (self.embeddings.ndim != 2 or len(self.embeddings) != n):
            raise ShapeError("embeddings", (n, -1), self.embeddings.shape)

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, keep: Ints | Bools | slice) -> ScoreMatrix:
        """The rows that `keep` (places, a mask or a slice) chooses, in its order."""
        index = np.arange(len(self))[keep]
        return ScoreMatrix(
            ids=tuple(self.ids[i] for i in index),
            labels=self.labels,
            logits=self.logits[index],
            embeddings=None if self.embeddings is None else self.embeddings[index],
            truncated=self.truncated[index],
            n_tokens=self.n_tokens[index],
            model=self.model,
            n_windows=None if self.n_windows is None else self.n_windows[index],
            sent_on=None if self.sent_on is None else self.sent_on[index],
        )
