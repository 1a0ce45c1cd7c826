import numpy as np
import pytest

from goemox.domain_shift.collapse import neutral_account
from goemox.scores import sigmoid

LABELS = ("joy", "neutral")


def account(logits, *, home, cut=0.5, **more):
    logits = np.asarray(logits, dtype=np.float32)
    p = sigmoid(logits)
    return neutral_account(logits, p, p >= cut, LABELS, home=home, home_is_labelled=True, **more)


def even_odds(n, p_neutral, p_joy=0.02):
    return np.tile(np.log([p_joy / (1 - p_joy), p_neutral / (1 - p_neutral)]), (n, 1))


def test_even_odds_in_every_text_become_the_label_of_all_and_that_is_collapse():
    found = account(even_odds(400, 0.6), home=0.58)
    assert found.ways[0].share == 1.0
    assert found.expected == pytest.approx(0.6, abs=1e-3)
    assert (found.text, found.collapse) == pytest.approx((0.02, 0.4), abs=1e-3)
    assert found.verdict == "collapse"


def test_texts_that_are_surely_neutral_are_no_collapse():
    found = account(even_odds(400, 0.995), home=0.3)
    assert found.collapse < 0.01
    assert found.verdict == "text"


def test_both_parts_add_up_to_the_surplus():
    found = account(even_odds(400, 0.7), home=0.33)
    assert found.verdict == "both"
    assert found.text + found.collapse == pytest.approx(found.surplus)
    assert found.surplus == pytest.approx(0.67, abs=1e-6)


def test_a_domain_like_home_leaves_nothing_to_explain():
    generator = np.random.default_rng(0)
    neutral = generator.random(1000) < 0.33
    logits = np.where(neutral[:, None], [-6.0, 6.0], [6.0, -6.0])
    assert account(logits, home=0.33).verdict == "neither"


def test_a_handful_of_texts_is_no_proof():
    logits = [[-3.0, 0.4], [3.0, -3.0], [-3.0, 2.0]]
    found = account(logits, home=0.33)
    assert found.text > 0.05
    assert found.verdict == "neither"


def test_each_way_counts_neutral_alone_and_nothing():
    logits = [[2.0, 1.0], [-2.0, 1.0], [-2.0, -1.0], [-2.0, -0.5]]
    found = account(logits, home=0.5, cut=0.3, global_threshold=0.25)
    ways = {way.way: way for way in found.ways}
    assert [(w.share, w.alone, w.nothing) for w in ways.values()] == [
        (0.75, 0.75, 0.0), (0.5, 0.25, 0.5), (1.0, 0.75, 0.0), (0.75, 0.5, 0.25),
    ]  # fmt: skip
    assert next(iter(ways)) == "softmax, one label a text"


def test_a_naive_model_stands_before_all_other_ways():
    all_neutral = np.tile([False, True], (50, 1))
    found = account(even_odds(50, 0.4), home=0.3, naive=all_neutral)
    assert found.ways[0].way == "naive model"
    assert found.collapse == pytest.approx(0.6, abs=1e-3)


def test_a_model_without_neutral_has_no_account():
    p = np.full((60, 2), 0.4)
    assert neutral_account(p, p, p > 0.5, ("joy", "fear"), home=0.3, home_is_labelled=True) is None
