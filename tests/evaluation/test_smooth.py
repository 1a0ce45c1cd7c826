import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from goemox.evaluation.smooth import smooth_calibration


def drawn(n, seed, shift=0.0, a=1.2, b=3.0):
    generator = np.random.default_rng(seed)
    p = generator.beta(a, b, n)
    return np.clip(p + shift, 0, 1), generator.random(n) < p


def by_definition(p, y, width, grid):
    """The smoothed error by its integral, the Gaussian reflected at 0 and 1."""
    t = (np.arange(grid) + 0.5) / grid
    kernel = sum(
        np.exp(-0.5 * ((t[:, None] - image) / width) ** 2) for image in (p, -p, 2 - p, 2 + p, -2 + p)
    )
    return np.abs(kernel @ (y - p) / (len(p) * width * np.sqrt(2 * np.pi))).mean()


@pytest.mark.parametrize("shift", [0.0, 0.05, -0.1])
def test_the_smooth_error_is_the_width_at_which_its_definition_gives_the_width(shift):
    p, y = drawn(800, 0, shift)
    found = smooth_calibration(p, y).error
    assert by_definition(p, y, found, 4000) == pytest.approx(found, rel=0.01)


def test_a_constant_gap_is_found_in_full():
    assert smooth_calibration(*drawn(20_000, 0, 0.1)).error == pytest.approx(0.1, abs=0.01)


def test_a_perfect_model_has_a_small_error_that_falls_as_texts_grow():
    errors = [smooth_calibration(*drawn(n, 0)).error for n in (300, 3_000, 30_000)]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 0.01


def test_ninety_percent_bands_hold_about_ninety_percent_of_a_perfect_models_curve():
    inside = []
    for seed in range(30):
        curve = smooth_calibration(*drawn(1500, seed), seed)
        inside += ((curve.low <= curve.observed) & (curve.observed <= curve.high)).tolist()
    assert 0.84 <= np.mean(inside) <= 0.96


def test_a_shifted_curve_lies_below_its_band():
    curve = smooth_calibration(*drawn(5000, 0, 0.1))
    assert (curve.observed < curve.low).mean() > 0.8


@given(arrays(float, st.integers(1, 50), elements=st.floats(0, 1)), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_every_sample_gives_a_short_ascending_curve_of_shares(p, dice):
    y = np.array([dice.random() < 0.5 for _ in p])
    curve = smooth_calibration(p, y)
    points = curve.points()
    assert 0 <= curve.error <= 1
    assert len(points) <= 40
    assert [point["predicted"] for point in points] == sorted(point["predicted"] for point in points)
    assert all(0 <= value <= 1 for point in points for value in point.values())


def test_the_same_seed_gives_the_same_curve():
    assert smooth_calibration(*drawn(300, 0), 3).points() == smooth_calibration(*drawn(300, 0), 3).points()
