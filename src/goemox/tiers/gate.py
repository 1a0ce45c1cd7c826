"""`Gate`: which texts the fast tier answers itself, and which it sends on to the best one.

What a wrong answer of the fast tier would cost is read off what it says: its calibrated log-odds, and how
near each lies to the cut of its label. A linear model of that is fitted on held-out rows. Differences in rare
labels cost more, since each moves macro-F1 by more: with all alike, or by the least sure label alone, a
cascade loses .006 to .008 where half of the texts stay with the fast tier; with these costs nothing at 70 %
(docs/decisions/0021-tiers.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from goemox.errors import InvalidModel, ShapeError
from goemox.scores import Bools, Floats, logit

__all__ = ["Gate", "fit_gate"]

RIDGE = 30.0  # pull of the weights to 0, in rows
NEAREST = 1e-6  # thresholds are kept this far from 0 and 1, so that they have a logit


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """A linear model of what it costs to leave a text to the fast tier, and the cost that is too much.

    thresholds: (k,) log-odds at which labels are given. weights: (2 k,), of log-odds and of nearness to the
    thresholds. bias, cut: in the unit of `fit_gate`'s costs.
    """

    thresholds: Floats
    weights: Floats
    bias: float
    cut: float

    def __post_init__(self) -> None:
        if self.weights.shape != (2 * len(self.thresholds),):
            raise ShapeError("gate weights", (2 * len(self.thresholds),), self.weights.shape)

    def cost(self, log_odds: Floats) -> npt.NDArray[np.float64]:
        """What leaving each text to the fast tier costs, (n,); log_odds: (n, k), its own, calibrated."""
        return np.asarray(_features(log_odds, self.thresholds) @ self.weights + self.bias)

    def sends(self, log_odds: Floats) -> Bools:
        """Which texts are read by the best tier, (n,)."""
        return np.asarray(self.cost(log_odds) >= self.cut)

    def to_facts(self) -> dict[str, object]:
        """What `from_facts` reads."""
        return {
            "thresholds": [round(float(t), 6) for t in self.thresholds],
            "weights": [round(float(w), 8) for w in self.weights],
            "bias": round(self.bias, 8),
            "cut": round(self.cut, 8),
        }

    @classmethod
    def from_facts(cls, facts: Any, n_labels: int, where: str) -> Gate:
        """Read the gate of a `goemox.json`. Raises InvalidModel where it cannot be one."""
        try:
            gate = cls(
                np.asarray(facts["thresholds"], dtype=np.float64),
                np.asarray(facts["weights"], dtype=np.float64),
                float(facts["bias"]),
                float(facts["cut"]),
            )
        except (KeyError, TypeError, ValueError, ShapeError) as error:
            raise InvalidModel(f"{where}: no gate can be read ({error}); make the fast tier again") from None
        numbers = np.concatenate([gate.thresholds, gate.weights, [gate.bias, gate.cut]])
        if gate.thresholds.shape != (n_labels,) or not np.isfinite(numbers).all():
            raise InvalidModel(f"{where}: its gate fits no model of {n_labels} labels; make it again")
        return gate


def fit_gate(
    log_odds: Floats, thresholds: Floats, differ: Bools, positives: Floats, cut: float = 0.0
) -> Gate:
    """Fit what a text costs on held-out rows: ridge regression.

    log_odds: (n, k), the fast tier's, calibrated. thresholds: (k,), probabilities at which labels are given.
    differ: (n, k), whether the best tier decides otherwise; each such cell costs the more the fewer positives
    (k,) its label has, one cell of a middling label 1.
    """
    borders = logit(np.asarray(thresholds), NEAREST)
    rarity = 1.0 / np.maximum(positives, 1.0)
    costs = differ @ (rarity / rarity.mean())
    features = _features(log_odds, borders)
    mean = features.mean(axis=0)
    centred = features - mean
    square = centred.T @ centred + RIDGE * np.eye(features.shape[1])
    weights = np.linalg.solve(square, centred.T @ (costs - costs.mean()))
    return Gate(borders, weights, float(costs.mean() - mean @ weights), cut)


def _features(log_odds: Floats, borders: Floats) -> npt.NDArray[np.float64]:
    """(n, 2 k): log-odds in units of ten, and nearness to the thresholds, 1 at one and near 0 far away."""
    z = np.asarray(log_odds, dtype=np.float64)
    return np.concatenate([z / 10.0, np.exp(-np.abs(z - borders))], axis=1)
