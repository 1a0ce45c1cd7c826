from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from goemox.evaluation.noise_floor import noise_floor
from goemox.evaluation.reliability import bins, debiased_ece, label_ece, reliability
from goemox.evaluation.sample import LabelledSample

SCORES = arrays(float, st.integers(1, 60), elements=st.sampled_from([0.0, 0.1, 0.2, 0.5, 0.9, 1.0]))


def sample_of(p, y):
    p, y = p.reshape(len(p), -1), y.reshape(len(y), -1)
    names = tuple(f"label {column}" for column in range(p.shape[1]))
    return LabelledSample(names, p, y, y, np.ones_like(y))


def calibrated(n, k, seed, shift=0.0):
    """Texts whose truth is drawn from the probabilities; `shift` is then added to what the model says."""
    generator = np.random.default_rng(seed)
    p = generator.beta(0.6, 3.0, (n, k))
    return sample_of(np.clip(p + shift, 0, 1), generator.random((n, k)) < p)


def ece_mean(sample):
    return label_ece(sample, np.ones((1, len(sample)))).mean()


@settings(deadline=None)
@given(SCORES, st.integers(1, 8), st.booleans())
def test_bins_are_ordered_and_never_part_equal_scores(scores, n_bins, by_score):
    order, starts = bins(scores, scores if by_score else np.ones(len(scores)), n_bins)
    assert sorted(order.tolist()) == list(range(len(scores)))
    assert starts[0] == 0
    assert 1 <= len(starts) <= n_bins
    groups = np.split(scores[order], starts[1:])
    for one, following in pairwise(groups):
        assert one.max() < following.min()


def test_bins_of_different_scores_hold_equally_many_texts():
    order, starts = bins(np.arange(60.0) / 60, np.ones(60), 15)
    assert np.diff(np.append(starts, 60)).tolist() == [4] * 15
    assert order.tolist() == list(range(60))


def test_calibration_error_is_the_gap_between_predicted_and_observed():
    p, y = np.full(10, 0.7), np.arange(10) < 4
    assert ece_mean(sample_of(p, y)) == pytest.approx(0.3)
    assert ece_mean(sample_of(np.array([0.0, 1.0]), np.array([False, True]))) == 0.0


@settings(deadline=None)
@given(arrays(float, (40, 2), elements=st.floats(0, 1)), arrays(bool, (40, 2)))
def test_calibration_error_equals_a_plain_loop_and_lies_in_0_1(p, y):
    expected = []
    for column in range(2):
        order, starts = bins(p[:, column], np.ones(40), 15)
        gap = sum(abs(p[rows, column].sum() - y[rows, column].sum()) for rows in np.split(order, starts[1:]))
        expected.append(gap / 40)
    found = label_ece(sample_of(p, y), np.ones((1, 40)))[0]
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert ((found >= 0) & (found <= 1)).all()


def test_a_perfectly_calibrated_model_shows_no_more_than_the_noise_floor():
    sample = calibrated(2000, 6, seed=1)
    floor = noise_floor(sample, seed=0)
    assert floor.overall.low < ece_mean(sample) < floor.overall.high
    assert floor.mean.mean() == pytest.approx(floor.overall.value)


def test_a_model_that_says_five_points_too_much_stands_out_of_the_noise():
    sample = calibrated(8000, 6, seed=1, shift=0.05)
    assert ece_mean(sample) > 2 * noise_floor(sample, seed=0).overall.high
    assert debiased_ece(sample).mean() == pytest.approx(0.05, abs=0.01)


def test_debiasing_takes_most_of_the_noise_away():
    perfect = [calibrated(500, 8, seed) for seed in range(5)]
    assert np.mean([debiased_ece(s).mean() for s in perfect]) < 0.6 * np.mean([ece_mean(s) for s in perfect])


@pytest.mark.parametrize("n", [5, 15, 20])
def test_a_perfect_model_is_not_accused_by_bins_of_one_text(n):
    """One text's gap is all noise, and was counted in full: the mean of these labels was .22 to .33."""
    assert debiased_ece(calibrated(n, 400, seed=0)).mean() < 0.13
    tied = calibrated(n, 400, seed=1)
    assert np.nanmean(debiased_ece(sample_of(tied.probabilities.round(1), tied.truth))) < 0.13


def test_a_label_of_one_text_has_no_debiased_error():
    assert np.isnan(debiased_ece(calibrated(1, 3, seed=0))).all()


def test_ninety_percent_bands_hold_about_ninety_percent_of_a_perfect_models_points():
    points = [
        low <= rate <= high
        for seed in range(8)
        for curve in reliability(calibrated(800, 5, seed))
        for _, rate, _, low, high in (b.values() for b in curve["bins"])
    ]
    assert len(points) > 400
    assert 0.86 <= np.mean(points) <= 0.97  # steps of whole positives make narrow bins hold a little more


def test_curves_are_drawn_for_all_cells_and_for_labels_with_a_hundred_positives():
    truth = np.zeros((300, 2), dtype=bool)
    truth[:100, 0], truth[:99, 1] = True, True
    p = np.random.default_rng(0).random((300, 2))
    curves = reliability(sample_of(p, truth))
    assert [curve["label"] for curve in curves] == ["all", "label 0"]
    assert sum(b["n"] for b in curves[0]["bins"]) == 600
    assert [b["predicted"] for b in curves[1]["bins"]] == sorted(b["predicted"] for b in curves[1]["bins"])


@pytest.mark.parametrize("constant", [0.0, 0.25, 1.0])
def test_constant_scores_make_one_bin(constant):
    sample = sample_of(np.full(200, constant), np.arange(200) < 50)
    (point,) = reliability(sample)[0]["bins"]
    assert (point["predicted"], point["observed"], point["n"]) == (constant, 0.25, 200)
    assert ece_mean(sample) == pytest.approx(abs(constant - 0.25))
