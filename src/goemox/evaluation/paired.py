"""Two models on the same texts: how far their figures differ, and whether chance in the texts could do it.

The paired bootstrap (Efron and Tibshirani 1993; for comparing systems: Berg-Kirkpatrick et al. 2012,
https://aclanthology.org/D12-1091): both models are measured in the same resamples, so what is hard about a
text is hard for both and falls out of the difference.

Not covered: the luck of training. Another seed of the same recipe is another model.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from goemox.errors import InvalidInput
from goemox.evaluation.few_rows import unsteady
from goemox.evaluation.intervals import bootstrap_weights, percentile_interval
from goemox.evaluation.metrics import METRICS, Measured, measure
from goemox.evaluation.numbers import plain
from goemox.evaluation.sample import LabelledSample
from goemox.scores import Floats

__all__ = ["LOWER_IS_BETTER", "PairedComparison", "PairedDifference", "paired_bootstrap"]

LOWER_IS_BETTER = ("hamming_loss", "brier", "nll", "ece_mean")


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """One figure of both models, `difference` = value - other, and the 95 % interval of the difference.

    p_not_better: share of resamples in which this model is not better than the other: difference <= 0, or
    >= 0 where lower is better. 1 for equal models. low, high and p_not_better are NaN without resamples, and
    for an average over labels of which one has too few rows (`few_rows.unsteady`).
    """

    value: float
    other: float
    difference: float
    low: float
    high: float
    p_not_better: float


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """How one model compares with another on the same texts.

    metrics: each of `metrics.METRICS`, None where it does not apply. f1: {label: its F1}; NaN where nobody
    judged the label. support: {label: texts that truly carry it}. With k labels, one in twenty intervals
    leaves out 0 by chance alone: the rows of single labels are hints, not tests.
    """

    metrics: Mapping[str, PairedDifference | None]
    f1: Mapping[str, PairedDifference]
    support: Mapping[str, int]

    def to_dict(self) -> dict[str, object]:
        """JSON types: {"metrics": {name: {...}}, "per_label": [{"label", "support", "f1": {...}}]}."""
        rows = [
            {"label": label, "support": self.support[label], "f1": asdict(found)}
            for label, found in self.f1.items()
        ]
        metrics = {name: None if found is None else asdict(found) for name, found in self.metrics.items()}
        return {"metrics": plain(metrics), "per_label": plain(rows)}


def paired_bootstrap(
    this: LabelledSample,
    other: LabelledSample,
    *,
    n_bootstrap: int = 1000,
    seed: int = 0,
    names: Collection[str] = METRICS,
) -> PairedComparison:
    """Compare two models' answers to the same texts in `n_bootstrap` resamples of the texts.

    Intervals are percentiles. Resampling lifts `ece_mean`, that of the better calibrated model more, so the
    interval of its difference leans towards 0 and may have the difference itself near its outer end.
    names: the metrics that are wanted; the others are None.
    Raises InvalidInput where labels, truth or judged cells of the two samples differ.
    """
    if this.labels != other.labels:
        raise InvalidInput("paired bootstrap: the samples have different labels, or another order of them")
    if not (np.array_equal(this.truth, other.truth) and np.array_equal(this.judged, other.judged)):
        raise InvalidInput("paired bootstrap: the two samples are not the same texts with the same truth")
    ours, theirs = (measure(sample, np.ones((1, len(sample))), names) for sample in (this, other))
    blocks = [
        _minus(measure(this, weights, names), measure(other, weights, names))
        for weights in bootstrap_weights(len(this), n_bootstrap, seed)
    ]
    shaky = unsteady(this)
    metrics: dict[str, PairedDifference | None] = dict.fromkeys(METRICS)
    for name, values in ours.overall.items():
        drawn = [block.overall[name] for block in blocks]
        found = _difference(values[0], theirs.overall[name][0], drawn, name in LOWER_IS_BETTER)
        metrics[name] = (
            replace(found, low=np.nan, high=np.nan, p_not_better=np.nan) if name in shaky else found
        )
    looked = np.where(this.judged.any(axis=0), 1.0, np.nan)
    f1 = {}
    for column, label in enumerate(this.labels):
        value, rival = (found.by_label["f1"][0, column] * looked[column] for found in (ours, theirs))
        f1[label] = _difference(value, rival, [block.by_label["f1"][:, column] for block in blocks])
    return PairedComparison(metrics, f1, dict(zip(this.labels, this.support.tolist(), strict=True)))


def _minus(this: Measured, other: Measured) -> Measured:
    return Measured(
        {name: values - other.overall[name] for name, values in this.overall.items()},
        {"f1": this.by_label["f1"] - other.by_label["f1"]},
    )


def _difference(
    value: float, other: float, drawn: Sequence[Floats], lower_is_better: bool = False
) -> PairedDifference:
    """drawn: differences in blocks of resamples, each (b,); NaN ones are left out."""
    differences = np.concatenate([np.empty(0), *drawn])
    found = percentile_interval(float(value - other), differences)
    known = differences[~np.isnan(differences)]
    gains = -known if lower_is_better else known
    defined = known.size > 0 and not np.isnan(found.value)
    p_not_better = float((gains <= 0).mean()) if defined else np.nan
    return PairedDifference(float(value), float(other), found.value, found.low, found.high, p_not_better)
