"""A fair sample of a stream whose length nobody knows, for what would take too long on every row."""

from __future__ import annotations

import numpy as np

from goemox.scores import Ints

__all__ = ["StreamSample"]


class StreamSample:
    """Which rows are in a sample of at most `size`: each with the same chance (Vitter 1985, algorithm R)."""

    def __init__(self, size: int, seed: int = 0) -> None:
        """Start at the first row; the same size and seed choose the same rows."""
        self.size = size
        self._seen = 0
        self._generator = np.random.default_rng(seed)

    def places(self, n: int) -> Ints:
        """For each of the next n rows the place it takes in the sample, or -1, (n,).

        A row that takes the place of an earlier one replaces it.
        """
        count = np.arange(self._seen + 1, self._seen + n + 1)
        drawn = self._generator.integers(0, count)
        self._seen += n
        places = np.where(count <= self.size, count - 1, drawn)
        return np.where(places < self.size, places, -1)
