import numpy as np
import pytest

from goemox.domain_shift.whole_texts import joint_p


def test_the_joint_p_is_twice_the_smaller():
    assert joint_p(0.02, 0.5) == joint_p(0.5, 0.02) == 0.04
    assert joint_p(0.03, 0.03) == 0.06
    assert joint_p(0.8, 1.0) == 1.0


def test_a_family_that_was_not_tested_costs_nothing():
    assert (joint_p(0.02, None), joint_p(None, 0.02), joint_p(None, None)) == (0.02, 0.02, None)


@pytest.mark.parametrize("alike", [False, True])
def test_the_joint_p_alarms_in_at_most_five_percent_whether_the_families_agree_or_not(alike):
    generator = np.random.default_rng(0)
    labels, whole = generator.random((2, 20_000))
    alarms = [joint_p(a, a if alike else b) < 0.05 for a, b in zip(labels, whole, strict=True)]
    assert np.mean(alarms) <= 0.052
