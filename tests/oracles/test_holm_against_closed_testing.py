"""Holm's adjusted p-values against what they shorten: Bonferroni for every intersection of hypotheses."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from goemox.evaluation.significance import holm


def by_closed_testing(p):
    """A hypothesis falls only if each set that holds it does (Marcus, Peritz and Gabriel 1976)."""
    k = len(p)
    sets = [chosen for size in range(1, k + 1) for chosen in combinations(range(k), size)]
    of_set = {chosen: min(1.0, len(chosen) * min(p[i] for i in chosen)) for chosen in sets}
    return np.array([max(value for chosen, value in of_set.items() if i in chosen) for i in range(k)])


@given(arrays(float, st.integers(1, 7), elements=st.floats(0, 1)))
def test_holm_is_the_closed_bonferroni_test(p):
    np.testing.assert_allclose(holm(p), by_closed_testing(p), atol=1e-12)


def test_the_chance_of_any_false_alarm_stays_at_the_level():
    generator = np.random.default_rng(0)
    alarms = [(holm(generator.random(28)) < 0.05).any() for _ in range(4000)]
    assert 0.035 < np.mean(alarms) < 0.06
