"""What the first study's way would have said: its rules on the same logits, and its model on the same texts.

The rules separate the decision from the model: if softmax-argmax calls most texts neutral and the release
decision does not, the collapse came from the rule. What another *model* says needs that model's own logits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from goemox.counts import ratio
from goemox.errors import ShapeError
from goemox.evaluation.intervals import wilson
from goemox.evaluation.shares import display_shares, max_softmax, top_label_shares
from goemox.labels import NEUTRAL
from goemox.scores import Bools, Floats

__all__ = ["naive_decisions", "naive_model_comparison"]


def naive_decisions(logits: Floats, decided: Bools, labels: Sequence[str]) -> dict[str, object]:
    """The first study's two rules on the release model's raw logits, beside its own decision.

    logits, decided: (n, k), n >= 1. Returns

    - softmax_argmax: top labels of the logits, grouped neutral, admiration, others; sums to 1.
    - mean_max_softmax: the confidence that a softmax would have claimed.
    - cut_half: share of texts left without a label by sigmoid >= .5, and share called neutral by it.
    - disagreement: of the texts that softmax-argmax calls neutral (neutral_texts of them), the share to
      which the release decision gives another label, with neutral or without; None where there are none.
    """
    at_half = logits >= 0  # where the sigmoid passes one half
    has_neutral = NEUTRAL in labels
    neutral = labels.index(NEUTRAL) if has_neutral else 0
    called_neutral = (logits.argmax(axis=1) == neutral) & has_neutral
    other_given = np.delete(decided, neutral, axis=1).any(axis=1)
    texts = int(called_neutral.sum())
    return {
        "softmax_argmax": display_shares(top_label_shares(logits, labels)),
        "mean_max_softmax": float(max_softmax(logits).mean()),
        "cut_half": {
            "no_label_share": float((~at_half.any(axis=1)).mean()),
            "neutral_share": float(at_half[:, neutral].mean()) if has_neutral else 0.0,
        },
        "neutral_texts": texts,
        "disagreement": float(ratio(np.array((called_neutral & other_given).sum()), np.array(texts)))
        if texts
        else None,
    }


def naive_model_comparison(naive_logits: Floats, decided: Bools, labels: Sequence[str]) -> dict[str, object]:
    """A naive model's one label a text, beside what the release model decided on the same texts.

    naive_logits: (n, k) of the softmax model. decided: bool (n, k) of the release model. n >= 1. Returns

    - softmax_argmax: the naive model's top labels, grouped neutral, admiration, others; sums to 1.
    - neutral_share: share of texts that it calls neutral.
    - mean_max_softmax: its mean confidence, the softmax of its top labels.
    - neutral_texts: texts that it calls neutral; disagreeing_texts: those of them to which the release model
      gives another label, with neutral or without; disagreement: their share, disagreement_interval: Wilson's
      95 % interval; both None where the naive model calls nothing neutral.

    Raises ShapeError where the three disagree.
    """
    for name, array in (("naive_logits", naive_logits), ("decided", decided)):
        if array.shape != (len(decided), len(labels)):
            raise ShapeError(name, (len(decided), len(labels)), array.shape)
    top, names = naive_logits.argmax(axis=1), list(labels)
    neutral = np.array([name == NEUTRAL for name in names])
    called = neutral[top]
    texts = int(called.sum())
    disagreeing = int((called & decided[:, ~neutral].any(axis=1)).sum())
    low, high = wilson(np.array(disagreeing), texts) if texts else (None, None)
    return {
        "softmax_argmax": display_shares(top_label_shares(naive_logits, names)),
        "neutral_share": float(called.mean()),
        "mean_max_softmax": float(max_softmax(naive_logits).mean()),
        "neutral_texts": texts,
        "disagreeing_texts": disagreeing,
        "disagreement": disagreeing / texts if texts else None,
        "disagreement_interval": None if low is None or high is None else (float(low), float(high)),
    }
