"""Tests of shift against SciPy and scikit-learn, and against their definitions written out slowly."""

import numpy as np
import pytest
from scipy.spatial.distance import mahalanobis
from scipy.stats import ks_2samp, mannwhitneyu
from sklearn.metrics import roc_auc_score

from goemox.domain import DomainProfile
from goemox.domain_shift.lengths import auroc, auroc_variance
from goemox.domain_shift.mmd import mmd_test
from goemox.domain_shift.two_sample import label_tests


def slow_mmd2(before, after, width):
    """The unbiased estimate by its definition, Gretton et al. 2012, equation 3."""

    def kernel(a, b):
        return np.exp(-((a - b) ** 2).sum() / (2 * width**2))

    m, n = len(before), len(after)
    within = sum(kernel(before[i], before[j]) for i in range(m) for j in range(m) if i != j)
    others = sum(kernel(after[i], after[j]) for i in range(n) for j in range(n) if i != j)
    between = sum(kernel(a, b) for a in before for b in after)
    return within / (m * (m - 1)) + others / (n * (n - 1)) - 2 * between / (m * n)


@pytest.mark.parametrize("seed", range(4))
def test_discrepancy_is_its_definition_written_out(seed):
    generator = np.random.default_rng(seed)
    before, after = generator.normal(size=(50, 3)), generator.normal(0.5, 1, size=(60, 3))
    found = mmd_test(before, after, permutations=20)
    rows = np.concatenate([before, after])
    distances = [np.linalg.norm(rows[i] - rows[j]) for i in range(110) for j in range(i)]
    assert found.bandwidth == pytest.approx(np.median(distances), rel=1e-3)
    assert found.mmd2 == pytest.approx(slow_mmd2(before, after, found.bandwidth), abs=1e-10)


def test_discrepancies_of_splits_are_those_of_the_rows_they_choose():
    from goemox.domain_shift.mmd import _discrepancies, _kernel

    generator = np.random.default_rng(0)
    rows = generator.normal(size=(60, 2))
    kernel, width = _kernel(rows)
    chosen = generator.permutation(60)[:25]
    side = np.zeros((60, 1))
    side[chosen] = 1
    others = np.setdiff1d(np.arange(60), chosen)
    found = _discrepancies(kernel, side, 25, 35)[0]
    assert found == pytest.approx(slow_mmd2(rows[chosen], rows[others], width), abs=1e-10)


@pytest.mark.parametrize("seed", range(6))
def test_label_tests_are_scipys_exact_ones_and_the_largest_gap_of_two_step_functions(seed):
    generator = np.random.default_rng(seed)
    before, after = generator.beta(1, 9, (120, 2)), generator.beta(1.3, 9, (90, 2))
    found = label_tests(before, after)
    exact = [ks_2samp(before[:, j], after[:, j], method="exact") for j in range(2)]
    smaller, larger = sorted(test.pvalue for test in exact)
    np.testing.assert_allclose(found.ks, [test.statistic for test in exact])
    adjusted = [min(1, 2 * smaller), min(1, max(2 * smaller, larger))]
    np.testing.assert_allclose(np.sort(found.p_adjusted), adjusted, atol=0.05)
    for j in range(2):
        cuts = np.concatenate([before[:, j], after[:, j]])
        gaps = [abs((before[:, j] <= cut).mean() - (after[:, j] <= cut).mean()) for cut in cuts]
        assert found.ks[j] == pytest.approx(max(gaps))


@pytest.mark.parametrize("seed", range(10))
def test_auroc_is_scikit_learns_and_scipys_with_ties(seed):
    generator = np.random.default_rng(seed)
    before, after = generator.integers(0, 9, 80) * 1.0, generator.integers(2, 11, 60) * 1.0
    truth = np.repeat([0, 1], [80, 60])
    ours = auroc(before, after).value
    assert ours == pytest.approx(roc_auc_score(truth, np.concatenate([before, after])))
    assert ours == pytest.approx(mannwhitneyu(after, before).statistic / (80 * 60))


def test_variance_of_the_area_is_that_of_many_draws():
    generator = np.random.default_rng(0)
    areas, variances = np.array(
        [auroc_variance(generator.normal(size=40), generator.normal(1, 2, size=60)) for _ in range(2000)]
    ).T
    assert variances.mean() == pytest.approx(areas.var(), rel=0.1)


@pytest.mark.parametrize("seed", range(4))
def test_domain_distances_are_scipys_mahalanobis(seed):
    generator = np.random.default_rng(seed)
    train = generator.normal(size=(300, 5)) @ generator.normal(size=(5, 5))
    profile = DomainProfile.fit(train, train[:60], np.zeros((60, 1)), np.ones(60, dtype=np.int32), ridge=0)
    inverse = np.linalg.inv(np.cov(train, rowvar=False))
    theirs = [mahalanobis(row, train.mean(axis=0), inverse) for row in train[:20]]
    np.testing.assert_allclose(profile.placed(train[:20]).distances, theirs, rtol=1e-4)
