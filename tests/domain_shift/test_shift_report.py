import json

import numpy as np
import pytest

from goemox.domain_shift import DomainSample, ReferenceSample, compare
from goemox.domain_shift.naive import naive_decisions
from goemox.domain_shift.two_sample import SMALLEST_P
from goemox.errors import InvalidInput, ShapeError
from goemox.labels import GOEMOTIONS
from goemox.scores import ScoreMatrix, sigmoid

LABELS = ("joy", "admiration", "neutral")


def scores_of(logits, labels=LABELS):
    logits = np.asarray(logits, dtype=np.float32)
    n = len(logits)
    return ScoreMatrix(
        tuple(map(str, range(n))), labels, logits, None, np.zeros(n, dtype=bool), np.full(n, 5), "0" * 64
    )


def domain_of(logits, labels=LABELS, cut=0.3, **more):
    scores = scores_of(logits, labels)
    p = sigmoid(scores.logits)
    return DomainSample("titles", scores, p, p >= cut, **more)


def reference_of(m=200, k=3, labels=LABELS, seed=0):
    p = sigmoid(np.random.default_rng(seed).normal(-1, 1, (m, k)))
    return ReferenceSample(labels, p, p >= 0.3, n_words=np.full(m, 12))


def random_domain(n=200, k=3, labels=LABELS, move=0.0, seed=1, **more):
    return domain_of(np.random.default_rng(seed).normal(-1 + move, 1, (n, k)), labels, **more)


def test_a_domain_entry_holds_every_promised_key_and_is_json():
    n = 200
    target = random_domain(
        n, 28, GOEMOTIONS, domain_percentile=np.linspace(0, 100, n), in_domain=np.arange(n) < 150,
        n_words=np.full(n, 8), source="file", description="200 rows", n_duplicates=3, n_home=5426,
    )  # fmt: skip
    found = json.loads(
        json.dumps(compare(reference_of(200, 28, GOEMOTIONS), target).to_dict(), allow_nan=False)
    )
    assert set(found) >= {
        "name", "source", "description", "n", "n_duplicates", "label_share", "label_share_interval",
        "top_label", "top_label_share", "no_label_share", "confidence", "distance", "tests", "naive",
    }  # fmt: skip
    assert (found["n"], found["n_duplicates"]) == (200, 3)
    assert set(found["confidence"]) == {
        "mean", "median", "histogram", "mean_max_softmax", "softmax_histogram",
    }  # fmt: skip
    assert found["distance"] == {
        "available": True, "home": "trained", "n_home": 5426,
        "median_percentile": 50.0, "share_outside": 0.25, "share_outside_interval": [0.195082, 0.314341],
        "share_far_same_length": None, "share_far_same_length_interval": None,
        "histogram": {"edges": [5.0 * i for i in range(21)], "counts": [10] * 20},
        "length_median_words": 8.0, "reference_length_median_words": 12.0, "told_apart": None,
        "ridge": None,
    }  # fmt: skip
    assert set(found["tests"]) >= {"method", "n", "labels", "moved"}
    assert set(found["tests"]["labels"][0]) == {
        "label",
        "ks",
        "p_adjusted",
        "share_reference",
        "share_target",
        "share_p_adjusted",
    }


def test_shares_of_texts_given_a_label_are_tested_beside_its_scores():
    logits = np.random.default_rng(1).normal(-1, 1, (300, 3))
    moved = logits + np.where(logits < -2, -1.0, 0.0) + [0.0, 0.0, 3.0]  # joy below its cut only
    rows = {row["label"]: row for row in compare(reference_of(300), domain_of(moved)).tests["labels"]}
    assert rows["joy"]["p_adjusted"] < 0.05 < rows["joy"]["share_p_adjusted"]
    assert rows["neutral"]["share_p_adjusted"] == SMALLEST_P


def test_shares_and_their_intervals_count_texts():
    found = compare(reference_of(), domain_of([[2, 1, -3], [-4, -3, 5], [-9, -9, -5], [3, -9, -9]]))
    assert found.label_share == {"joy": 0.5, "admiration": 0.25, "neutral": 0.25}
    assert found.top_label == {"joy": 0.5, "admiration": 0.0, "neutral": 0.5}
    assert found.top_label_share == {"neutral": 0.5, "admiration": 0.0, "others": 0.5}
    assert found.no_label_share == 0.25
    low, high = found.label_share_interval["joy"]
    assert 0 < low < 0.5 < high < 1


