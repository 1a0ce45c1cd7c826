"""The int8 gate: what a quantised graph may lose against the graph that it was made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from goemox.counts import macro_f1_of, ratio
from goemox.decision.calibration import calibrate, fit_beta
from goemox.decision.folds import folds
from goemox.decision.rule import DecisionRule
from goemox.decision.thresholds import fit_thresholds
from goemox.errors import GateFailed
from goemox.evaluation.ranking import average_precision
from goemox.scores import Bools, Floats, ScoreMatrix

__all__ = ["INT8_LIMIT", "gate_int8", "mean_precision"]

INT8_LIMIT = 0.004  # macro-F1 or mean average precision that the int8 graph may lose on dev
N_FOLDS = 5
GATE_ROWS = 2_000  # dev rows from which INT8_LIMIT is judged as it stands

Measure = Callable[[Any, Bools, Floats], Floats]  # of probabilities or decisions, truth, weights; gives (b,)


def gate_int8(rule: DecisionRule, full: ScoreMatrix, small: ScoreMatrix, truth: Bools) -> dict[str, float]:
    """What int8 costs on labelled rows: macro-F1 and mean average precision of each graph.

    rule: how the model decides. Where it was fitted, each graph is decided by calibration and thresholds
    fitted on its own scores of the other folds' rows: one rule for both, or one that saw the rows, would
    flatter the graph that it was fitted on by more than what int8 may cost.
    full, small: scores of the fp32 and the int8 graph on the same n texts. truth: (n, k).
    Raises GateFailed past INT8_LIMIT. On few rows one text that falls the other way costs more than the
    limit, so there the loss must be certain too.
    """
    scores = {"fp32": full, "int8": small}
    measures: dict[str, tuple[Measure, dict[str, Floats | Bools]]] = {
        "macro_f1": (_macro_f1, {graph: _decided(rule, each, truth) for graph, each in scores.items()}),
        "map": (_mean_precision, {graph: rule.probabilities(each) for graph, each in scores.items()}),
    }
    once = np.ones((len(truth), 1))
    figures = {}
    for metric, (measure, said) in measures.items():
        for graph in said:
            figures[f"{graph}_dev_{metric}"] = round(float(measure(said[graph], truth, once)[0]), 6)
        exact, rough = figures[f"fp32_dev_{metric}"], figures[f"int8_dev_{metric}"]
        if exact - rough <= INT8_LIMIT or (
            len(truth) < GATE_ROWS and not _is_certain(measure, said["fp32"], said["int8"], truth)
        ):
            continue
        raise GateFailed(
            f"the int8 graph loses {exact - rough:.4f} {metric} on {len(truth):,} dev rows "
            f"({rough:.4f}, fp32 {exact:.4f}, limit {INT8_LIMIT})"
        )
    return figures


def _decided(rule: DecisionRule, scores: ScoreMatrix, truth: Bools) -> Bools:
    """Which labels each text gets, (n, k), by a rule that its row was not used for."""
    if not (rule.calibrated and rule.cut_by_f1) or len(truth) < 2:
        return rule.decide(rule.probabilities(scores))
    decided = np.zeros_like(truth)
    for here in folds(len(truth), N_FOLDS, seed=0):
        maps = fit_beta(scores.logits[~here], truth[~here])
        thresholds = fit_thresholds(calibrate(scores.logits[~here], maps), truth[~here])
        own = replace(rule, maps=maps, thresholds=thresholds)
        decided[here] = own.decide(own.probabilities(scores.rows(here)))
    return decided


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


def _is_certain(measure: Measure, full: Floats | Bools, small: Floats | Bools, truth: Bools) -> bool:
    """Whether int8 also loses in 97.5 % of 200 resamples of the texts (paired bootstrap)."""
    n = len(truth)
    draws = np.random.default_rng(0).integers(0, n, size=(200, n))
    weights = np.stack([np.bincount(rows, minlength=n) for rows in draws], axis=1).astype(np.float64)
    losses = measure(full, truth, weights) - measure(small, truth, weights)
    return float(np.quantile(losses, 0.025)) > 0
