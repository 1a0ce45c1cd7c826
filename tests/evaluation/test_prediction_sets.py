import json

import numpy as np
import pytest

from goemox.decision.conformal import fit_cutoff
from goemox.decision.rule import Conformal
from goemox.errors import ShapeError
from goemox.evaluation import evaluate
from goemox.evaluation.prediction_sets import measure_sets
from goemox.evaluation.sample import LabelledSample

LABELS = ("joy", "anger", "grief")
PROMISE = Conformal(0.2, 0.1, "planted texts", 500)


def sample_of(truth, judged=None):
    truth = np.array(truth, dtype=bool)
    seen = np.ones_like(truth) if judged is None else np.array(judged, dtype=bool)
    return LabelledSample(LABELS, truth * 0.9, truth, truth, seen)


def test_misses_are_averaged_over_texts_and_counted_by_label():
    truth = [[1, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0]]
    included = np.array([[1, 0, 0], [1, 1, 1], [1, 0, 0], [0, 1, 0]], dtype=bool)
    found = measure_sets(included, PROMISE, sample_of(truth))
    assert found.fnr.value == (0.5 + 0 + 1 + 0) / 4
    assert (found.mean_size, found.sizes) == (1.5, (0, 3, 0, 1))
    assert [(row.support, row.miss_rate) for row in found.per_label] == [(2, 0.0), (2, 0.5), (1, 1.0)]
    assert all(row.low <= row.miss_rate <= row.high for row in found.per_label)


def test_texts_that_carry_nothing_and_cells_that_nobody_judged_do_not_flatter_the_rate():
    truth = [[1, 0, 0], [0, 0, 0], [0, 1, 0]]
    judged = [[1, 1, 1], [1, 1, 1], [1, 0, 1]]
    found = measure_sets(np.zeros((3, 3), dtype=bool), PROMISE, sample_of(truth, judged))
    assert (found.n, found.fnr.value) == (1, 1.0)
    assert np.isnan(found.per_label[1].miss_rate)
    assert measure_sets(np.zeros((1, 3), bool), PROMISE, sample_of([[0, 0, 0]])) is None


def test_the_rate_of_a_promise_that_holds_has_alpha_near_its_interval():
    def population(n, seed):
        generator = np.random.default_rng(seed)
        p = generator.beta(0.6, 2.0, (n, 3))
        return p, generator.random(p.shape) < p

    p, truth = population(2000, 0)
    carrying = truth.any(axis=1)
    cutoff = fit_cutoff(p[carrying], truth[carrying], 0.2)
    p, truth = population(2000, 1)
    sample = LabelledSample(LABELS, p, truth, truth, np.ones_like(truth))
    found = measure_sets(p >= cutoff, PROMISE, sample)
    assert found.fnr.low - 0.02 < 0.2 < found.fnr.high + 0.02


def test_the_report_holds_the_sets_where_something_is_promised():
    truth = np.eye(3, dtype=bool)[np.arange(60) % 3]
    p = truth * 0.6 + 0.1
    report = evaluate(p, truth, truth, LABELS, sets=p > 0.5, promise=PROMISE, n_bootstrap=20)
    found = json.loads(json.dumps(report.to_dict(), allow_nan=False))["prediction_sets"]
    assert found["fnr"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert (found["alpha"], found["population"], found["n"]) == (0.2, "planted texts", 60)
    assert [row["label"] for row in found["per_label"]] == list(LABELS)
    assert evaluate(p, truth, truth, LABELS, n_bootstrap=0).to_dict()["prediction_sets"] is None
    with pytest.raises(ShapeError, match="sets"):
        evaluate(p, truth, truth, LABELS, sets=p[:, :2] > 0.5, promise=PROMISE, n_bootstrap=0)
