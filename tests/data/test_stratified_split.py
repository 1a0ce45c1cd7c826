"""Rows dealt out to the sides of a split, label by label, the rarest first."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goemox.data.stratify import stratified_sides


def split(truth, sizes, groups=None, seed=0):
    truth = np.asarray(truth, dtype=bool)
    return stratified_sides(truth, np.arange(len(truth)) if groups is None else groups, sizes, seed=seed)


def test_every_label_is_on_every_side_in_its_share():
    generator = np.random.default_rng(1)
    truth = generator.random((1000, 6)) < np.array([0.5, 0.3, 0.2, 0.1, 0.05, 0.02])
    sides = split(truth, [800, 100, 100])
    for side, share in enumerate((0.8, 0.1, 0.1)):
        assert np.abs(truth[sides == side].sum(axis=0) - share * truth.sum(axis=0)).max() <= 2
    assert np.bincount(sides).tolist() == [800, 100, 100]


def test_a_random_split_would_lose_a_rare_label_where_this_one_keeps_it():
    truth = np.zeros((1000, 2), dtype=bool)
    truth[:, 0] = True
    truth[:10, 1] = True
    for seed in range(20):
        sides = split(truth, [800, 100, 100], seed=seed)
        assert np.bincount(sides[:10], minlength=3).tolist() == [8, 1, 1]


def test_the_only_row_of_a_label_goes_to_the_largest_side():
    truth = np.zeros((100, 2), dtype=bool)
    truth[:, 0] = True
    truth[42, 1] = True
    assert split(truth, [80, 10, 10])[42] == 0


def test_many_labels_of_one_row_each_do_not_empty_the_small_sides():
    assert np.bincount(split(np.eye(200), [160, 20, 20])).tolist() == [160, 20, 20]


@pytest.mark.parametrize(("rows", "least"), [(2, 1), (3, 2), (4, 3), (7, 5), (12, 9)])
def test_labels_of_a_few_rows_each_all_keep_most_of_them_on_the_largest_side(rows, least):
    n = 100 * rows
    truth = np.tile(np.eye(100), (rows, 1))
    sides = split(truth, [n * 8 // 10, n // 10, n // 10])
    assert np.bincount(sides).tolist() == [n * 8 // 10, n // 10, n // 10]
    assert truth[sides == 0].sum(axis=0).min() >= least


def test_the_same_seed_gives_the_same_sides_and_another_seed_others():
    truth = np.random.default_rng(0).random((200, 4)) < 0.3
    assert (split(truth, [160, 20, 20]) == split(truth, [160, 20, 20])).all()
    assert (split(truth, [160, 20, 20]) != split(truth, [160, 20, 20], seed=1)).any()


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_a_group_is_never_divided_and_every_row_gets_a_side(data):
    n = data.draw(st.integers(3, 60))
    groups = np.array(data.draw(st.lists(st.integers(0, n // 2), min_size=n, max_size=n)))
    _, groups = np.unique(groups, return_inverse=True)
    truth = np.array(
        data.draw(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=n, max_size=n))
    )
    sides = split(truth, [n - 2, 1, 1], groups)
    assert set(sides) <= {0, 1, 2}
    for group in set(groups):
        assert len(set(sides[groups == group])) == 1
