"""Folds of groups are scikit-learn's, row by row."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.model_selection import StratifiedGroupKFold

from goemox.domain_shift.folds import group_folds


@pytest.mark.parametrize(
    ("n_reference", "n_target", "n_groups"),
    [(400, 400, 800), (300, 2_200, 3_000), (60, 50, 100), (1_000, 77, 40), (50, 50, 5), (200, 200, 100_000)],
)
@pytest.mark.parametrize("seed", [0, 1, 7])
def test_they_are_those_of_scikit_learn_for_the_same_seed(n_reference, n_target, n_groups, seed):
    groups = np.random.default_rng(seed).integers(0, n_groups, n_reference + n_target)
    truth = np.repeat([False, True], [n_reference, n_target])
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
    wanted = np.empty(len(truth), dtype=np.intp)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, (_, held_out) in enumerate(folds.split(truth, truth, groups)):
            wanted[held_out] = number
    assert np.array_equal(group_folds(truth, groups, 5, seed), wanted)


def test_a_group_stays_whole_and_both_classes_are_in_every_fold():
    groups = np.repeat(np.arange(120), 3)
    truth = np.arange(360) % 4 == 0
    fold = group_folds(truth, groups, 5, seed=0)
    assert all(len(set(fold[groups == group])) == 1 for group in range(120))
    assert all(truth[fold == number].any() and not truth[fold == number].all() for number in range(5))
