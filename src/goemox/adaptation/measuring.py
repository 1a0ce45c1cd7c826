"""How good a rule is on labelled rows, beside the rule it would replace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from goemox.adaptation.rows import LabelledRows
from goemox.decision.conformal import false_negative_rates
from goemox.decision.folds import folds
from goemox.evaluation.intervals import bootstrap_weights, percentile_interval
from goemox.evaluation.noise_floor import noise_floor
from goemox.evaluation.paired import LOWER_IS_BETTER, paired_bootstrap
from goemox.evaluation.sample import LabelledSample
from goemox.evaluation.significance import LEVEL, holm, p_of_interval
from goemox.scores import Bools, Floats

__all__ = [
    "COMPARED", "Answers", "before_after", "cross_fitted", "has_interval", "misses", "surely_better",
    "surely_worse",
]  # fmt: skip

COMPARED = ("nll", "brier", "ece_mean", "macro_f1", "micro_f1", "top1_accuracy")
N_BOOTSTRAP = 1000
FLOOR_DRAWS = 200

Answers = tuple[Floats, Bools]  # probabilities and decisions, (n, k) each
Fit = Callable[[Bools], Callable[[Bools], Answers]]  # rows to fit on -> (rows to answer -> answers)


def cross_fitted(fit: Fit, n: int, k: int, *, n_folds: int = 5, seed: int = 0) -> Answers:
    """What a rule says of n rows when each was left out of its fit.

    fit: takes the rows to fit on, bool (n,), and gives a function from rows to answers for k labels.
    """
    probabilities, decided = np.zeros((n, k)), np.zeros((n, k), dtype=np.bool_)
    for here in folds(n, n_folds, seed):
        probabilities[here], decided[here] = fit(~here)(here)
    return probabilities, decided


def before_after(
    rows: LabelledRows, before: Answers, after: Answers, *, n_bootstrap: int = N_BOOTSTRAP
) -> dict[str, dict[str, float] | None]:
    """{metric: {"before", "after", "difference", "low", "high"}} for each of `COMPARED`, None if undefined.

    before, after: answers for these rows; after must not have seen the row it answers. difference = after -
    before with its 95 % interval from the paired bootstrap over rows. ece_mean also has "floor", what a
    perfectly calibrated model with the scores of `after` would show on so many rows. low and high are NaN for
    macro_f1 where a label has too few rows (`few_rows.unsteady`). top1_accuracy is None
    where some row has no label: its top label can only be wrong.
    """
    new, old = (LabelledSample(rows.labels, *answers, rows.truth, rows.judged) for answers in (after, before))
    found = paired_bootstrap(new, old, n_bootstrap=n_bootstrap, names=COMPARED).metrics
    compared: dict[str, dict[str, float] | None] = {}
    for name in COMPARED:
        row = found[name]
        if row is None or (name == "top1_accuracy" and not rows.truth.any(axis=1).all()):
            compared[name] = None
            continue
        values = asdict(row)
        figures = {"before": values["other"], "after": values["value"]}
        figures |= {key: values[key] for key in ("difference", "low", "high")}
        if name == "ece_mean":
            figures = _centred(figures) | {"floor": noise_floor(new, 0, FLOOR_DRAWS).overall.value}
        compared[name] = figures
    return compared


def surely_better(metrics: Mapping[str, Any]) -> list[str]:
    """The metrics of `before_after` that got better by more than chance in so many figures would do.

    p from each interval, after Holm's correction over the figures that were measured.
    """
    return [name for name, gain in _sure_gains(metrics).items() if gain > 0]


def surely_worse(metrics: Mapping[str, Any]) -> list[str]:
    """As `surely_better`, for the worse."""
    return [name for name, gain in _sure_gains(metrics).items() if gain < 0]


def _sure_gains(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Each metric that surely changed, and by how much it got better."""
    rows = {name: row for name, row in metrics.items() if row and has_interval(row)}
    p = holm(np.array([p_of_interval(row["difference"], row["low"], row["high"]) for row in rows.values()]))
    return {
        name: -row["difference"] if name in LOWER_IS_BETTER else row["difference"]
        for (name, row), adjusted in zip(rows.items(), p, strict=True)
        if adjusted < LEVEL
    }


def has_interval(row: Mapping[str, float | None]) -> bool:
    """Whether a difference has one: not where a label has too few rows (`few_rows.unsteady`)."""
    low = row["low"]
    return low is not None and not np.isnan(low)


def _centred(row: dict[str, float]) -> dict[str, float]:
    """The interval moved to lie around its difference: drawing rows twice lifts calibration errors."""
    half = (row["high"] - row["low"]) / 2
    return row | {"low": row["difference"] - half, "high": row["difference"] + half}


def misses(
    sets: Bools, rows: LabelledRows, keep: Bools | Sequence[int] | slice = slice(None)
) -> dict[str, object]:
    """What prediction sets (n, k) miss among rows that carry a label: {"fnr": interval, "set_size", "n"}.

    keep: the rows to look at. fnr: mean share of a text's true labels outside its set.
    """
    truth = rows.truth[keep]
    carrying = truth.any(axis=1)
    if not carrying.any():
        return {"fnr": None, "set_size": float(sets[keep].sum(axis=1).mean()), "n": 0}
    rates = false_negative_rates(sets[keep], truth)[carrying]
    drawn = np.concatenate([w @ rates / w.sum(axis=1) for w in bootstrap_weights(len(rates), N_BOOTSTRAP, 0)])
    interval = percentile_interval(float(rates.mean()), drawn)
    return {
        "fnr": interval.to_dict(),
        "set_size": float(sets[keep][carrying].sum(axis=1).mean()),
        "n": int(carrying.sum()),
    }
