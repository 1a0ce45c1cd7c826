import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import jensenshannon
from scipy.stats import pearsonr

from goemox.domain_shift.shares import share_correlation
from goemox.errors import InvalidInput, ShapeError

SHARES = arrays(float, (2, 5), elements=st.floats(0.001, 1))


@settings(deadline=None)
@given(SHARES)
def test_both_tables_equal_scipy(rows):
    a, b = rows / rows.sum(axis=1, keepdims=True)
    found = share_correlation({"a": a, "b": b})
    assert found["jensen_shannon"][0][1] == pytest.approx(jensenshannon(a, b, base=2), abs=2e-6)
    if a.std() > 1e-6 and b.std() > 1e-6:
        assert found["pearson"][0][1] == pytest.approx(pearsonr(a, b).statistic, abs=2e-6)


@settings(deadline=None)
@given(SHARES)
def test_both_tables_are_symmetric_with_perfect_diagonals(rows):
    found = share_correlation({"a": rows[0], "b": rows[1]})
    for table, own in (("pearson", 1.0), ("jensen_shannon", 0.0)):
        assert found[table][0][1] == found[table][1][0]
        assert found[table][0][0] in (own, None)


def test_disjoint_sets_are_at_distance_one_and_scale_does_not_matter():
    found = share_correlation({"test": [1.0, 0.0], "titles": [0.0, 1.0], "counts": [40, 0]})
    assert found["names"] == ["test", "titles", "counts"]
    assert found["jensen_shannon"] == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]


def test_equal_shares_have_no_correlation():
    found = share_correlation({"flat": np.full(3, 1 / 3), "other": [0.2, 0.3, 0.5]})
    assert found["pearson"] == [[None, None], [None, 1.0]]
    json.dumps(found, allow_nan=False)


def test_sets_without_shares_or_with_other_labels_are_refused():
    with pytest.raises(InvalidInput, match="titles"):
        share_correlation({"test": [1.0, 0.0], "titles": [0.0, 0.0]})
    with pytest.raises(InvalidInput, match="titles"):
        share_correlation({"test": [1.0, 0.0], "titles": [np.nan, 1.0]})
    with pytest.raises(ShapeError, match="titles"):
        share_correlation({"test": [1.0, 0.0], "titles": [1.0]})
