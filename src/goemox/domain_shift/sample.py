"""The two sides of a comparison: texts the model was made for, and texts somebody wants to use it on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goemox.errors import InvalidInput, ShapeError
from goemox.evaluation.numbers import refuse_non_probabilities
from goemox.scores import Bools, Floats, Ints, ScoreMatrix

__all__ = ["DomainSample", "ReferenceSample"]


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class ReferenceSample:
    """m in-domain texts that the model was not trained on, from the model folder's profile or a file.

    probabilities: (m, k), calibrated. decided: bool (m, k), by the same rule as the target's.
    n_words: (m,), words of each text, or None where not known. m may be 0 for a model that brings no
    reference: domains are then described, but not tested.
    """

    labels: tuple[str, ...]
    probabilities: Floats
    decided: Bools
    n_words: Ints | None = None

    def __post_init__(self) -> None:
        shape = (len(self.probabilities), len(self.labels))
        _fits("reference probabilities", self.probabilities, shape)
        _fits("reference decided", self.decided, shape)
        _fits("reference n_words", self.n_words, shape[:1])
        if len(self.probabilities):
            refuse_non_probabilities(self.probabilities, "shift reference")


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class DomainSample:
    """n texts of one domain, scored and decided; repeated texts dropped before (`n_duplicates` of them).

    scores: their raw logits. probabilities: (n, k), calibrated. decided: bool (n, k).
    domain_percentile: (n,), 0-100, and in_domain: bool (n,); None where the model brings no reference.
    n_words: (n,), words of each text, or None. source: "live", "file" or "sample" (written for goemox:
    never evidence). Raises InvalidInput for no texts, ShapeError for arrays that disagree.
    """

    name: str
    scores: ScoreMatrix
    probabilities: Floats
    decided: Bools
    domain_percentile: Floats | None = None
    in_domain: Bools | None = None
    n_words: Ints | None = None
    source: str = "file"
    description: str = ""
    n_duplicates: int = 0

    def __post_init__(self) -> None:
        shape = self.scores.logits.shape
        _fits("probabilities", self.probabilities, shape)
        _fits("decided", self.decided, shape)
        for name in ("domain_percentile", "in_domain", "n_words"):
            _fits(name, getattr(self, name), shape[:1])
        if (self.domain_percentile is None) != (self.in_domain is None):
            raise InvalidInput(
                f"domain {self.name}: give domain_percentile and in_domain together or not at all"
            )
        refuse_non_probabilities(self.probabilities, f"domain {self.name}")
        if not np.isfinite(self.scores.logits).all():
            raise InvalidInput(
                f"domain {self.name}: some logits are not finite; check the model with `goemox doctor`"
            )

    def __len__(self) -> int:
        return len(self.scores)


def _fits(name: str, array: Floats | Bools | Ints | None, shape: tuple[int, ...]) -> None:
    if array is not None and array.shape != shape:
        raise ShapeError(name, shape, array.shape)
