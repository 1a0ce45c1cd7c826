import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from goemox.domain_shift.two_sample import label_tests
from goemox.errors import ShapeError
from goemox.evaluation.significance import LEVEL, holm


def test_holm_multiplies_by_what_is_left_and_never_falls_as_worked_out_by_hand():
    # sorted .01 .02 .03 .04, times 4 3 2 1 = .04 .06 .06 .04, none below the one before
    np.testing.assert_allclose(holm(np.array([0.04, 0.01, 0.03, 0.02])), [0.06, 0.04, 0.06, 0.06])
    assert holm(np.array([0.5, 0.9])).tolist() == [1.0, 1.0]


@settings(deadline=None)
@given(arrays(float, st.integers(1, 10), elements=st.floats(0, 1)))
def test_holm_never_lowers_a_p_value_nor_exceeds_bonferroni_nor_swaps_the_order(p):
    adjusted = holm(p)
    assert (adjusted >= p).all()
    assert (adjusted <= np.minimum(p * len(p), 1)).all()
    assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0).all()


def test_two_draws_of_the_same_texts_alarm_in_at_most_seven_percent():
    generator = np.random.default_rng(11)
    alarms = 0
    for _ in range(200):
        emotion = generator.normal(size=(300, 1))  # labels move together, as real ones do
        scores = emotion + generator.normal(size=(300, 6))
        alarms += (label_tests(scores[:150], scores[150:]).p_adjusted < LEVEL).any()
    assert alarms <= 14


def test_a_label_that_moved_is_found_and_the_others_are_not():
    generator = np.random.default_rng(3)
    before, after = generator.normal(size=(500, 4)), generator.normal(size=(500, 4))
    after[:, 2] += 0.5
    found = label_tests(before, after)
    assert (found.p_adjusted < LEVEL).tolist() == [False, False, True, False]
    assert found.ks.argmax() == 2


@settings(deadline=None)
@given(st.integers(0, 100))
def test_calibration_does_not_change_the_tests(seed):
    generator = np.random.default_rng(seed)
    before, after = generator.normal(size=(60, 2)), generator.normal(size=(80, 2)) + 0.3
    raw = label_tests(before, after)
    calibrated = label_tests(1 / (1 + np.exp(-2 * before + 1)), 1 / (1 + np.exp(-2 * after + 1)))
    np.testing.assert_allclose(raw.ks, calibrated.ks)
    np.testing.assert_allclose(raw.p_adjusted, calibrated.p_adjusted)


def test_fewer_than_fifty_texts_on_a_side_are_not_tested():
    assert label_tests(np.zeros((49, 2)), np.zeros((500, 2))) is None
    assert label_tests(np.zeros((500, 2)), np.zeros((49, 2))) is None
    assert label_tests(np.zeros((50, 2)), np.zeros((50, 2))) is not None


def test_sides_of_one_size_that_hardly_differ_have_p_1_and_no_warning_of_scipy_reaches_the_user():
    # exact p-values of 1 and 3 steps of 150 round to more than 1, whereupon scipy warns
    before = np.arange(150.0)[:, None]
    for steps in (0, 1, 2, 3):
        found = label_tests(before, before - steps)
        assert found.ks[0] == pytest.approx(steps / 150)
        assert found.p_adjusted[0] == pytest.approx(1, abs=1e-9)


def test_constant_scores_are_alike_or_wholly_apart():
    before, after = np.zeros((60, 2)), np.zeros((70, 2))
    after[:, 1] = 1
    found = label_tests(before, after)
    assert found.ks.tolist() == [0, 1]
    assert found.p_adjusted[0] == 1
    assert found.p_adjusted[1] == 1e-6  # as small as it gets: no p-value is 0


def test_a_reference_stored_in_half_precision_does_not_look_moved():
    p = np.random.default_rng(0).beta(1, 30, (2000, 3))
    assert label_tests(p.astype(np.float16), p).ks.tolist() == [0, 0, 0]


def test_sides_with_other_labels_are_refused():
    with pytest.raises(ShapeError, match="target scores"):
        label_tests(np.zeros((60, 2)), np.zeros((60, 3)))
