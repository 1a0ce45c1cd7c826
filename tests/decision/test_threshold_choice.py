import numpy as np
import pytest
from sklearn.metrics import f1_score

from goemox.decision.thresholds import (
    _sweep,
    fit_thresholds,
    global_threshold,
    micro_macro_thresholds,
    shrunk_thresholds,
)
from goemox.scores import sigmoid


def planted(n, rates=(0.4, 0.1, 0.02), seed=0):
    generator = np.random.default_rng(seed)
    truth = generator.random((n, len(rates))) < np.array(rates)
    logits = (
        generator.normal(0, 1, truth.shape)
        + 2.2 * truth
        + np.log(np.array(rates) / (1 - np.array(rates)))
        - 1
    )
    return sigmoid(logits), truth


def macro(p, truth, cut):
    return f1_score(truth, p >= cut, average="macro", zero_division=0)


def test_chosen_cuts_beat_one_half_on_rows_they_never_saw():
    chosen = fit_thresholds(*planted(6000))
    p, truth = planted(6000, seed=1)
    assert macro(p, truth, chosen) > macro(p, truth, 0.5) + 0.05


def test_the_global_cut_is_the_best_of_its_grid():
    p, truth = planted(1500)
    best = max(np.arange(0.02, 0.80, 0.01), key=lambda cut: macro(p, truth, cut))
    assert global_threshold(p, truth) == pytest.approx(best)


def test_a_sweep_knows_every_cut_of_a_label():
    cuts, tp, fp = _sweep(np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, False, True, False]))
    assert cuts == pytest.approx([0.7, 0.3, 0.05])
    assert tp.tolist() == [1, 2, 2]
    assert fp.tolist() == [0, 1, 2]


def test_labels_with_few_positives_take_the_global_cut():
    p, truth = planted(3000)
    truth[:, 2] = False
    truth[:9, 2] = True
    assert micro_macro_thresholds(p, truth)[2] == pytest.approx(global_threshold(p, truth))
    assert shrunk_thresholds(p, truth)[2] == pytest.approx(global_threshold(p, truth))


def test_few_rows_pull_cuts_towards_the_global_one():
    p, truth = planted(300)
    start = global_threshold(p, truth)
    cuts, tp, fp = _sweep(p[:, 1], truth[:, 1])
    own = cuts[np.argmax(2 * tp / (tp + fp + truth[:, 1].sum()))]
    assert min(own, start) <= shrunk_thresholds(p, truth)[1] <= max(own, start)


def test_the_same_seed_gives_the_same_cuts_and_all_lie_between_zero_and_one():
    p, truth = planted(2500)
    assert (
        micro_macro_thresholds(p, truth, seed=3).tolist() == micro_macro_thresholds(p, truth, seed=3).tolist()
    )
    constant = np.full_like(p, 1e-9)
    assert (
        (micro_macro_thresholds(constant, truth) > 0) & (micro_macro_thresholds(constant, truth) < 1)
    ).all()


def test_the_fewer_positives_a_label_has_the_closer_its_cut_stays_to_the_global_one():
    generator = np.random.default_rng(3)
    truth = generator.random((3000, 3)) < np.array([0.3, 0.05, 0.008])
    p = np.clip(0.15 + 0.5 * truth + generator.normal(0, 0.12, truth.shape), 0.01, 0.99)
    start = global_threshold(p, truth)
    free = micro_macro_thresholds(p, truth, shrinkage=0.0)
    held = micro_macro_thresholds(p, truth, shrinkage=50.0)
    share = np.abs(np.log(held / (1 - held)) - np.log(start / (1 - start))) / np.abs(
        np.log(free / (1 - free)) - np.log(start / (1 - start))
    )
    positives = truth.sum(axis=0)
    assert share == pytest.approx(positives / (positives + 50), rel=1e-6)
