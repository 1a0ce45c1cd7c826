"""Sentences about calibration: what chance would show, too, is no finding."""

import numpy as np
import pytest

from goemox.evaluation.reliability import _bins
from goemox.report.sentences import calibration as say
from goemox.report.sentences.in_domain import NOT_MEASURED


def curve(*offsets, n=500, band=0.05):
    bins = []
    for index, offset in enumerate(offsets):
        said = (index + 0.5) / len(offsets)
        low, high = said - band, said + band
        bins.append({"predicted": said, "observed": said + offset, "n": n, "low": low, "high": high})
    return [{"label": "all", "bins": bins}]


def test_a_curve_inside_its_bands_is_calibrated(told):
    said = told(say.reliability, reliability=curve(0.01, -0.01, 0.02, 0.0, band=0.04))
    assert "can be read as a frequency: in all 4 bins" in said


def test_a_curve_inside_bands_that_may_hide_a_gap_is_calibrated_as_far_as_anybody_can_tell(told):
    said = told(say.reliability, reliability=curve(0.05, -0.05, 0.05, 0.0, n=150, band=0.07))
    assert "can be read as a frequency, as far as chance lets anybody tell: in all 4 bins it stays" in said


def test_a_curve_that_misses_many_bins_is_not_calibrated_and_the_worst_bin_is_named(told):
    said = told(say.reliability, reliability=curve(0.0, -0.1, -0.2, 0.1))
    assert (
        "cannot be read as a frequency: it is off by up to 0.20 (0.62 said, 0.42 true, on 500 cases)" in said
    )
    assert "within its 90% band in 1 of 4 bins (a perfectly calibrated model would in nine of ten)" in said


def test_small_gaps_beyond_narrow_bands_are_called_close_and_no_more(told):
    said = told(say.reliability, reliability=curve(0.0, -0.02, -0.03, 0.02, band=0.01))
    assert "is off by more than chance but by little, at most 0.03" in said
    assert "can be read" not in said


def test_one_bin_that_is_far_off_is_not_called_mostly_a_frequency(told):
    offsets = [0.0] * 6
    said = told(say.reliability, reliability=curve(*offsets[:-1], -0.54, n=40))
    assert "can be read as a frequency in 5 of 6 bins, those within their 90% bands" in said
    assert "not in the others: it is off by up to 0.54 (0.92 said, 0.38 true, on 40 cases)." in said
    assert "mostly" not in said
    near = told(say.reliability, reliability=curve(*offsets[:-1], -0.04, band=0.02))
    assert "can mostly be read as a frequency: it is off by 0.04 (" in near


def test_bins_that_are_off_as_often_as_by_chance_are_no_finding(told):
    def say_of(*off):
        offsets = [0.0] * 4 + [*off] + [0.0] * (11 - len(off))
        return told(say.reliability, reliability=curve(*offsets, n=60, band=0.08))

    said = say_of(0.09, -0.1)
    assert (
        "can be read as a frequency, as far as chance lets anybody tell: it stays within its 90% band" in said
    )
    assert "in 13 of 15 bins (a perfectly calibrated model would in nine of ten)." in said
    assert "as far as" not in say_of(0.3)  # surprising among 15
    assert "as far as" not in say_of(*[0.09] * 6)  # more than one in ten of them


@pytest.mark.parametrize(("n", "k", "rarity"), [(300, 4, 3), (200, 2, 60), (1000, 3, 9)])
def test_perfect_calibration_is_seldom_called_off(told, n, k, rarity):
    generator, called = np.random.default_rng(0), 0
    for _ in range(100):
        p = generator.beta(0.3, rarity, (n, k))
        curve = _bins(p.ravel(), (generator.random(p.shape) < p).ravel(), 15)
        said = told(say.reliability, n=n, reliability=[{"label": "all", "bins": curve}])
        called += "off by" in said
    assert called <= 6


def test_a_curve_of_many_cases_on_few_texts_says_nothing(told):
    assert "Too few texts" in told(say.reliability, n=40, reliability=curve(0.0, -0.5))


def test_a_curve_on_few_cases_or_without_bands_says_nothing(told):
    assert "Too few texts" in told(say.reliability, reliability=curve(0.5, n=10))
    bare = curve(0.0)
    bare[0]["bins"][0]["low"] = None
    assert "no bands" in told(say.reliability, reliability=bare)
    assert told(say.reliability, reliability=None) == NOT_MEASURED


def labels_off(*off, n=5):
    return [
        {"label": f"l{i}", "ece": 0.01 * i, "ece_above_chance": f"l{i}" in off, "support": 90}
        for i in range(n)
    ]


def test_labels_whose_calibration_is_off_beyond_chance_are_named_worst_first(told):
    said = told(say.label_calibration, per_label=labels_off("l1", "l3"))
    assert said.startswith("Label by label, 2 of 5 are off by more than chance")
    assert said.endswith("model: l3 and l1.")
    many = told(say.label_calibration, per_label=labels_off("l0", "l1", "l2", "l3"))
    assert many.endswith("most of all l3, l2 and l1.")


def test_calibration_errors_that_chance_explains_are_no_finding(told):
    flat = told(say.label_calibration, per_label=labels_off())
    assert flat == "Label by label, none is off by more than chance would show a perfectly calibrated model."


def test_nothing_is_said_of_labels_that_were_not_tested_or_of_few_texts(told):
    assert told(say.label_calibration) == ""
    assert told(say.label_calibration, per_label=labels_off("l1"), n=49) == ""
