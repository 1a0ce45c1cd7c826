"""The int8 gate: what a quantised graph may lose against the graph that it was made from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from goemox.counts import macro_f1_of, ratio
from goemox.decision.rule import DecisionRule
from goemox.errors import GateFailed
from goemox.evaluation.ranking import average_precision
from goemox.scores import Bools, Floats, ScoreMatrix

__all__ = ["INT8_LIMIT", "gate_int8", "mean_precision"]

INT8_LIMIT = 0.004  # macro-F1 or mean average precision that the int8 graph may lose on dev
GATE_ROWS = 2_000  # dev rows from which INT8_LIMIT is judged as it stands

Measure = Callable[[Floats, Bools, Floats], Floats]  # of probabilities, truth, weights (n, b); gives (b,)


def gate_int8(rule: DecisionRule, full: ScoreMatrix, small: ScoreMatrix, truth: Bools) -> dict[str, float]:
    """What int8 costs on labelled rows, with the thresholds of `rule`: four figures.

    full, small: scores of the fp32 and the int8 graph on the same n texts. truth: (n, k).
    Raises GateFailed past INT8_LIMIT. On few rows one text that falls the other way costs more than the
    limit, so there the loss must be certain too.
    """
    p = {"fp32": rule.probabilities(full), "int8": rule.probabilities(small)}
    quality: dict[str, Measure] = {
        "macro_f1": lambda p, y, weights: _macro_f1(rule.decide(p), y, weights),
        "map": _mean_precision,
    }
    once = np.ones((len(truth), 1))
    figures = {}
    for metric, measure in quality.items():
        for graph in p:
            figures[f"{graph}_dev_{metric}"] = round(float(measure(p[graph], truth, once)[0]), 6)
        exact, rough = figures[f"fp32_dev_{metric}"], figures[f"int8_dev_{metric}"]
        if exact - rough <= INT8_LIMIT or (
            len(truth) < GATE_ROWS and not _is_certain(measure, p["fp32"], p["int8"], truth)
        ):
            continue
        raise GateFailed(
            f"the int8 graph loses {exact - rough:.4f} {metric} on {len(truth):,} dev rows "
            f"({rough:.4f}, fp32 {exact:.4f}, limit {INT8_LIMIT})"
        )
    return figures


def mean_precision(probabilities: Floats, truth: Bools) -> float:
    """Mean over the labels that occur of the average precision; 0 where none does.

    probabilities, truth: (n, k).
    """
    return float(_mean_precision(probabilities, truth, np.ones((len(truth), 1)))[0])


def _mean_precision(probabilities: Floats, truth: Bools, weights: Floats) -> Floats:
    """The same in each resample, (b,); weights: (n, b), how often each text counts."""
    by_label = np.array(
        [average_precision(p, y, weights) for p, y in zip(probabilities.T, truth.T, strict=True)]
    )
    occurs = ~np.isnan(by_label)
    return ratio(np.where(occurs, by_label, 0.0).sum(axis=0), occurs.sum(axis=0))


def _macro_f1(decided: Bools, truth: Bools, weights: Floats) -> Floats:
    """Mean F1 over all labels in each resample, (b,); weights: (n, b)."""
    cells = (decided & truth, decided & ~truth, ~decided & truth)
    return macro_f1_of(*(weights.T @ cell for cell in cells))


def _is_certain(measure: Measure, full: Floats, small: Floats, truth: Bools) -> bool:
    """Whether int8 also loses in 97.5 % of 200 resamples of the texts (paired bootstrap)."""
    n = len(truth)
    draws = np.random.default_rng(0).integers(0, n, size=(200, n))
    weights = np.stack([np.bincount(rows, minlength=n) for rows in draws], axis=1).astype(np.float64)
    losses = measure(full, truth, weights) - measure(small, truth, weights)
    return float(np.quantile(losses, 0.025)) > 0
