"""The two sides of a comparison: texts the model was made for, and texts somebody wants to use it on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from goemox.domain import TRAINED
from goemox.domain.words import HashedWords
from goemox.domain_shift.limits import KNOWN_SHARE
from goemox.domain_shift.phrases import OWN
from goemox.errors import InvalidInput, ShapeError
from goemox.evaluation.numbers import refuse_non_probabilities
from goemox.scores import Bools, Floats, Ints, ScoreMatrix

__all__ = ["DomainSample", "ReferenceSample"]


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class ReferenceSample:
    """m texts that the model was not trained on, from the model folder's profile or a file.

    probabilities: (m, k), calibrated. decided: bool (m, k), by the same rule as the target's.
    name: in words. is_own: whether they are the model's own domain, not a file that somebody chose.
    Each of these may be None where it is not known: logits (m, k); n_words (m,); truth, bool (m, k), by
    people; distances (m,), to the profile that the target's distances are to; coordinates (m, r), in the
    profile's main directions; words, hashed. m may be 0 for a model that brings no reference: domains are
    then described, but not tested.
    """

    labels: tuple[str, ...]
    probabilities: Floats
    decided: Bools
    n_words: Ints | None = None
    name: str = OWN
    is_own: bool = True
    logits: Floats | None = None
    truth: Bools | None = None
    distances: Floats | None = None
    coordinates: Floats | None = None
    words: HashedWords | None = None

    def __post_init__(self) -> None:
        shape = (len(self.probabilities), len(self.labels))
        for name in ("probabilities", "decided", "truth", "logits"):
            _fits(f"reference {name}", getattr(self, name), shape)
        _same_rows(self, ("n_words", "distances", "coordinates", "words"), shape[0], "reference ")
        if len(self.probabilities):
            refuse_non_probabilities(self.probabilities, "shift reference")


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class DomainSample:
    """n texts of one domain, scored and decided; repeats and texts of the reference dropped before.

    scores: their raw logits. probabilities: (n, k), calibrated. decided: bool (n, k).
    domain_percentile: (n,), 0-100, and in_domain: bool (n,), both of the model's own domain, whatever the
    reference; None where the model brings no profile. n_words (n,), distances (n,), coordinates (n, r): as in
    `ReferenceSample`, or None. texts: (n,), as the source wrote them, or None.
    source: "live", "file" or "sample" (written for goemox: never evidence).
    caveat: why the probabilities are none, where the rule was never fitted; has_promise: whether the rule
    promises prediction sets.
    home: which texts those percentiles are from, `TRAINED` or `ADAPTED`; n_home: how many.
    n_duplicates, n_overlap: rows left out, as repeats and as texts of the reference. n_shared: texts that
    stand in the reference and were kept, since the model was adapted to them and not trained on them.
    naive_logits: (n, k), what the naive model says of the same texts, in the same columns, or None.
    naive_at_home: of how many held-out texts of its own domain ("n") it calls which share "neutral", and what
    people called "neutral_by_people", where its folder tells.
    Raises InvalidInput for no texts, ShapeError for arrays that disagree.
    """

    name: str
    scores: ScoreMatrix
    probabilities: Floats
    decided: Bools
    domain_percentile: Floats | None = None
    in_domain: Bools | None = None
    n_words: Ints | None = None
    distances: Floats | None = None
    coordinates: Floats | None = None
    texts: Sequence[str] | None = None
    source: str = "file"
    description: str = ""
    n_duplicates: int = 0
    n_overlap: int = 0
    n_shared: int = 0
    home: str = TRAINED
    n_home: int | None = None
    caveat: str | None = None
    has_promise: bool = False
    naive_logits: Floats | None = None
    naive_at_home: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        shape = self.scores.logits.shape
        for name in ("probabilities", "decided", "naive_logits"):
            _fits(name, getattr(self, name), shape)
        per_text = ("domain_percentile", "in_domain", "n_words", "distances", "coordinates", "texts")
        _same_rows(self, per_text, shape[0], "")
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

    @property
    def is_known(self) -> bool:
        """Whether the model was adapted on many of these very texts, so that comparing them is in vain."""
        return self.n_shared >= KNOWN_SHARE * len(self)


def _fits(name: str, array: Floats | Bools | None, shape: tuple[int, ...]) -> None:
    if array is not None and array.shape != shape:
        raise ShapeError(name, shape, array.shape)


def _same_rows(sample: object, names: Sequence[str], n: int, prefix: str) -> None:
    for name in names:
        part = getattr(sample, name)
        if part is not None and len(part) != n:
            raise ShapeError(f"{prefix}{name}", (n,), (len(part),))
