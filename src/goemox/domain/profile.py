"""How far a text lies from the texts that the model was trained on.

One Gaussian over early-layer means of the training texts; the distance is Mahalanobis', the scale is
the share of held-out in-domain texts that lie closer (Lee et al. 2018, https://arxiv.org/abs/1807.03888,
with one global Gaussian, since class means are ill-defined for several labels a text). Early layers,
because fine-tuning teaches late ones to forget the domain (docs/decisions/0003-domain-distance.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from goemox.domain.words import HashedWords
from goemox.errors import InvalidModel, ShapeError
from goemox.scores import Bools, Floats

__all__ = ["ACCEPTED", "ADAPTED", "TRAINED", "DomainProfile", "Placed"]

TRAINED, ADAPTED = "trained", "adapted"  # on what a model did with the texts that its profile is of
N_COORDINATES = 64  # main directions kept of each reference text

ACCEPTED = 95.0  # percentile up to which a text counts as in domain
RIDGE = 1e-3  # share of the mean variance added to every direction
WHOLE_FIT = 2_000  # texts from which a moved profile has directions of its own
LEAST_VARIANCE = 1e-9  # of a direction in which no training text varies, or distances would be infinite


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Where n texts lie under a profile.

    distances: (n,), Mahalanobis', >= 0. percentiles: (n,), share (0-100) of in-domain texts that lie closer;
    100 is farthest. coordinates: (n, r), whitened, in the profile's directions of largest variance.
    """

    distances: npt.NDArray[np.float32]
    percentiles: npt.NDArray[np.float64]
    coordinates: npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True, eq=False)
