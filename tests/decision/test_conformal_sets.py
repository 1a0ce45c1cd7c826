import numpy as np
import pytest

from goemox.decision.conformal import false_negative_rates, fit_cutoff


def population(n, seed):
    generator = np.random.default_rng(seed)
    truth = generator.random((n, 6)) < 0.25
    return np.clip(generator.beta(2, 5, truth.shape) + 0.35 * truth, 0, 1), truth


@pytest.mark.parametrize("alpha", [0.05, 0.1, 0.2])
def test_sets_miss_no_more_than_promised_on_average_over_new_rows(alpha):
    missed = []
    for seed in range(60):
        p, truth = population(500, seed)
        cutoff = fit_cutoff(*population(400, seed + 1000), alpha)
        missed.append(false_negative_rates(p >= cutoff, truth).mean())
    assert np.mean(missed) <= alpha + 0.005
    assert np.mean(missed) >= alpha - 0.03  # and not by giving everything


def test_the_cutoff_is_the_largest_that_keeps_the_promise():
    p, truth = population(200, 0)
    cutoff = fit_cutoff(p, truth, 0.2)

    def bound(c):
        return (false_negative_rates(p >= c, truth).sum() + 1) / 201

    assert bound(cutoff) <= 0.2
    higher = np.sort(p[truth])
    assert bound(higher[higher > cutoff][0]) > 0.2


def test_too_few_rows_promise_nothing_but_everything():
    p, truth = population(3, 0)
    assert fit_cutoff(p, truth, 0.2) == 0.0


def test_a_text_without_labels_misses_none():
    assert false_negative_rates(np.zeros((1, 3), bool), np.zeros((1, 3), bool)).tolist() == [0.0]
