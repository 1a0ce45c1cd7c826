"""p-values from intervals, as they are written beside figures, and of shares."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency, fisher_exact, norm

from goemox.evaluation.significance import LEVEL, holm, p_of_interval, p_of_shares


def test_a_p_value_comes_back_from_the_interval_that_it_made():
    error = 0.013
    low, high = 0.03 - 1.959964 * error, 0.03 + 1.959964 * error
    assert p_of_interval(0.03, low, high) == pytest.approx(2 * norm.sf(0.03 / error), rel=1e-4)
    assert p_of_interval(0.0, 0.0, 0.0) == 1.0
    assert np.isnan(p_of_interval(0.1, np.nan, np.nan))


@pytest.mark.parametrize(("x", "n", "y", "m"), [(1, 50, 9, 5426), (48, 50, 5400, 5426), (0, 60, 80, 900)])
def test_shares_of_few_texts_are_tested_as_fisher_does_the_smaller_tail_doubled(x, n, y, m):
    table = [[x, n - x], [y, m - y]]
    tails = [fisher_exact(table, alternative=side).pvalue for side in ("less", "greater")]
    assert p_of_shares(x / n, n, y / m, m) == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-6)
    assert p_of_shares(y / m, m, x / n, n) == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-6)


def test_shares_of_many_texts_are_tested_as_two_proportions():
    table = [[120, 280], [1500, 3500]], [[90, 310], [1500, 3500]]
    expected = [chi2_contingency(each, correction=False).pvalue for each in table]
    found = p_of_shares(np.array([120, 90]) / 400, 400, np.array([0.3, 0.3]), 5000)
    np.testing.assert_allclose(found, expected)
    assert p_of_shares(0.0, 80, 0.0, 9000) == 1.0


def test_a_few_texts_like_the_many_beside_them_show_a_rare_label_in_at_most_seven_percent():
    generator, size, n = np.random.default_rng(5), 5_000, 50
    texts = np.geomspace(6, 1_500, 28).astype(int)  # with each label, as rare as those of GoEmotions
    here = generator.hypergeometric(texts, size - texts, n, size=(200, 28))
    p_values = p_of_shares(here / n, n, (texts - here) / (size - n), size - n)
    assert sum(holm(row).min() < LEVEL for row in p_values) <= 14  # 39 by the curve alone
