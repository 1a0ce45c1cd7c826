"""Figures of an adapted rule that may be quoted: of random rows only, each judged by a fit without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from goemox.adaptation.measuring import before_after, misses
from goemox.adaptation.prediction_powered import Prevalence, prevalence
from goemox.adaptation.problem import Problem
from goemox.decision.folds import folds
from goemox.evaluation.few_rows import unsteady
from goemox.evaluation.intervals import Interval, bootstrap_weights, percentile_interval
from goemox.evaluation.metrics import decision_metrics
from goemox.evaluation.sample import LabelledSample
from goemox.scores import Bools, Floats

__all__ = ["MIN_QUOTED", "QUOTED", "estimate", "prevalences"]

MIN_QUOTED = 20  # random rows that a figure needs
N_FOLDS, N_REPEATS = 5, 5
N_BOOTSTRAP = 400  # in each repeat
QUOTED = ("macro_f1", "micro_f1", "top1_accuracy", "subset_accuracy")


def estimate(problem: Problem, seed: int = 0) -> dict[str, Any] | None:
    """Repeated five-fold cross-validation on the random rows; None where they are fewer than 20.

    {"metrics": as `measuring.before_after`, "sets": {"before", "after"}: as `measuring.misses` or None,
    "quotable": {metric: interval}}. Each figure and each end of an interval is the mean over the repeats;
    what is quotable has its interval widened by the spread between fits (`_widened`), and none, NaN, where a
    label has too few of these rows (`few_rows.unsteady`).
    """
    if problem.random.sum() < MIN_QUOTED:
        return None
    rows, random = problem.rows, problem.random
    drawn = rows.only(random)
    before = problem.before[0][random], problem.before[1][random]
    runs: list[Any] = []
    for repeat in range(N_REPEATS):
        probabilities, decided, sets = _cross_validated(problem, seed + repeat)
        runs.append(
            {
                "metrics": before_after(drawn, before, (probabilities, decided), n_bootstrap=N_BOOTSTRAP),
                "after": misses(sets, drawn) if problem.promises else None,
                "quotable": _quotable(
                    LabelledSample(rows.labels, probabilities, decided, drawn.truth, drawn.judged)
                ),
            }
        )
    found = _mean_of(runs)
    old = problem.old.sets(before[0])
    return {
        "metrics": found["metrics"],
        "sets": {"before": None if old is None else misses(old, drawn), "after": found["after"]},
        "quotable": {
            name: _widened(interval, [run["quotable"][name]["value"] for run in runs])
            for name, interval in found["quotable"].items()
        },
    }


def prevalences(problem: Problem) -> dict[str, Prevalence]:
    """How often each label occurs in the domain, where 20 random rows or more were judged for it.

    Predictions are the model's before it was adapted: it had not seen these rows. They speak only for labels
    that were judged in every random row: PPI++ needs the judged rows to be a random part of the texts.
    """
    found = {}
    for column, label in enumerate(problem.rows.labels):
        seen = problem.random & problem.rows.judged[:, column]
        if seen.sum() >= MIN_QUOTED:
            truth, predicted = problem.rows.truth[seen, column], problem.before[0][seen, column]
            pool = problem.before_pool[:, column] if seen.sum() == problem.random.sum() else np.empty(0)
            found[label] = prevalence(truth, predicted, pool)
    return found


def _cross_validated(problem: Problem, seed: int) -> tuple[Floats, Bools, Bools]:
    """Probabilities, decisions and sets of the random rows by a rule that did not see the row."""
    n, k = problem.few.logits.shape
    probabilities = np.zeros((n, k))
    decided, sets = np.zeros((n, k), dtype=np.bool_), np.ones((n, k), dtype=np.bool_)
    for here in folds(n, N_FOLDS, seed):
        probabilities[here], decided[here], included = problem.answering(~here)(here)
        if included is not None:
            sets[here] = included
    kept = problem.random
    return probabilities[kept], decided[kept], sets[kept]


def _quotable(sample: LabelledSample) -> dict[str, object]:
    """{metric: interval}, without ends where `evaluate` would give none on these rows either."""
    values = decision_metrics(sample, np.ones((1, len(sample))))
    blocks = [decision_metrics(sample, w) for w in bootstrap_weights(len(sample), N_BOOTSTRAP, 0)]
    shaky = unsteady(sample)
    found: dict[str, object] = {}
    for name in QUOTED:
        if name not in values or (name == "top1_accuracy" and not sample.truth.any(axis=1).all()):
            continue
        drawn = np.concatenate([block[name] for block in blocks])
        value = float(values[name][0])
        found[name] = (Interval(value) if name in shaky else percentile_interval(value, drawn)).to_dict()
    return found


def _widened(interval: Mapping[str, float], values: Sequence[float]) -> dict[str, float]:
    """A quotable interval for the draw of rows and of fits; values: of the repeats.

    The bootstrap draws the rows that are judged, and holds the fits fixed. What other fits would have made of
    the same rows shows between the repeats: few, so with Student's quantile. Both halves are added as
    standard deviations are, around the value, since drawing rows twice lowers an F1 of rare labels. An
    interval without ends stays so.
    """
    from scipy.stats import t

    if np.isnan(interval["low"]):
        return dict(interval)
    fits = float(t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1))
    half = float(np.hypot((interval["high"] - interval["low"]) / 2, fits))
    value = interval["value"]
    return {"value": value, "low": max(0.0, value - half), "high": min(1.0, value + half)}


def _mean_of(runs: list[Any]) -> Any:
    """The mean of numbers that stand at the same place in nested dicts; None where the first is None."""
    first = runs[0]
    if isinstance(first, Mapping):
        return {key: _mean_of([run[key] for run in runs]) for key in first}
    return first if first is None or isinstance(first, int) else float(np.mean(runs))
