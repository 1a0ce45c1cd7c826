import numpy as np
import pytest

from goemox.domain_shift.collapse import Home, neutral_account
from goemox.scores import sigmoid

LABELS = ("joy", "neutral")
SURE = Home(5000, 0.33, 0.33, {"softmax, one label a text": 0.33})


def account(logits, *, home=SURE, cut=0.5, is_near=False, **more):
    logits = np.asarray(logits, dtype=np.float32)
    p = sigmoid(logits)
    return neutral_account(logits, p, p >= cut, LABELS, home=home, is_near=is_near, **more)


def odds(n, p_neutral, p_joy=0.02):
    return np.tile(np.log([p_joy / (1 - p_joy), p_neutral / (1 - p_neutral)]), (n, 1))


def all_neutral(n):
    return np.tile([False, True], (n, 1))


def test_even_odds_in_every_text_become_the_label_of_all_and_that_is_collapse():
    found = account(odds(400, 0.36), home=Home(5000, 0.35, 0.35))
    assert found.ways[0].share == 1.0
    assert found.collapse == pytest.approx((0.64, 0.64), abs=1e-3)
    assert found.verdict == "collapse"


def test_texts_that_are_surely_neutral_are_no_collapse():
    found = account(odds(400, 0.995))
    assert found.verdict == "not collapse"
    assert found.remaining == pytest.approx((0.995, 0.995), abs=1e-3)


def test_what_a_better_model_says_too_remains():
    logits = np.where(np.arange(400)[:, None] % 10 < 9, odds(400, 0.8), odds(400, 0.1, 0.9))
    found = account(logits, naive=all_neutral(400), naive_home=0.62)
    assert found.ways[0].way == "naive model"
    assert found.ways[0].home == 0.62
    assert found.remaining == pytest.approx((0.73, 0.9), abs=1e-3)
    assert found.collapse == pytest.approx((0.1, 0.27), abs=1e-3)
    assert found.verdict == "partly collapse"


@pytest.mark.parametrize(
    ("p_neutral", "verdict"),
    [(0.34, "collapse"), (0.40, "mostly collapse"), (0.60, "partly collapse"), (0.90, "mostly not collapse")],
)
def test_the_verdict_names_the_larger_part_where_it_is_twice_the_other(p_neutral, verdict):
    assert account(odds(2000, p_neutral)).verdict == verdict


def test_a_domain_like_home_leaves_nothing_to_explain():
    neutral = np.random.default_rng(0).random(1000) < 0.33
    logits = np.where(neutral[:, None], [-6.0, 6.0], [6.0, -6.0])
    assert account(logits).verdict == "neither"


def test_a_handful_of_texts_or_of_reference_texts_is_no_proof():
    few = [[-3.0, 0.4], [3.0, -3.0], [-3.0, 2.0]]
    assert account(few).verdict == "neither"
    assert account(odds(400, 0.6), home=Home(2, 0.5, 0.5)).verdict == "neither"


def test_of_texts_too_few_to_show_either_part_neither_is_ruled_out():
    p = np.concatenate([np.full(20, 0.75), np.full(10, 0.55), np.full(20, 0.12)])
    logits = np.log(np.stack([np.where(p > 0.5, 0.1, 0.6), p], axis=1))
    found = account(logits - np.log1p(-np.exp(logits)), home=Home(5426, 0.33, 0.33))
    assert (found.ways[0].share, found.expected) == (0.6, pytest.approx(0.458))  # .33 at home
    assert found.verdict is None


def test_a_model_that_over_calls_neutral_at_home_is_no_measure_of_collapse():
    home = Home(5000, 0.33, 0.33, {"softmax, one label a text": 0.7})
    assert account(odds(400, 0.9), home=home).verdict is None


def test_each_way_counts_neutral_alone_and_nothing_and_says_what_it_does_at_home():
    logits = [[2.0, 1.0], [-2.0, 1.0], [-2.0, -1.0], [-2.0, -0.5]]
    home = Home(5000, 0.5, 0.5, {"sigmoid, cut at .5": 0.4})
    found = account(logits, home=home, cut=0.3, global_threshold=0.25)
    ways = {way.way: way for way in found.ways}
    assert [(w.share, w.alone, w.nothing, w.home) for w in ways.values()] == [
        (0.75, 0.75, 0.0, None), (0.5, 0.25, 0.5, 0.4), (1.0, 0.75, 0.0, None), (0.75, 0.5, 0.25, None),
    ]  # fmt: skip
    assert next(iter(ways)) == "softmax, one label a text"


def test_the_rest_is_the_texts_only_where_they_are_like_those_at_home():
    assert account(odds(400, 0.9), is_near=True).rest == "texts"
    assert account(odds(400, 0.9)).rest == "unknown"


def test_without_a_reference_the_ways_are_counted_and_nothing_is_called_anything():
    found = account(odds(400, 0.9), home=None)
    assert (found.home, found.verdict, found.ways[0].share) == (None, None, 1.0)


def test_a_model_without_neutral_has_no_account():
    p = np.full((60, 2), 0.4)
    assert neutral_account(p, p, p > 0.5, ("joy", "fear"), home=SURE, is_near=False) is None


def test_the_models_own_opinion_of_home_convicts_no_rule_of_its_own():
    unlabelled = Home(5000, None, 0.33)
    assert account(odds(400, 0.6), home=unlabelled).verdict is None
    assert account(odds(400, 0.6), home=unlabelled, naive=all_neutral(400)).verdict == "partly collapse"
