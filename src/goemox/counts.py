"""True and false positives per label, and the only F1 in the repository.

Undefined figures (no positives and none predicted) are 0, as in scikit-learn with `zero_division=0`.
Averages over labels: macro = mean over labels, micro = over all cells pooled, weighted = mean
over labels by how often each truly occurs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goemox.errors import ShapeError
from goemox.scores import Bools, Floats, Ints

__all__ = ["Counts", "count", "f1_of", "macro_f1_of", "micro_f1_of", "ratio", "weighted_f1_of"]

Numbers = npt.NDArray[np.integer] | npt.NDArray[np.floating]


def ratio(part: Numbers, whole: Numbers) -> Floats:
    """The quotient part / whole, elementwise; 0 where whole is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part), np.asarray(whole))
    return np.divide(part, whole, out=np.zeros(whole.shape, dtype=np.float64), where=whole != 0)


def f1_of(tp: Numbers, fp: Numbers, fn: Numbers) -> Floats:
    """F1 elementwise, in [0, 1]: 2 tp / (2 tp + fp + fn), 0 where nothing is true and nothing predicted.

    Counts may be weighted sums (a bootstrap); any shape, the same for all three.
    """
    return ratio(2 * tp, 2 * tp + fp + fn)


def macro_f1_of(tp: Numbers, fp: Numbers, fn: Numbers) -> Floats:
    """Mean F1 over the last axis (labels): (..., k) -> (...)."""
    return np.asarray(f1_of(tp, fp, fn).mean(axis=-1))


def micro_f1_of(tp: Numbers, fp: Numbers, fn: Numbers) -> Floats:
    """F1 of the counts summed over the last axis (labels): (..., k) -> (...)."""
    return f1_of(tp.sum(axis=-1), fp.sum(axis=-1), fn.sum(axis=-1))


def weighted_f1_of(tp: Numbers, fp: Numbers, fn: Numbers) -> Floats:
    """Mean F1 over the last axis, each label by its number of true texts: (..., k) -> (...)."""
    support = tp + fn
    return ratio((f1_of(tp, fp, fn) * support).sum(axis=-1), support.sum(axis=-1))


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class Counts:
    """How often each label was rightly and wrongly given and withheld; four int arrays (k,).

    Counts of disjoint sets of texts add up: `a + b`.
    """

    tp: Ints
    fp: Ints
    fn: Ints
    tn: Ints

    def __post_init__(self) -> None:
        shape = (self.tp.size,)
        for name, array in (("tp", self.tp), ("fp", self.fp), ("fn", self.fn), ("tn", self.tn)):
            if array.shape != shape:
                raise ShapeError(name, shape, array.shape)

    def __add__(self, other: Counts) -> Counts:
        if self.tp.shape != other.tp.shape:
            raise ShapeError("the added counts", self.tp.shape, other.tp.shape)
        return Counts(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn, self.tn + other.tn)

    @property
    def support(self) -> Ints:
        """Texts that truly carry each label, (k,)."""
        return self.tp + self.fn

    @property
    def predicted(self) -> Ints:
        """Texts that were given each label, (k,)."""
        return self.tp + self.fp

    @property
    def precision(self) -> Floats:
        """Share of the given labels that are true, (k,); 0 where a label was never given."""
        return ratio(self.tp, self.predicted)

    @property
    def recall(self) -> Floats:
        """Share of the true labels that were given, (k,); 0 where a label never occurs."""
        return ratio(self.tp, self.support)

    @property
    def f1(self) -> Floats:
        """Harmonic mean of precision and recall, (k,)."""
        return f1_of(self.tp, self.fp, self.fn)

    @property
    def macro_f1(self) -> float:
        """Mean F1 over all labels, those without positives included; 0 without labels."""
        return float(macro_f1_of(self.tp, self.fp, self.fn)) if self.tp.size else 0.0

    @property
    def micro_f1(self) -> float:
        """F1 of all cells pooled; equals accuracy where each text has and gets exactly one label."""
        return float(micro_f1_of(self.tp, self.fp, self.fn))

    @property
    def weighted_f1(self) -> float:
        """Mean F1 over labels, each by its support."""
        return float(weighted_f1_of(self.tp, self.fp, self.fn))


def count(decided: Bools, truth: Bools, judged: Bools | None = None) -> Counts:
    """Count per label over the texts.

    decided, truth: (n_texts, n_labels). judged: same shape, False where nobody looked; such cells
    count nowhere. None: all cells were judged. Raises ShapeError where the shapes differ.
    """
    if decided.ndim != 2 or decided.shape != truth.shape:
        raise ShapeError("decided", truth.shape, decided.shape)
    seen = np.ones(truth.shape, dtype=np.bool_) if judged is None else judged
    if seen.shape != truth.shape:
        raise ShapeError("judged", truth.shape, seen.shape)
    given, true = decided.astype(np.bool_), truth.astype(np.bool_)
    return Counts(
        tp=(given & true & seen).sum(axis=0),
        fp=(given & ~true & seen).sum(axis=0),
        fn=(~given & true & seen).sum(axis=0),
        tn=(~given & ~true & seen).sum(axis=0),
    )
