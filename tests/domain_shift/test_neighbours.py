"""Neighbour mixing: one half where both sides are alike, less where they lie apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from goemox.domain_shift.neighbours import neighbour_mixing
from goemox.errors import ShapeError


def cloud(n, seed, move=0.0, d=6):
    return np.random.default_rng(seed).normal(move, 1.0, (n, d))


def test_two_clouds_apart_have_no_neighbours_in_common():
    found = neighbour_mixing(cloud(200, 0), cloud(200, 1, move=20.0))
    assert (found.share, found.n) == (0.0, 200)
    assert (found.p_value, found.at_floor) == (0.001, True)
    assert found.low > 0.4


def test_one_cloud_twice_mixes_as_expected():
    found = neighbour_mixing(cloud(400, 0), cloud(400, 1))
    assert found.low <= found.share <= found.high
    assert found.p_value > 0.05
    assert not found.at_floor
    assert found.expected == pytest.approx(400 / 799)
    assert found.low < found.expected < found.high


def test_the_same_cloud_alarms_in_about_one_of_twenty_draws():
    alarms = [
        neighbour_mixing(cloud(60, seed), cloud(90, 1000 + seed), permutations=199, seed=seed).p_value <= 0.05
        for seed in range(300)
    ]
    assert 0.01 <= np.mean(alarms) <= 0.09


def test_the_share_is_that_of_a_recount_with_scikit_learn():
    reference, target = cloud(80, 0), cloud(80, 1, move=0.5)
    places = NearestNeighbors(n_neighbors=11).fit(np.concatenate([reference, target])).kneighbors(target)[1]
    assert neighbour_mixing(reference, target).share == pytest.approx((places[:, 1:] < 80).mean())


def test_sides_of_unequal_size_are_looked_at_in_equal_numbers():
    found = neighbour_mixing(cloud(3000, 0), cloud(70, 1))
    assert found.n == 70
    assert found.expected == pytest.approx(70 / 139)


def test_of_many_texts_a_thousand_a_side_are_drawn():
    assert neighbour_mixing(cloud(1500, 0), cloud(1200, 1), permutations=9).n == 1000


def test_repeats_are_not_taken_for_a_side_of_their_own():
    same = neighbour_mixing(np.zeros((100, 4)), np.zeros((100, 4)))
    assert same.low <= same.share <= same.high
    twice = neighbour_mixing(np.repeat(cloud(100, 0), 2, axis=0), np.repeat(cloud(100, 1), 2, axis=0))
    assert np.isfinite(twice.share)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000), st.floats(0, 3))
def test_shares_stay_between_none_and_all(seed, move):
    found = neighbour_mixing(cloud(60, seed), cloud(55, seed + 1, move), permutations=19, seed=seed)
    assert 0 <= found.low <= found.high <= 1
    assert 0 <= found.share <= 1
    assert 0 < found.p_value <= 1


def test_the_same_seed_gives_the_same_answer():
    assert neighbour_mixing(cloud(90, 0), cloud(90, 1)) == neighbour_mixing(cloud(90, 0), cloud(90, 1))


def test_fewer_than_fifty_on_a_side_are_not_compared():
    assert neighbour_mixing(cloud(49, 0), cloud(60, 1)) is None
    assert neighbour_mixing(cloud(60, 0), cloud(1, 1)) is None


def test_vectors_of_another_width_are_refused():
    with pytest.raises(ShapeError, match="target vectors"):
        neighbour_mixing(cloud(60, 0), cloud(60, 1, d=5))
