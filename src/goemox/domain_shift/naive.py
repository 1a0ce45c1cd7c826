"""What the first study's way would have said: its rules on the same logits, and its model on the same texts.

The rules separate the decision from the model: if softmax-argmax calls most texts neutral and the release
decision does not, the collapse came from the rule. What another *model* says needs that model's own logits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from goemox.errors import ShapeError
from goemox.evaluation.intervals import Z, wilson
from goemox.evaluation.numbers import histogram
from goemox.evaluation.shares import (
    DISPLAY_GROUPS,
    display_shares,
    label_shares,
    max_softmax,
    top_label_shares,
)
from goemox.labels import NEUTRAL, display_group
from goemox.scores import Bools, Floats

__all__ = [
    "naive_decisions",
    "naive_model",
    "one_label_answers",
    "one_label_comparison",
    "top_label_accuracy",
]


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

    - top_label: share of texts by the label with the largest softmax. softmax_argmax: the same, grouped
      neutral, admiration, others; either sums to 1.
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
    top = top_label_shares(one_label, labels)
    return {
        "softmax_argmax": display_shares(top),
        "top_label": top,
        "mean_max_softmax": float(max_softmax(one_label).mean()),
        "neutral_texts": texts,
        "adds": float((called & emotion & kept).sum()) / texts if texts else None,
        "disagreement": against / texts if texts else None,
        "disagreement_interval": None if low is None or high is None else (float(low), float(high)),
    }


def naive_model(
    one_label: Floats, probabilities: Floats, decided: Bools, labels: Sequence[str]
) -> dict[str, object]:
    """What a naive model says of texts, and what the release model says of those it puts in each group.

    one_label: its logits (n, k). probabilities, decided: (n, k) of the release model on the same texts.
    n >= 1. Returns what `one_label_comparison` does, and

    - mean_max_softmax_interval: 95 %, normal, of the mean confidence over texts; None for one text.
    - softmax_histogram: of its confidence, 20 bins from 0 to 1.
    - crossing: for each group of its labels (neutral, admiration, others): n texts, and of these the share
      whose most probable label by the release model each is (top_label), the share given each label
      (label_share), only neutral (only_neutral_share), and none (no_label_share); None where n is 0.
    """
    sure = max_softmax(one_label)
    half = Z * float(sure.std(ddof=1)) / len(sure) ** 0.5 if len(sure) > 1 else None
    mean = float(sure.mean())
    return one_label_comparison(one_label, decided, labels) | {
        "mean_max_softmax_interval": None if half is None else (mean - half, mean + half),
        "softmax_histogram": histogram(sure, 0.0, 1.0),
        "crossing": _crossing(one_label, probabilities, decided, labels),
    }


def _crossing(
    one_label: Floats, probabilities: Floats, decided: Bools, labels: Sequence[str]
) -> list[dict[str, object]]:
    groups = np.array([display_group(label) for label in labels])
    is_neutral = groups == NEUTRAL
    called = groups[one_label.argmax(axis=1)]
    rows: list[dict[str, object]] = []
    for group in DISPLAY_GROUPS:
        texts = called == group
        given = decided[texts]
        found: dict[str, object] = dict.fromkeys(
            ("top_label", "label_share", "only_neutral_share", "no_label_share")
        )
        if len(given):
            silent = given[:, is_neutral].any(axis=1) & ~given[:, ~is_neutral].any(axis=1)
            found = {
                "top_label": top_label_shares(probabilities[texts], labels),
                "label_share": label_shares(given, labels),
                "only_neutral_share": float(silent.mean()),
                "no_label_share": float((~given.any(axis=1)).mean()),
            }
        rows.append({"group": group, "n": len(given)} | found)
    return rows


def top_label_accuracy(scores: Floats, truth: Bools) -> dict[str, object]:
    """How often the label with the highest score is among the true ones, with its 95 % interval (Wilson).

    scores, truth: (n, k), n >= 1. A text without a true label is a miss, as in `evaluation.metrics`.
    Raises ShapeError where they differ in shape.
    """
    if scores.shape != truth.shape:
        raise ShapeError("scores", truth.shape, scores.shape)
    hits = truth[np.arange(len(truth)), scores.argmax(axis=1)]
    low, high = wilson(hits.sum(), len(hits))
    return {
        "top1_accuracy": float(hits.mean()),
        "top1_accuracy_interval": (float(low), float(high)),
    }


def one_label_answers(one_label: Floats, labels: Sequence[str]) -> list[dict[str, object]]:
    """What a naive model says of each text: its label and its confidence, in the order of the texts.

    one_label: logits (n, k). The confidence is rounded to 4 decimals.
    """
    tops = one_label.argmax(axis=1).tolist()
    sure = max_softmax(one_label).tolist() if len(one_label) else []
    return [
        {"label": labels[top], "confidence": round(each, 4)} for top, each in zip(tops, sure, strict=True)
    ]
