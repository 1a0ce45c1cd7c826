"""How much emotion of any kind the model sees in a text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from goemox.errors import InvalidInput, ShapeError
from goemox.labels import NEUTRAL
from goemox.scores import Floats

__all__ = ["emotion_evidence"]


def emotion_evidence(logits: Floats, labels: Sequence[str]) -> Floats:
    """Joint energy of the emotion labels, (n,) >= 0: sum over labels of log(1 + exp(logit)), without neutral.

    logits: (n, k), raw; labels: (k,). 0 = no label has any evidence; a label at probability one half adds
    log 2. Of a model without "neutral" all labels count. Wang et al. 2021 (https://arxiv.org/abs/2109.14162)
    use the negative sum to find images of unknown classes. **It does not measure domain here**: a neutral
    comment of the model's own domain has as little evidence as a title from elsewhere, and an angry title
    has much. Use the domain distance for that. Raises InvalidInput where neutral is the only label.
    """
    if logits.ndim != 2 or logits.shape[1] != len(labels):
        raise ShapeError("logits", (-1, len(labels)), logits.shape)
    emotions = [column for column, label in enumerate(labels) if label != NEUTRAL]
    if not emotions:
        raise InvalidInput("the model has no label besides neutral: there is no evidence of emotion to sum")
    return np.asarray(np.logaddexp(0.0, logits[:, emotions].astype(np.float64)).sum(axis=1))
