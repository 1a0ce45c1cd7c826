import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binom

from goemox.evaluation.noise_floor import noise_floor
from goemox.evaluation.poisson_binomial import number_of_positives, positives_between
from goemox.evaluation.reliability import label_ece
from goemox.evaluation.sample import LabelledSample


def sample_of(p, y, judged=None):
    names = tuple(f"label {column}" for column in range(p.shape[1]))
    return LabelledSample(names, p, y, y, np.ones_like(y) if judged is None else judged)


def perfect(n, k, seed):
    generator = np.random.default_rng(seed)
    p = generator.beta(0.4, 4.0, (n, k))
    return p, generator.random((n, k)) < p


def whole(chances, first, m):
    found = np.zeros(m + 1)
    found[first : first + len(chances)] = chances
    return found


@given(arrays(float, st.integers(1, 40), elements=st.floats(0, 1)))
@settings(deadline=None)
def test_chances_of_each_number_of_positives_equal_one_event_added_after_the_other(p):
    expected = np.ones(1)
    for each in p:
        expected = np.convolve(expected, [1 - each, each])
    first, chances = number_of_positives(np.sort(p))
    np.testing.assert_allclose(whole(chances, first, len(p)), expected, atol=1e-9)


def test_equal_chances_make_a_binomial():
    first, chances = number_of_positives(np.full(900, 0.03))
    np.testing.assert_allclose(chances, binom.pmf(first + np.arange(len(chances)), 900, 0.03), atol=1e-12)


def test_ten_thousand_close_chances_in_groups_change_nothing_that_matters():
    p = np.sort(np.random.default_rng(0).beta(0.4, 8.0, 10_000))
    low, high = positives_between(p, 0.05, 0.95)
    half = 1.645 * np.sqrt((p * (1 - p)).sum())
    assert (low, high) == (
        pytest.approx(p.sum() - half, abs=2),
        pytest.approx(p.sum() + half, abs=2),
    )


def test_the_floor_is_what_drawing_truth_cell_by_cell_gives():
    p, y = perfect(600, 3, 0)
    floor = noise_floor(sample_of(p, y), seed=0)
    generator = np.random.default_rng(1)
    one = np.ones((1, 600))
    drawn = np.stack([label_ece(sample_of(p, generator.random(p.shape) < p), one)[0] for _ in range(600)])
    assert floor.mean == pytest.approx(drawn.mean(axis=0), rel=0.03)
    assert floor.high == pytest.approx(np.quantile(drawn, 0.99, axis=0), rel=0.1)


def test_p_values_of_perfect_models_are_spread_evenly_and_seldom_called_more_than_chance():
    floors = [noise_floor(sample_of(*perfect(400, 5, seed)), seed=0, draws=400) for seed in range(40)]
    p = np.concatenate([floor.p for floor in floors])
    assert 0.02 <= np.mean(p <= 0.1) <= 0.18
    assert np.mean(p) == pytest.approx(0.5, abs=0.06)
    assert sum(any(floor.above) for floor in floors) <= 6  # 2 of 40 expected


def test_a_label_that_says_too_much_is_named_and_the_others_are_not():
    p, y = perfect(3000, 6, 1)
    p[:, 2] = np.clip(p[:, 2] + 0.05, 0, 1)
    floor = noise_floor(sample_of(p, y), seed=0)
    assert floor.above == [False, False, True, False, False, False]
    assert floor.p[2] == 1 / 20_001
    assert floor.p_adjusted[2] == pytest.approx(6 / 20_001)


def test_a_label_that_nobody_judged_has_no_floor():
    p, y = perfect(200, 3, 0)
    judged = np.ones_like(y)
    judged[:, 1] = False
    floor = noise_floor(sample_of(p, y, judged), seed=0, draws=50)
    assert np.isnan([floor.mean[1], floor.high[1], floor.p[1], floor.p_adjusted[1]]).all()
    assert floor.above[1] is None
    assert not np.isnan(floor.mean[[0, 2]]).any()


@pytest.mark.parametrize("constant", [0.0, 0.3, 1.0])
def test_constant_scores_have_a_floor(constant):
    y = np.zeros((50, 1), dtype=bool)
    floor = noise_floor(sample_of(np.full((50, 1), constant), y), seed=0)
    assert (floor.mean[0] == 0) == (constant != 0.3)
    assert floor.above == [constant != 0.0]
