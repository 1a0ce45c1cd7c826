import numpy as np
import pytest
from sklearn.metrics import f1_score

from goemox.decision.thresholds import (
    fit_thresholds,
    global_threshold,
    micro_macro_thresholds,
    shrunk_thresholds,
    sweep,
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
    cuts, tp, fp = sweep(np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, False, True, False]))
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
    cuts, tp, fp = sweep(p[:, 1], truth[:, 1])
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


@pytest.mark.parametrize("n", [1, 2, 3, 4, 1999, 2000])
@pytest.mark.parametrize("kind", ["no positives", "all positive", "constant", "one label", "a label without"])
def test_odd_rows_give_cuts_between_zero_and_one(n, kind):
    p, truth = planted(n)
    if kind == "no positives":
        truth[:] = False
    elif kind == "all positive":
        truth[:] = True
    elif kind == "constant":
        p[:] = 0.3
    elif kind == "one label":
        p, truth = p[:, :1], truth[:, :1]
    else:
        truth[:, 1] = False
    found = fit_thresholds(p, truth)
    assert found.shape == (p.shape[1],)
    assert ((found > 0) & (found < 1)).all()


def test_two_thousand_rows_are_enough_for_cuts_that_are_found_together():
    p, truth = planted(2000)
    assert fit_thresholds(p, truth).tolist() == micro_macro_thresholds(p, truth).tolist()
    assert fit_thresholds(p[1:], truth[1:]).tolist() == shrunk_thresholds(p[1:], truth[1:]).tolist()


def test_a_label_on_every_row_is_given_to_nearly_every_row():
    p, truth = planted(2500)
    truth[:, 0] = True
    assert (p[:, 0] >= fit_thresholds(p, truth)[0]).mean() > 0.95


def test_an_own_cut_goes_positives_out_of_positives_and_twenty_of_the_way():
    p, truth = planted(1500)
    start = global_threshold(p, truth)
    cuts, tp, fp = sweep(p[:, 1], truth[:, 1])
    own = cuts[np.argmax(2 * tp / (tp + fp + truth[:, 1].sum()))]
    way = np.log(own / (1 - own)) - np.log(start / (1 - start))
    gone = np.log(1 / (1 / shrunk_thresholds(p, truth)[1] - 1)) - np.log(start / (1 - start))
    positives = truth[:, 1].sum()
    assert gone / way == pytest.approx(positives / (positives + 20), rel=1e-6)
