"""Prediction-powered shares: the formula by hand, the level by simulation, useless predictions."""

import numpy as np
import pytest

from goemox.adaptation.prediction_powered import prevalence


def test_the_estimate_is_the_published_formula():
    y = np.array([1, 0, 1, 0, 0, 1, 0, 0], dtype=bool)
    f = np.array([0.9, 0.2, 0.6, 0.1, 0.5, 0.7, 0.3, 0.0])
    others = np.array([0.1, 0.8, 0.3, 0.2, 0.6, 0.4, 0.1, 0.2, 0.3, 0.5, 0.1, 0.0])
    found = prevalence(y, f, others)
    weight = np.cov(y, f)[0, 1] / ((1 + 8 / 12) * f.var(ddof=1))  # PPI++, section 6
    assert found.weight == pytest.approx(weight)
    assert found.powered.value == pytest.approx(y.mean() + weight * (others.mean() - f.mean()))
    variance = (y - weight * f).var(ddof=1) / 8 + weight**2 * others.var(ddof=1) / 12
    share = found.powered.value
    rows, z = y.var(ddof=1) / variance, 1.959964
    centre = (share + z**2 / (2 * rows)) / (1 + z**2 / rows)
    half = z / (1 + z**2 / rows) * np.sqrt(share * (1 - share) / rows + z**2 / (4 * rows**2))
    assert (found.powered.low, found.powered.high) == pytest.approx((centre - half, centre + half))


@pytest.mark.parametrize(("base", "skill"), [(0.3, 3.0), (0.05, 2.0), (0.3, 0.0)])
def test_95_percent_intervals_hold_the_truth_about_95_times_in_100(base, skill):
    generator = np.random.default_rng(0)
    level = np.log(base / (1 - base))

    def draw(n):
        x = generator.normal(size=n)
        p = 1 / (1 + np.exp(-(level + 1.5 * x)))
        return generator.random(n) < p, 1 / (1 + np.exp(-(skill * x + 1)))  # biased predictions

    truth = draw(400_000)[0].mean()
    powered, classical, widths = [], [], []
    for _ in range(1_000):
        y, f = draw(100)
        found = prevalence(y, f, draw(2_000)[1])
        powered.append(found.powered.low <= truth <= found.powered.high)
        classical.append(found.classical.low <= truth <= found.classical.high)
        widths.append((found.powered.high - found.powered.low) / (found.classical.high - found.classical.low))
    assert np.mean(powered) >= 0.93
    assert np.mean(classical) >= 0.93
    assert np.mean(widths) < (1.0 if skill else 1.02)


def test_predictions_of_no_use_or_no_texts_leave_the_labels_own_share():
    y = np.array([1, 0, 0, 0] * 5, dtype=bool)
    flat = prevalence(y, np.full(20, 0.5), np.full(100, 0.5))
    assert flat.weight == 0
    assert flat.powered.value == flat.classical.value == 0.25
    alone = prevalence(y, np.full(20, 0.5), np.empty(0))
    assert alone.powered is None


def test_a_label_that_never_occurred_has_an_interval_that_is_not_empty():
    found = prevalence(np.zeros(50, dtype=bool), np.linspace(0, 0.2, 50), np.linspace(0, 0.3, 500))
    assert found.powered.value == 0
    assert found.powered.high > 0.05


def test_an_estimate_that_lands_near_nothing_is_about_as_sure_as_the_labels_alone():
    y = np.arange(100) < 2
    found = prevalence(y, np.where(y, 0.5, 0.01), np.linspace(0, 0.0005, 500))
    assert found.powered.value < 0.001
    assert found.powered.high < found.classical.high < 0.08
