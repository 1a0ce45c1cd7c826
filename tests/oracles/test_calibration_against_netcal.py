"""Calibration error and beta calibration against netcal and SciPy; netcal is not a dependency."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from goemox.decision.calibration import calibrate, fit_beta
from goemox.evaluation.reliability import label_ece
from goemox.evaluation.sample import LabelledSample
from goemox.scores import sigmoid

pytestmark = pytest.mark.filterwarnings("ignore")


def scored(n, seed, gain=1.0):
    """Logits, and truth whose chances are sigmoid(gain * logit - .3)."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(-1.0, 1.6, (n, 1))
    return logits, generator.random((n, 1)) < sigmoid(gain * logits - 0.3)


def ours(p, y, n_bins):
    sample = LabelledSample(("one",), p[:, None], y[:, None], y[:, None], np.ones((len(p), 1), dtype=bool))
    return label_ece(sample, np.ones((1, len(p))), n_bins)[0, 0]


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 40), st.integers(2, 15), st.integers(0, 10**6))
def test_the_calibration_error_with_bins_of_equal_numbers_is_theirs(library, size, n_bins, seed):
    metrics = library("netcal.metrics")
    logits, y = scored(size * n_bins, seed)
    p = sigmoid(logits)[:, 0]
    theirs = metrics.ECE(n_bins, equal_intervals=False).measure(p, y[:, 0].astype(int))
    assert ours(p, y[:, 0], n_bins) == pytest.approx(theirs, abs=1e-9)


def nll(maps, logits, truth):
    z = np.log(calibrate(logits, maps[None])) - np.log1p(-calibrate(logits, maps[None]))
    return np.logaddexp(0.0, np.where(truth, -z, z)).mean()


@pytest.mark.parametrize(("seed", "gain"), [(0, 1.0), (1, 0.6), (2, 1.7), (3, 2.5)])
def test_beta_calibration_without_a_prior_is_theirs(library, seed, gain):
    logits, truth = scored(3000, seed, gain)
    found = calibrate(logits, fit_beta(logits, truth, strength=0.0))[:, 0]
    theirs = library("netcal.scaling").BetaCalibration(method="mle")
    theirs.fit(sigmoid(logits)[:, 0], truth[:, 0].astype(int))
    np.testing.assert_allclose(found, theirs.transform(sigmoid(logits)[:, 0]), atol=0.004)


@pytest.mark.parametrize("seed", range(6))
def test_no_other_map_has_a_smaller_loss(seed):
    logits, truth = scored(1000, seed, 0.5 + 0.4 * seed)
    found = fit_beta(logits, truth, strength=0.0)[0]
    for start in ([0.5, 2.0, 0.5], [2.0, 0.5, -0.5], found + 0.1):
        other = minimize(
            lambda v: nll(v, logits, truth), start, method="Nelder-Mead",
            bounds=[(0, None), (0, None), (None, None)], options={"xatol": 1e-7, "fatol": 1e-10},
        )  # fmt: skip
        assert nll(found, logits, truth) <= other.fun + 1e-8
    assert nll(found, logits, truth) == pytest.approx(other.fun, abs=1e-5)  # the last began close by
