import time

import numpy as np
import pytest

from goemox.domain_shift.mmd import mmd_test
from goemox.errors import ShapeError


def rows(n, seed, shift=0.0, d=8):
    return np.random.default_rng(seed).normal(size=(n, d)) + shift


def test_the_same_distribution_alarms_in_about_one_of_twenty_draws():
    p = [mmd_test(rows(60, seed), rows(60, seed + 1000), permutations=99).p_value for seed in range(200)]
    assert 0.02 <= np.mean(np.array(p) <= 0.05) <= 0.09


def test_a_shifted_mean_is_found():
    found = mmd_test(rows(200, 0), rows(150, 1, shift=0.4))
    assert found.p_value == pytest.approx(1 / 501)
    assert found.mmd2 > 0.02
    assert (found.n, found.n_reference, found.permutations) == (150, 200, 500)


def test_a_changed_spread_with_the_same_mean_is_found():
    assert mmd_test(rows(200, 0), 1.6 * rows(200, 1)).p_value < 0.01


def test_fewer_than_fifty_rows_on_a_side_are_not_tested():
    assert mmd_test(rows(49, 0), rows(500, 1)) is None
    assert mmd_test(rows(500, 0), rows(49, 1)) is None
    assert mmd_test(rows(50, 0), rows(50, 1)) is not None


def test_rows_that_are_all_the_same_differ_in_nothing():
    found = mmd_test(np.full((60, 3), 1e6), np.full((70, 3), 1e6))
    assert (found.mmd2, found.p_value, found.bandwidth) == (0.0, 1.0, 0.0)


def test_two_constants_are_told_apart():
    assert mmd_test(np.zeros((60, 3)), np.ones((60, 3))).p_value < 0.01


def test_most_rows_the_same_still_leaves_a_width():
    some = np.zeros((100, 2))
    some[:10] = rows(10, 0, d=2)
    found = mmd_test(some, some[::-1])
    assert found.bandwidth > 0
    assert found.p_value > 0.05


def test_half_precision_far_from_zero_loses_nothing():
    before, after = rows(100, 0) + 100, rows(100, 1) + 100
    half = mmd_test(before.astype(np.float16), after.astype(np.float16))
    assert half.mmd2 == pytest.approx(mmd_test(before, after).mmd2, abs=2e-3)


def test_no_more_than_the_largest_number_of_rows_is_drawn_and_the_seed_decides_which():
    before, after = rows(300, 0), rows(400, 1, shift=0.05)
    found = mmd_test(before, after, largest=100, seed=3)
    assert (found.n, found.n_reference) == (100, 100)
    assert found == mmd_test(before, after, largest=100, seed=3)
    assert found.mmd2 != mmd_test(before, after, largest=100, seed=4).mmd2


def test_the_largest_test_takes_at_most_two_seconds():
    before, after = rows(1000, 0, d=64), rows(1000, 1, d=64)
    start = time.process_time()
    mmd_test(before, after)
    assert time.process_time() - start < 2.0


def test_sides_of_different_width_are_refused():
    with pytest.raises(ShapeError, match="target vectors"):
        mmd_test(rows(60, 0), rows(60, 0, d=3))
