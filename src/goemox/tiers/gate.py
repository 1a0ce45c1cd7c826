"""`Gate`: which texts the fast tier answers itself, and which it sends on to the best one.

How likely the two decide differently is read off what the fast tier says: its calibrated log-odds, and how
near each lies to the cut of its label. A logistic model of that is fitted on held-out rows; its cut is the
one that sends the fewest texts on while macro-F1 stays within a tolerance. Measured in
docs/decisions/0021-tiers.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from goemox.errors import InvalidModel, ShapeError
from goemox.scores import Bools, Floats, logit, sigmoid

__all__ = ["Gate", "fit_gate"]

STRENGTH = 10.0  # prior weight of "no label matters", in nats per unit of squared weight
NEAREST = 1e-6  # thresholds are kept this far from 0 and 1, so that they have a logit


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """A logistic model of "both tiers decide alike" and the cut above which a text is sent on.

    thresholds: (k,) log-odds at which labels are given. weights: (2 k,), of log-odds and of nearness to the
    thresholds. bias: in log-odds. cut: in (0, 1], the least chance of a difference that sends a text on.
    """

    thresholds: Floats
    weights: Floats
    bias: float
    cut: float

    def __post_init__(self) -> None:
        if self.weights.shape != (2 * len(self.thresholds),):
            raise ShapeError("gate weights", (2 * len(self.thresholds),), self.weights.shape)

    def chance(self, log_odds: Floats) -> npt.NDArray[np.float64]:
        """How likely the best tier decides otherwise, (n,); log_odds: (n, k), the fast tier's, calibrated."""
        return sigmoid(_features(log_odds, self.thresholds) @ self.weights + self.bias)

    def sends(self, log_odds: Floats) -> Bools:
        """Which texts are read by the best tier, (n,)."""
        return np.asarray(self.chance(log_odds) >= self.cut)

    def to_facts(self) -> dict[str, object]:
        """What `from_facts` reads."""
        return {
            "thresholds": [round(float(t), 6) for t in self.thresholds],
            "weights": [round(float(w), 6) for w in self.weights],
            "bias": round(self.bias, 6),
            "cut": round(self.cut, 6),
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
        if gate.thresholds.shape != (n_labels,) or not np.isfinite(numbers).all() or not 0 < gate.cut <= 1:
            raise InvalidModel(f"{where}: its gate fits no model of {n_labels} labels; make it again")
        return gate


def fit_gate(log_odds: Floats, thresholds: Floats, differ: Bools, cut: float = 0.5) -> Gate:
    """Fit the chance that the tiers decide differently on held-out rows.

    log_odds: (n, k), the fast tier's, calibrated. thresholds: (k,), probabilities at which labels are given.
    differ: (n,), whether the best tier decides otherwise.
    """
    from scipy.optimize import minimize

    borders = logit(np.asarray(thresholds), NEAREST)
    features = _features(log_odds, borders)
    sign = np.where(differ, 1.0, -1.0)

    def penalised(parameters: Floats) -> tuple[float, Floats]:
        weights, bias = parameters[:-1], parameters[-1]
        margin = sign * (features @ weights + bias)
        loss = np.logaddexp(0.0, -margin).sum() + STRENGTH * (weights @ weights)
        slope = -sign * sigmoid(-margin)
        return float(loss), np.append(slope @ features + 2.0 * STRENGTH * weights, slope.sum())

    found = minimize(penalised, np.zeros(features.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return Gate(borders, found[:-1], float(found[-1]), cut)


def _features(log_odds: Floats, borders: Floats) -> npt.NDArray[np.float64]:
    """(n, 2 k): log-odds in units of ten, and nearness to the thresholds, 1 at one and near 0 far away."""
    z = np.asarray(log_odds, dtype=np.float64)
    return np.concatenate([z / 10.0, np.exp(-np.abs(z - borders))], axis=1)
