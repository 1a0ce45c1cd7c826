"""Parts of a domain: their shares are right, alike parts rarely alarm, planted differences are found."""

import numpy as np
import pytest
from scipy import stats

from goemox.domain_shift.partition import PartTests, part_findings, part_shares, part_tests
from goemox.errors import ShapeError

COMMON = np.array([0.8, 0.3, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002])


def given(n, shares, seed=0):
    return np.random.default_rng(seed).random((n, len(shares))) < shares


def planted(shares_by_part, n_each, seed=0):
    """One label whose true share differs from part to part."""
    parts = np.repeat(np.arange(len(shares_by_part)), n_each)
    wanted = np.asarray(shares_by_part)[parts]
    return (np.random.default_rng(seed).random(len(parts)) < wanted)[:, None], parts


def test_shares_and_limits_are_those_of_each_part_and_nan_where_it_is_empty():
    decided = np.array([[1, 0], [0, 0], [1, 1], [1, 0]], dtype=bool)
    found = part_shares(decided, np.array([0, 0, 2, 2]), 3)
    assert found.n.tolist() == [2, 0, 2]
    assert found.share[[0, 2]].tolist() == [[0.5, 0.0], [1.0, 0.5]]
    assert np.isnan(found.share[1]).all()
    for part, held in ((0, 1), (2, 2)):
        limits = stats.binomtest(held, 2).proportion_ci(method="wilson")
        assert (found.low[part, 0], found.high[part, 0]) == pytest.approx((limits.low, limits.high))


def test_with_many_texts_the_p_value_is_the_chi_square_test_of_scipy():
    decided, parts = planted((0.3, 0.33, 0.36), 300)
    table = np.array([[(decided[parts == j, 0] == held).sum() for j in range(3)] for held in (True, False)])
    expected = stats.chi2_contingency(table, correction=False)
    found = part_tests(decided, parts, 3)
    assert found.p_adjusted[0] == pytest.approx(expected.pvalue, rel=1e-9)
    assert found.strength[0] == pytest.approx(np.sqrt(expected.statistic / 900))


def test_the_trend_of_two_parts_is_the_difference_itself():
    decided, parts = planted((0.3, 0.4), 400)
    alone, with_trend = part_tests(decided, parts, 2), part_tests(decided, parts, 2, ordered=True)
    # N / (N - 1) apart, and Holm over two tests in place of one
    assert with_trend.p_adjusted[0] == pytest.approx(2 * alone.p_adjusted[0], rel=0.05)
    assert with_trend.trend[0] == 1


def test_with_few_texts_the_p_value_is_drawn_and_near_the_exact_one():
    decided = np.array([[1]] * 5 + [[0]] * 7 + [[0]] * 12, dtype=bool)
    parts = np.repeat([0, 1], 12)
    exact = stats.fisher_exact([[5, 7], [0, 12]]).pvalue
    assert part_tests(decided, parts, 2).p_adjusted[0] == pytest.approx(exact, abs=0.012)


def test_a_drawn_p_value_that_no_draw_reaches_is_marked_as_the_largest_it_can_be():
    rare, parts = planted((0.0, 0.0, 0.15), 100)  # too few texts for the curve
    common, _ = planted((0.2, 0.5, 0.8), 100)
    alike = given(300, np.array([0.01]))
    found = part_tests(np.hstack([rare, common, alike]), parts, 3)
    assert found.at_floor.tolist() == [True, False, False]
    assert found.p_adjusted[0] == pytest.approx(2 / 5_000)  # the second of three by Holm
    ordered = part_tests(rare, parts, 3, ordered=True)
    assert (ordered.at_floor.tolist(), ordered.trend.tolist()) == ([True], [1])


@pytest.mark.parametrize(("n", "n_parts", "ordered"), [(300, 6, True), (2000, 5, False)])
def test_alike_parts_alarm_in_at_most_seven_of_a_hundred_draws(n, n_parts, ordered):
    dice = np.random.default_rng(4)
    alarms = 0
    for draw in range(300):
        decided = given(n, COMMON, seed=draw)
        parts = dice.choice(n_parts, n, p=dice.dirichlet(np.ones(n_parts)))
        found = part_tests(decided, parts, n_parts, ordered=ordered, seed=draw)
        alarms += bool((found.p_adjusted < 0.05).any())
        assert ordered or found.trend is None
    assert alarms <= 21


