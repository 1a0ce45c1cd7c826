import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from goemox.evaluation import intervals
from goemox.evaluation.intervals import bootstrap_weights, percentile_interval, spread_interval, wilson


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(1, 20), st.integers(0, 5))
def test_every_resample_draws_as_many_texts_as_there_are(n, n_bootstrap, seed):
    weights = np.concatenate(list(bootstrap_weights(n, n_bootstrap, seed)))
    assert weights.shape == (n_bootstrap, n)
    assert weights.sum(axis=1).tolist() == [n] * n_bootstrap


def test_resamples_do_not_depend_on_how_many_fit_into_memory(monkeypatch):
    at_once = np.concatenate(list(bootstrap_weights(7, 10, seed=3)))
    monkeypatch.setattr(intervals, "CELLS_AT_ONCE", 15)
    in_pairs = list(bootstrap_weights(7, 10, seed=3))
    assert [len(block) for block in in_pairs] == [2, 2, 2, 2, 2]
    assert np.concatenate(in_pairs).tolist() == at_once.tolist()


def test_percentile_interval_holds_the_middle_95_percent_and_skips_undefined_resamples():
    found = percentile_interval(50.0, np.append(np.arange(101.0), np.nan))
    assert (found.value, found.low, found.high) == pytest.approx((50.0, 2.5, 97.5))


@pytest.mark.parametrize("interval", [percentile_interval, spread_interval])
def test_without_resamples_there_is_a_value_and_no_interval(interval):
    found = interval(0.5, np.empty(0))
    assert found.value == 0.5
    assert np.isnan([found.low, found.high]).all()


def test_spread_interval_is_centred_at_the_value_wherever_the_resamples_lie():
    found = spread_interval(0.10, np.array([0.19, 0.21]))
    assert (found.low, found.high) == (pytest.approx(0.0804, abs=1e-4), pytest.approx(0.1196, abs=1e-4))
    assert spread_interval(0.01, np.array([0.0, 1.0])).low == 0.0


def test_bootstrap_interval_of_a_share_covers_the_truth_about_95_times_in_100():
    generator = np.random.default_rng(0)
    covered = 0
    for run in range(200):
        hits = generator.random(150) < 0.3
        resamples = np.concatenate(list(bootstrap_weights(150, 300, seed=run))) @ hits / 150
        found = percentile_interval(float(hits.mean()), resamples)
        covered += found.low <= 0.3 <= found.high
    assert 180 <= covered <= 198


@settings(deadline=None)
@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_equals_scipy(case):
    successes, n = case
    low, high = wilson(np.array([successes]), n)
    expected = binomtest(successes, n).proportion_ci(method="wilson")
    assert low[0] == pytest.approx(expected.low, abs=1e-12)
    assert high[0] == pytest.approx(expected.high, abs=1e-12)
    assert 0 <= low[0] <= successes / n <= high[0] <= 1
