import numpy as np
import pytest

from goemox.errors import InvalidInput, ShapeError
from goemox.evaluation.baselines import beside_dev, simple_baselines, thresholds_compared
from goemox.evaluation.sample import LabelledSample
from goemox.evaluation.tfidf import tfidf_baseline

LABELS = ("joy", "anger", "neutral")


def truth_of(n=4000, seed=99):
    truth = np.random.default_rng(seed).random((n, 3)) < np.array([0.2, 0.05, 0.4])
    return truth, truth.mean(axis=0)


def test_simple_baselines_reach_what_theory_says_of_answers_that_never_read_the_text():
    truth, shares = truth_of()
    random, majority, prior = simple_baselines(truth, LABELS, shares)
    assert random["macro_f1"] == pytest.approx(shares.mean(), abs=0.01)  # precision = recall = share
    assert majority["name"] == "majority (always neutral)"
    assert majority["macro_f1"] == pytest.approx(2 * shares[2] / (1 + shares[2]) / 3)
    assert majority["top1_accuracy"] == pytest.approx(shares[2])
    assert prior["macro_f1"] == pytest.approx((2 * shares / (1 + shares)).mean())
    assert prior["brier"] == pytest.approx((shares * (1 - shares)).mean())
    assert prior["mean_average_precision"] == pytest.approx(shares.mean())


def test_only_baselines_with_real_probabilities_get_scores_for_them():
    truth, shares = truth_of(200)
    random, majority, _ = simple_baselines(truth, LABELS, shares)
    for row in (random, majority):
        assert [row[name] for name in ("brier", "nll", "mean_average_precision")] == [None] * 3


def test_whole_text_figures_are_missing_where_texts_were_judged_in_part():
    truth, shares = truth_of(200)
    judged = np.ones_like(truth)
    judged[0, 0] = False
    assert all(row["top1_accuracy"] is None for row in simple_baselines(truth, LABELS, shares, judged))


def test_shares_must_fit_the_labels_and_not_all_be_zero():
    truth, shares = truth_of(10)
    with pytest.raises(ShapeError, match="shares"):
        simple_baselines(truth, LABELS, shares[:2])
    with pytest.raises(InvalidInput, match="no label ever occurs"):
        simple_baselines(truth, LABELS, np.zeros(3))


def test_simpler_decision_rules_are_compared_on_the_same_probabilities():
    p = np.array([[0.6, 0.3], [0.2, 0.3]])
    truth = np.array([[1, 0], [0, 1]], dtype=bool)
    decided = np.array([[1, 0], [0, 1]], dtype=bool)  # no cut of p: the fallback's doing
    sample = LabelledSample(("a", "b"), p, decided, truth, np.ones_like(truth))
    assert thresholds_compared(sample, 0.25) == [
        {"rule": "0.5", "macro_f1": 0.5, "micro_f1": pytest.approx(2 / 3)},
        {"rule": "one global", "macro_f1": pytest.approx((1 + 2 / 3) / 2), "micro_f1": pytest.approx(0.8)},
        {"rule": "chosen", "macro_f1": 1.0, "micro_f1": 1.0},
    ]
    assert [row["rule"] for row in thresholds_compared(sample)] == ["0.5", "chosen"]
    assert [row["rule"] for row in thresholds_compared(sample, chosen=False)] == ["0.5"]


def test_optimism_is_what_a_rule_reached_on_dev_and_does_not_reach_here():
    here = [
        {"rule": "0.5", "macro_f1": 0.50, "micro_f1": 0.6},
        {"rule": "chosen", "macro_f1": 0.55, "micro_f1": 0.6},
    ]
    dev = [
        {"rule": "chosen", "macro_f1": 0.57, "micro_f1": 0.61},
        {"rule": "other", "macro_f1": 1, "micro_f1": 1},
    ]
    unknown, chosen = beside_dev(here, dev)
    assert chosen["optimism"] == pytest.approx(0.02)
    assert (chosen["dev_macro_f1"], chosen["dev_micro_f1"], chosen["macro_f1"]) == (0.57, 0.61, 0.55)
    assert [unknown[name] for name in ("dev_macro_f1", "dev_micro_f1", "optimism")] == [None] * 3


def texts_of(n, seed):
    words = (("lovely", "glad"), ("awful", "furious"), ("table", "chair"))
    generator = np.random.default_rng(seed)
    classes = generator.integers(0, 3, n)
    texts = [f"the {words[c][generator.integers(2)]} thing number {generator.integers(30)}" for c in classes]
    return texts, np.eye(3, dtype=bool)[classes]


def test_the_bag_of_words_baseline_learns_words():
    splits = [part for seed in (1, 2, 3) for part in texts_of(150, seed)]
    row = tfidf_baseline(*splits, labels=LABELS)
    assert row["name"].startswith("TF-IDF")
    assert row["macro_f1"] > 0.95
    assert row["brier"] < 0.05


def test_the_bag_of_words_baseline_survives_labels_that_never_or_always_occur():
    splits = [part for seed in (1, 2, 3) for part in texts_of(60, seed)]
    for truth in splits[1::2]:
        truth[:, 1], truth[:, 2] = False, True
    row = tfidf_baseline(*splits, labels=LABELS)
    assert row["macro_f1"] == pytest.approx(2 / 3, abs=0.05)


def test_the_bag_of_words_baseline_needs_texts():
    texts, truth = texts_of(20, 0)
    with pytest.raises(InvalidInput, match="dev split has no texts"):
        tfidf_baseline(texts, truth, [], truth[:0], texts, truth, LABELS)


def test_texts_without_a_word_that_occurs_twice_leave_the_bag_of_words_the_shares_alone():
    truth = np.eye(3, dtype=bool)[np.arange(30) % 3]
    for texts in ([f"word{i}" for i in range(30)], ["😀" * i for i in range(1, 31)]):
        row = tfidf_baseline(texts, truth, texts, truth, texts, truth, ("a", "b", "c"))
        assert row["mean_average_precision"] == pytest.approx(1 / 3)
