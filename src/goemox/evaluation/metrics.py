"""Every metric once, in weighted form: with all weights 1 its value, with drawn weights its resamples.

Averages over labels leave out labels that nobody judged. Metrics of whole texts (top label, all labels,
groups, order of labels) are missing where some text was judged for some labels only.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from goemox.counts import f1_of, macro_f1_of, micro_f1_of, ratio, weighted_f1_of
from goemox.evaluation.mapping import LabelMapping
from goemox.evaluation.ranking import average_precision, label_ranking
from goemox.evaluation.reliability import label_ece
from goemox.evaluation.sample import LabelledSample
from goemox.labels import GROUPINGS, is_goemotions
from goemox.scores import Floats

__all__ = ["COMMON", "FEWEST", "METRICS", "Measured", "base_rate_scores", "decision_metrics", "measure"]

COMMON = 30  # positives that make a label "common": fewer leave its F1 mostly to chance
FEWEST = 5  # positives of every label from which on an average over labels has an interval
SMALLEST = 1e-12  # probabilities are kept this far from 0 and 1, so that one sure miss costs 27.6 nats

METRICS = (
    "macro_f1", "micro_f1", "weighted_f1", "macro_f1_common", "ekman_macro_f1", "sentiment_macro_f1",
    "mean_average_precision", "top1_accuracy", "subset_accuracy", "hamming_loss", "lrap",
    "brier", "nll", "ece_mean",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class Measured:
    """Metrics in b resamples: overall {name: (b,)}, and by label {name: (b, k)}; NaN where undefined."""

    overall: dict[str, Floats]
    by_label: dict[str, Floats]


def measure(sample: LabelledSample, weights: Floats, names: Collection[str] = METRICS) -> Measured:
    """All metrics of `METRICS` that the sample allows, in each resample; weights: (b, n).

    names: those that are wanted; without mean_average_precision there are no average precisions of labels.

    Those of `decision_metrics`, and of the scores:

    - mean_average_precision: mean over labels with a positive.
    - lrap: label ranking average precision.
    - brier, nll: mean over labels of the mean over texts of (p - y)^2, and of -ln p of what happened.
    - ece_mean: mean over labels of the calibration error with 15 bins of equal numbers of texts.
    """
    by_label = {
        "f1": f1_of(*sample.counts(weights)),
        "ece": label_ece(sample, weights),
        **_proper(sample, weights),
    }
    overall = decision_metrics(sample, weights)
    if "mean_average_precision" in names:
        by_label["average_precision"] = _average_precisions(sample, weights)
        overall["mean_average_precision"] = _mean(by_label["average_precision"])
    overall["ece_mean"] = _mean(by_label["ece"])
    overall |= {name: _mean(by_label[name]) for name in ("brier", "nll")}
    if sample.complete and "lrap" in names:
        overall["lrap"] = _text_mean(label_ranking(sample.probabilities, sample.truth), weights)
    return Measured({name: overall[name] for name in METRICS if name in names and name in overall}, by_label)


def decision_metrics(sample: LabelledSample, weights: Floats) -> dict[str, Floats]:
    """Metrics of what was decided and of the top label, {name: (b,)}; weights: (b, n).

    - macro_f1, micro_f1, weighted_f1: see `counts`; macro_f1_common over labels with >= 30 positives.
    - ekman_macro_f1, sentiment_macro_f1: GoEmotions only; a group is true if any of its labels is true, and
      decided by the model's own rule for groups or, where it has none, if any of its labels is decided.
    - top1_accuracy: the most probable label is among the true ones; a text without true labels is a miss.
    - subset_accuracy: decided exactly the true labels. hamming_loss: share of cells decided wrongly.
    """
    tp, fp, fn = sample.counts(weights)
    looked, common = sample.judged.any(axis=0), sample.support >= COMMON
    wrong = sample.sums(sample.decided != sample.truth, weights).sum(axis=1)
    found = {
        "macro_f1": macro_f1_of(tp[:, looked], fp[:, looked], fn[:, looked]),
        "micro_f1": micro_f1_of(tp, fp, fn),
        "weighted_f1": weighted_f1_of(tp, fp, fn),
        "hamming_loss": ratio(wrong, sample.sums(sample.judged, weights).sum(axis=1)),
    }
    if common.any():
        found["macro_f1_common"] = macro_f1_of(tp[:, common], fp[:, common], fn[:, common])
    if sample.complete:
        hit = sample.truth[np.arange(len(sample)), sample.probabilities.argmax(axis=1)]
        found["top1_accuracy"] = _text_mean(hit, weights)
        found["subset_accuracy"] = _text_mean((sample.decided == sample.truth).all(axis=1), weights)
        found |= _groups(sample, weights)
    return found


def _average_precisions(sample: LabelledSample, weights: Floats) -> Floats:
    by_text = np.ascontiguousarray(weights.T)
    columns = []
    for column, judged in enumerate(sample.judged.T):
        rows = slice(None) if judged.all() else np.flatnonzero(judged)
        p, y = sample.probabilities[rows, column], sample.truth[rows, column]
        columns.append(average_precision(p, y, by_text[rows]))
    return np.stack(columns, axis=1)


def _proper(sample: LabelledSample, weights: Floats) -> dict[str, Floats]:
    """Proper scores by label: Brier 1950 for one event, and negative log likelihood in nats."""
    p = sample.probabilities.astype(np.float64)
    happened = np.clip(np.where(sample.truth, p, 1.0 - p), SMALLEST, 1.0)
    n = sample.sums(sample.judged, weights)
    blank = np.full(n.shape, np.nan)
    return {
        "brier": np.divide(sample.sums((p - sample.truth) ** 2, weights), n, out=blank.copy(), where=n > 0),
        "nll": np.divide(sample.sums(-np.log(happened), weights), n, out=blank, where=n > 0),
    }


def base_rate_scores(sample: LabelledSample) -> dict[str, Floats]:
    """What constants would score, {"brier", "nll"}, (k,) each: a label's share of these rows for all texts.

    No other constant scores better on these rows. NaN where nobody judged the label.
    """
    judged = sample.judged.sum(axis=0)
    share = np.divide(sample.support, judged, out=np.full(len(judged), np.nan), where=judged > 0)
    sides = np.stack([share, 1.0 - share])
    return {
        "brier": sides.prod(axis=0),
        "nll": -(sides * np.log(np.clip(sides, SMALLEST, 1.0))).sum(axis=0),
    }


def _text_mean(values: npt.NDArray[Any], weights: Floats) -> Floats:
    return np.asarray((weights @ values.astype(weights.dtype)) / weights.sum(axis=1))


def _groups(sample: LabelledSample, weights: Floats) -> dict[str, Floats]:
    if not is_goemotions(sample.labels):
        return {}
    found = {}
    for name, groups in GROUPINGS.items():
        mapping = LabelMapping.of(groups, sample.labels)
        decided, truth = sample.groups.get(name), mapping.decisions(sample.truth)
        if decided is None:
            decided = mapping.decisions(sample.decided)
        tp, given, true = (weights @ part.astype(weights.dtype) for part in (decided & truth, decided, truth))
        found[f"{name}_macro_f1"] = macro_f1_of(tp, given - tp, true - tp)
    return found


def _mean(by_label: Floats) -> Floats:
    """Mean over labels, those that are NaN left out: (b, k) -> (b,); NaN where all are."""
    known = ~np.isnan(by_label)
    number = known.sum(axis=1)
    total = np.where(known, by_label, 0.0).sum(axis=1)
    return np.asarray(np.divide(total, number, out=np.full(len(number), np.nan), where=number > 0))
