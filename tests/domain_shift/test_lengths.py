import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goemox.domain_shift.lengths import auroc, compare_distances, fpr95, length_matched, length_only_auroc
from goemox.errors import ShapeError


def test_auroc_by_hand_counts_ties_half():
    # pairs: 2>1 2=2 3>1 3>2 -> (1 + .5 + 1 + 1) / 4
    assert auroc(np.array([1.0, 2.0]), np.array([2.0, 3.0])).value == 0.875


def test_scores_that_do_not_overlap_leave_room_for_doubt():
    found = auroc(np.zeros(60), np.ones(100))
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(1 - 0.05 ** (1 / 60)) or found.low == pytest.approx(0.05 ** (1 / 60))
    assert 0.9 < found.low < 1
    assert auroc(np.ones(60), np.zeros(100)).high < 0.1


def test_the_interval_holds_the_true_area_in_about_nineteen_of_twenty_draws():
    from scipy.stats import norm

    true, hits = norm.cdf(1.5 / np.sqrt(2)), 0
    for seed in range(400):
        generator = np.random.default_rng(seed)
        found = auroc(generator.normal(size=60), generator.normal(1.5, size=80))
        hits += found.low <= true <= found.high
    assert 0.92 <= hits / 400 <= 0.98


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 40), st.integers(2, 40))
def test_swapping_the_sides_mirrors_the_area_and_its_interval(seed, m, n):
    generator = np.random.default_rng(seed)
    a, b = generator.integers(0, 5, m) * 1.0, generator.integers(0, 5, n) * 1.0
    one, other = auroc(a, b), auroc(b, a)
    np.testing.assert_allclose(
        [one.value, one.low, one.high], [1 - other.value, 1 - other.high, 1 - other.low]
    )
    assert 0 <= one.low <= one.value <= one.high <= 1


def test_fpr_at_95_percent_found_by_hand():
    # 20 target scores 1..20: 19 of them are kept by the cut at 2
    assert fpr95(np.array([0.0, 1.0, 2.0, 30.0]), np.arange(1.0, 21.0)) == 0.5
    assert fpr95(np.zeros(10), np.ones(10)) == 0.0
    assert fpr95(np.ones(10), np.zeros(10)) == 1.0


def test_length_alone_is_told_in_either_direction():
    short, long = np.arange(1, 60), np.arange(100, 160)
    assert length_only_auroc(short, long) == length_only_auroc(long, short) == 1.0
    assert length_only_auroc(short, short) == 0.5


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 300), max_size=80),
    st.lists(st.integers(0, 300), max_size=80),
    st.integers(0, 9),
)
def test_matched_rows_are_distinct_equal_in_number_and_alike_in_length(before, after, seed):
    reference, target = np.array(before, dtype=int), np.array(after, dtype=int)
    rows, target_rows = length_matched(reference, target, seed)
    assert len(rows) == len(target_rows) <= min(len(reference), len(target))
    assert len(set(rows.tolist())) == len(rows)
    a, b = np.sort(reference[rows]), np.sort(target[target_rows])
    assert ((np.abs(a - b) <= 0.1 * np.minimum(a, b) + 1e-9) | (a == b)).all()
    shared = min((reference == 7).sum(), (target == 7).sum())
    assert (reference[rows] == 7).sum() == shared


def test_matching_leaves_length_nothing_to_tell():
    generator = np.random.default_rng(0)
    short, long = generator.poisson(8, 3000), generator.poisson(14, 3000)
    rows, target_rows = length_matched(short, long)
    assert length_only_auroc(short, long) > 0.85
    assert length_only_auroc(short[rows], long[target_rows]) < 0.52


def test_a_distance_that_is_only_length_tells_nothing_among_matched_rows():
    generator = np.random.default_rng(1)
    words, other_words = generator.poisson(8, 2000), generator.poisson(14, 2000)
    noise = generator.normal(size=(2, 2000))
    found = compare_distances(words + noise[0], other_words + noise[1], words, other_words)
    assert found.auroc.value > 0.8
    assert found.length_auroc > 0.85
    assert found.matched.low <= 0.53
    assert found.n_matched > 300


