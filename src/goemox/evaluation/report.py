"""`EvaluationReport`: how good the decisions are, how far the probabilities can be believed, in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from goemox.counts import count
from goemox.decision.rule import Conformal
from goemox.errors import ShapeError
from goemox.evaluation.baselines import beside_dev, thresholds_compared
from goemox.evaluation.co_occurrence import co_occurrence
from goemox.evaluation.confusion import confusion
from goemox.evaluation.few_rows import unsteady
from goemox.evaluation.intervals import Interval, bootstrap_weights, percentile_interval, spread_interval
from goemox.evaluation.metrics import METRICS, Measured, base_rate_scores, measure
from goemox.evaluation.noise_floor import NoiseFloor, noise_floor
from goemox.evaluation.numbers import plain
from goemox.evaluation.prediction_sets import PredictionSets, measure_sets
from goemox.evaluation.reliability import debiased_ece, reliability
from goemox.evaluation.sample import LabelledSample
from goemox.evaluation.score_strips import score_strips
from goemox.evaluation.shares import confidence, display_shares, label_shares, top_label_shares
from goemox.scores import Bools, Floats

__all__ = ["EvaluationReport", "LabelResult", "evaluate"]

LIFTED = ("ece_mean", "mean_average_precision")  # metrics that resampling lifts, see `spread_interval`


@dataclass(frozen=True, slots=True)
class LabelResult:
    """One label's results over the texts judged for it; NaN where undefined.

    Of a label that no text carries, recall is undefined, and its F1, 0 in the mean, has no interval.
    judged, support, predicted: numbers of texts looked at, truly carrying it, given it.
    ece_floor, ece_floor_high: the calibration error that a perfectly calibrated model would show on average,
    and in its 99th percentile. ece_p: share of such models with at least this error, Holm-adjusted over the
    labels. ece_above_chance: whether that is below .05; None where nobody judged the label.
    brier_skill: 1 - Brier score / that of the label's share of these rows as the probability of every text;
    0 = no better than that, 1 = perfect.
    """

    label: str
    judged: int
    support: int
    predicted: int
    precision: float
    recall: float
    f1: float
    f1_low: float
    f1_high: float
    average_precision: float
    threshold: float
    brier: float
    brier_skill: float
    nll: float
    ece: float
    ece_debiased: float
    ece_floor: float
    ece_floor_high: float
    ece_p: float
    ece_above_chance: bool | None


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """An evaluation as numbers; `to_dict()` is what `goemox evaluate --json` prints.

    metrics: each of `metrics.METRICS`, None where it does not apply (see there), then `ece_floor` (what a
    perfectly calibrated model would show: mean and middle 95 % of simulations) and `ece_debiased_mean`
    (root mean square, so it may exceed `ece_mean`; 0 for a perfect model), and `brier_base_rate` and
    `nll_base_rate`, what each label's share of these rows would score as the probability of every text.
    Intervals are 95 % over texts: a bootstrap of `n_bootstrap` resamples drawn with `seed`. Macro-F1 and
    mean average precision have none where a label has fewer than `metrics.FEWEST` rows (`few_rows.unsteady`).
    label_share, top_label: share of texts given each label, and of texts whose most probable label it is.
    prediction_sets: what they promise and miss; None where nothing is promised.
    """

    n: int
    metrics: Mapping[str, Interval | None]
    per_label: tuple[LabelResult, ...]
    baselines: tuple[Mapping[str, object], ...]
    thresholds: Mapping[str, float]
    thresholds_compared: Sequence[Mapping[str, object]]
    confusion: Mapping[str, object] | None
    label_share: Mapping[str, float]
    true_label_share: Mapping[str, float]
    top_label: Mapping[str, float]
    top_label_share: Mapping[str, float]
    confidence: Mapping[str, object]
    reliability: Sequence[Mapping[str, object]]
    score_strips: Sequence[Mapping[str, object]]
    co_occurrence: Mapping[str, object]
    prediction_sets: PredictionSets | None
    n_bootstrap: int
    seed: int

    def to_dict(self) -> dict[str, object]:
        """The report as JSON types: floats rounded to 6 decimals, undefined ones None."""
        return {name: plain(value) for name, value in asdict(self).items()}


def evaluate(
    probabilities: Floats,
    decided: Bools,
    truth: Bools,
    labels: Sequence[str],
    *,
    thresholds: Floats | None = None,
    judged: Bools | None = None,
    groups: Mapping[str, Bools] | None = None,
    logits: Floats | None = None,
    global_threshold: float | None = None,
    chosen: bool = True,
    dev: Sequence[Mapping[str, Any]] = (),
    baselines: Sequence[Mapping[str, object]] = (),
    sets: Bools | None = None,
    promise: Conformal | None = None,
    once: Sequence[int] | None = None,
    n_bootstrap: int = 1000,
    seed: int = 0,
) -> EvaluationReport:
    """Compare what a model said and decided with the truth.

    probabilities: (n, k), calibrated. decided, truth: bool (n, k). labels: k names.
    thresholds: (k,), shown only; None where decisions came about otherwise (mapped labels).
    judged: bool (n, k), False where nobody looked; None = all were judged. Whole-text metrics are then None.
    groups: {grouping: bool (n, g)}, where groups were decided as groups; see `LabelledSample`.
    logits: (n, k), for the softmax histogram. global_threshold: the best single cut, from dev, to compare.
    chosen: False where nobody chose the thresholds. dev: rows of `thresholds_compared` from dev, to compare.
    baselines: rows of `baselines`, printed beside. n_bootstrap 0 gives no intervals.
    sets, promise: prediction sets, bool (n, k), and what they promise; both or neither.
    once: the rows that repeat no earlier text, for tests of pairs of labels; None = all.

    Raises InvalidInput for no rows or scores that are no probabilities, ShapeError for arrays that disagree.
    """
    seen = np.ones(truth.shape, dtype=np.bool_) if judged is None else judged
    names = tuple(labels)
    if thresholds is not None and thresholds.shape != (len(names),):
        raise ShapeError("thresholds", (len(names),), thresholds.shape)
    sample = LabelledSample(names, probabilities, decided, truth, seen, groups or {})
    value, drawn = measure(sample, np.ones((1, len(sample)))), _resample(sample, n_bootstrap, seed)
    floor, debiased = noise_floor(sample, seed), debiased_ece(sample)
    constant = base_rate_scores(sample)
    top_label = top_label_shares(probabilities, names)
    kept = slice(None) if once is None else list(once)
    return EvaluationReport(
        n=len(sample),
        metrics=_intervals(value, drawn, unsteady(sample)) | _beside(debiased, floor, constant),
        per_label=_per_label(sample, value, drawn, thresholds, floor, debiased, constant["brier"]),
        baselines=tuple(baselines),
        thresholds={} if thresholds is None else dict(zip(names, thresholds.tolist(), strict=True)),
        thresholds_compared=beside_dev(thresholds_compared(sample, global_threshold, chosen=chosen), dev),
        confusion=confusion(sample),
        label_share=label_shares(decided, names),
        true_label_share=_true_shares(sample),
        top_label=top_label,
        top_label_share=display_shares(top_label),
        confidence=confidence(probabilities, logits),
        reliability=reliability(sample, seed),
        score_strips=score_strips(sample, thresholds),
        co_occurrence=co_occurrence(decided[kept], names, truth[kept] if sample.complete else None),
        prediction_sets=_prediction_sets(sample, sets, promise, n_bootstrap, seed),
        n_bootstrap=n_bootstrap,
        seed=seed,
    )


def _prediction_sets(
    sample: LabelledSample, sets: Bools | None, promise: Conformal | None, n_bootstrap: int, seed: int
) -> PredictionSets | None:
    if sets is None or promise is None:
        return None
    if sets.shape != sample.truth.shape:
        raise ShapeError("sets", sample.truth.shape, sets.shape)
    return measure_sets(sets, promise, sample, n_bootstrap=n_bootstrap, seed=seed)


def _resample(sample: LabelledSample, n_bootstrap: int, seed: int) -> Measured:
    blocks = [measure(sample, weights) for weights in bootstrap_weights(len(sample), n_bootstrap, seed)]
    if not blocks:
        return Measured({}, {})
    return Measured(
        {name: np.concatenate([block.overall[name] for block in blocks]) for name in blocks[0].overall},
        {"f1": np.concatenate([block.by_label["f1"] for block in blocks])},
    )


def _intervals(value: Measured, drawn: Measured, shaky: frozenset[str]) -> dict[str, Interval | None]:
    found: dict[str, Interval | None] = dict.fromkeys(METRICS)
    for name, values in value.overall.items():
        if name in shaky:
            found[name] = Interval(float(values[0]))
            continue
        interval = spread_interval if name in LIFTED else percentile_interval
        found[name] = interval(float(values[0]), drawn.overall.get(name, np.empty(0)))
    return found


def _beside(
    debiased: Floats, floor: NoiseFloor, constant: Mapping[str, Floats]
) -> dict[str, Interval | None]:
    """The figures that `ece_mean`, `brier` and `nll` are to be read with."""
    found: dict[str, Interval | None] = {"ece_floor": floor.overall}
    means = {"ece_debiased_mean": debiased} | {f"{name}_base_rate": of for name, of in constant.items()}
    for name, values in means.items():
        known = values[~np.isnan(values)]
        found[name] = Interval(float(known.mean()) if known.size else np.nan)
    return found


def _per_label(
    sample: LabelledSample,
    value: Measured,
    drawn: Measured,
    thresholds: Floats | None,
    floor: NoiseFloor,
    debiased: Floats,
    base_brier: Floats,
) -> tuple[LabelResult, ...]:
    counts = count(sample.decided, sample.truth, sample.judged)
    judged = sample.judged.sum(axis=0)
    blank = np.full(len(judged), np.nan)
    skill = 1.0 - np.divide(value.by_label["brier"][0], base_brier, out=blank, where=base_brier > 0)
    rows = []
    for column, label in enumerate(sample.labels):
        undefined = np.nan if judged[column] == 0 else 1.0
        is_carried = bool(counts.support[column])
        resamples = drawn.by_label["f1"][:, column] if drawn.by_label and is_carried else np.empty(0)
        f1 = percentile_interval(float(counts.f1[column]) * undefined, resamples)
        rows.append(
            LabelResult(
                label=label,
                judged=int(judged[column]),
                support=int(counts.support[column]),
                predicted=int(counts.predicted[column]),
                precision=float(counts.precision[column]) * undefined,
                recall=float(counts.recall[column]) if is_carried else np.nan,
                f1=f1.value,
                f1_low=f1.low,
                f1_high=f1.high,
                average_precision=float(value.by_label["average_precision"][0, column]),
                threshold=np.nan if thresholds is None else float(thresholds[column]),
                brier=float(value.by_label["brier"][0, column]),
                brier_skill=float(skill[column]),
                nll=float(value.by_label["nll"][0, column]),
                ece=float(value.by_label["ece"][0, column]),
                ece_debiased=float(debiased[column]),
                ece_floor=float(floor.mean[column]),
                ece_floor_high=float(floor.high[column]),
                ece_p=float(floor.p_adjusted[column]),
                ece_above_chance=floor.above[column],
            )
        )
    return tuple(rows)


def _true_shares(sample: LabelledSample) -> dict[str, float]:
    judged = sample.judged.sum(axis=0)
    shares = np.where(judged > 0, sample.support / np.maximum(judged, 1), np.nan)
    return dict(zip(sample.labels, shares.tolist(), strict=True))
