import json

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    f1_score,
    hamming_loss,
    label_ranking_average_precision_score,
)

from goemox.errors import InvalidInput
from goemox.evaluation.intervals import bootstrap_weights
from goemox.evaluation.metrics import METRICS
from goemox.evaluation.paired import LOWER_IS_BETTER, paired_bootstrap
from goemox.evaluation.sample import LabelledSample
from goemox.labels import GOEMOTIONS

LABELS = ("joy", "anger", "fear")


def truth_of(n=300, k=3, seed=0):
    return np.random.default_rng(seed).random((n, k)) < np.linspace(0.15, 0.4, k)


def sample_of(truth, noise, seed, labels=LABELS, judged=None):
    """Scores of a model that sees the truth through noise: the more noise, the worse it is."""
    generator = np.random.default_rng(seed)
    logits = 4.0 * truth - 2.0 + noise * generator.standard_normal(truth.shape)
    p = 1 / (1 + np.exp(-logits))
    seen = np.ones_like(truth) if judged is None else judged
    return LabelledSample(labels, p, p >= 0.5, truth, seen)


def plain_metrics(p, decided, truth):
    """The same figures from scikit-learn and numpy, for rows that are repeated as they were drawn."""
    happened = np.where(truth, p, 1 - p)
    return {
        "macro_f1": f1_score(truth, decided, average="macro", zero_division=0),
        "micro_f1": f1_score(truth, decided, average="micro", zero_division=0),
        "weighted_f1": f1_score(truth, decided, average="weighted", zero_division=0),
        "mean_average_precision": average_precision_score(truth, p, average="macro"),
        "top1_accuracy": truth[np.arange(len(p)), p.argmax(axis=1)].mean(),
        "subset_accuracy": accuracy_score(truth, decided),
        "hamming_loss": hamming_loss(truth, decided),
        "lrap": label_ranking_average_precision_score(truth, p),
        "brier": ((p - truth) ** 2).mean(),
        "nll": -np.log(happened).mean(),
        "f1": f1_score(truth, decided, average=None, zero_division=0),
    }


def test_it_equals_a_plain_loop_over_resamples_with_scikit_learn():
    truth = truth_of()
    this, other = sample_of(truth, 1.8, 1), sample_of(truth, 2.2, 2)
    found = paired_bootstrap(this, other, n_bootstrap=25, seed=7)
    ours, theirs = (plain_metrics(s.probabilities, s.decided, truth) for s in (this, other))
    drawn = []
    for weights in np.concatenate(list(bootstrap_weights(len(truth), 25, seed=7))):
        rows = np.repeat(np.arange(len(truth)), weights.astype(int))
        mine, yours = (
            plain_metrics(s.probabilities[rows], s.decided[rows], truth[rows]) for s in (this, other)
        )
        drawn.append({name: mine[name] - yours[name] for name in mine})
    for name in set(ours) - {"f1"}:
        gains = np.array([row[name] for row in drawn])
        expected = (ours[name], theirs[name], ours[name] - theirs[name], *np.quantile(gains, [0.025, 0.975]))
        got = found.metrics[name]
        assert (got.value, got.other, got.difference, got.low, got.high) == pytest.approx(expected, abs=2e-6)
        worse = gains >= 0 if name in LOWER_IS_BETTER else gains <= 0
        assert got.p_not_better == pytest.approx(worse.mean())
    for column, label in enumerate(LABELS):
        gains = np.array([row["f1"][column] for row in drawn])
        got = found.f1[label]
        expected = (ours["f1"][column], theirs["f1"][column], *np.quantile(gains, [0.025, 0.975]))
        assert (got.value, got.other, got.low, got.high) == pytest.approx(expected, abs=2e-6)
        assert got.p_not_better == (gains <= 0).mean()


def test_a_model_against_itself_differs_by_exactly_nothing():
    truth = truth_of(k=28)
    same = sample_of(truth, 2.0, 1, GOEMOTIONS)
    found = paired_bootstrap(same, same, n_bootstrap=50)
    rows = [*found.metrics.values(), *found.f1.values()]
    assert set(found.metrics) == set(METRICS)
    assert {(row.difference, row.low, row.high, row.p_not_better) for row in rows} == {(0.0, 0.0, 0.0, 1.0)}


