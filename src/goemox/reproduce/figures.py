"""The figures of one rung and seed, and their mean and spread over seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from goemox.counts import count
from goemox.evaluation.metrics import measure
from goemox.evaluation.sample import LabelledSample
from goemox.labels import GOEMOTIONS, NEUTRAL
from goemox.reproduce.decisions import Decided
from goemox.scores import Bools, Floats

__all__ = [
    "METRICS", "most_frequent", "neutral_shares", "quality", "spread", "study_figures", "truth_shares",
]  # fmt: skip

METRICS = ("macro_f1", "micro_f1", "top1_accuracy", "mean_average_precision", "ece_mean")
SHOWN = 10  # labels of the study's confusion matrix
NEUTRAL_COLUMN = GOEMOTIONS.index(NEUTRAL)


def quality(decided: Decided, truth: Bools) -> dict[str, float]:
    """The metrics of `METRICS` over the 28 labels, truth bool (n, 28); see `evaluation.metrics`."""
    sample = LabelledSample(
        GOEMOTIONS, decided.probabilities, decided.given, truth, np.ones(truth.shape, dtype=np.bool_)
    )
    found = measure(sample, np.ones((1, len(truth)))).overall
    return {name: float(found[name][0]) for name in METRICS}


def neutral_shares(decided: Decided) -> dict[str, float]:
    """Shares of texts in [0, 1] whose answer names no emotion, in two parts, and whose top label is neutral.

    neutral_share: neutral and nothing else was given. no_label_share: nothing was given.
    """
    return truth_shares(decided.given) | {
        "top_neutral_share": float((decided.probabilities.argmax(axis=1) == NEUTRAL_COLUMN).mean())
    }


def truth_shares(given: Bools) -> dict[str, float]:
    """The first two shares of `neutral_shares`, for decisions or for the truth: bool (n, 28)."""
    number = given.sum(axis=1)
    return {
        "neutral_share": float((given[:, NEUTRAL_COLUMN] & (number == 1)).mean()),
        "no_label_share": float((number == 0).mean()),
    }


def study_figures(
    train_logits: Floats,
    train_first: npt.NDArray[np.int64],
    logits: Floats,
    first: npt.NDArray[np.int64],
    frequent: Sequence[int],
) -> dict[str, object]:
    """What the first study told of its model, by its own measure: one true label a row, the first.

    logits (n, 28), first (n,): of the validation part; frequent: columns of the confusion matrix.
    validation_macro_f1 is the mean over labels that occur or are predicted, scikit-learn's default.
    confusion: row i, column j: validation rows of label i called j.
    """
    eye = np.eye(len(GOEMOTIONS), dtype=np.bool_)
    called = logits.argmax(axis=1)
    counts = count(eye[called], eye[first])
    seen = (counts.support + counts.predicted) > 0
    table = np.zeros(eye.shape, dtype=np.int64)
    np.add.at(table, (first, called), 1)
    return {
        "validation_rows": len(first),
        "validation_accuracy": float((called == first).mean()),
        "validation_macro_f1": float(counts.f1[seen].mean()),
        "training_accuracy": float((train_logits.argmax(axis=1) == train_first).mean()),
        "confusion": {
            "labels": [GOEMOTIONS[column] for column in frequent],
            "counts": table[np.ix_(frequent, frequent)].tolist(),
            "others": (table[frequent].sum(axis=1) - table[np.ix_(frequent, frequent)].sum(axis=1)).tolist(),
        },
    }


def most_frequent(first: npt.NDArray[np.int64], n_labels: int = SHOWN) -> list[int]:
    """Columns of the labels that are most often a row's first, most frequent first."""
    numbers = np.bincount(first, minlength=len(GOEMOTIONS))
    return [int(column) for column in np.argsort(-numbers, kind="stable")[:n_labels]]


def spread(rows: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """Mean and spread of every number that all rows have, by name; nested objects likewise.

    Each becomes {"mean", "sd", "low", "high"}; sd (n - 1) is None for a single row.
    """
    found: dict[str, object] = {}
    for name, value in rows[0].items():
        if isinstance(value, Mapping):
            found[name] = spread([row[name] for row in rows])  # type: ignore[misc]
        elif isinstance(value, float):
            numbers = np.array([row[name] for row in rows], dtype=np.float64)
            found[name] = {
                "mean": float(numbers.mean()),
                "sd": float(numbers.std(ddof=1)) if len(numbers) > 1 else None,
                "low": float(numbers.min()),
                "high": float(numbers.max()),
            }
    return found
