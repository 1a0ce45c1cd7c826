"""p-values from intervals, as they are written beside figures."""

import numpy as np
import pytest
from scipy.stats import norm

from goemox.evaluation.significance import p_of_interval


def test_a_p_value_comes_back_from_the_interval_that_it_made():
    error = 0.013
    low, high = 0.03 - 1.959964 * error, 0.03 + 1.959964 * error
    assert p_of_interval(0.03, low, high) == pytest.approx(2 * norm.sf(0.03 / error), rel=1e-4)
    assert p_of_interval(0.0, 0.0, 0.0) == 1.0
    assert np.isnan(p_of_interval(0.1, np.nan, np.nan))
