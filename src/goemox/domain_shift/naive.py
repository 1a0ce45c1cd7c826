"""What simpler decision rules would have said about the same logits.

This separates the decision from the model: if softmax-argmax calls most texts neutral and the release
decision does not, the collapse came from the rule. What another *model* says needs that model's own scores.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from goemox.counts import ratio
from goemox.evaluation.shares import display_shares, max_softmax, top_label_shares
from goemox.labels import NEUTRAL
from goemox.scores import Bools, Floats

__all__ = ["naive_decisions"]


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