def test_a_real_distance_stays_among_matched_rows():
    generator = np.random.default_rng(2)
    words = generator.poisson(10, (2, 1000))
    found = compare_distances(generator.normal(size=1000), generator.normal(2, size=1000), *words)
    assert found.matched.low > 0.85
    assert found.length_auroc < 0.55


def test_lengths_that_never_meet_give_no_matched_comparison():
    found = compare_distances(np.arange(60.0), np.arange(60.0), np.full(60, 5), np.full(60, 50))
    assert (found.matched, found.n_matched, found.length_auroc) == (None, 0, 1.0)


def test_fewer_than_fifty_texts_on_a_side_are_not_compared():
    assert compare_distances(np.zeros(49), np.zeros(60), np.ones(49, int), np.ones(60, int)) is None


def test_lengths_of_other_texts_are_refused():
    with pytest.raises(ShapeError, match="target_words"):
        compare_distances(np.zeros(60), np.zeros(60), np.ones(60, int), np.ones(61, int))


def sides(n, seed, *, by_length=0.0, by_domain=0.0, longer=0):
    """Distances and words of n texts a side: distance by length, by domain, both, or neither."""
    generator = np.random.default_rng(seed)
    words, others = generator.poisson(12, n), generator.poisson(12 + longer, n)
    noise = generator.normal(size=(2, n))
    return by_length * words + noise[0], by_length * others + by_domain + noise[1], words, others


def explained(n, seed, **how):
    return compare_distances(*sides(n, seed, **how)).length_explains


def test_length_explains_a_distance_that_only_sees_length():
    found = compare_distances(*sides(600, 0, by_length=0.5, longer=6))
    assert found.length_explains == "partly"
    assert found.lost.low > 0.15
    assert found.lost.value == pytest.approx(found.auroc.value - found.matched.value)


def test_length_does_not_explain_a_distance_between_texts_of_the_same_length():
    assert [explained(n, 0, by_domain=1.5) for n in (200, 600)] == ["no", "no"]


def test_a_domain_of_longer_texts_that_differs_at_every_length_is_not_called_a_matter_of_length():
    claims = [explained(400, seed, by_domain=1.2, longer=3) for seed in range(100)]
    assert claims.count("partly") <= 5
    assert claims.count("no") >= 80


def test_few_texts_of_the_same_length_leave_it_unclear():
    for how in ({"by_length": 0.5}, {"by_domain": 1.5}):
        assert {explained(80, seed, longer=8, **how) for seed in range(20)} == {"unclear"}


def test_a_distance_that_tells_nothing_has_nothing_to_explain():
    assert explained(400, 0, longer=6) == "unclear"


def test_the_interval_of_what_is_lost_holds_nothing_lost_in_about_nineteen_of_twenty_draws():
    lost = [compare_distances(*sides(300, seed, by_domain=1.0, longer=3)).lost for seed in range(300)]
    assert 0.92 <= np.mean([found.low <= 0 <= found.high for found in lost]) <= 0.98


def test_texts_of_the_same_length_that_do_not_overlap_leave_room_for_doubt():
    found = compare_distances(*sides(100, 0, by_domain=100.0))
    assert found.lost.low < 0 < found.lost.high < 0.1
    assert found.length_explains == "no"


def test_length_explains_where_one_side_only_varies_more():
    generator = np.random.default_rng(0)
    words, others = generator.integers(8, 12, 800), generator.integers(1, 20, 800)
    noise = generator.normal(size=(2, 800))
    found = compare_distances(np.abs(words - 10) + noise[0], np.abs(others - 10) + noise[1], words, others)
    assert found.length_auroc < 0.55
    assert found.length_explains == "partly"
