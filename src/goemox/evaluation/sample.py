"""`LabelledSample`: what a metric may look at, and sums of it over resamples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from goemox.errors import InvalidInput, ShapeError
from goemox.evaluation.numbers import refuse_non_probabilities
from goemox.scores import Bools, Floats, Ints

__all__ = ["LabelledSample"]


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class LabelledSample:
    """n texts with k labels: what the model said, what it decided, what is true.

    probabilities: (n, k), calibrated. decided, truth: bool (n, k).
    judged: bool (n, k), False where nobody looked for the label; such cells count nowhere.
    groups: {grouping of `labels.GROUPINGS`: bool (n, g)}, where groups were decided as groups.
    """

    labels: tuple[str, ...]
    probabilities: Floats
    decided: Bools
    truth: Bools
    judged: Bools
    groups: Mapping[str, Bools] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = (len(self.probabilities), len(self.labels))
        for name in ("probabilities", "decided", "truth", "judged"):
            if getattr(self, name).shape != shape:
                raise ShapeError(name, shape, getattr(self, name).shape)
        refuse_non_probabilities(self.probabilities, "evaluation")
        if not self.judged.any():
            raise InvalidInput("evaluation: no row was judged for any of the labels; check `judged`")

    def __len__(self) -> int:
        return len(self.probabilities)

    @property
    def complete(self) -> bool:
        """Whether every text was judged for every label, so that whole rows can be compared."""
        return bool(self.judged.all())

    @property
    def support(self) -> Ints:
        """Texts that truly carry each label, among those judged for it, (k,)."""
        return np.asarray((self.truth & self.judged).sum(axis=0))

    def sums(self, values: npt.NDArray[Any], weights: Floats) -> Floats:
        """Weighted sums per label over the judged cells: values (n, k), weights (b, n) -> (b, k)."""
        return np.asarray(weights @ np.where(self.judged, values, 0).astype(weights.dtype))

    def counts(self, weights: Floats) -> tuple[Floats, Floats, Floats]:
        """True positives, false positives and false negatives in each resample, three (b, k)."""
        tp = self.sums(self.decided & self.truth, weights)
        return tp, self.sums(self.decided, weights) - tp, self.sums(self.truth, weights) - tp
