"""A rule fitted again on about a hundred labelled rows of another domain, by shrinkage to the rule it had.

With so few rows a fit from nothing is worse than none. So each calibration map is the old map plus a shift
that all labels share plus a shift of the label's own, both pulled to nothing (a normal prior on each, as in
hierarchical logistic regression): a hundred rows move the level of all labels and of common ones, and leave
rare ones with the shared shift. Slopes are pulled harder than levels, since few rows say little about them.
Strengths were chosen on one outside set (benchmarks/trust/adapt.py; docs/adapting.md has what came out on
the others).

A promise must not be fitted on scores that saw the same rows: sets would miss .13 instead of .10 at 100 rows.
So its cutoff comes from each row's probability under maps that were fitted without the row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goemox.decision.calibration import logs, mapped
from goemox.decision.conformal import MIN_CARRYING, fit_cutoff
from goemox.decision.folds import folds
from goemox.decision.label_weights import ROUNDING, fit_weights
from goemox.decision.rule import Conformal
from goemox.decision.thresholds import EDGE, best_f1_cut, shrink_cuts
from goemox.errors import ShapeError
from goemox.scores import Bools, Floats, sigmoid

__all__ = [
    "MIN_PROMISE",
    "FewRows",
    "Refit",
    "can_promise",
    "expected_f1_cuts",
    "left_out",
    "promise",
    "refit",
    "refit_cuts",
]

SHARED, OWN = 5.0, 5.0  # pull of a level's shift to 0, in nats per squared unit: of all labels, of one
SLOPES = 10.0  # how much harder slopes are pulled than levels
MIN_PROMISE = 100  # random rows below which nothing is promised and no threshold moves
MIN_FOLDS, MAX_FOLDS = 20, 50  # parts that are left out in turn for the promise; with more, it is less timid
CELLS = 1_000_000  # folds x rows x labels that are fitted at once
N_STEPS, N_HALVINGS = 50, 12


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class FewRows:
    """n labelled rows: logits (n, k) that the maps start from; truth, judged: bool (n, k).

    features: (n, m), standardised log-odds of other labels that may speak for these ones; None = none do.
    """

    logits: Floats
    truth: Bools
    judged: Bools
    features: Floats | None = None

    def __post_init__(self) -> None:
        for name, array in (("truth", self.truth), ("judged", self.judged)):
            if array.shape != self.logits.shape:
                raise ShapeError(name, self.logits.shape, array.shape)
        if self.features is not None and len(self.features) != len(self.logits):
            raise ShapeError("features", (len(self.logits), -1), self.features.shape)

    def __len__(self) -> int:
        return len(self.logits)

    def rows(self, keep: Bools) -> FewRows:
        """The chosen rows; keep: bool (n,)."""
        features = None if self.features is None else self.features[keep]
        return FewRows(self.logits[keep], self.truth[keep], self.judged[keep], features)


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class Refit:
    """maps: (k, 3). weights: (k, m) of the features, None where the rows had none."""

    maps: Floats
    weights: Floats | None

    def probabilities(self, logits: Floats, features: Floats | None) -> Floats:
        """Calibrated probabilities (n, k) of texts: logits (n, k), features (n, m)."""
        found = mapped(logits, self.maps)
        if self.weights is not None and features is not None:
            found = found + features @ self.weights.T
        return sigmoid(found)


def refit(rows: FewRows, prior: Floats) -> Refit:
    """Maps shrunk to `prior`, (k, 3), and weights shrunk to 0; only judged cells count."""
    return _refits(rows, prior, np.ones((1, len(rows))))[0]


def left_out(rows: FewRows, prior: Floats, *, n_folds: int | None = None, seed: int = 0) -> Floats:
    """Probabilities (n, k) of each row by a fit on the other folds' rows only.

    n_folds: None = as many as memory allows, 50 at most, a row each where there are no more.
    """
    if n_folds is None:
        n_folds = int(np.clip(CELLS // max(rows.logits.size, 1), MIN_FOLDS, MAX_FOLDS))
    unseen = np.stack(list(folds(len(rows), n_folds, seed)))
    found = np.empty(rows.logits.shape)
    for here, fitted in zip(unseen, _refits(rows, prior, (~unseen).astype(np.float64)), strict=True):
        left = rows.rows(here)
        found[here] = fitted.probabilities(left.logits, left.features)
    return found


def refit_cuts(rows: FewRows, probabilities: Floats, start: Floats) -> Floats:
    """Thresholds (k,): each label's best-F1 cut on its judged rows, shrunk to `start`, (k,).

    probabilities: (n, k), of these rows. The shrinkage is that of `thresholds.shrunk_thresholds`.
    """
    seen = rows.truth & rows.judged
    own = np.array(start, dtype=np.float64)
    for label in np.flatnonzero(seen.any(axis=0)):
        judged = rows.judged[:, label]
        own[label] = best_f1_cut(probabilities[judged, label], rows.truth[judged, label])
    return shrink_cuts(own, start, seen.sum(axis=0))


def expected_f1_cuts(probabilities: Floats) -> Floats:
    """The cut of each label with the highest F1 that calibrated probabilities expect, (k,); no truth needed.

    probabilities: (m, k), calibrated, of any texts of the domain; the more, the steadier. Giving a label to
    the j most probable texts is expected to find the sum of their probabilities (Lipton et al. 2014,
    arXiv 1402.1892).
    """
    falling = -np.sort(-probabilities.astype(np.float64), axis=0)
    given = np.arange(1, len(falling) + 1)[:, None]
    f1 = 2 * np.cumsum(falling, axis=0) / (given + falling.sum(axis=0))
    best = f1.argmax(axis=0)
    padded = np.vstack([falling, np.zeros(falling.shape[1])])
    columns = np.arange(falling.shape[1])
    return np.asarray(np.clip((padded[best, columns] + padded[best + 1, columns]) / 2, EDGE, 1 - EDGE))


def can_promise(rows: FewRows, random: Bools) -> bool:
    """Whether there are enough random rows, and enough of them with a label, to promise anything."""
    carrying = random & (rows.truth & rows.judged).any(axis=1)
    return bool(random.sum() >= MIN_PROMISE and carrying.sum() >= MIN_CARRYING)


def promise(
    rows: FewRows,
    prior: Floats,
    random: Bools,
    *,
    alpha: float,
    population: str,
    n_folds: int | None = None,
) -> Conformal:
    """What sets of labels promise, by the probabilities that `refit` makes of these rows.

    random: bool (n,), the rows that are a random sample of the population: only they are looked at. Of them,
    only rows that carry a label: a text without any has nothing to miss, and would buy room for misses
    elsewhere.
    """
    truth = rows.truth & rows.judged
    carrying = random & truth.any(axis=1)
    unseen = left_out(rows, prior, n_folds=n_folds)
    cutoff = fit_cutoff(unseen[carrying], truth[carrying], alpha)
    return Conformal(alpha, cutoff, population, int(carrying.sum()))


def _refits(rows: FewRows, prior: Floats, used: Floats) -> list[Refit]:
    """A fit for each row of weights in `used`, (f, n): maps first, then weights for what is left to say."""
    maps = _maps(rows, prior, used)
    if rows.features is None:
        return [Refit(part, None) for part in maps]
    offset = np.stack([mapped(rows.logits, part) for part in maps])
    weights, levels = fit_weights(rows.features, offset, rows.truth, used[:, :, None] * rows.judged)
    maps[:, :, 2] += levels
    return [Refit(*parts) for parts in zip(maps, weights, strict=True)]


def _maps(rows: FewRows, prior: Floats, used: Floats) -> Floats:
    """Maps (f, k, 3), one set for each row of weights in `used`, (f, n).

    Fits that leave out a few rows each end near the fit on all of them, so they begin there.
    """
    log_p, log_not_p = logs(rows.logits.T)
    features = np.stack([log_p, -log_not_p, np.ones_like(log_p)], axis=-1)  # (k, n, 3)
    base = np.einsum("knd,kd->kn", features, np.asarray(prior, dtype=np.float64))
    k, n = base.shape
    everywhere, truth = features.reshape(1, k * n, 3), rows.truth.T.reshape(1, k * n)
    pull = np.array([SLOPES, SLOPES, 1.0])
    shared: Floats = np.zeros((1, 1, 3))
    own: Floats = np.zeros((k, 1, 3))
    for part in (used.max(axis=0, keepdims=True), used) if len(used) > 1 else (used,):
        f = len(part)
        weights = rows.judged.T[:, None] * part  # (k, f, n)
        cells = weights.swapaxes(0, 1).reshape(1, f, k * n)
        shared = _shifts(everywhere, base.reshape(1, 1, k * n), truth, cells, SHARED * pull, shared)
        moved = base[:, None] + shared @ features.swapaxes(1, 2)  # (k, f, n)
        own = _shifts(features, moved, rows.truth.T, weights, OWN * pull, own)
    maps = prior + (shared + own).swapaxes(0, 1)
    maps[:, :, :2] = np.maximum(maps[:, :, :2], 0.0)  # a map that falls would reorder texts
    return np.asarray(maps)


def _shifts(
    features: Floats, offset: Floats, truth: Bools, weights: Floats, pull: Floats, start: Floats
) -> Floats:
    """Shifts d (k, f, 3) that minimise the weighted log loss of offset + features d, plus d' pull d.

    features: (k, n, 3); offset: (k, 1 or f, n); truth: (k, n); weights: (k, f, n); pull: (3,); start:
    (k, 1 or f, 3), where the search begins. Newton's method, each step halved until it helps; the loss is
    strictly convex.
    """
    k, n, _ = features.shape
    across, happened = features.swapaxes(1, 2), truth[:, None]
    squares = (features[..., :, None] * features[..., None, :]).reshape(k, n, 9)
    shift = np.broadcast_to(start, (k, weights.shape[1], 3))

    def look(candidate: Floats) -> tuple[Floats, Floats]:
        """The loss, (k, f), and the probabilities that it is made of, (k, f, n)."""
        z = offset + candidate @ across
        tail = np.exp(-np.abs(z))
        missed = np.log(1.0 + tail) + np.where(happened == (z > 0), 0.0, np.abs(z))
        loss = (weights * missed).sum(axis=2) + candidate**2 @ pull
        return loss, np.where(z > 0, 1.0, tail) / (1.0 + tail)

    now, p = look(shift)
    for _ in range(N_STEPS):
        gradient = (weights * (p - happened)) @ features + 2 * pull * shift
        curvature = ((weights * p * (1 - p)) @ squares).reshape(*shift.shape, 3) + 2 * np.diag(pull)
        step = np.linalg.solve(curvature, gradient[..., None])[..., 0]
        after, p = look(shift - step)
        for left in reversed(range(N_HALVINGS)):
            worse = after > now + ROUNDING * (1.0 + now)
            if not worse.any():
                break
            step[worse] *= 0.5 if left else 0.0
            after, p = look(shift - step)
        shift, now = shift - step, after
        if np.abs(step).max() < 1e-7:
            break
    return shift
