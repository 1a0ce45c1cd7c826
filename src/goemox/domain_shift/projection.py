"""Two sets of vectors in one flat picture that tells them apart no better than new vectors would be.

Across stands the direction that tells the sides apart best: Fisher's discriminant (Fisher 1936,
https://doi.org/10.1111/j.1469-1809.1936.tb02137.x), shrunk towards equal variances as in Friedman 1989. With
many directions and few rows it would part even one cloud in two, so each half of the rows is placed by a
direction that was learned on the other half. Upward stands the principal component of what is left.
"""

from __future__ import annotations

import numpy as np

from goemox.errors import ShapeError
from goemox.scores import Floats

__all__ = ["telling_projection"]

SHRINKAGE = 1.0  # variance added to every direction; whitened ones have about 1 at home
LEAST = 1e-9  # length of a difference below which there is none


def telling_projection(reference: Floats, target: Floats, *, seed: int = 0) -> tuple[Floats, Floats]:
    """Places (m, 2) and (n, 2) of rows (m, d) and (n, d), finite, whitened at home; m, n >= 4, d >= 2.

    Across, the target lies to the right where there is anything to tell; 0 is the middle between the sides.
    The seed draws the halves. Raises ShapeError where the sides differ in d, or have fewer rows.
    """
    if reference.ndim != 2 or target.ndim != 2 or target.shape[1] != reference.shape[1]:
        raise ShapeError("target vectors", (len(target), *reference.shape[1:]), target.shape)
    if min(len(reference), len(target)) < 4:
        raise ShapeError("vectors of each side", (4, reference.shape[1]), (len(target), target.shape[1]))
    generator = np.random.default_rng(seed)
    sides = reference.astype(np.float64), target.astype(np.float64)
    halves = [generator.permutation(len(side)) % 2 == 0 for side in sides]
    across = [np.empty(len(side)) for side in sides]
    for half in (True, False):
        direction, middle = _telling(*(side[own != half] for side, own in zip(sides, halves, strict=True)))
        for side, own, places in zip(sides, halves, across, strict=True):
            places[own == half] = (side[own == half] - middle) @ direction
    upward = _remaining(*sides, _telling(*sides)[0])
    m = len(reference)
    return np.column_stack([across[0], upward[:m]]), np.column_stack([across[1], upward[m:]])


def _telling(reference: Floats, target: Floats) -> tuple[Floats, Floats]:
    """The direction (d,) of length 1 that tells the sides apart best, and the middle (d,) between them."""
    before, after = reference.mean(axis=0), target.mean(axis=0)
    within = (np.cov(reference, rowvar=False) + np.cov(target, rowvar=False)) / 2.0
    direction = np.linalg.solve(within + SHRINKAGE * np.eye(len(before)), after - before)
    length = float(np.linalg.norm(direction))
    if length < LEAST:
        direction, length = np.eye(len(before))[-1], 1.0  # the largest of the main directions
    return direction / length, (before + after) / 2.0


def _remaining(reference: Floats, target: Floats, direction: Floats) -> Floats:
    """Principal component (m + n,) of both sides, each weighing the same, without that direction."""
    rows = np.concatenate([reference, target])
    weights = np.repeat([0.5 / len(reference), 0.5 / len(target)], [len(reference), len(target)])
    rows = rows - weights @ rows
    rows = rows - np.outer(rows @ direction, direction)
    component = np.linalg.eigh((rows * weights[:, None]).T @ rows)[1][:, -1]
    # eigh leaves the sign open
    return np.asarray(rows @ component * (1.0 if component[np.abs(component).argmax()] > 0 else -1.0))
