"""`LabelWeights`: what all labels of the model say about a group, beyond the labels that it is made of.

A mapping is somebody's guess: that ISEAR's guilt is GoEmotions' remorse. The rows may say that it is also
embarrassment, and never amusement. So each group gets a weight for every label, added on the log-odds scale
to what the mapping says and pulled to 0 (ridge): a few rows change little, many replace the guess. With 100
rows that is worth .01 to .17 macro-F1 over the mapping alone (benchmarks/trust/adapt.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from goemox.errors import ShapeError
from goemox.scores import Bools, Floats, logit, sigmoid

__all__ = ["LabelWeights", "fit_weights", "log_odds"]

STRENGTH = 10.0  # pull of each weight to 0, in nats per squared unit of standardised log-odds
LEVEL = 0.5  # and of the level that goes with them
SMALLEST = 1e-6  # probabilities are kept this far from 0 and 1
N_STEPS, N_HALVINGS = 30, 10
ROUNDING = 1e-13  # by which share of it a loss may seem to rise where it does not


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class LabelWeights:
    """weights: (g, k), of standardised log-odds of k labels. centre, scale: (k,), that standardise them."""

    weights: Floats
    centre: Floats
    scale: Floats

    def __post_init__(self) -> None:
        k = self.weights.shape[-1]
        for name, array in (("centre", self.centre), ("scale", self.scale)):
            if array.shape != (k,):
                raise ShapeError(name, (k,), array.shape)

    def evidence(self, probabilities: Floats) -> Floats:
        """Log-odds (n, g) to add for each group; probabilities: (n, k), calibrated."""
        return np.asarray((log_odds(probabilities) - self.centre) / self.scale @ self.weights.T)

    def to_facts(self, groups: Sequence[str]) -> dict[str, object]:
        """JSON types, for `goemox.json`."""
        return {
            "weights": {
                name: [round(float(w), 6) for w in row]
                for name, row in zip(groups, self.weights, strict=True)
            },
            "centre": [round(float(v), 6) for v in self.centre],
            "scale": [round(float(v), 6) for v in self.scale],
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any], groups: Sequence[str], k: int) -> LabelWeights:
        """Read `to_facts`' output. Raises KeyError, TypeError, ValueError or ShapeError where it is none."""
        rows, centre, scale = (
            np.asarray(part, dtype=np.float64)
            for part in ([facts["weights"][name] for name in groups], facts["centre"], facts["scale"])
        )
        if rows.shape != (len(groups), k):
            raise ShapeError("label weights", (len(groups), k), rows.shape)
        if not (np.isfinite(rows).all() and np.isfinite(centre).all() and (scale > 0).all()):
            raise ValueError("label weights that are no finite numbers")
        return cls(rows, centre, scale)


def log_odds(probabilities: Floats) -> Floats:
    """Ln p / (1 - p), kept finite; same shape."""
    return logit(probabilities, SMALLEST)


def fit_weights(features: Floats, offset: Floats, truth: Bools, cells: Floats) -> tuple[Floats, Floats]:
    """Weights (f, g, k) and levels (f, g) that minimise log loss plus their pull, for f choices of rows.

    features: (n, k), standardised. offset: (f, n, g), log-odds without them. truth: bool (n, g). cells:
    (f, n, g), 1 where a cell counts. Newton's method, each step halved until it helps; strictly convex.
    """
    x = np.hstack([features, np.ones((len(features), 1))])
    squares = (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)
    pull = np.append(np.full(features.shape[1], STRENGTH), LEVEL)
    base, used = (np.swapaxes(part, 1, 2) for part in (offset, cells))  # (f, g, n)
    happened = np.broadcast_to(truth.T, base.shape)
    sign = np.where(happened, 1.0, -1.0)
    found = np.zeros((*base.shape[:2], x.shape[1]))

    def loss(candidate: Floats) -> Floats:
        margin = sign * (base + candidate @ x.T)
        return np.asarray((used * np.logaddexp(0.0, -margin)).sum(axis=2) + candidate**2 @ pull)

    now = loss(found)
    for _ in range(N_STEPS):
        p = sigmoid(base + found @ x.T)
        gradient = (used * (p - happened)) @ x + 2 * pull * found
        curvature = ((used * p * (1 - p)) @ squares).reshape(*found.shape, x.shape[1]) + 2 * np.diag(pull)
        step = np.linalg.solve(curvature, gradient[..., None])[..., 0]
        after = loss(found - step)
        for left in reversed(range(N_HALVINGS)):
            worse = after > now + ROUNDING * (1.0 + now)
            if not worse.any():
                break
            step[worse] *= 0.5 if left else 0.0
            after = loss(found - step)
        found, now = found - step, after
        if np.abs(step).max() < 1e-6:
            break
    return found[:, :, :-1], found[:, :, -1]