def test_a_planted_difference_of_one_part_is_found_beside_labels_that_are_alike():
    found = 0
    for draw in range(100):
        decided, parts = planted((0.1, 0.1, 0.1, 0.28), 150, seed=draw)
        alike = given(600, np.full(7, 0.1), seed=1000 + draw)
        found += part_tests(np.hstack([decided, alike]), parts, 4, seed=draw).p_adjusted[0] < 0.05
    assert found >= 90


def test_a_slow_trend_is_found_where_a_test_of_any_difference_misses_it():
    rising = np.linspace(0.08, 0.14, 24)
    plain = trend = 0
    for draw in range(100):
        decided, parts = planted(rising, 150, seed=draw)
        plain += part_tests(decided, parts, 24, seed=draw).p_adjusted[0] < 0.05
        trend += part_tests(decided, parts, 24, ordered=True, seed=draw).trend[0] == 1
    assert trend >= 85
    assert trend >= plain + 20


def test_a_falling_label_is_said_to_fall_even_where_most_texts_carry_it():
    decided, parts = planted(np.linspace(0.95, 0.75, 8), 100)
    assert part_tests(decided, parts, 8, ordered=True).trend.tolist() == [-1]


def test_labels_that_all_or_no_texts_carry_and_a_single_part_cannot_differ():
    decided = np.tile([True, False], (60, 1))
    parts = np.arange(60) % 3
    assert part_tests(decided, parts, 3, ordered=True).p_adjusted.tolist() == [1.0, 1.0]
    assert part_tests(given(60, COMMON), np.zeros(60, dtype=int), 4).p_adjusted.tolist() == [1.0] * 8


def test_the_same_texts_give_the_same_p_values():
    decided, parts = given(200, COMMON), np.arange(200) % 5
    first, second = part_tests(decided, parts, 5, seed=3), part_tests(decided, parts, 5, seed=3)
    assert first.p_adjusted.tolist() == second.p_adjusted.tolist()


def test_parts_of_another_length_are_refused():
    with pytest.raises(ShapeError, match="parts"):
        part_shares(given(10, COMMON), np.zeros(9, dtype=int), 1)


def test_only_large_parts_are_called_lowest_or_highest_but_small_ones_may_move_a_label():
    decided, parts = planted((0.0, 0.2, 0.5, 1.0), 100)
    shares, tests = part_shares(decided, parts, 4), part_tests(decided, parts, 4, ordered=True)
    names = ["a", "b", "c", "d"]
    rows, moved = part_findings(["joy"], tests, shares, names, np.array([False, True, True, False]))
    told = {"label": "joy", "p_adjusted": 1e-6, "p_at_floor": False}
    assert rows == [told | {"trend": "rising", "lowest": "b", "highest": "c"}]
    assert moved == ["joy"]
    rows, moved = part_findings(["joy"], tests, shares, names, np.arange(4) == 2)
    assert (rows[0]["lowest"], rows[0]["highest"], moved) == (None, None, ["joy"])


def test_labels_that_moved_are_given_with_the_most_different_first():
    tests = PartTests(np.array([0.01, 0.2, 1e-6]), np.array([0.1, 0.9, 0.3]), np.zeros(3, dtype=bool), None)
    shares = part_shares(given(100, COMMON[:3]), np.arange(100) % 2, 2)
    rows, moved = part_findings(["joy", "love", "anger"], tests, shares, ["a", "b"], np.array([True, True]))
    assert moved == ["anger", "joy"]
    assert all("trend" not in row for row in rows)


def test_a_part_without_texts_has_no_shares():
    shares = part_shares(np.array([[True]]), np.array([1]), 2)
    assert shares.entry(["joy"], 0) == {"label_share": None, "label_share_interval": None}
    assert shares.entry(["joy"], 1)["label_share"] == {"joy": 1.0}
