"""Texts that repeat exactly are read once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["distinct"]


def distinct(texts: Sequence[str]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Each different text once, in the order of meeting; and where in that list each text stands, (n,)."""
    first: dict[str, int] = {}
    place = np.fromiter(
        (first.setdefault(text, len(first)) for text in texts), dtype=np.int64, count=len(texts)
    )
    return list(first), place
