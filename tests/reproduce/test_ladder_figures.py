import numpy as np
import pytest

from goemox.labels import GOEMOTIONS
from goemox.reproduce.decisions import Decided
from goemox.reproduce.figures import most_frequent, neutral_shares, quality, spread, study_figures
from goemox.reproduce.findings import findings

NEUTRAL = GOEMOTIONS.index("neutral")


def given(*rows):
    found = np.zeros((len(rows), 28), dtype=bool)
    for row, columns in enumerate(rows):
        found[row, list(columns)] = True
    return found


def test_called_neutral_means_neutral_and_nothing_else():
    decided = given([NEUTRAL], [NEUTRAL, 3], [3], [])
    p = np.full((4, 28), 0.01)
    p[:, NEUTRAL] = [0.9, 0.2, 0.1, 0.3]
    p[:, 3] = [0.1, 0.8, 0.8, 0.1]
    assert neutral_shares(Decided(p, decided)) == {
        "neutral_share": 0.25, "no_label_share": 0.25, "top_neutral_share": 0.5,
    }  # fmt: skip


def test_a_perfect_answer_scores_one():
    truth = given(*[[i] for i in range(28)], [0, 1])
    found = quality(Decided(truth.astype(float), truth), truth)
    assert found == {
        "macro_f1": 1.0, "micro_f1": 1.0, "top1_accuracy": 1.0, "mean_average_precision": 1.0,
        "ece_mean": 0.0,
    }  # fmt: skip


def test_the_study_counts_one_label_a_row_and_averages_over_labels_that_occur():
    eye = np.eye(28) * 5
    first = np.array([0, 0, NEUTRAL, 1])
    called = eye[[0, NEUTRAL, NEUTRAL, NEUTRAL]]
    found = study_figures(eye[[0, 1]], np.array([0, 2]), called, first, [NEUTRAL, 0])
    assert found["validation_accuracy"] == 0.5
    assert found["training_accuracy"] == 0.5
    assert found["validation_macro_f1"] == pytest.approx((2 / 3 + 0 + 1 / 2) / 3)
    assert found["confusion"] == {
        "labels": ["neutral", "admiration"],
        "counts": [[1, 0], [1, 1]],
        "others": [0, 0],
    }


def test_the_most_frequent_labels_come_first():
    assert most_frequent(np.array([3, 3, 27, 27, 27, 5]), 2) == [27, 3]


def test_spread_is_over_seeds_and_follows_nested_figures():
    rows = [
        {"f": 0.1, "seed": 0, "outside": {"x": {"s": 1.0}}},
        {"f": 0.3, "seed": 1, "outside": {"x": {"s": 1.0}}},
    ]
    found = spread(rows)
    assert found["f"] == pytest.approx({"mean": 0.2, "sd": 0.1414, "low": 0.1, "high": 0.3}, abs=1e-4)
    assert found["outside"]["x"]["s"]["mean"] == 1.0
    assert "seed" not in found
    assert spread(rows[:1])["f"]["sd"] is None


def rung(number, macro_f1, neutral, nothing):
    def one(value):
        return {"mean": value}

    shares = {"neutral_share": one(neutral), "no_label_share": one(nothing)}
    return {
        "number": number, "title": f"r{number}",
        "summary": {"macro_f1": one(macro_f1), **shares, "outside": {"hn": shares}},
    }  # fmt: skip


def test_the_end_of_the_collapse_is_named_and_an_empty_answer_does_not_count_as_one():
    rungs = [rung(1, 0.1, 0.99, 0.0), rung(2, 0.2, 0.2, 0.75), rung(3, 0.5, 0.3, 0.0)]
    said = {
        row["about"]: row["text"] for row in findings(rungs, {"neutral_share": 0.3}, {"hn": "titles"}, "dev")
    }
    assert "from 95 % to 30 %, came with rung 3 (r3)" in said["collapse_evaluated"]
    assert "titles" in said["collapse_hn"]
    assert "rung 3 (r3)" in said["macro_f1"]
    assert "rung 2 (r2) leaves 75 %" in said["cut"]


def test_a_ladder_that_ends_nothing_says_so():
    said = findings([rung(1, 0.1, 0.5, 0), rung(2, 0.2, 0.6, 0)], {"neutral_share": 0.3}, {"hn": "t"}, "dev")
    assert "no rung lowered it" in said[1]["text"]
