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
    with np.errstate(invalid="ignore"):  # SciPy takes the root of a rounding error where both are alike
        expected = np.nan_to_num(jensenshannon(a, b, base=2))
    assert found["jensen_shannon"][0][1] == pytest.approx(expected, abs=2e-6)
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


LABELS = ("joy", "anger", "fear", "neutral")
HOME, AWAY = (0.3, 0.2, 0.1, 0.4), (0.02, 0.01, 0.07, 0.9)


def told(shares, sizes, labels=LABELS, seed=0):
    names = [f"set {i}" for i in range(len(shares))]
    return share_correlation(
        dict(zip(names, shares, strict=True)),
        sizes=dict(zip(names, sizes, strict=True)),
        labels=labels,
        seed=seed,
    )


def test_a_dominating_neutral_makes_a_high_correlation_that_is_gone_without_it():
    found = told([HOME, AWAY], [5000, 5000])
    assert found["pearson"][0][1] > 0.7
    assert found["pearson_emotions"][0][1] == pytest.approx(pearsonr(HOME[:3], AWAY[:3]).statistic, abs=1e-6)
    assert found["pearson_emotions_interval"][0][1][1] < 0


def test_two_samples_of_one_set_lie_within_the_noise_in_nineteen_of_twenty_cases():
    beyond = []
    for seed in range(200):
        dice = np.random.default_rng(seed)
        shares = [dice.multinomial(300, HOME) / 300 for _ in range(3)]
        found = told(shares, [300] * 3, seed=seed)
        pairs = [(0, 1), (0, 2), (1, 2)]
        beyond.append(any(found["jensen_shannon"][i][j] > found["noise"][i][j] for i, j in pairs))
    assert np.mean(beyond) <= 0.08  # .05 is promised for all three pairs together, 200 sets leave +/- .03


def test_a_planted_difference_lies_beyond_the_noise_and_its_interval_does_too():
    found = told([HOME, AWAY], [400, 400])
    low, high = found["jensen_shannon_interval"][0][1]
    assert found["noise"][0][1] < low < found["jensen_shannon"][0][1] < high


def test_intervals_cover_the_distance_and_correlation_of_the_whole_sets():
    truth = {"jensen_shannon": jensenshannon(HOME, AWAY, base=2), "pearson": pearsonr(HOME, AWAY).statistic}
    held = dict.fromkeys(truth, 0)
    for seed in range(100):
        dice = np.random.default_rng([7, seed])
        found = told([dice.multinomial(500, each) / 500 for each in (HOME, AWAY)], [500, 500], seed=seed)
        for kind, value in truth.items():
            low, high = found[f"{kind}_interval"][0][1]
            held[kind] += low <= value <= high
    assert min(held.values()) >= 88


@pytest.mark.parametrize("sizes", [(40, 150), (110, 110), (60, 5427)])
@pytest.mark.parametrize("away", [AWAY, (0.31, 0.2, 0.09, 0.4), HOME])
def test_an_interval_holds_its_own_figure_though_drawing_weakens_it(sizes, away):
    for seed in range(5):
        dice = np.random.default_rng([3, seed])
        drawn = [dice.multinomial(n, each) / n for n, each in zip(sizes, (HOME, away), strict=True)]
        for shares in (drawn, [drawn[0], drawn[0]]):
            found = told(shares, sizes, seed=seed)
            for kind in ("pearson", "pearson_emotions", "jensen_shannon"):
                low, high = found[f"{kind}_interval"][0][1]
                assert -1 <= low <= found[kind][0][1] <= high <= 1
                assert low < high


def test_sets_of_one_label_alone_correlate_one_in_every_draw():
    found = told([(0, 0, 0, 1.0)] * 2, [100, 100])
    assert found["pearson_interval"][0][1] == [pytest.approx(1), 1]


def test_fewer_texts_mean_more_noise_and_wider_intervals():
    few, many = told([HOME, AWAY], [60, 60]), told([HOME, AWAY], [6000, 6000])
    assert few["noise"][0][1] > 3 * many["noise"][0][1]
    for kind in ("pearson", "jensen_shannon"):
        assert np.ptp(few[f"{kind}_interval"][0][1]) > np.ptp(many[f"{kind}_interval"][0][1])


def test_intervals_are_symmetric_absent_on_the_diagonal_and_the_same_for_the_same_seed():
    found = told([HOME, AWAY, HOME], [100, 200, 300])
    for kind in ("pearson", "pearson_emotions", "jensen_shannon"):
        table = found[f"{kind}_interval"]
        assert [table[i][i] for i in range(3)] == [None] * 3
        assert all(table[i][j] == table[j][i] for i in range(3) for j in range(3))
    assert found == told([HOME, AWAY, HOME], [100, 200, 300])
    json.dumps(found, allow_nan=False)


def test_a_model_without_neutral_has_no_table_without_it_and_one_text_breaks_nothing():
    found = told([(0.5, 0.5), (1.0, 0.0)], [10, 1], labels=("joy", "anger"))
    assert found["pearson_emotions"] is None
    assert "pearson_emotions_interval" not in found
    json.dumps(found, allow_nan=False)


def test_sets_that_are_wholly_neutral_have_no_correlation_of_emotions():
    found = told([HOME, (0, 0, 0, 1.0)], [100, 100])
    assert found["pearson_emotions"][0][1] is None
    assert found["pearson_emotions_interval"][0][1] == [None, None]


def test_no_set_at_all_gives_empty_tables():
    assert share_correlation({}, sizes={}) == {"names": [], "pearson": [], "jensen_shannon": []}