class DomainProfile:
    """The reference that distances are measured against, and a sample of it as numbers.

    mean: (d,); whitener: (d, d), so that |(x - mean) @ whitener| is the Mahalanobis distance; the main
    directions stand last.
    Of m held-out in-domain texts, all in one order: distances (m,); probabilities (m, k), calibrated;
    n_words (m,); truth, bool (m, k), what people said of them; coordinates (m, r), their main whitened
    directions; words, hashed. The last three are None in older folders, where distances are sorted alone.
    """

    mean: Floats
    whitener: Floats
    distances: Floats
    probabilities: Floats
    n_words: npt.NDArray[np.int32]
    truth: Bools | None = None
    coordinates: Floats | None = None
    words: HashedWords | None = None
    _sorted: Floats = field(init=False, repr=False)
    _scale: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Compute with the numbers as they are kept, but doubly precise.

        Sums of single precision depend on how many texts are multiplied at once: the percentile of a text
        would differ in its second decimal with its neighbours.
        """
        for name in ("mean", "whitener"):
            kept = np.asarray(getattr(self, name), dtype=np.float32)
            object.__setattr__(self, name, kept.astype(np.float64))
        m = len(self.distances)
        object.__setattr__(self, "_sorted", np.sort(self.distances))
        object.__setattr__(self, "_scale", (np.arange(m) + 0.5) / max(m, 1) * 100.0)

    @classmethod
    def fit(
        cls,
        train: Floats,
        held_out: Floats,
        probabilities: Floats,
        n_words: npt.NDArray[np.int32],
        ridge: float = RIDGE,
        *,
        truth: Bools | None = None,
        words: HashedWords | None = None,
    ) -> DomainProfile:
        """Fit on training embeddings (n, d), scale on held-out ones (m, d).

        ridge: share of the mean variance added to every direction, so that noise in directions that
        hardly vary does not count as distance.
        """
        mean, whitener = _gaussian(train, ridge)
        profile = cls(
            mean,
            whitener,
            np.empty(0, dtype=np.float32),
            np.asarray(probabilities, dtype=np.float16),
            np.asarray(n_words, dtype=np.int32),
            truth,
            None,
            words,
        )
        distances, coordinates = profile._measured(held_out)
        return replace(profile, distances=distances.astype(np.float32), coordinates=coordinates)

    def moved_to(
        self,
        embeddings: Floats,
        probabilities: Floats,
        n_words: npt.NDArray[np.int32],
        *,
        truth: Bools | None = None,
        words: HashedWords | None = None,
    ) -> DomainProfile:
        """The profile of another domain, from m of its texts; arguments as in `fit`, embeddings (m, d).

        With few texts the mean alone is theirs; from 2,000 on, directions and spread are, too. Each text's
        distance is measured from the others, so that new texts of the domain lie as far as these do.
        """
        x = np.asarray(embeddings, dtype=np.float64)
        if x.ndim != 2 or x.shape[1] != len(self.mean) or len(x) < 2:
            raise ShapeError("embeddings", (-1, len(self.mean)), embeddings.shape)
        m = len(x)
        rows = (np.asarray(probabilities, dtype=np.float16), np.asarray(n_words, dtype=np.int32), truth)
        if m < WHOLE_FIT:
            mean, whitener = x.mean(axis=0).astype(np.float32), self.whitener
        else:
            mean, whitener = _gaussian(x, RIDGE)
        moved = DomainProfile(mean, whitener, np.empty(0, dtype=np.float32), *rows, None, words)
        measured, coordinates = moved._measured(x)
        distances = measured.astype(np.float32)
        # where only the mean is theirs: x - mean of the others = (x - mean of all) m / (m - 1)
        others = distances * np.float32(m / (m - 1)) if m < WHOLE_FIT else _left_out(distances, m)
        return replace(moved, distances=others, coordinates=coordinates)

    def placed(self, embeddings: Floats) -> Placed:
        """Where each row lies; (n, d) in. Raises ShapeError for another d.

        Percentiles between two reference texts are interpolated, so that far texts still differ a little.
        """
        distances, coordinates = self._measured(embeddings)
        percentiles = np.asarray(np.interp(distances, self._sorted, self._scale))
        return Placed(distances.astype(np.float32), percentiles, coordinates)

    def _measured(self, embeddings: Floats) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float16]]:
        """Distances and main directions, which a profile has before it has a scale."""
        if embeddings.ndim != 2 or embeddings.shape[1] != len(self.mean):
            raise ShapeError("embeddings", (-1, len(self.mean)), embeddings.shape)
        whitened = (np.asarray(embeddings, dtype=np.float64) - self.mean) @ self.whitener
        with np.errstate(over="ignore"):  # of a text that is as far out as half precision goes
            coordinates = np.asarray(whitened[:, -N_COORDINATES:], dtype=np.float16)
        return np.linalg.norm(whitened, axis=1), coordinates

    @staticmethod
    def in_domain(percentiles: Floats) -> Bools:
        """Whether each text lies within the share of in-domain texts that is accepted, (n,)."""
        return np.asarray(percentiles <= ACCEPTED)

    def to_arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """What `reference.safetensors` holds: numbers only."""
        arrays: dict[str, npt.NDArray[np.generic]] = {
            "mean": np.asarray(self.mean, dtype=np.float32),
            "whitener": np.ascontiguousarray(self.whitener, dtype=np.float32),
            "distances": np.asarray(self.distances, dtype=np.float32),
            "probabilities": np.asarray(self.probabilities, dtype=np.float16),
            "n_words": np.asarray(self.n_words, dtype=np.int32),
        }
        if self.truth is not None:
            arrays["truth"] = np.asarray(self.truth, dtype=np.uint8)
        if self.coordinates is not None:
            arrays["coordinates"] = np.ascontiguousarray(self.coordinates, dtype=np.float16)
        if self.words is not None:
            arrays |= {"word_starts": self.words.starts, "word_buckets": self.words.buckets}
        return arrays

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, npt.NDArray[np.generic]], where: str, n_labels: int | None = None
    ) -> DomainProfile:
        """Read `to_arrays`' output. Raises InvalidModel where an array is missing or does not fit.

        n_labels: those of the model that it is the profile of, where that is known.
        """
        try:
            with np.errstate(over="ignore", invalid="ignore"):  # what becomes infinite is found below
                profile = cls._read(arrays)
        except KeyError as missing:
            raise InvalidModel(f"{where}: no array {missing}; export the model again") from None
        except (ShapeError, TypeError, ValueError, IndexError):
            raise InvalidModel(f"{where}: its words do not fit; export the model again") from None
        if not profile._fits() or n_labels not in (None, profile.probabilities.shape[1]):
            raise InvalidModel(f"{where}: its arrays do not fit each other; export the model again")
        return profile

    @classmethod
    def _read(cls, arrays: Mapping[str, npt.NDArray[np.generic]]) -> DomainProfile:
        truth, coordinates = arrays.get("truth"), arrays.get("coordinates")
        return cls(
            mean=np.asarray(arrays["mean"], dtype=np.float32),
            whitener=np.asarray(arrays["whitener"], dtype=np.float32),
            distances=np.asarray(arrays["distances"], dtype=np.float32),
            probabilities=np.asarray(arrays["probabilities"], dtype=np.float16),
            n_words=np.asarray(arrays["n_words"], dtype=np.int32),
            truth=None if truth is None else np.asarray(truth, dtype=np.bool_),
            coordinates=None if coordinates is None else np.asarray(coordinates, dtype=np.float16),
            words=_words(arrays),
        )

    def _fits(self) -> bool:
        flat, wide = (self.mean, self.distances, self.n_words), (self.probabilities, self.coordinates)
        if any(part.ndim != 1 for part in flat) or any(part is not None and part.ndim != 2 for part in wide):
            return False
        d, m = len(self.mean), len(self.distances)
        rows = (self.probabilities, self.n_words, self.truth, self.coordinates, self.words)
        return (
            self.whitener.shape == (d, d)
            and m > 0
            and all(len(part) == m for part in rows if part is not None)
            and (self.truth is None or self.truth.shape == self.probabilities.shape)
            and all(np.isfinite(part).all() for part in (self.mean, self.whitener, self.distances))
            and bool(((self.probabilities >= 0) & (self.probabilities <= 1)).all())
        )


def _gaussian(rows: Floats, ridge: float) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Mean (d,) and whitener (d, d) of rows (n, d)."""
    x = np.asarray(rows, dtype=np.float64)
    mean = x.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(x - mean, rowvar=False))
    values = np.maximum(values, 0.0) + max(ridge * values.mean(), LEAST_VARIANCE)
    return mean.astype(np.float32), (vectors / np.sqrt(values)).astype(np.float32)


def _left_out(distances: npt.NDArray[np.float32], m: int) -> npt.NDArray[np.float32]:
    """Distance (m,) of each row under the Gaussian of the m - 1 others, from those under all m.

    Exact for a covariance without a ridge (Sherman and Morrison's update), and ours is slight. Taken under
    all, rows that the Gaussian was fitted on would lie closer than new ones do.
    """
    part = distances.astype(np.float64) ** 2 / (m - 1)
    squared = (m / (m - 1)) ** 2 * (m - 2) * part / np.maximum(1.0 - m / (m - 1) * part, LEAST_VARIANCE)
    return np.asarray(np.sqrt(squared), dtype=np.float32)


def _words(arrays: Mapping[str, npt.NDArray[np.generic]]) -> HashedWords | None:
    if "word_starts" not in arrays or "word_buckets" not in arrays:
        return None
    return HashedWords(
        np.asarray(arrays["word_starts"], dtype=np.int32), np.asarray(arrays["word_buckets"], dtype=np.uint32)
    )
