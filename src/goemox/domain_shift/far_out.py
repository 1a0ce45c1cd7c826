"""How many texts lie far out: beyond nearly all texts that a model's distances are measured from."""

from __future__ import annotations

import numpy as np

from goemox.evaluation.intervals import wilson
from goemox.scores import Bools, Floats

__all__ = ["far_out"]


def far_out(
    percentiles: Floats | None, inside: Bools | None, home: str | None, n_home: int | None
) -> dict[str, object]:
    """The share of texts that lie outside, with its interval, and the median percentile.

    percentiles: (n,), 0-100; inside: (n,), whether each lies within the accepted share; both None where the
    model brings no profile. home: from which texts the distance is, `domain.TRAINED` or `ADAPTED`; n_home:
    how many these are.
    """
    if percentiles is None or inside is None:
        return {
            "available": False, "home": None, "n_home": None, "median_percentile": None,
            "share_outside": None, "share_outside_interval": None,
        }  # fmt: skip
    n_outside = (~inside).sum()
    low, high = wilson(n_outside, len(inside))
    return {
        "available": True,
        "home": home,
        "n_home": n_home,
        "median_percentile": float(np.median(percentiles)),
        "share_outside": float(n_outside / len(inside)),
        "share_outside_interval": (float(low), float(high)),
    }
