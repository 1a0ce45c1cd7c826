"""The ridge's counts: every text once, on an axis that only the reference makes."""

from bisect import bisect_right

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goemox.domain import DomainProfile
from goemox.domain_shift.lengths import length_matched
from goemox.domain_shift.ridge import distance_ridge
from goemox.errors import ShapeError


def sides(m=400, n=300, seed=0, move=0.0):
    generator = np.random.default_rng(seed)
    return (
        generator.gamma(20, 1, m).astype(np.float32), (generator.gamma(20, 1, n) + move).astype(np.float32),
        generator.poisson(9, m), generator.poisson(9, n),
    )  # fmt: skip


def counted_by_hand(values, edges):
    """One value at a time: which bin it falls into, both ends included, what lies beyond in the outermost."""
    counts = [0] * (len(edges) - 1)
    for value in values:
        place = bisect_right(edges, float(value)) - 1
        counts[min(max(place, 0), len(counts) - 1)] += 1
    return tuple(counts)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(50, 200), st.integers(1, 150), st.floats(-30, 90))
def test_the_counts_are_those_of_a_recount_by_hand(seed, m, n, move):
    reference, target, words, others = sides(m, n, seed, move)
    found = distance_ridge(reference, target, words, others, seed=seed)
    assert found.reference == counted_by_hand(reference, found.edges)
    assert found.target == counted_by_hand(target, found.edges)
    rows, target_rows = length_matched(words, others, seed)
    assert found.n_matched == len(rows)
    if len(rows) < 50:
        assert found.matched_target is found.matched_reference is None
    else:
        assert found.matched_reference == counted_by_hand(reference[rows], found.edges)
        assert found.matched_target == counted_by_hand(target[target_rows], found.edges)


def test_every_text_is_counted_once_wherever_it_lies():
    reference, target, words, others = sides()
    target[:5], target[5:9] = 1e6, 0.0
    found = distance_ridge(reference, target, words, others)
    assert sum(found.target) == len(target)
    assert found.target[-1] >= 5
    assert found.target[0] >= 4
    assert sum(found.matched_target) == sum(found.matched_reference) == found.n_matched


def test_the_share_far_out_at_home_is_that_of_texts_of_the_same_lengths():
    reference, _, words, _ = sides(m=4000, move=0.0)
    short = words < 7
    reference = np.where(short, reference + 6, reference).astype(np.float32)  # short texts lie farther out
    generator = np.random.default_rng(1)
    here, others = reference[short][:300], words[short][:300]
    found = distance_ridge(reference, here, words, others, seed=3)
    rows, _ = length_matched(words, others, 3)
    share = found.far_of_same_length
    assert share.value == (reference[rows] > found.cut).mean() > 0.1  # of all it is 5 %
    assert share.low < share.value < share.high
    few = distance_ridge(reference, here, words, np.full(300, 500))
    assert few.n_matched_far is few.far_of_same_length is None
    alike = distance_ridge(reference, here, words, generator.permutation(words)[:300]).far_of_same_length
    assert alike.low < 0.05 < alike.high


def test_the_axis_does_not_depend_on_the_target():
    reference, target, words, others = sides()
    axes = {
        distance_ridge(reference, target + move, words, others).edges for move in (0.0, 3.0, 50.0, 10_000.0)
    }
    assert len(axes) == 1
    (edges,) = axes
    assert len(edges) == 41
    assert list(edges) == sorted(set(edges))


def test_the_cut_stands_where_the_percentile_says_95():
    generator = np.random.default_rng(0)
    train = generator.normal(size=(500, 4))
    profile = DomainProfile.fit(train, generator.normal(size=(301, 4)), np.zeros((301, 1)), np.ones(301, int))
    cut = distance_ridge(profile.distances, profile.distances).cut
    beyond = profile.placed(train).percentiles > 95
    np.testing.assert_array_equal(profile.placed(train).distances > cut, beyond)


def test_too_few_of_the_same_length_leave_the_matched_counts_out():
    reference, target, words, _ = sides()
    found = distance_ridge(reference, target, words, np.full(300, 500))
    assert (found.n_matched, found.matched_target, found.matched_reference) == (0, None, None)
    assert distance_ridge(reference, target).matched_target is None


@pytest.mark.parametrize("n", [1, 2, 49])
def test_few_target_texts_are_counted_and_few_reference_texts_are_not(n):
    reference, target, words, others = sides()
    assert sum(distance_ridge(reference, target[:n], words, others[:n]).target) == n
    assert distance_ridge(reference[:n], target, words[:n], others) is None


def test_unknown_distances_give_no_ridge():
    assert distance_ridge(None, np.ones(3)) is None
    assert distance_ridge(np.ones(60), None) is None


def test_constant_distances_have_an_axis_all_the_same():
    found = distance_ridge(np.zeros(60), np.zeros(60))
    assert sum(found.target) == sum(found.reference) == 60
    assert found.edges[0] < found.edges[-1]


def test_words_of_other_texts_are_refused():
    reference, target, words, others = sides()
    with pytest.raises(ShapeError, match="target_words"):
        distance_ridge(reference, target, words, others[1:])
