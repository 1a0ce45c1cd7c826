"""What a figure has to beat: answers that never read the text, and simpler ways to cut the same scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from goemox.counts import count
from goemox.errors import InvalidInput, ShapeError
from goemox.evaluation.metrics import decision_metrics, measure
from goemox.evaluation.sample import LabelledSample
from goemox.scores import Bools, Floats

__all__ = ["baseline_row", "beside_dev", "simple_baselines", "thresholds_compared"]

RANDOM_DRAWS = 20
ROW_METRICS = (
    "macro_f1", "micro_f1", "weighted_f1", "ekman_macro_f1", "sentiment_macro_f1", "top1_accuracy",
    "subset_accuracy", "mean_average_precision", "brier", "nll",
)  # fmt: skip


def baseline_row(
    name: str, sample: LabelledSample, *, scores_mean_something: bool = True
) -> dict[str, object]:
    """One row of the baseline table: `name` and the metrics of `ROW_METRICS`, None where one does not apply.

    scores_mean_something: False where the probabilities only mark the top label.
    """
    weights = np.ones((1, len(sample)))
    found = measure(sample, weights).overall if scores_mean_something else decision_metrics(sample, weights)
    return _row(name, {metric: float(values[0]) for metric, values in found.items()})


def simple_baselines(
    truth: Bools, labels: Sequence[str], shares: Floats, judged: Bools | None = None, seed: int = 0
) -> list[dict[str, object]]:
    """Random, majority and prior: three answers that know the label shares and nothing else.

    truth, judged: bool (n, k). shares: (k,), how often each label occurs in the training split.

    - random: each label is given with its share; the top label is drawn by the shares. Mean of 20 draws.
    - majority: always the most frequent label, alone.
    - prior: the shares as probabilities of every text, and every label given: for scores that know nothing
      about the text this decision has the best F1 there is (Lipton et al. 2014, arXiv 1402.1892).

    Raises ShapeError where shares and labels disagree, InvalidInput where all shares are 0.
    """
    if shares.shape != (len(labels),):
        raise ShapeError("shares", (len(labels),), shares.shape)
    if not shares.sum() > 0:
        raise InvalidInput("baselines: no label ever occurs; give rows with labels")
    seen = np.ones(truth.shape, dtype=np.bool_) if judged is None else judged
    names = tuple(labels)
    top = int(np.argmax(shares))
    always = np.zeros(truth.shape, dtype=np.bool_)
    always[:, top] = True
    majority = LabelledSample(names, always.astype(np.float64), always, truth, seen)
    prior = LabelledSample(
        names, np.broadcast_to(shares, truth.shape), np.ones(truth.shape, dtype=np.bool_), truth, seen
    )
    return [
        _random_row(truth, names, shares, seen, seed),
        baseline_row(f"majority (always {labels[top]})", majority, scores_mean_something=False),
        baseline_row("prior (every label, by its share)", prior),
    ]


def _random_row(
    truth: Bools, labels: tuple[str, ...], shares: Floats, judged: Bools, seed: int
) -> dict[str, object]:
    generator = np.random.default_rng(seed)
    rows = []
    for _ in range(RANDOM_DRAWS):
        decided = generator.random(truth.shape) < shares
        top = generator.choice(len(labels), size=len(truth), p=shares / shares.sum())
        sample = LabelledSample(labels, np.eye(len(labels))[top], decided, truth, judged)
        rows.append(decision_metrics(sample, np.ones((1, len(truth)))))
    mean = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
    return _row("random (labels by their share)", mean)


def _row(name: str, metrics: Mapping[str, float]) -> dict[str, object]:
    return {"name": name, **{metric: metrics.get(metric) for metric in ROW_METRICS}}


def thresholds_compared(
    sample: LabelledSample, global_threshold: float | None = None, *, chosen: bool = True
) -> list[dict[str, object]]:
    """Macro- and micro-F1 of the same probabilities under simpler decision rules, worst known first.

    "0.5" cuts every label there, "one global" at `global_threshold` (left out where None; chosen on dev by
    the caller), "chosen" is the sample's own decision, fallback included, as in the headline figures (left
    out where nobody chose it and `chosen` is False).
    """
    rules = {"0.5": sample.probabilities >= 0.5}
    if global_threshold is not None:
        rules["one global"] = sample.probabilities >= global_threshold
    if chosen:
        rules["chosen"] = sample.decided
    looked = sample.judged.any(axis=0)
    rows: list[dict[str, object]] = []
    for rule, decided in rules.items():
        counts = count(decided[:, looked], sample.truth[:, looked], sample.judged[:, looked])
        rows.append({"rule": rule, "macro_f1": counts.macro_f1, "micro_f1": counts.micro_f1})
    return rows


def beside_dev(
    rows: Sequence[Mapping[str, Any]], dev: Sequence[Mapping[str, Any]]
) -> list[dict[str, object]]:
    """Rows of `thresholds_compared` with what the same rule reached on dev, where it was chosen.

    dev: rows of the same form; a rule that is missing there has None. Adds dev_macro_f1, dev_micro_f1, and
    optimism: macro-F1 on dev minus macro-F1 here. On texts like dev's that is what choosing on dev added to
    the figures of dev; elsewhere it also holds how far the texts differ.
    """
    known = {row.get("rule"): row for row in dev}
    found = []
    for row in rows:
        macro, micro = (known.get(row["rule"], {}).get(name) for name in ("macro_f1", "micro_f1"))
        optimism = None if macro is None else macro - row["macro_f1"]
        found.append({**row, "dev_macro_f1": macro, "dev_micro_f1": micro, "optimism": optimism})
    return found