def test_moved_labels_are_listed_farthest_first():
    logits = np.random.default_rng(1).normal(-1, 1, (300, 3))
    logits += [1.0, 0.0, 3.0]
    tests = compare(reference_of(300), domain_of(logits)).tests
    assert tests["moved"] == ["neutral", "joy"]
    by_label = {row["label"]: row for row in tests["labels"]}
    assert by_label["neutral"]["share_target"] > by_label["neutral"]["share_reference"]


def test_an_unmoved_domain_moves_no_label():
    assert compare(reference_of(), random_domain()).tests["moved"] == []


def test_too_few_texts_are_described_but_not_tested():
    tests = compare(reference_of(), random_domain(49)).tests
    assert (tests["available"], tests["labels"], tests["moved"]) == (False, None, None)
    assert "49 texts here" in tests["reason"]
    assert "at least 50" in tests["reason"]


def test_a_model_without_a_reference_still_describes_a_domain():
    nothing = ReferenceSample(LABELS, np.zeros((0, 3)), np.zeros((0, 3), dtype=bool))
    found = compare(nothing, random_domain())
    assert (found.n, found.tests["available"]) == (200, False)
    assert "0 in the reference" in found.tests["reason"]


def test_without_a_reference_profile_the_distance_is_not_available():
    distance = compare(reference_of(), random_domain()).distance
    assert distance["available"] is False
    assert distance["share_outside"] is None


def test_constant_scores_give_a_report():
    found = compare(reference_of(), domain_of(np.full((60, 3), -1.0))).to_dict()
    assert found["tests"]["moved"] == ["joy", "admiration", "neutral"]
    assert found["top_label"]["joy"] == 1.0
    json.dumps(found, allow_nan=False)


def test_another_taxonomy_has_empty_display_groups_and_no_neutral_to_disagree_about():
    labels = ("bug", "question", "praise")
    found = compare(reference_of(labels=labels), random_domain(labels=labels))
    assert found.top_label_share == {"neutral": 0.0, "admiration": 0.0, "others": 1.0}
    assert found.naive["disagreement"] is None
    assert found.naive["cut_half"]["neutral_share"] == 0.0


def test_impossible_samples_are_refused():
    with pytest.raises(InvalidInput, match="titles: there are no texts"):
        domain_of(np.zeros((0, 3)))
    with pytest.raises(InvalidInput, match="labels"):
        compare(reference_of(labels=("x", "y", "z")), random_domain())
    with pytest.raises(ShapeError, match="n_words"):
        random_domain(5, n_words=np.zeros(4))
    with pytest.raises(InvalidInput, match="together"):
        random_domain(5, in_domain=np.ones(5, dtype=bool))
    scores = scores_of([[np.inf, 0, 0]])
    with pytest.raises(InvalidInput, match="finite"):
        DomainSample("titles", scores, np.full((1, 3), 0.5), np.zeros((1, 3), dtype=bool))
    with pytest.raises(ShapeError, match="reference decided"):
        ReferenceSample(LABELS, np.zeros((2, 3)), np.zeros((1, 3), dtype=bool))


def test_naive_rules_are_applied_to_the_same_logits():
    logits = np.array([[-1, -2, 1], [-1, -2, -0.5], [3, -5, 1], [-3, -5, -1]], dtype=float)
    decided = np.array([[1, 0, 1], [1, 0, 0], [1, 0, 0], [0, 0, 1]], dtype=bool)
    found = naive_decisions(logits, decided, LABELS)
    assert found["softmax_argmax"] == {"neutral": 0.75, "admiration": 0.0, "others": 0.25}
    assert found["cut_half"] == {"no_label_share": 0.5, "neutral_share": 0.5}
    assert found["neutral_texts"] == 3
    assert found["adds"] == pytest.approx(1 / 3)  # the first of the three has joy as well,
    assert found["disagreement"] == pytest.approx(1 / 3)  # the second joy alone


def test_nothing_called_neutral_leaves_nothing_to_disagree_with():
    logits = np.array([[1.0, 0.0, -1.0]])
    assert naive_decisions(logits, logits > 0, LABELS)["disagreement"] is None
