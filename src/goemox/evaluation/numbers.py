"""Results as plain JSON: what every report of goemox turns its arrays into."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from goemox.errors import InvalidInput
from goemox.scores import Floats

__all__ = ["DIGITS", "histogram", "plain", "refuse_non_probabilities"]

DIGITS = 6


def plain(value: object) -> object:
    """The same value of JSON types only: arrays as lists, floats rounded to 6 decimals, NaN as None.

    Infinite numbers become None too: JSON has no word for them. Objects with `to_dict()` are asked for it.
    """
    if hasattr(value, "to_dict"):
        return plain(value.to_dict())
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return round(value, DIGITS) if math.isfinite(value) else None
    return value


def histogram(
    values: Floats, low: float, high: float, n_bins: int = 20
) -> dict[str, list[float] | list[int]]:
    """Counts of `values` in bins of equal width from low to high, both ends included.

    Values outside are counted in the outermost bins, so that the counts add up to the number of values.
    Returns {"edges": n_bins + 1 floats, "counts": n_bins ints}.
    """
    counts, edges = np.histogram(np.clip(values, low, high), bins=n_bins, range=(low, high))
    return {"edges": [float(edge) for edge in edges], "counts": [int(number) for number in counts]}


def refuse_non_probabilities(probabilities: Floats, what: str) -> None:
    """Raise InvalidInput where there is no row, or a score that is no probability (NaN, below 0, above 1)."""
    if len(probabilities) == 0:
        raise InvalidInput(f"{what}: there are no texts; give a file with at least one")
    # written so that NaN fails it too
    bad = ~((probabilities >= 0) & (probabilities <= 1))
    if bad.any():
        row, column = np.argwhere(bad)[0]
        found = float(probabilities[row, column])
        raise InvalidInput(
            f"{what}: row {row + 1}, column {column + 1} holds {found}, not a probability from 0 to 1; "
            "hand over calibrated probabilities, not logits, and check the model with `goemox doctor`"
        )
