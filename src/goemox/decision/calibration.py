"""Beta calibration, one small map per label.

p' = sigmoid(a ln p - b ln(1 - p) + c) with a, b >= 0 (Kull, Silva Filho & Flach 2017). The identity is
a = b = 1, c = 0; the fit is pulled towards it, so that rare labels move only as far as their rows
justify. Labels with fewer than `MIN_POSITIVES` positives share one map.
"""

from __future__ import annotations

import numpy as np

from goemox.decision.folds import folds
from goemox.scores import Bools, Floats, logit, sigmoid

__all__ = ["IDENTITY", "MIN_POSITIVES", "calibrate", "fit_beta", "left_out", "logs", "mapped", "uncalibrated"]

IDENTITY = (1.0, 1.0, 0.0)
MIN_POSITIVES = 10
STRENGTH = 5.0  # prior weight of the identity, in nats per unit of squared parameter distance
N_GRID = 6_001
N_FOLDS = 20  # with fewer, the rest of a fold's draw makes its rows look too improbable
SMALLEST = 1e-9  # probabilities are kept this far from 0 and 1, so that they have a logit
CLIP = 30.0  # logits beyond this are certain either way


def calibrate(logits: Floats, maps: Floats) -> Floats:
    """Calibrated probabilities in (0, 1).

    logits: (n, k), before the sigmoid. maps: (k, 3), columns a, b, c. Returns (n, k) float64.
    """
    return sigmoid(mapped(logits, maps))


def mapped(logits: Floats, maps: Floats) -> Floats:
    """Calibrated log-odds (n, k); arguments as in `calibrate`."""
    log_p, log_not_p = logs(logits)
    a, b, c = np.asarray(maps, dtype=np.float64).T
    return np.asarray(a * log_p - b * log_not_p + c)


def uncalibrated(probabilities: Floats, maps: Floats) -> Floats:
    """The logits that `calibrate` turns into these probabilities: (n, k), maps (k, 3) -> (n, k).

    To within 0.01 by interpolation, and between -30 and 30; of a constant map, whose probabilities have no
    single logit, 0.
    """
    grid = np.linspace(-CLIP, CLIP, N_GRID)
    goal = logit(probabilities, SMALLEST)
    found = np.zeros(goal.shape)
    for label, line in enumerate(mapped(np.tile(grid[:, None], (1, len(maps))), maps).T):
        if line[-1] > line[0]:
            found[:, label] = np.interp(goal[:, label], line, grid)
    return found


def fit_beta(logits: Floats, truth: Bools, strength: float = STRENGTH) -> Floats:
    """Fit one map per label on held-out rows; never on training or test rows.

    logits, truth: (n, k). strength: of the L2 pull to the identity, >= 0. Returns maps (k, 3).
    """
    log_p, log_not_p = logs(logits)
    maps = np.tile(np.array(IDENTITY), (truth.shape[1], 1))
    rare = truth.sum(axis=0) < MIN_POSITIVES
    if rare.any():
        maps[rare] = _fit(
            log_p[:, rare].ravel(), log_not_p[:, rare].ravel(), truth[:, rare].ravel(), strength
        )
    for label in np.flatnonzero(~rare):
        maps[label] = _fit(log_p[:, label], log_not_p[:, label], truth[:, label], strength)
    return maps


def left_out(logits: Floats, truth: Bools, *, n_folds: int = N_FOLDS, seed: int = 0) -> Floats:
    """Calibrated probabilities (n, k) of each row by maps fitted on the other folds' rows only.

    logits, truth: (n, k), as in `fit_beta`; n >= 2. n_folds: 2 or more, with fewer rows a row each.
    """
    found = np.empty(truth.shape)
    for here in folds(len(truth), n_folds, seed):
        found[here] = calibrate(logits[here], fit_beta(logits[~here], truth[~here]))
    return found


def logs(logits: Floats) -> tuple[Floats, Floats]:
    """Ln p and ln(1 - p) of sigmoid(logits), without overflow."""
    z = np.clip(np.asarray(logits, dtype=np.float64), -CLIP, CLIP)
    return -np.logaddexp(0.0, -z), -np.logaddexp(0.0, z)


def _fit(log_p: Floats, log_not_p: Floats, truth: Bools, strength: float) -> Floats:
    from scipy.optimize import minimize

    features = np.stack([log_p, -log_not_p, np.ones_like(log_p)], axis=1)
    sign = np.where(truth, 1.0, -1.0)
    identity = np.array(IDENTITY)

    def penalised(parameters: Floats) -> tuple[float, Floats]:
        margin = sign * (features @ parameters)
        pull = parameters - identity
        loss = np.logaddexp(0.0, -margin).sum() + strength * (pull @ pull)
        gradient = -(sign * sigmoid(-margin)) @ features + 2.0 * strength * pull
        return float(loss), gradient

    found = minimize(
        penalised, identity, jac=True, method="L-BFGS-B", bounds=[(0.0, None), (0.0, None), (None, None)]
    )
    return np.asarray(found.x)
