import numpy as np
import pytest

from goemox.decision.folds import dealt, folds


@pytest.mark.parametrize(("n", "n_folds"), [(103, 5), (3, 20), (1, 5), (0, 5)])
def test_each_row_is_in_one_fold_and_the_folds_are_as_even_as_they_can_be(n, n_folds):
    found = list(folds(n, n_folds, seed=7))
    assert len(found) == min(n, n_folds)
    assert np.array_equal(np.sum(found, axis=0), np.ones(n)) if n else not found
    sizes = [int(here.sum()) for here in found]
    assert not sizes or max(sizes) - min(sizes) <= 1


def test_the_seed_alone_says_who_is_where():
    assert np.array_equal(dealt(50, 5, seed=1), dealt(50, 5, seed=1))
    assert not np.array_equal(dealt(50, 5, seed=1), dealt(50, 5, seed=2))
