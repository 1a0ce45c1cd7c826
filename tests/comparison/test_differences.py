"""Differences of two studies against scipy, a published example, and simulated truth."""

import numpy as np
import pytest
from scipy.stats import binomtest, norm, ttest_ind

from goemox.comparison.differences import (
    Difference,
    adjusted,
    by_intervals,
    paired_means,
    paired_shares,
    unpaired_means,
    unpaired_shares,
)


def cells(both, lost, won, none):
    """Two columns of answers by how many texts are in each of the four cells."""
    a = np.repeat([True, True, False, False], [both, lost, won, none])
    b = np.repeat([True, False, True, False], [both, lost, won, none])
    return a[:, None], b[:, None]


@pytest.mark.parametrize(("lost", "won"), [(0, 7), (5, 12), (9, 9), (40, 3)])
def test_paired_shares_test_as_the_exact_binomial_of_scipy(lost, won):
    (found,) = paired_shares(*cells(50, lost, won, 100))
    assert found.p == pytest.approx(binomtest(won, lost + won).pvalue)
    assert found.difference == pytest.approx((won - lost) / (150 + lost + won))
    assert found.low < found.difference < found.high


def test_no_change_is_the_same_and_never_sure():
    (found,) = paired_shares(*cells(10, 0, 0, 90))
    assert found.same
    assert (found.difference, found.p) == (0.0, 1.0)
    assert found.low == -found.high < 0


def test_paired_intervals_hold_the_truth_as_often_as_they_say():
    generator, held = np.random.default_rng(0), 0
    for _ in range(400):
        cell = generator.choice(4, size=150, p=[0.2, 0.05, 0.1, 0.65])
        a, b = np.isin(cell, (0, 1))[:, None], np.isin(cell, (0, 2))[:, None]
        (found,) = paired_shares(a, b)
        held += found.low <= 0.05 <= found.high
    assert 0.92 <= held / 400 <= 0.99


def test_unpaired_shares_give_newcombes_own_example():
    """Newcombe 1998, https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I:
    56 of 70 against 48 of 80, method 10: 0.0524 to 0.3339."""
    found = unpaired_shares(48 / 80, 80, 56 / 70, 70)
    assert found.difference == pytest.approx(0.2)
    assert (found.low, found.high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))


def test_means_agree_with_scipy_for_many_texts():
    generator = np.random.default_rng(1)
    a, b = generator.random(900), generator.random(800) + 0.02
    assert unpaired_means(a, b).p == pytest.approx(ttest_ind(a, b, equal_var=False).pvalue, abs=2e-3)
    paired = paired_means(a[:800], b)
    error = (b - a[:800]).std(ddof=1) / np.sqrt(800)
    assert paired.p == pytest.approx(2 * norm.sf(abs(paired.difference) / error))


def test_equal_figures_in_every_text_are_the_same():
    a = np.random.default_rng(2).random(60)
    assert paired_means(a, a).same
    assert not paired_means(a, a + np.eye(60)[0] * 1e-3).same


def test_two_intervals_add_in_squares():
    found = by_intervals((0.5, 0.46, 0.54), (0.6, 0.57, 0.63))
    assert found.high - found.low == pytest.approx(0.1)
    assert found.low < found.difference < found.high


def test_untested_differences_take_no_part_in_the_correction():
    found = adjusted([Difference(0, 1, p=0.02), Difference(0, 1), Difference(0, 1, p=0.03)])
    assert [each.p_adjusted for each in found][::2] == [pytest.approx(0.04), pytest.approx(0.04)]
    assert np.isnan(found[1].p_adjusted)
    assert not found[1].sure
