"""How many operations a text needs at least: those of its matrix products, padding left out."""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt

from goemox.model_folder import default_folder

__all__ = ["operations"]


def operations(n_tokens: npt.NDArray[np.int32]) -> float:
    """Mean operations of a text of the bundled model; n_tokens: (n,), special ones included.

    A matrix product of m × k by k × n counts 2mkn. The last layer is needed for [CLS] alone: keys and values
    of all tokens, all else of one.
    """
    config = json.loads((default_folder() / "config.json").read_text("utf-8"))
    width, inner, labels = config["dim"], config["hidden_dim"], len(config["id2label"])
    t = n_tokens.astype(np.float64)
    layer = t * (8 * width**2 + 4 * width * inner) + 4 * width * t**2
    last = 4 * width**2 * t + 4 * width**2 + 4 * width * t + 4 * width * inner
    head = 2 * width**2 + 2 * width * labels
    return float(((config["n_layers"] - 1) * layer + last + head).mean())
