import json

import numpy as np

from goemox.evaluation.numbers import plain
from goemox.evaluation.sample import LabelledSample
from goemox.evaluation.score_strips import score_strips


def strip_of(p, truth, threshold=0.5, judged=None):
    p, truth = np.array(p, dtype=float)[:, None], np.array(truth, dtype=bool)[:, None]
    seen = np.ones_like(truth) if judged is None else np.array(judged, dtype=bool)[:, None]
    sample = LabelledSample(("joy",), p, p >= 0.5, truth, seen)
    return plain(score_strips(sample, None if threshold is None else np.array([threshold])))[0]


def test_each_side_is_counted_with_the_cut_between_them():
    strip = strip_of([0.9, 0.95, 0.1, 0.05], [1, 1, 0, 0])
    assert strip["label"] == "joy"
    assert (sum(strip["positive"]), sum(strip["negative"])) == (2, 2)
    assert (strip["threshold"], strip["positive_above"], strip["negative_above"]) == (0.5, 2, 0)
    where = [edge for edge, n in zip(strip["edges"], strip["positive"], strict=False) if n]
    assert min(where) > 0.5  # all positives stand right of the cut
    json.dumps(strip, allow_nan=False)


def test_counts_are_those_of_numpy_over_bins_that_are_narrow_near_0():
    dice = np.random.default_rng(0)
    p, truth = dice.random(500) ** 3, dice.random(500) < 0.3
    strip = strip_of(p, truth)
    edges = np.linspace(0, 1, 41) ** 2
    np.testing.assert_allclose(strip["edges"], edges, atol=1e-6)
    assert strip["positive"] == np.histogram(p[truth], edges)[0].tolist()
    assert strip["negative"] == np.histogram(p[~truth], edges)[0].tolist()


def test_a_text_at_the_cut_is_above_it_and_the_ends_0_and_1_are_counted():
    strip = strip_of([0.0, 0.5, 1.0], [0, 1, 1])
    assert strip["positive_above"] == 2
    assert strip["negative"][0] == strip["positive"][-1] == 1


def test_texts_that_nobody_judged_for_the_label_count_nowhere():
    strip = strip_of([0.9, 0.2, 0.8], [1, 0, 0], judged=[1, 1, 0])
    assert (sum(strip["positive"]), sum(strip["negative"]), strip["negative_above"]) == (1, 1, 0)


def test_a_label_without_positives_and_one_without_a_cut_are_told_as_such():
    assert sum(strip_of([0.9, 0.2], [0, 0])["positive"]) == 0
    strip = strip_of([0.9, 0.2], [1, 0], threshold=None)
    assert strip["threshold"] is strip["positive_above"] is strip["negative_above"] is None
