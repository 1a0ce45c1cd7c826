import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from goemox.decision.calibration import IDENTITY, MIN_POSITIVES, calibrate, fit_beta
from goemox.scores import sigmoid


def nll(p, y):
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return -(np.log(p[y]).sum() + np.log1p(-p[~y]).sum()) / y.size


def skewed(n, seed=0):
    """Scores that are too sure by a factor of two and shifted, with the truth they should have had."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(-1.5, 1.5, (n, 3))
    return 2.0 * logits + 0.7, generator.random((n, 3)) < sigmoid(logits)


def test_the_identity_map_is_the_sigmoid():
    logits = np.linspace(-20, 20, 9)[:, None]
    assert calibrate(logits, np.array([IDENTITY])) == pytest.approx(sigmoid(logits))


def test_a_fit_undoes_a_known_distortion_on_new_rows():
    maps = fit_beta(*skewed(4000))
    logits, truth = skewed(4000, seed=1)
    assert nll(calibrate(logits, maps), truth) < nll(sigmoid(logits), truth) - 0.02
    assert abs(calibrate(logits, maps).mean() - truth.mean()) < 0.01


def test_true_probabilities_are_left_nearly_alone():
    generator = np.random.default_rng(0)
    logits = generator.normal(-1, 2, (5000, 2))
    maps = fit_beta(logits, generator.random((5000, 2)) < sigmoid(logits))
    assert np.abs(calibrate(logits, maps) - sigmoid(logits)).max() < 0.05


def test_labels_with_few_positives_share_one_map_that_stays_near_the_identity():
    logits, truth = skewed(500)
    truth[:, :2] = False
    truth[: MIN_POSITIVES - 1, 0] = True
    maps = fit_beta(logits, truth)
    assert maps[0].tolist() == maps[1].tolist() != maps[2].tolist()
    assert maps[0, 0] == pytest.approx(1, abs=0.5)


@given(arrays(float, (20, 3), elements=st.floats(-40, 40)), arrays(float, (3, 2), elements=st.floats(0, 5)))
def test_calibration_never_reorders_the_texts_of_a_label(logits, slopes):
    maps = np.column_stack([slopes, np.zeros(3)])
    p = calibrate(logits, maps)
    by_logit = np.argsort(logits, axis=0, kind="stable")
    assert (np.diff(np.take_along_axis(p, by_logit, axis=0), axis=0) >= -1e-12).all()
    assert ((p >= 0) & (p <= 1)).all()


def test_extreme_logits_stay_finite():
    p = calibrate(np.array([[-1e6], [1e6]]), np.array([[2.0, 3.0, -1.0]]))
    assert np.isfinite(p).all()
