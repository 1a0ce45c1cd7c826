"""The int8 gate: what a quantised graph may lose against the graph that it was made from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn.metrics import average_precision_score

from goemox.counts import count
from goemox.decision.rule import DecisionRule
from goemox.errors import GateFailed
from goemox.scores import Bools, Floats, ScoreMatrix

__all__ = ["INT8_LIMIT", "gate_int8", "mean_precision"]

INT8_LIMIT = 0.004  # macro-F1 or mean average precision that the int8 graph may lose on dev
GATE_ROWS = 2_000  # dev rows from which INT8_LIMIT is judged as it stands


def gate_int8(rule: DecisionRule, full: ScoreMatrix, small: ScoreMatrix, truth: Bools) -> dict[str, float]:
    """What int8 costs on labelled rows, with the thresholds of `rule`: four figures.

    full, small: scores of the fp32 and the int8 graph on the same n texts. truth: (n, k).
    Raises GateFailed past INT8_LIMIT. On few rows one text that falls the other way costs more than the
    limit, so there the loss must be certain too.
    """
    p = {"fp32": rule.probabilities(full), "int8": rule.probabilities(small)}
    quality = {"macro_f1": lambda p, y: float(count(rule.decide(p), y).macro_f1), "map": mean_precision}
    figures = {}
    for metric, measure in quality.items():
        for graph in p:
            figures[f"{graph}_dev_{metric}"] = round(measure(p[graph], truth), 6)
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
    present = truth.any(axis=0)
    if not present.any():
        return 0.0
    return float(average_precision_score(truth[:, present], probabilities[:, present], average="macro"))


def _is_certain(measure: Callable[[Floats, Bools], float], full: Floats, small: Floats, truth: Bools) -> bool:
    """Whether int8 also loses in 97.5 % of 200 resamples of the texts (paired bootstrap)."""
    draws = np.random.default_rng(0).integers(0, len(truth), size=(200, len(truth)))
    losses = [measure(full[rows], truth[rows]) - measure(small[rows], truth[rows]) for rows in draws]
    return float(np.quantile(losses, 0.025)) > 0
