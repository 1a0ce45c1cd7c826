"""What the first study's way would have said: its rules on the same logits, and its model on the same texts.

The rules separate the decision from the model: if softmax-argmax calls most texts neutral and the release
decision does not, the collapse came from the rule. What another *model* says needs that model's own logits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from goemox.errors import ShapeError
from goemox.evaluation.intervals import wilson
from goemox.evaluation.shares import display_shares, max_softmax, top_label_shares
from goemox.labels import NEUTRAL
from goemox.scores import Bools, Floats

__all__ = ["naive_decisions", "one_label_comparison"]


def naive_decisions(logits: Floats, decided: Bools, labels: Sequence[str]) -> dict[str, object]:
    """The first study's two rules on the release model's raw logits, beside its own decision.

    logits, decided: (n, k), n >= 1. Returns what `one_label_comparison` does of them, and

    - cut_half: share of texts left without a label by sigmoid >= .5, and share called neutral by it.
    """
    at_half = logits >= 0  # where the sigmoid passes one half
    neutral = at_half[:, list(labels).index(NEUTRAL)].mean() if NEUTRAL in labels else 0.0
    cut = {"no_label_share": float((~at_half.any(axis=1)).mean()), "neutral_share": float(neutral)}
    return one_label_comparison(logits, decided, labels) | {"cut_half": cut}


def one_label_comparison(one_label: Floats, decided: Bools, labels: Sequence[str]) -> dict[str, object]:
    """What softmax with the largest label says, beside what the release model decided on the same texts.

    one_label: logits (n, k), of a softmax model or of the release model itself. decided: bool (n, k) of the
    release model. n >= 1. Returns

    - softmax_argmax: top labels, grouped neutral, admiration, others; sums to 1.
    - mean_max_softmax: the mean confidence, the softmax of the top labels.
    - neutral_texts: texts called neutral. adds: the share of these to which the release model gives neutral
      and an emotion. disagreement: the share to which it gives an emotion and not neutral, and its 95 %
      interval (Wilson), disagreement_interval; None where nothing is called neutral.

    Raises ShapeError where the arrays and labels disagree.
    """
    for name, array in (("logits", one_label), ("decided", decided)):
        if array.shape != (len(decided), len(labels)):
            raise ShapeError(name, (len(decided), len(labels)), array.shape)
    is_neutral = np.array([name == NEUTRAL for name in labels])
    called = is_neutral[one_label.argmax(axis=1)]
    texts = int(called.sum())
    emotion, kept = decided[:, ~is_neutral].any(axis=1), decided[:, is_neutral].any(axis=1)
    against = int((called & emotion & ~kept).sum())
    low, high = wilson(np.array(against), texts) if texts else (None, None)
    return {
        "softmax_argmax": display_shares(top_label_shares(one_label, labels)),
        "mean_max_softmax": float(max_softmax(one_label).mean()),
        "neutral_texts": texts,
        "adds": float((called & emotion & kept).sum()) / texts if texts else None,
        "disagreement": against / texts if texts else None,
        "disagreement_interval": None if low is None or high is None else (float(low), float(high)),
    }
