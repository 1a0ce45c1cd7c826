"""Many tests at once: p-values that stay honest when the most surprising of them is picked."""

from __future__ import annotations

import numpy as np

from goemox.scores import Floats

__all__ = ["LEVEL", "holm"]

LEVEL = 0.05


def holm(p_values: Floats) -> Floats:
    """Holm's adjusted p-values (k,): calling those below a level moved errs at most at that level.

    Holm 1979, "A simple sequentially rejective multiple test procedure": the smallest is multiplied by k, the
    next by k - 1, and so on; none may fall below the one before it, none exceeds 1.
    """
    order = np.argsort(p_values, kind="stable")
    raised = p_values[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(raised), 1.0)
    return adjusted
