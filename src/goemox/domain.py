"""How far a text lies from the texts that the model was trained on.

One Gaussian over early-layer means of the training texts; the distance is Mahalanobis', the scale is
the share of held-out in-domain texts that lie closer (Lee et al. 2018, https://arxiv.org/abs/1807.03888,
with one global Gaussian, since class means are ill-defined for several labels a text). Early layers,
because fine-tuning teaches late ones to forget the domain (docs/decisions/0003-domain-distance.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goemox.errors import InvalidModel, ShapeError
from goemox.scores import Bools, Floats

__all__ = ["ACCEPTED", "DomainProfile"]

ACCEPTED = 95.0  # percentile up to which a text counts as in domain
LEAST_VARIANCE = 1e-9  # of a direction in which no training text varies, or distances would be infinite


@dataclass(frozen=True, slots=True, eq=False)
class DomainProfile:
    """The reference that distances are measured against, and a sample of what the model said there.

    mean: (d,); whitener: (d, d), so that |(x - mean) @ whitener| is the Mahalanobis distance.
    distances: (m,) of held-out in-domain texts, ascending.
    probabilities: (m, k) calibrated, and n_words: (m,), of those same texts, in one random order.
    """

    mean: Floats
    whitener: Floats
    distances: Floats
    probabilities: Floats
    n_words: npt.NDArray[np.int32]

    @classmethod
    def fit(
        cls,
        train: Floats,
        held_out: Floats,
        probabilities: Floats,
        n_words: npt.NDArray[np.int32],
        ridge: float = 1e-3,
    ) -> DomainProfile:
        """Fit on training embeddings (n, d), scale on held-out ones (m, d).

        ridge: share of the mean variance added to every direction, so that noise in directions that
        hardly vary does not count as distance.
        """
        x = np.asarray(train, dtype=np.float64)
        mean = x.mean(axis=0)
        values, vectors = np.linalg.eigh(np.cov(x - mean, rowvar=False))
        values = np.maximum(values, 0.0) + max(ridge * values.mean(), LEAST_VARIANCE)
        profile = cls(
            mean.astype(np.float32),
            (vectors / np.sqrt(values)).astype(np.float32),
            np.empty(0, dtype=np.float32),
            np.asarray(probabilities, dtype=np.float16),
            np.asarray(n_words, dtype=np.int32),
        )
        return cls(
            profile.mean,
            profile.whitener,
            np.sort(profile.distance(held_out)),
            profile.probabilities,
            profile.n_words,
        )

    def distance(self, embeddings: Floats) -> npt.NDArray[np.float32]:
        """Mahalanobis distance of each row, (n,) >= 0. embeddings: (n, d)."""
        if embeddings.ndim != 2 or embeddings.shape[1] != len(self.mean):
            raise ShapeError("embeddings", (-1, len(self.mean)), embeddings.shape)
        centred = np.asarray(embeddings, dtype=np.float32) - self.mean
        return np.asarray(np.linalg.norm(centred @ self.whitener, axis=1), dtype=np.float32)

    def percentile(self, embeddings: Floats) -> npt.NDArray[np.float64]:
        """Share (0-100) of in-domain texts that lie closer than each row; 100 is farthest, (n,).

        Counts between two reference texts are interpolated, so that far texts still differ a little.
        """
        m = len(self.distances)
        found = np.interp(self.distance(embeddings), self.distances, (np.arange(m) + 0.5) / m * 100.0)
        return np.asarray(found)

    @staticmethod
    def in_domain(percentiles: Floats) -> Bools:
        """Whether each text lies within the share of in-domain texts that is accepted, (n,)."""
        return np.asarray(percentiles <= ACCEPTED)

    def to_arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """What `reference.safetensors` holds: numbers only."""
        return {
            "mean": np.asarray(self.mean, dtype=np.float32),
            "whitener": np.ascontiguousarray(self.whitener, dtype=np.float32),
            "distances": np.asarray(self.distances, dtype=np.float32),
            "probabilities": np.asarray(self.probabilities, dtype=np.float16),
            "n_words": np.asarray(self.n_words, dtype=np.int32),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]], where: str) -> DomainProfile:
        """Read `to_arrays`' output. Raises InvalidModel where an array is missing or does not fit."""
        try:
            profile = cls(**{name: np.asarray(arrays[name]) for name in cls.__slots__})
        except KeyError as missing:
            raise InvalidModel(f"{where}: no array {missing}; export the model again") from None
        d, m = len(profile.mean), len(profile.distances)
        fits = (
            profile.whitener.shape == (d, d) and len(profile.probabilities) == m == len(profile.n_words) > 0
        )
        if not fits:
            raise InvalidModel(f"{where}: its arrays do not fit each other; export the model again")
        return profile