def test_against_a_clearly_worse_model_every_interval_is_on_the_better_side_of_nothing():
    truth = truth_of(600)
    good, bad = sample_of(truth, 1.5, 1), sample_of(truth, 4.0, 2)
    found, turned = (paired_bootstrap(*pair, n_bootstrap=200) for pair in ((good, bad), (bad, good)))
    for name, row in found.metrics.items():
        if row is None:
            continue
        assert (row.high < 0) if name in LOWER_IS_BETTER else (row.low > 0), name
        assert (row.p_not_better, turned.metrics[name].p_not_better) == (0.0, 1.0)
        assert turned.metrics[name].difference == pytest.approx(-row.difference)


def test_an_average_over_labels_of_few_rows_has_no_interval_and_the_others_keep_theirs():
    truth = truth_of()
    truth[:, 2] = False
    truth[:4, 2] = True
    found = paired_bootstrap(sample_of(truth, 1.8, 1), sample_of(truth, 2.2, 2), n_bootstrap=50).metrics
    assert found["macro_f1"].value > 0
    assert np.isnan([found["macro_f1"].low, found["macro_f1"].high, found["macro_f1"].p_not_better]).all()
    assert found["micro_f1"].low < found["micro_f1"].high
    truth[4, 2] = True  # five
    found = paired_bootstrap(sample_of(truth, 1.8, 1), sample_of(truth, 2.2, 2), n_bootstrap=50).metrics
    assert found["macro_f1"].low < found["macro_f1"].high


def test_pairing_tells_models_apart_whose_own_intervals_overlap():
    truth = truth_of(400)
    this = sample_of(truth, 2.0, 1)
    turned = this.decided.copy()
    turned[np.flatnonzero(this.decided[:, 0] & truth[:, 0])[:12], 0] = False  # twelve hits fewer
    other = LabelledSample(LABELS, this.probabilities, turned, truth, this.judged)
    row = paired_bootstrap(this, other, n_bootstrap=400).metrics["macro_f1"]
    assert row.low > 0
    weights = np.concatenate(list(bootstrap_weights(400, 400, seed=0)))
    alone = [
        f1_score(np.repeat(truth, w.astype(int), axis=0), np.repeat(this.decided, w.astype(int), axis=0),
                 average="macro")
        for w in weights[:100]
    ]  # fmt: skip
    assert np.quantile(alone, 0.975) - np.quantile(alone, 0.025) > 2 * row.difference


def test_cells_that_nobody_judged_count_for_neither_model():
    truth = truth_of()
    judged = np.ones_like(truth)
    judged[:, 2], judged[::2, 1] = False, False
    this, other = sample_of(truth, 1.8, 1, judged=judged), sample_of(truth, 2.2, 2, judged=judged)
    found = paired_bootstrap(this, other, n_bootstrap=30)
    assert found.metrics["top1_accuracy"] is None
    assert np.isnan(found.f1["fear"].difference)
    assert np.isnan(found.f1["fear"].p_not_better)
    seen = judged[:, 1]
    expected = f1_score(truth[seen, 1], this.decided[seen, 1]) - f1_score(
        truth[seen, 1], other.decided[seen, 1]
    )
    assert found.f1["anger"].difference == pytest.approx(expected)


def test_the_comparison_is_json_with_a_row_a_label():
    truth = truth_of()
    found = paired_bootstrap(sample_of(truth, 1.8, 1), sample_of(truth, 2.2, 2), n_bootstrap=0).to_dict()
    document = json.loads(json.dumps(found, allow_nan=False))
    assert list(document["metrics"]) == list(METRICS)
    row = document["metrics"]["macro_f1"]
    assert list(row) == ["value", "other", "difference", "low", "high", "p_not_better"]
    assert (row["low"], row["high"], row["p_not_better"]) == (None, None, None)
    assert [row["label"] for row in document["per_label"]] == list(LABELS)
    assert document["per_label"][0]["support"] == truth[:, 0].sum()


def test_samples_of_other_texts_or_labels_are_refused():
    truth = truth_of()
    this = sample_of(truth, 1.8, 1)
    with pytest.raises(InvalidInput, match="different labels"):
        paired_bootstrap(this, sample_of(truth, 1.8, 1, labels=LABELS[::-1]))
    with pytest.raises(InvalidInput, match="not the same texts"):
        paired_bootstrap(this, sample_of(truth_of(seed=1), 1.8, 1))
