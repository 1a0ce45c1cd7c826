"""Hugging Face's shape of text classification, so that its clients work unchanged."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from goemox.scores import Floats, sigmoid, softmax
from goemox.serve.schemas import HuggingFaceParameters
from goemox.serve.scoring import Scored

__all__ = ["label_scores"]

FUNCTIONS: Mapping[str, Callable[[Floats], Floats]] = {
    "sigmoid": sigmoid,
    "softmax": lambda logits: softmax(logits[None])[0],
    "none": lambda logits: logits,
}


def label_scores(scored: Scored, parameters: HuggingFaceParameters) -> list[dict[str, object]]:
    """Labels with their scores, highest first, at most `top_k`.

    Without function_to_apply they are calibrated probabilities, which no other server gives; "sigmoid" and
    "softmax" are of the raw logits, "none" is the logits themselves.
    """
    labels = list(scored.prediction.scores)
    if parameters.function_to_apply is None:
        values = np.array(list(scored.prediction.scores.values()))
    else:
        values = FUNCTIONS[parameters.function_to_apply](scored.logits.astype(np.float64))
    order = np.argsort(-values, kind="stable")[: parameters.top_k]
    return [{"label": labels[j], "score": round(float(values[j]), 6)} for j in order.tolist()]
