import json

import numpy as np
import pytest
from scipy.stats import fisher_exact

from goemox.evaluation.co_occurrence import co_occurrence
from goemox.evaluation.numbers import plain

LABELS = ("a", "b", "c")


def planted(n=1000, together=0.0, seed=0):
    """Three labels at .2, .2, .1; on a share of the texts a and b come as one."""
    dice = np.random.default_rng(seed)
    chosen = dice.random((n, 3)) < [0.2, 0.2, 0.1]
    joined = dice.random(n) < together
    chosen[joined, 1] = chosen[joined, 0]
    return chosen


def test_shares_are_of_the_row_labels_texts_and_need_not_be_symmetric():
    given = np.array([[1, 1, 0]] * 2 + [[1, 0, 0]] * 6 + [[0, 0, 0]] * 2, dtype=bool)
    found = plain(co_occurrence(given, LABELS))
    assert found["labels"] == ["a", "b", "c"]
    assert (found["n"], found["n_given"]) == (10, [8, 2, 0])
    assert found["given"] == [[None, 0.25, 0.0], [1.0, None, 0.0], [None, None, None]]
    assert found["true"] is found["n_true"] is found["true_pairs"] is None
    json.dumps(found, allow_nan=False)


def test_a_planted_pair_is_found_and_no_other():
    pairs = co_occurrence(planted(together=0.5), LABELS)["pairs"]
    assert [pair["labels"] for pair in pairs] == [["a", "b"]]
    assert pairs[0]["n"] > 2 * pairs[0]["expected"]


def test_labels_that_come_independently_make_a_pair_in_at_most_a_twentieth_of_the_sets():
    found = [bool(co_occurrence(planted(400, seed=seed), LABELS)["pairs"]) for seed in range(200)]
    assert np.mean(found) <= 0.05


def test_labels_that_exclude_each_other_are_no_pair():
    given = np.eye(3, dtype=bool)[np.arange(300) % 3]
    assert co_occurrence(given, LABELS)["pairs"] == []


def test_p_values_are_those_of_scipys_fisher_test_after_holm():
    given = planted(together=0.5)
    pair = co_occurrence(given[:, :2], LABELS[:2])["pairs"][0]  # one pair: nothing to adjust
    a, b = given[:, 0], given[:, 1]
    table = [[(a & b).sum(), (a & ~b).sum()], [(~a & b).sum(), (~a & ~b).sum()]]
    assert pair["p_adjusted"] == pytest.approx(fisher_exact(table, alternative="greater").pvalue)
    assert pair["expected"] == pytest.approx(a.sum() * b.sum() / len(given))


def test_truth_is_compared_beside_and_decides_which_labels_are_most_frequent():
    truth = np.array([[0, 0, 1]] * 3 + [[0, 1, 1]], dtype=bool)
    found = plain(co_occurrence(np.ones((4, 3), dtype=bool), LABELS, truth, n_labels=2))
    assert found["labels"] == ["c", "b"]
    assert found["true"] == [[None, 0.25], [1.0, None]]
    assert found["given"] == [[None, 1.0], [1.0, None]]
    assert (found["n_true"], found["n_given"]) == ([4, 1], [4, 4])


def test_the_strongest_pair_comes_first_however_frequent_the_other_is():
    dice = np.random.default_rng(1)
    strong, weak = dice.random(3000) < 0.1, dice.random(3000) < 0.5
    given = np.stack([weak, weak ^ (dice.random(3000) < 0.4), strong, strong], axis=1)
    pairs = co_occurrence(given, ("w", "x", "s", "t"))["pairs"]
    assert [set(pair["labels"]) for pair in pairs] == [{"s", "t"}, {"w", "x"}]


@pytest.mark.parametrize("n", [1, 3])
def test_a_label_on_every_text_or_a_single_text_gives_no_pair(n):
    assert co_occurrence(np.ones((n, 3), dtype=bool), LABELS)["pairs"] == []
